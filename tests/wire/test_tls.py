"""Certificates are refused with what is wrong; the first message gives up its name."""

import ssl
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization as form
from hypothesis import given
from hypothesis import strategies as st
from tests.wire.authority import Authority

from bramka.domain.errors import Invalid
from bramka.wire.client_hello import server_name
from bramka.wire.tls import Certificates, TlsHost


def hello(name: str | None) -> bytes:
    outgoing = ssl.MemoryBIO()
    context = ssl.create_default_context()
    context.check_hostname = name is not None
    client = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=name)
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


HELLO = hello("api.example.com")


def test_the_name_is_found() -> None:
    assert server_name(HELLO) == "api.example.com"
    assert server_name(hello(None)) == ""


def test_the_name_is_found_across_records() -> None:
    body = HELLO[5:]
    cut = [body[:30], body[30:31], body[31:]]
    split = b"".join(HELLO[:3] + len(p).to_bytes(2, "big") + p for p in cut)
    assert server_name(split) == "api.example.com"


def test_more_is_waited_for_until_the_message_is_whole() -> None:
    assert all(server_name(HELLO[:size]) is None for size in range(len(HELLO)))


@given(st.binary(max_size=80))
def test_other_bytes_have_no_name(data: bytes) -> None:
    assert server_name(data) in (None, "")


@given(st.integers(0, len(HELLO) - 1), st.binary(min_size=1, max_size=4))
def test_a_damaged_message_is_read_or_not_but_never_fails(
    place: int, noise: bytes
) -> None:
    found = server_name(HELLO[:place] + noise + HELLO[place + len(noise) :])
    assert found is None or isinstance(found, str)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def host(authority: Authority, **changes: object) -> TlsHost:
    certificate, key = authority.sign("own", ["a.example.com"])
    usual = {"names": ("a.example.com",), "certificate": certificate, "key": key}
    return TlsHost(**(usual | changes))  # type: ignore[arg-type] # as each test wants


def test_a_missing_file_is_named(authority: Authority, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"TLS of a\.example\.com: .*gone\.key is not th"):
        Certificates([host(authority, key=tmp_path / "gone.key")])


def test_a_key_of_another_certificate_is_refused(authority: Authority) -> None:
    _, other = authority.sign("other", ["b.example.com"])
    with pytest.raises(Invalid, match=r"other\.key is not the key of .*own\.pem"):
        Certificates([host(authority, key=other)])


def test_a_locked_key_is_refused_without_asking(
    authority: Authority, tmp_path: Path
) -> None:
    locked = tmp_path / "locked.key"
    locked.write_bytes(
        authority.key.private_bytes(
            form.Encoding.PEM,
            form.PrivateFormat.PKCS8,
            form.BestAvailableEncryption(b"secret"),
        )
    )
    with pytest.raises(Invalid, match=r"locked\.key is locked with a password"):
        Certificates([host(authority, key=locked)])


@pytest.mark.parametrize("negotiate", ["optional", "required", "any"])
def test_an_authority_of_clients_has_to_be_readable(
    authority: Authority, tmp_path: Path, negotiate: str
) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing")
    with pytest.raises(Invalid, match=r"empty\.pem holds no certificates"):
        Certificates([host(authority, negotiate=negotiate, client_ca=empty)])


def test_a_name_has_one_certificate(authority: Authority) -> None:
    with pytest.raises(Invalid, match="two TLS hosts are named 'A"):
        Certificates([host(authority), host(authority, names=("A.example.com",))])
