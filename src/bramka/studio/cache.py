"""What modules gave before, kept in a folder and found by a content hash."""

import errno
import os
import shutil
import threading
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote

from msgspec import MsgspecError, Struct
from polars.exceptions import PolarsError

from bramka.domain.errors import Missing
from bramka.domain.learning.value import Value
from bramka.studio.stored import Facts, facts_of, keep, load, stem_of

SETTLED_SECONDS = 3_600.0
DAY_SECONDS = 86_400.0


class Limits(Struct, frozen=True, kw_only=True):
    """How long and how much is kept; 0: without a limit."""

    days: float = 0.0
    size: int = 0
    """Bytes of all results together."""


class ResultCache(Protocol):
    """Results by key; a key stands for code, parameters and inputs together."""

    def find(self, key: str) -> Mapping[str, Value] | None:
        """What was kept under a key, by port name, or None."""

    def keep(self, key: str, results: Mapping[str, Value]) -> None:
        """Keep results; what is already there stays."""


class Kept(Struct, frozen=True, kw_only=True):
    """A result that is kept: when it was wanted last, and its bytes."""

    key: str
    wanted: float
    size: int


def to_forget(
    kept: Sequence[Kept], limits: Limits, known: Collection[str], now: float
) -> list[str]:
    """The results that go, of those kept in the order in which they were wanted.

    `known` are those that experiments tell of. What was wanted just now stays in any
    case: a run may be about to read it.
    """
    settled = [each for each in kept if each.wanted < now - SETTLED_SECONDS]
    oldest = now - limits.days * DAY_SECONDS if limits.days else float("-inf")
    gone = [each for each in settled if each.key not in known or each.wanted < oldest]
    total = sum(each.size for each in kept) - sum(each.size for each in gone)
    for each in settled:
        if not limits.size or total <= limits.size:
            break
        if each not in gone:
            gone.append(each)
            total -= each.size
    return [each.key for each in gone]


class FolderCache:
    """A cache of one folder for each result; ports are stored values in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __repr__(self) -> str:
        return f"<FolderCache: {self._folder}>"

    def find(self, key: str) -> Mapping[str, Value] | None:
        facts = self.facts(key)
        if facts is None:
            return None
        try:
            return {port: self.value(key, port) for port in facts}
        except (OSError, PolarsError, MsgspecError, Missing):
            # Cut off by a power failure: a cache may forget, but not fail.
            self.forget(key)
            return None

    def keep(self, key: str, results: Mapping[str, Value]) -> None:
        draft = self.draft(key)
        for port, value in results.items():
            keep(draft, stem_of(port), value)
        self.take(key, draft)

    def folder_of(self, key: str) -> Path:
        """Where a result is, or would be."""
        return self._folder / key

    def facts(self, key: str) -> dict[str, Facts] | None:
        """What is known of each port of a result, or None if there is none."""
        folder = self.folder_of(key)
        with suppress(OSError):
            os.utime(folder)
        try:
            stems = sorted(path.stem for path in folder.iterdir() if _tells(path))
            return {unquote(stem): facts_of(folder, stem) for stem in stems} or None
        except FileNotFoundError:
            return None
        except (MsgspecError, Missing):
            self.forget(key)
            return None

    def value(self, key: str, port: str) -> Value:
        """What stands on a port; Missing if it is gone."""
        return load(self.folder_of(key), stem_of(port))

    def draft(self, key: str) -> Path:
        """An empty folder for a result in the making."""
        draft = self.draft_of(key)
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700, parents=True)
        return draft

    def draft_of(self, key: str) -> Path:
        """Where this thread makes a result."""
        return self._folder / f".{key}.{os.getpid()}.{threading.get_ident()}"

    def kept(self) -> list[Kept]:
        """Every result, the one that was wanted longest ago first."""
        if not self._folder.is_dir():
            return []
        folders = (each for each in self._folder.iterdir() if each.name[0] != ".")
        found = [kept for each in folders if (kept := _kept(each)) is not None]
        return sorted(found, key=lambda kept: kept.wanted)

    def forget(self, key: str, wanted: float | None = None) -> None:
        """Delete a result, unless it was wanted since `wanted`.

        What was saved of it stays where it was saved.
        """
        folder, gone = self.folder_of(key), self.draft_of(key)
        with suppress(OSError):
            if wanted is not None and folder.stat().st_mtime > wanted:
                return
            # Renamed first: what is half deleted must not be found.
            folder.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)

    def tidy(self, before: float) -> None:
        """Delete drafts of before a moment: whoever made them is dead."""
        if not self._folder.is_dir():
            return
        for path in self._folder.iterdir():
            # Drafts go while they are looked at: whoever makes them finishes them.
            with suppress(OSError):
                if path.name.startswith(".") and path.stat().st_mtime < before:
                    shutil.rmtree(path, ignore_errors=True)

    def take(self, key: str, draft: Path) -> None:
        """Put a finished draft in its place; what is already there stays."""
        for path in draft.iterdir():
            _sync(path)
        try:
            draft.rename(self.folder_of(key))
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
            # Somebody else was first with the same result.
            shutil.rmtree(draft)


def _kept(folder: Path) -> Kept | None:
    try:
        wanted = folder.stat().st_mtime
        size = sum(path.stat().st_size for path in folder.iterdir())
    except OSError:
        # Somebody else deleted it meanwhile.
        return None
    return Kept(key=folder.name, wanted=wanted, size=size)


def _sync(path: Path) -> None:
    """What is found later must be whole, even after a power failure."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _tells(path: Path) -> bool:
    return path.suffix == ".json" and not path.name.startswith(".")
