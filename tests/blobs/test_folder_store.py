"""The local folder store: inside its folder, durable, and swept."""

import os
from pathlib import Path

import pytest

from bramka.blobs.folder_store import RESERVED, FolderBlobs
from bramka.domain.errors import Invalid, Missing, Unavailable
from bramka.testing import FakeChance


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    return FolderBlobs(tmp_path / "blobs", FakeChance())


@pytest.mark.parametrize(
    "name",
    ["../x", "a/../../x", "/etc/passwd", "a//b", "", ".", "a/", "a\x00b", "a\\..\\b"],
)
def test_names_that_leave_the_folder_are_refused(blobs: FolderBlobs, name: str) -> None:
    with pytest.raises(Invalid):
        blobs.write(name, [b"1"])
    with pytest.raises(Invalid):
        blobs.read(name, 0, 1)


def test_names_of_writes_in_progress_are_refused(blobs: FolderBlobs) -> None:
    with pytest.raises(Invalid, match="reserved"):
        blobs.write(f"a/{RESERVED}1", [b"1"])


def test_links_are_not_followed(blobs: FolderBlobs, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    (tmp_path / "blobs" / "folder").symlink_to(outside)
    (tmp_path / "blobs" / "file").symlink_to(outside / "secret")
    for name in ("folder/secret", "file"):
        with pytest.raises((Invalid, Unavailable, Missing)):
            blobs.read(name, 0, 10)
    with pytest.raises((Invalid, Unavailable)):
        blobs.write("folder/new", [b"1"])
    assert list(blobs.names("")) == []
    blobs.write("file", [b"mine"])
    assert (outside / "secret").read_text() == "secret"


def test_a_write_is_synced_before_it_is_seen(
    blobs: FolderBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []

    def note(name: str) -> None:
        real = getattr(os, name)

        def call(*args: object, **names: object) -> object:
            happened.append(name)
            return real(*args, **names)

        monkeypatch.setattr(os, name, call)

    note("fsync")
    note("rename")
    blobs.write("x", [b"1"])
    assert happened == ["fsync", "rename", "fsync"]


def test_what_a_crash_left_is_invisible_and_swept(
    blobs: FolderBlobs, tmp_path: Path
) -> None:
    blobs.write("a/x", [b"1"])
    left = tmp_path / "blobs" / "a" / f"{RESERVED}0123"
    left.write_bytes(b"half")
    assert list(blobs.names("")) == ["a/x"]
    modified = left.stat().st_mtime
    assert blobs.sweep(modified - 1) == 0
    assert blobs.sweep(modified + 1) == 1
    assert blobs.read("a/x", 0, 9) == b"1"


def test_a_blob_where_a_folder_is_is_refused(blobs: FolderBlobs) -> None:
    blobs.write("a/x", [b"1"])
    for name in ("a", "a/x/y"):
        with pytest.raises(Invalid, match="both a blob and a folder"):
            blobs.write(name, [b"1"])
