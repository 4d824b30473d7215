"""From a reference to its store: ours, Azure's, or refused."""

import base64
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from azure.storage.blob import ContainerClient
from tests.blobs.conftest import ACCOUNT, KEY, Store

from bramka.app.clock import SystemClock
from bramka.blobs.frontier import Frontier
from bramka.blobs.locator import Locator
from bramka.blobs.refusal import check_extension
from bramka.domain.blob import BlobReference
from bramka.domain.errors import Forbidden, Invalid

CLOSED = Frontier(public=False, private=False)
PLAIN = f"DefaultEndpointsProtocol=https;AccountName={ACCOUNT};AccountKey={KEY}"


@contextmanager
def locating(store: Store, frontier: Frontier = CLOSED) -> Iterator[Locator]:
    locator = Locator(store.root, {ACCOUNT: KEY}, SystemClock(), frontier)
    yield locator
    locator.close()


@pytest.fixture
def locator(store: Store) -> Iterator[Locator]:
    with locating(store) as locator:
        yield locator


def code_of(caught: pytest.ExceptionInfo[Invalid]) -> str:
    return caught.value.details[0].code


@pytest.mark.parametrize(
    "form",
    [
        PLAIN,
        f"{PLAIN};EndpointSuffix=core.windows.net",
        f"{PLAIN};BlobEndpoint={{url}}",
        f"{PLAIN};BlobEndpoint={{local_url}}/",
        "UseDevelopmentStorage=true",
    ],
)
@pytest.mark.parametrize("slash", ["/", ""])
def test_an_account_of_ours_is_found_whatever_the_form(
    store: Store, locator: Locator, container: ContainerClient, form: str, slash: str
) -> None:
    location = f"{slash}{container.container_name}/in/x.csv"
    local_url = store.url.replace("127.0.0.1", "localhost")
    reference = BlobReference(
        connection_string=form.format(url=store.url, local_url=local_url),
        relative_location=location,
    )
    blobs, path = locator.find(reference)
    blobs.write(path, [b"1,2"])
    assert container.download_blob("in/x.csv").readall() == b"1,2"


def test_a_signed_location_is_a_url_that_reads_one_blob(
    locator: Locator, container: ContainerClient
) -> None:
    container.upload_blob("a b+%/ż.csv", b"1")
    location = f"{container.container_name}/a b+%/ż.csv"
    reference = BlobReference(connection_string=PLAIN, relative_location=location)
    signed = locator.sign(reference, now=time.time(), seconds=60)
    assert signed.base_location.endswith("/")
    assert not signed.relative_location.startswith("/")
    assert signed.sas_blob_token.startswith("?")
    url = signed.base_location + signed.relative_location + signed.sas_blob_token
    with urlopen(url) as answer:
        assert answer.read() == b"1"
    again = BlobReference(
        base_location=signed.base_location,
        relative_location=signed.relative_location,
        sas_blob_token=signed.sas_blob_token,
    )
    blobs, path = locator.find(again)
    assert blobs.read(path, 0, 10) == b"1"
    with pytest.raises(Forbidden):
        blobs.write(path, [b"2"])
    assert locator.sign(again, now=0, seconds=1) == signed


def test_a_signature_begins_early_and_ends_in_time(
    locator: Locator, container: ContainerClient
) -> None:
    container.upload_blob("x", b"1")
    location = f"{container.container_name}/x"
    reference = BlobReference(connection_string=PLAIN, relative_location=location)

    def fetch(now: float) -> bytes:
        signed = locator.sign(reference, now=now, seconds=60)
        url = signed.base_location + signed.relative_location + signed.sas_blob_token
        with urlopen(url) as answer:
            return bytes(answer.read())

    assert fetch(time.time() + 290) == b"1"
    for moment in (time.time() + 400, time.time() - 70):
        with pytest.raises(HTTPError, match="403") as caught:
            fetch(moment)
        caught.value.close()


def test_a_wrong_key_for_our_account_is_refused(locator: Locator) -> None:
    wrong = base64.b64encode(b"w" * 64).decode()
    text = f"AccountName={ACCOUNT};AccountKey={wrong}"
    reference = BlobReference(connection_string=text, relative_location="cont/x.csv")
    with pytest.raises(Invalid, match="not the key of the account") as caught:
        locator.find(reference)
    assert code_of(caught) == "InvalidBlobConnectionString"
    with pytest.raises(Invalid):
        locator.sign(reference, now=0, seconds=1)


def test_an_unknown_account_goes_to_azure_only_when_allowed(store: Store) -> None:
    text = f"DefaultEndpointsProtocol=https;AccountName=stranger;AccountKey={KEY}"
    reference = BlobReference(connection_string=text, relative_location="cont/x.csv")
    with (
        locating(store) as locator,
        pytest.raises(Invalid, match="'stranger' is not an account") as caught,
    ):
        locator.find(reference)
    assert code_of(caught) == "InvalidBlobConnectionString"
    with locating(store, Frontier(public=True, private=False)) as locator:
        blobs, path = locator.find(reference)
    assert "https://stranger.blob.core.windows.net/cont" in repr(blobs)
    assert path == "x.csv"


@pytest.mark.parametrize(
    "text",
    [
        f"AccountName=abc;AccountKey={KEY};BlobEndpoint=http://169.254.169.254/abc",
        f"AccountName=abc;AccountKey={KEY};BlobEndpoint=http://127.0.0.1:1/abc",
        f"AccountName=abc;AccountKey={KEY};BlobEndpoint=http://[::1]:1/abc",
        f"AccountName={ACCOUNT};AccountKey={KEY};BlobEndpoint=http://127.0.0.1:1/abc",
    ],
)
def test_an_endpoint_inside_is_refused(locator: Locator, text: str) -> None:
    reference = BlobReference(connection_string=text, relative_location="cont/x.csv")
    with pytest.raises(Invalid) as caught:
        locator.find(reference)
    assert code_of(caught) == "InvalidBlob"


@pytest.mark.parametrize(
    "base",
    [
        *("http://169.254.169.254/", "http://localhost:1/x/", "http://2130706433/"),
        "http://8.8.8.8/żółw/",
    ],
)
def test_a_public_address_that_is_none_is_refused(locator: Locator, base: str) -> None:
    reference = BlobReference(
        base_location=base, relative_location="cont/x.csv", sas_blob_token=""
    )
    with pytest.raises(Invalid):
        locator.find(reference)


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        (BlobReference(), "MissingInputBlobInformation"),
        (BlobReference(connection_string=PLAIN), "MissingInputBlobInformation"),
        (
            BlobReference(connection_string=PLAIN, relative_location="x.csv"),
            "InputBlobRelativeLocationInvalid",
        ),
        (
            BlobReference(connection_string=PLAIN, relative_location="cont/../x.csv"),
            "InputBlobRelativeLocationInvalid",
        ),
        (
            BlobReference(base_location="file:///etc/", relative_location="cont/x"),
            "InputBlobRelativeLocationInvalid",
        ),
        (
            BlobReference(base_location="http://h/", relative_location=""),
            "InputBlobRelativeLocationInvalid",
        ),
    ],
)
def test_a_malformed_reference_says_what_is_wrong(
    locator: Locator, reference: BlobReference, code: str
) -> None:
    with pytest.raises(Invalid) as caught:
        locator.find(reference)
    assert code_of(caught) == code


def test_an_extension_is_known_by_its_longest_form() -> None:
    allowed = (".csv", ".tsv", ".nh.csv")
    assert check_extension("/cont/a.nh.csv", allowed) == ".nh.csv"
    assert check_extension("cont/A.CSV", allowed) == ".csv"
    for location in ("cont/a.txt", "cont/csv", "cont/.csv", "cont.csv/a"):
        with pytest.raises(Invalid) as caught:
            check_extension(location, allowed)
        assert code_of(caught) == "InvalidBlobExtension"


def test_who_has_no_account_has_no_development_storage() -> None:
    locator = Locator("", {}, SystemClock(), CLOSED)
    short = "UseDevelopmentStorage=true"
    reference = BlobReference(connection_string=short, relative_location="cont/x.csv")
    with pytest.raises(Invalid, match="no development storage") as caught:
        locator.find(reference)
    assert code_of(caught) == "InvalidBlobConnectionString"
    locator.close()


def test_a_locator_shows_no_key(locator: Locator) -> None:
    assert KEY not in repr(locator)
