"""The index: what containers and blobs there are, and which pieces make each blob.

SQLite in WAL mode with synchronous=FULL: a commit is the moment a change becomes
visible and durable, whole or not at all.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from bramka.domain.errors import Conflict

SCHEMA = """
CREATE TABLE IF NOT EXISTS container (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    etag TEXT NOT NULL,
    modified REAL NOT NULL,
    metadata TEXT NOT NULL,
    UNIQUE (account, name)
);
CREATE TABLE IF NOT EXISTS blob (
    id INTEGER PRIMARY KEY,
    container INTEGER NOT NULL REFERENCES container (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    etag TEXT NOT NULL,
    created REAL NOT NULL,
    modified REAL NOT NULL,
    size INTEGER NOT NULL,
    properties TEXT NOT NULL,
    metadata TEXT NOT NULL,
    UNIQUE (container, name)
);
CREATE TABLE IF NOT EXISTS piece (
    name TEXT PRIMARY KEY,
    size INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS part (
    blob INTEGER NOT NULL REFERENCES blob (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    block TEXT NOT NULL,
    piece TEXT NOT NULL REFERENCES piece (name),
    PRIMARY KEY (blob, position)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS part_of_piece ON part (piece);
CREATE TABLE IF NOT EXISTS staged (
    container INTEGER NOT NULL REFERENCES container (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    block TEXT NOT NULL,
    piece TEXT NOT NULL REFERENCES piece (name),
    staged REAL NOT NULL,
    PRIMARY KEY (container, name, block)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS staged_piece ON staged (piece);
"""


class Index:
    """The database of one folder, held by one process at a time."""

    def __init__(self, folder: Path) -> None:
        self._holder = _hold(folder)
        path = folder / "index.sqlite3"
        self._writer = _connect(path)
        self._writer.executescript(SCHEMA)
        self._reader = _connect(path)
        self._writing = Lock()
        self._reading = Lock()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection to read one consistent state from."""
        with self._reading:
            self._reader.execute("BEGIN")
            try:
                yield self._reader
            finally:
                self._reader.execute("COMMIT")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: durable at the end, undone on an exception."""
        with self._writing:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    def close(self) -> None:
        self._reader.close()
        self._writer.close()
        os.close(self._holder)


def _hold(folder: Path) -> int:
    holder = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(holder)
        raise Conflict(
            f"Another process serves the blobs in {folder}; "
            "end it, or give this one its own folder.",
            target=str(folder),
        ) from None
    return holder


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, timeout=15
    )
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection
