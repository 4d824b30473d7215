"""The depot: one folder with an index and pieces; each change whole or not at all."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bramka.blobs.index import Index
from bramka.blobs.pieces import Piece, Pieces
from bramka.blobs.rows import Part, forget_loose
from bramka.domain.clock import Chance, Clock

STAGED_SECONDS = 7 * 24 * 3600
"""Uncommitted blocks are kept for a week, as in Azure."""

SWEEP_SECONDS = 3600


class Change:
    """A transaction of the index, and the parts it may have made superfluous."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.freed: list[Part] = []


class Depot:
    """All accounts' blobs in one folder; one process holds it at a time."""

    def __init__(
        self, folder: Path, clock: Clock, chance: Chance, quota: int | None = None
    ) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._clock = clock
        self._chance = chance
        self._index = Index(folder)
        self.pieces = Pieces(folder / "content", chance, quota)
        self.reading = self._index.reading
        self.close = self._index.close
        with self.reading() as connection:
            sizes = dict(connection.execute("SELECT name, size FROM piece"))
        self.swept = self.pieces.sweep(set(sizes))
        self.pieces.budget.count(sum(sizes.values()))
        self._expired_at = float("-inf")
        self.expire_staged()

    def __repr__(self) -> str:
        return f"<Depot: {self.pieces.budget.used} bytes>"

    def stamp(self) -> tuple[str, float]:
        """A new entity tag, and the moment."""
        return f"0x{self._chance.hex(8).upper()}", self._clock.now()

    @contextmanager
    def changing(self) -> Iterator[Change]:
        """A change of the index; pieces it frees go once it is durable."""
        with self._index.writing() as connection:
            change = Change(connection)
            yield change
            loose: list[Piece] = forget_loose(connection, change.freed)
        self.pieces.doom(loose)

    def expire_staged(self) -> None:
        """Forget blocks that waited a week for their commit; looks once an hour."""
        now = self._clock.monotonic()
        if now < self._expired_at + SWEEP_SECONDS:
            return
        self._expired_at = now
        oldest = self._clock.now() - STAGED_SECONDS
        with self.changing() as change:
            rows = change.connection.execute(
                "SELECT block, piece.name, piece.size FROM staged"
                " JOIN piece ON piece.name = staged.piece WHERE staged < ?",
                (oldest,),
            )
            change.freed += [Part(block, Piece(*rest)) for block, *rest in rows]
            change.connection.execute("DELETE FROM staged WHERE staged < ?", (oldest,))
