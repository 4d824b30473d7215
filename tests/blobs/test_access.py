"""Proofs: SharedKey and signatures as clients of all ages make them."""

import base64
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest
from tests.blobs.conftest import ACCOUNT, KEY

from bramka.blobs.call import Place, parse_query
from bramka.blobs.endpoint import make_app
from bramka.blobs.moment import http_date, iso
from bramka.blobs.sas import account_text, service_text, sign_blob
from bramka.blobs.shared_key import decode_key, signature, text_to_sign
from bramka.testing import FakeChance, FakeClock

RAW = decode_key(KEY)
VERSIONS = ["2012-02-12", "2014-02-14", "2015-02-21", "2018-11-09", "2020-12-06"]
VERSIONS += ["2026-10-06"]


class Caller:
    """Sends signed requests to an app that runs in this process."""

    def __init__(self, folder: Path, quota: int | None = None) -> None:
        self.clock = FakeClock()
        accounts = {ACCOUNT: KEY}
        app = make_app(folder, accounts, self.clock, FakeChance(), quota=quota)
        self.http = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app), base_url="http://store"
        )

    async def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        version: str = "2020-12-06",
        date_field: str = "x-ms-date",
        key: bytes = RAW,
    ) -> httpx2.Response:
        fields = {"x-ms-version": version, date_field: http_date(self.clock.now())}
        fields.update(headers or {})
        if method == "PUT":
            fields["content-length"] = str(len(body))
        raw_path, _, query = path.partition("?")
        text = text_to_sign(
            method, f"/{ACCOUNT}{raw_path}", parse_query(query), fields, version
        )
        fields["authorization"] = f"SharedKey {ACCOUNT}:{signature(key, text)}"
        return await self.http.request(method, path, content=body, headers=fields)

    async def put(self, path: str, body: bytes = b"1") -> None:
        if path.count("/") == 3:
            await self.ask("PUT", path.rpartition("/")[0] + "?restype=container")
        block = {"x-ms-blob-type": "BlockBlob"}
        answer = await self.ask("PUT", path, body, block)
        assert answer.status_code == 201


@pytest.fixture
def caller(tmp_path: Path) -> Caller:
    return Caller(tmp_path)


BLOB = f"/{ACCOUNT}/cont/x.csv"


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("date_field", ["x-ms-date", "date"])
async def test_the_key_opens_for_clients_of_every_age(
    caller: Caller, version: str, date_field: str
) -> None:
    path = f"/{ACCOUNT}/cont?restype=container"
    made = await caller.ask("PUT", path, version=version, date_field=date_field)
    assert made.status_code == 201
    assert made.headers["x-ms-version"] == version


async def test_a_date_far_from_ours_is_refused(caller: Caller) -> None:
    await caller.put(BLOB)
    for seconds, status in ((880, 200), (-880, 200), (920, 403), (-920, 403)):
        date = {"x-ms-date": http_date(caller.clock.now() + seconds)}
        assert (await caller.ask("GET", BLOB, headers=date)).status_code == status


async def test_a_refusal_is_xml_with_its_code_in_the_header(caller: Caller) -> None:
    answer = await caller.ask("GET", BLOB, key=b"wrong")
    assert answer.status_code == 403
    assert answer.headers["x-ms-error-code"] == "AuthenticationFailed"
    assert answer.headers["content-type"] == "application/xml"
    assert "<Error><Code>AuthenticationFailed</Code><Message>" in answer.text
    assert answer.headers["x-ms-request-id"] in answer.text


def token_of(query: dict[str, str], text: str) -> str:
    signed = {**query, "sig": signature(RAW, text)}
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in signed.items())


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", ["b", "c"])
async def test_a_signature_of_every_version_reads(
    caller: Caller, version: str, kind: str
) -> None:
    await caller.put(BLOB)
    end = iso(caller.clock.now() + 60)
    query = {"sv": version, "se": end, "sr": kind, "sp": "r", "rsct": "text/x"}
    text = service_text(Place(ACCOUNT, "cont", "x.csv"), query)
    answer = await caller.http.get(f"{BLOB}?{token_of(query, text)}")
    assert (answer.status_code, answer.content) == (200, b"1")
    assert answer.headers["content-type"] == "text/x"


async def test_a_signature_ends_and_begins_with_the_clock(caller: Caller) -> None:
    await caller.put(BLOB)
    now = caller.clock.now()
    place = Place(ACCOUNT, "cont", "x.csv")
    url = BLOB + sign_blob(place, RAW, start=now + 10, end=now + 60)
    for wait, status in ((0, 403), (10, 200), (49, 200), (1, 403)):
        caller.clock.advance(wait)
        assert (await caller.http.get(url)).status_code == status


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"spr": "https"}, "AuthorizationProtocolMismatch"),
        ({"sip": "10.0.0.1-10.0.0.9"}, "AuthorizationSourceIPMismatch"),
        ({"sp": "w"}, "AuthorizationPermissionMismatch"),
        ({"sr": "d"}, "AuthenticationFailed"),
        ({"si": "policy"}, "AuthenticationFailed"),
        ({"se": "tomorrow"}, "AuthenticationFailed"),
        ({"skoid": "somebody"}, "AuthenticationFailed"),
    ],
)
async def test_a_signature_is_bound_to_its_circumstances(
    caller: Caller, change: dict[str, str], code: str
) -> None:
    await caller.put(BLOB)
    end = iso(caller.clock.now() + 60)
    query = {"sv": "2020-12-06", "se": end, "sr": "b", "sp": "r", **change}
    text = service_text(Place(ACCOUNT, "cont", "x.csv"), query)
    answer = await caller.http.get(f"{BLOB}?{token_of(query, text)}")
    assert answer.status_code == 403
    assert answer.headers["x-ms-error-code"] == code


async def test_a_signature_that_may_create_may_not_overwrite(caller: Caller) -> None:
    await caller.put(BLOB)
    end = iso(caller.clock.now() + 60)
    query = {"sv": "2020-12-06", "se": end, "sr": "c", "sp": "c"}
    token = token_of(query, service_text(Place(ACCOUNT, "cont"), query))
    kind = {"x-ms-blob-type": "BlockBlob"}
    for name, status in (("new", 201), ("x.csv", 403)):
        url = f"/{ACCOUNT}/cont/{name}?{token}"
        answer = await caller.http.put(url, content=b"2", headers=kind)
        assert answer.status_code == status


@pytest.mark.parametrize("version", ["2015-04-05", "2020-12-06"])
async def test_an_account_signature_is_bound_to_its_service(
    caller: Caller, version: str
) -> None:
    await caller.put(BLOB)
    end = iso(caller.clock.now() + 60)
    for services, status in (("b", 200), ("bqtf", 200), ("q", 403)):
        query = {"sv": version, "ss": services, "srt": "o", "sp": "r", "se": end}
        token = token_of(query, account_text(ACCOUNT, query))
        answer = await caller.http.get(f"{BLOB}?{token}")
        assert answer.status_code == status


async def test_a_signed_header_cannot_break_the_answer(caller: Caller) -> None:
    await caller.put(BLOB)
    end = iso(caller.clock.now() + 60)
    query = {"sv": "2020-12-06", "se": end, "sr": "b", "sp": "r"}
    query["rsct"] = "text/plain\r\nset-cookie: a=b"
    text = service_text(Place(ACCOUNT, "cont", "x.csv"), query)
    answer = await caller.http.get(f"{BLOB}?{token_of(query, text)}")
    assert answer.status_code == 400
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("PUT", f"/{ACCOUNT}/cont/a%2F..%2F..%2Fb", "InvalidResourceName"),
        ("PUT", f"/{ACCOUNT}/cont/a%00b", "InvalidResourceName"),
        ("PUT", f"/{ACCOUNT}/cont/%FF", "InvalidUri"),
        ("PUT", f"/{ACCOUNT}/cont/" + "x" * 1025, "OutOfRangeInput"),
        ("PUT", f"/{ACCOUNT}/..%2Fb?restype=container", "InvalidResourceName"),
        ("GET", f"/{ACCOUNT}/cont?restype=container&comp=lease", "Unsupported"),
        ("PATCH", BLOB, "UnsupportedHttpVerb"),
        ("GET", f"/{ACCOUNT}/cont?restype=container&comp=list&maxresults=0", "OutOf"),
        ("GET", f"/{ACCOUNT}/cont?restype=container&comp=list&marker=%21", "Invalid"),
    ],
)
async def test_a_strange_request_is_refused_in_words(
    caller: Caller, method: str, path: str, code: str
) -> None:
    await caller.put(BLOB)
    kind = {"x-ms-blob-type": "BlockBlob"}
    answer = await caller.ask(method, path, b"1" if method == "PUT" else b"", kind)
    assert 400 <= answer.status_code < 500
    assert answer.headers["x-ms-error-code"].startswith(code)


async def test_a_body_that_is_not_what_its_md5_says_is_not_kept(
    caller: Caller,
) -> None:
    await caller.put(BLOB)
    md5 = base64.b64encode(b"0" * 16).decode()
    fields = {"x-ms-blob-type": "BlockBlob", "content-md5": md5}
    for path in (BLOB, f"{BLOB}?comp=block&blockid=YQ%3D%3D"):
        answer = await caller.ask("PUT", path, b"2", fields)
        assert answer.headers["x-ms-error-code"] == "Md5Mismatch"
    assert (await caller.ask("GET", BLOB)).content == b"1"


async def test_a_quota_bounds_all_bytes_and_deleting_makes_room(
    tmp_path: Path,
) -> None:
    caller = Caller(tmp_path, quota=1000)
    await caller.put(BLOB, b"1" * 900)
    kind = {"x-ms-blob-type": "BlockBlob"}
    other = f"/{ACCOUNT}/cont/y"
    answer = await caller.ask("PUT", other, b"2" * 101, kind)
    assert answer.headers["x-ms-error-code"] == "StorageQuotaExceeded"
    assert (await caller.ask("DELETE", BLOB)).status_code == 202
    await caller.put(other, b"2" * 1000)


async def test_a_copy_from_elsewhere_is_refused(caller: Caller) -> None:
    await caller.put(BLOB)
    for source in ("http://169.254.169.254/a/b/c", "http://other/a/b/c", "x"):
        fields = {"x-ms-copy-source": source}
        answer = await caller.ask("PUT", f"/{ACCOUNT}/cont/y", headers=fields)
        assert answer.status_code == 404
        assert answer.headers["x-ms-error-code"] == "CannotVerifyCopySource"


async def test_health_needs_no_proof(caller: Caller) -> None:
    assert (await caller.http.get("/health")).status_code == 200


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<BlockList><Latest>YQ==</Latest>",
        b"<List/>",
        b"<BlockList><Newest>YQ==</Newest></BlockList>",
        b"<BlockList><Latest><Latest>YQ==</Latest></Latest></BlockList>",
        b'<!DOCTYPE a [<!ENTITY e "x">]><BlockList><Latest>&e;</Latest></BlockList>',
    ],
)
async def test_a_strange_block_list_is_refused(caller: Caller, document: bytes) -> None:
    await caller.put(BLOB)
    answer = await caller.ask("PUT", f"{BLOB}?comp=blocklist", document)
    assert answer.headers["x-ms-error-code"] == "InvalidXmlDocument"
