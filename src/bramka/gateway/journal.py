"""The journal: every call is noted in memory, summed up and sent to console.

Notes become batches about twice a second. A batch that console did not take is kept
on disk and sent again, in order; it carries an id, so console counts it once. kill -9
loses at most what was noted since the last batch.
"""

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from msgspec import json

from bramka.domain.clock import Chance
from bramka.domain.traffic.usage import Batch, Row

log = logging.getLogger(__name__)

MOST_SPOOLED = 10_000
"""Batches kept on disk while console is away; then the oldest is dropped, and said."""


Note = tuple[
    tuple[str, str], tuple[str, str, str], int, int, float, float, float, float
]
"""One call: API and operation; product, subscription and user; status; bytes of both
bodies; when it came in, since 1970 and on the monotonic clock; when it was done; and
how long the backend took, -1 when it was not reached. Times are in seconds."""

Send = Callable[[bytes], Awaitable[bool]]
"""Sends a batch to console; False when it did not take it."""


def summed(notes: list[Note]) -> tuple[Row, ...]:
    """One row for all notes with the same key."""
    rows: dict[tuple[int, tuple[str, str], tuple[str, str, str]], Row] = {}
    for what, who, status, size, timestamp, started, done, backend in notes:
        key = (int(timestamp // 60), what, who)
        row = rows.get(key)
        if row is None:
            row = rows[key] = Row(
                minute=key[0],
                api=what[0],
                operation=what[1],
                product=who[0],
                subscription=who[1],
                user=who[2],
            )
        row.add(status, int((done - started) * 1e6), size)
        if backend >= 0.0:
            row.backend.add(int(backend * 1e6))
    return tuple(rows.values())


class Journal:
    """What this gateway has noted and not yet delivered."""

    def __init__(self, gateway: str, folder: Path, chance: Chance) -> None:
        self.notes: list[Note] = []
        self.note = self.notes.append
        self._gateway = gateway
        self._folder = folder
        self._chance = chance
        folder.mkdir(parents=True, exist_ok=True)
        self._number = 1 + max((_number(path) for path in self._spooled()), default=0)

    def cut(self) -> bytes | None:
        """What was noted since the last cut, as a batch; None if nothing was."""
        if not self.notes:
            return None
        notes, self.notes = self.notes, []
        self.note = self.notes.append
        batch = Batch(
            gateway=self._gateway, batch=self._chance.hex(16), rows=summed(notes)
        )
        return json.encode(batch)

    async def deliver(self, send: Send) -> None:
        """Send what is on disk, oldest first, then what was noted since."""
        while (path := next(iter(self._spooled()), None)) is not None:
            if not await send(path.read_bytes()):
                self.spool()
                return
            path.unlink(missing_ok=True)
        batch = self.cut()
        if batch is not None and not await send(batch):
            self._keep(batch)

    def spool(self) -> None:
        """Keep what was noted on disk, for later."""
        batch = self.cut()
        if batch is not None:
            self._keep(batch)

    def _keep(self, batch: bytes) -> None:
        spooled = self._spooled()
        for path in spooled[: max(0, len(spooled) - MOST_SPOOLED + 1)]:
            log.error("usage spool is full: a batch of counts is dropped (%s)", path)
            path.unlink(missing_ok=True)
        path = self._folder / f"{self._number:012}.json"
        self._number += 1
        partial = path.with_suffix(".part")
        partial.write_bytes(batch)
        partial.rename(path)

    def _spooled(self) -> list[Path]:
        return sorted(self._folder.glob("*.json"))

    def __repr__(self) -> str:
        return f"<Journal: {len(self.notes)} notes, {len(self._spooled())} spooled>"


def _number(path: Path) -> int:
    return int(path.stem) if path.stem.isdigit() else 0
