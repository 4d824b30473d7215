"""Content on disk: each piece a file under a random name, written once, never changed.

A piece is durable before the index names it. A piece the index no longer names is
removed when every reader who might have seen its name has finished.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from threading import Lock

from msgspec import Struct

from bramka.blobs.fault import Fault
from bramka.domain.clock import Chance

SYNCED = 16 * 1024 * 1024
"""Bytes after which a piece is synced while it is still being written.

Left to the end, gigabytes would be synced at once, longer than a client waits.
"""


class Piece(Struct, frozen=True):
    """A run of bytes on disk: its file name and its length."""

    name: str
    size: int


class Budget:
    """Bytes that may still be stored; counts every piece, committed or not."""

    def __init__(self, quota: int | None) -> None:
        self.quota = quota
        self.used = 0
        self._lock = Lock()

    def count(self, size: int) -> None:
        """Note bytes that are stored already; more than the quota is no fault now."""
        self.used += size

    def spend(self, size: int) -> None:
        """Take room for `size` more bytes (or give back a negative number)."""
        with self._lock:
            if size > 0 and self.quota is not None and self.used + size > self.quota:
                raise Fault(
                    "StorageQuotaExceeded",
                    f"{self.used} of {self.quota} bytes are taken.",
                )
            self.used += size


class Writing:
    """A piece being written; it counts only after `finish`."""

    def __init__(self, path: Path, budget: Budget) -> None:
        self._path = path
        self._budget = budget
        self._size = 0
        self._unsynced = 0
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        self._file = os.open(path, flags, 0o600)

    def write(self, content: bytes | bytearray) -> None:
        self._budget.spend(len(content))
        self._size += len(content)
        self._unsynced += len(content)
        view = memoryview(content)
        while view:
            view = view[os.write(self._file, view) :]
        if self._unsynced >= SYNCED:
            os.fdatasync(self._file)
            self._unsynced = 0

    def finish(self) -> Piece:
        """Make the piece durable: its bytes, then its name in the folder."""
        os.fsync(self._file)
        self._close()
        sync_folder(self._path.parent)
        return Piece(self._path.name, self._size)

    def abandon(self) -> None:
        """Forget the piece, finished or not, as the index will not name it."""
        self._close()
        self._path.unlink(missing_ok=True)
        self._budget.spend(-self._size)
        self._size = 0

    def _close(self) -> None:
        # Never twice: another thread may have been given the same number meanwhile.
        if self._file >= 0:
            descriptor, self._file = self._file, -1
            os.close(descriptor)


class Pieces:
    """The folder of pieces."""

    def __init__(self, folder: Path, chance: Chance, quota: int | None) -> None:
        self._folder = folder
        self._chance = chance
        self._lock = Lock()
        self._readers: set[object] = set()
        self._doomed: list[tuple[list[Piece], set[object]]] = []
        self.budget = Budget(quota)
        folder.mkdir(mode=0o700, exist_ok=True)
        sync_folder(folder.parent)

    def _path(self, name: str) -> Path:
        return self._folder / name

    def begin(self) -> Writing:
        """Start a new piece."""
        return Writing(self._path(self._chance.hex(16)), self.budget)

    def open(self, name: str) -> int:
        """A descriptor to read a piece from."""
        return os.open(self._path(name), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)

    def begin_reading(self) -> object:
        """Keep every piece the index names from now on, until `end_reading`."""
        reader = object()
        with self._lock:
            self._readers.add(reader)
        return reader

    def end_reading(self, reader: object) -> None:
        with self._lock:
            self._readers.discard(reader)
            for _, readers in self._doomed:
                readers.discard(reader)
            freed = [pieces for pieces, readers in self._doomed if not readers]
            self._doomed = [pair for pair in self._doomed if pair[1]]
        for pieces in freed:
            self._remove(pieces)

    def doom(self, pieces: list[Piece]) -> None:
        """Remove pieces the index names no longer, once nobody reads them."""
        with self._lock:
            readers = set(self._readers)
            if readers and pieces:
                self._doomed.append((pieces, readers))
                return
        self._remove(pieces)

    def _remove(self, pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            # The change is made already; what cannot go now goes at the next start.
            with suppress(OSError):
                self._path(piece.name).unlink(missing_ok=True)
            self.budget.spend(-piece.size)

    def sweep(self, named: set[str]) -> int:
        """Remove files the index does not name: what a crash left. At start only."""
        left = [entry for entry in os.scandir(self._folder) if entry.name not in named]
        for entry in left:
            Path(entry.path).unlink()
        return len(left)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
