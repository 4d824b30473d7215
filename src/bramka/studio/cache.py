"""What modules gave before, kept in a folder and found by a content hash."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from msgspec import MsgspecError
from polars.exceptions import PolarsError

from bramka.domain.learning.value import Value
from bramka.studio.value_file import value_bytes, value_from


class ResultCache(Protocol):
    """Results by key; a key stands for code, parameters and inputs together."""

    def find(self, key: str) -> Mapping[str, Value] | None:
        """What was kept under a key, by port name, or None."""

    def keep(self, key: str, results: Mapping[str, Value]) -> None:
        """Keep results; what is already there stays."""


class FolderCache:
    """A cache of one folder for each result and one file for each port in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __repr__(self) -> str:
        return f"<FolderCache: {self._folder}>"

    def find(self, key: str) -> Mapping[str, Value] | None:
        try:
            files = sorted((self._folder / key).iterdir())
        except FileNotFoundError:
            return None
        try:
            return {path.stem: value_from(path.read_bytes()) for path in files}
        except (OSError, PolarsError, MsgspecError):
            # Cut off by a power failure: a cache may forget, but not fail.
            shutil.rmtree(self._folder / key, ignore_errors=True)
            return None

    def keep(self, key: str, results: Mapping[str, Value]) -> None:
        final = self._folder / key
        draft = self._folder / f".{key}.{os.getpid()}"
        draft.mkdir(parents=True, exist_ok=True)
        for port, value in results.items():
            (draft / f"{port}.table").write_bytes(value_bytes(value))
        try:
            draft.rename(final)
        except OSError:
            # Somebody else was first with the same result.
            shutil.rmtree(draft)
