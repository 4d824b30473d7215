"""The configuration as one ZIP file: out of a browser, and back in through it."""

import contextlib
import io
import struct
import tracemalloc
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.portals.browser import BASE, Browser, Portal

from bramka.domain.errors import Invalid
from bramka.domain.traffic.account import Role
from bramka.portals.archive import MOST_BYTES, pack, unpack
from bramka.store import account

TAG = "tags/red/tagInformation.json"
WORDS = st.text("abcdef ", min_size=1, max_size=6).filter(lambda word: word.strip())
FOLDERS = st.dictionaries(
    st.builds("tags/{}/{}.json".format, WORDS, WORDS), st.binary(), min_size=1
)


async def signed_in(portal: Portal, role: Role | None) -> Browser:
    portal.add_user("ann")
    with portal.store.writing() as transaction:
        account.set_role(transaction, "ann", role)
    browser = portal.browser()
    await browser.sign_in("ann@example.com")
    return browser


async def send(browser: Browser, path: str, content: bytes, status: int = 200) -> Any:
    answer = await browser.client.post(
        path, content=content, headers={"X-CSRF-Token": browser.csrf}
    )
    assert answer.status_code == status, answer.text
    return answer.json()


async def exported(browser: Browser) -> dict[str, bytes]:
    answer = await browser.client.get("/configuration")
    assert answer.status_code == 200, answer.text
    return unpack(answer.content)


async def make_tag(browser: Browser, name: str) -> None:
    path = f"{BASE}/tags/{name}?api-version=2024-05-01"
    answer = await browser.ask("PUT", path, {"properties": {"displayName": name}})
    assert answer.status_code == 201


async def test_what_differs_is_shown_and_then_written(portal: Portal) -> None:
    browser = await signed_in(portal, "owner")
    await make_tag(browser, "red")
    files = await exported(browser)
    assert b'"red"' in files[TAG]
    unchanged = await send(browser, "/configuration/difference", pack(files))
    assert unchanged == {"changes": [], "files": len(files)}
    files[TAG] = files[TAG].replace(b'"red"', b'"scarlet"')
    told = await send(browser, "/configuration/difference", pack(files))
    [change] = told["changes"]
    assert (change["path"], change["kind"]) == (TAG, "changed")
    assert any(line.startswith("+") and "scarlet" in line for line in change["lines"])
    done = await send(browser, "/configuration/import", pack(files))
    assert done == {"written": ["/tags/red"], "deleted": []}
    assert await exported(browser) == files


async def test_what_the_archive_leaves_out_goes_only_if_asked(portal: Portal) -> None:
    browser = await signed_in(portal, "owner")
    before = pack(await exported(browser))
    await make_tag(browser, "red")
    told = await send(browser, "/configuration/difference", before)
    assert [(one["path"], one["kind"]) for one in told["changes"]] == [(TAG, "gone")]
    kept = await send(browser, "/configuration/import", before)
    assert kept == {"written": [], "deleted": []}
    gone = await send(browser, "/configuration/import?prune=true", before)
    assert gone == {"written": [], "deleted": ["/tags/red"]}


@pytest.mark.parametrize(
    ("role", "reads", "writes"), [(None, 403, 403), ("viewer", 200, 403)]
)
async def test_a_role_moves_what_the_rest_lets_it(
    portal: Portal, role: Role | None, reads: int, writes: int
) -> None:
    browser = await signed_in(portal, role)
    assert (await browser.client.get("/configuration")).status_code == reads
    await send(browser, "/configuration/difference", pack({TAG: b"{}"}), reads)
    given = pack({TAG: b'{"properties": {"displayName": "red"}}'})
    await send(browser, "/configuration/import", given, writes)


async def test_nobody_moves_anything_without_signing_in(portal: Portal) -> None:
    browser = portal.browser()
    assert (await browser.client.get("/configuration")).status_code == 401
    await send(browser, "/configuration/import", pack({TAG: b"{}"}), 401)


async def test_an_import_carries_the_csrf_token(portal: Portal) -> None:
    browser = await signed_in(portal, "owner")
    browser.csrf = "another"
    given = pack({TAG: b'{"properties": {"displayName": "red"}}'})
    told = await send(browser, "/configuration/import", given, 403)
    assert "CSRF" in told["error"]["message"]


async def test_secrets_leave_only_when_they_are_asked_for(portal: Portal) -> None:
    browser = await signed_in(portal, "owner")
    path = f"{BASE}/namedValues/key?api-version=2024-05-01"
    value = {"displayName": "key", "value": "s3cret!", "secret": True}
    assert (await browser.ask("PUT", path, {"properties": value})).is_success
    assert b"s3cret!" not in b"".join((await exported(browser)).values())
    headers = {"X-CSRF-Token": browser.csrf}
    answer = await browser.client.post(
        "/configuration/export?secrets=true", headers=headers
    )
    assert b"s3cret!" in b"".join(unpack(answer.content).values())
    refused = await browser.client.get("/configuration?secrets=true")
    assert refused.status_code == 400


async def test_a_file_that_is_no_archive_is_refused(portal: Portal) -> None:
    browser = await signed_in(portal, "owner")
    told = await send(browser, "/configuration/import", b"{}", 400)
    assert "ZIP" in told["error"]["message"]


@given(FOLDERS)
def test_an_archive_holds_the_folder_as_it_was(files: dict[str, bytes]) -> None:
    assert unpack(pack(files)) == files
    around = {f"export/{path}": content for path, content in files.items()}
    assert unpack(pack(around)) == files


def test_what_a_desktop_adds_to_an_archive_is_passed_over() -> None:
    added = {"__MACOSX/x": b"1", "export/.DS_Store": b"2", f"export/{TAG}": b"3"}
    assert unpack(pack(added)) == {TAG: b"3"}


def test_an_archive_that_grows_without_bound_is_not_unpacked() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"tags/{number}/a", bytes(MOST_BYTES // 2 - 1))
    with pytest.raises(Invalid, match="in parts"):
        unpack(packed.getvalue())


@given(st.data())
def test_a_damaged_archive_is_refused_or_read(data: st.DataObject) -> None:
    packed = bytearray(pack({TAG: b"what a tag is called " * 40}))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(packed) - 1))
        packed[place] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(Invalid):
        assert unpack(bytes(packed))


def with_false_size(content: bytes, size: int) -> bytes:
    """An archive of one file that says it is so long."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(TAG, content)
    lying = bytearray(packed.getvalue())
    struct.pack_into("<I", lying, lying.rfind(b"PK\x01\x02") + 24, size)
    return bytes(lying)


def test_a_file_that_lies_about_its_length_takes_no_memory() -> None:
    lying = with_false_size(bytes(32 << 20), 10)
    tracemalloc.start()
    with pytest.raises(Invalid, match="not a ZIP archive that can be read"):
        unpack(lying)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 4 << 20


@pytest.mark.parametrize("how", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_unpacks_more_than_it_is_asked_for_is_not_read(how: int) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", how) as archive:
        archive.writestr(TAG, b"{}")
    with pytest.raises(Invalid, match="stored or deflated"):
        unpack(packed.getvalue())
