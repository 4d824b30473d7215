"""What modules gave before, kept in a folder and found by a content hash."""

import os
import shutil
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote

from msgspec import MsgspecError
from polars.exceptions import PolarsError

from bramka.domain.errors import Missing
from bramka.domain.learning.value import Value
from bramka.studio.stored import Facts, facts_of, keep, load, stem_of


class ResultCache(Protocol):
    """Results by key; a key stands for code, parameters and inputs together."""

    def find(self, key: str) -> Mapping[str, Value] | None:
        """What was kept under a key, by port name, or None."""

    def keep(self, key: str, results: Mapping[str, Value]) -> None:
        """Keep results; what is already there stays."""


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
            shutil.rmtree(self.folder_of(key), ignore_errors=True)
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
        try:
            stems = sorted(path.stem for path in folder.iterdir() if _tells(path))
            return {unquote(stem): facts_of(folder, stem) for stem in stems} or None
        except FileNotFoundError:
            return None
        except (MsgspecError, Missing):
            shutil.rmtree(folder, ignore_errors=True)
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

    def tidy(self, before: float) -> None:
        """Delete drafts of before a moment: whoever made them is dead."""
        if not self._folder.is_dir():
            return
        for path in self._folder.iterdir():
            if path.name.startswith(".") and path.stat().st_mtime < before:
                shutil.rmtree(path, ignore_errors=True)

    def take(self, key: str, draft: Path) -> None:
        """Put a finished draft in its place; what is already there stays."""
        for path in draft.iterdir():
            _sync(path)
        try:
            draft.rename(self.folder_of(key))
        except OSError:
            # Somebody else was first with the same result.
            shutil.rmtree(draft)


def _sync(path: Path) -> None:
    """What is found later must be whole, even after a power failure."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _tells(path: Path) -> bool:
    return path.suffix == ".json" and not path.name.startswith(".")
