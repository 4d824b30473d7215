"""Connection strings: every classic form, and refusals that repeat no credential."""

import base64
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bramka.blobs.connection_string import parse_connection_string
from bramka.domain.errors import Invalid

KEY = base64.b64encode(b"k" * 64).decode()


def test_the_article_s_form_means_azure() -> None:
    found = parse_connection_string(
        f"DefaultEndpointsProtocol=https;AccountName=mystore;AccountKey={KEY}"
    )
    assert found.address == "https://mystore.blob.core.windows.net"
    assert (found.account, found.key) == ("mystore", b"k" * 64)


def test_a_suffix_and_a_protocol_shape_the_address() -> None:
    found = parse_connection_string(
        f"DefaultEndpointsProtocol=http;AccountName=mystore;AccountKey={KEY};"
        "EndpointSuffix=core.chinacloudapi.cn"
    )
    assert found.address == "http://mystore.blob.core.chinacloudapi.cn"


def test_an_explicit_endpoint_wins() -> None:
    found = parse_connection_string(
        f"AccountName=demo;AccountKey={KEY};EndpointSuffix=core.windows.net;"
        "BlobEndpoint=http://127.0.0.1:10000/demo/;QueueEndpoint=http://q/demo"
    )
    assert found.address == "http://127.0.0.1:10000/demo"


@pytest.mark.parametrize(
    ("endpoint", "account"),
    [("https://mystore.blob.core.windows.net", "mystore"), ("http://h:1/demo", "demo")],
)
def test_a_signature_needs_no_account_name(endpoint: str, account: str) -> None:
    found = parse_connection_string(
        f"BlobEndpoint={endpoint};SharedAccessSignature=?sv=2020-12-06&sig=a%3D"
    )
    assert (found.account, found.sas) == (account, "sv=2020-12-06&sig=a%3D")


@pytest.mark.parametrize(
    "text", ["UseDevelopmentStorage=true", " usedevelopmentstorage = True ; "]
)
def test_development_storage_is_recognised(text: str) -> None:
    assert parse_connection_string(text).development


@pytest.mark.parametrize(
    "text",
    [
        "",
        ";",
        "nonsense",
        f"AccountName=demo;{KEY}",
        f"AccountName=demo;AccountKy={KEY}",
        "AccountName=demo",
        "AccountName=demo;AccountKey=not base64!",
        f"AccountKey={KEY}",
        f"AccountName=De mo;AccountKey={KEY}",
        f"AccountName=demo;AccountName=demo;AccountKey={KEY}",
        f"AccountName=demo;AccountKey={KEY};SharedAccessSignature=sig=1",
        f"AccountName=demo;AccountKey={KEY};DefaultEndpointsProtocol=ftp",
        f"AccountName=demo;AccountKey={KEY};EndpointSuffix=evil.com/x?",
        f"AccountName=demo;AccountKey={KEY};BlobEndpoint=file:///etc",
        f"AccountName=demo;AccountKey={KEY};BlobEndpoint=http://u:p@host/",
        f"AccountName=demo;AccountKey={KEY};BlobEndpoint=http://host:99999/",
        "UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://x",
    ],
)
def test_what_is_malformed_is_refused_without_repeating_the_key(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_connection_string(text)
    assert caught.value.details[0].code == "InvalidBlobConnectionString"
    assert KEY not in caught.value.message


@given(st.text())
def test_any_text_is_parsed_or_refused(text: str) -> None:
    # Any other exception than the refusal fails the test.
    with suppress(Invalid):
        assert parse_connection_string(text).address


def test_a_connection_shows_no_credential() -> None:
    keyed = parse_connection_string(f"AccountName=demo;AccountKey={KEY}")
    signed = parse_connection_string(
        "BlobEndpoint=http://h/demo;SharedAccessSignature=sig=secret"
    )
    assert repr(keyed) == "<Connection: https://demo.blob.core.windows.net>"
    assert "secret" not in repr(signed)
