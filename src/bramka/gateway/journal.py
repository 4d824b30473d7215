"""The journal: every call is counted in memory, and the counts are sent to console.

Counts become batches about twice a second. A batch that console did not take is kept
on disk and sent again, in order; it carries an id, so console counts it once. kill -9
loses at most what was counted since the last batch.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from threading import Lock

from msgspec import Raw, Struct, json

from bramka.domain.clock import Chance
from bramka.domain.traffic.logged_request import CacheUse, LoggedRequest
from bramka.domain.traffic.usage import bucket_of
from bramka.gateway.counting import BUCKETS, SHORT, Key, Sum, Totals
from bramka.gateway.request_log import RequestLog

log = logging.getLogger(__name__)

MOST_SPOOLED = 10_000
"""Batches kept on disk while console is away; then the oldest is dropped, and said."""
MANY_SPOOLED = 1_000
"""From so many on batches are made seldom: the rest lasts for a day, not an hour."""
SELDOM = 20
"""Then one comes of so many turns."""
MOST_UNKEPT = 1_000
"""The same in memory, while the disk takes none either."""
ROWS_A_TURN = 16
"""Some 10 µs each: calls in flight wait for one turn at most."""


Send = Callable[[bytes], Awaitable[bool]]
"""Sends a batch to console; False when it did not take it."""


class _Encoded(Struct, rename="camel"):
    """A `Batch` whose rows are JSON already."""

    gateway: str
    batch: str
    rows: list[Raw]
    requests: tuple[LoggedRequest, ...]


class Journal:
    """What this gateway has noted and not yet delivered."""

    def __init__(
        self,
        gateway: str,
        folder: Path,
        chance: Chance,
        requests: RequestLog | None = None,
    ) -> None:
        """`requests` takes single calls where they are wanted; batches carry them."""
        self._sums: dict[Key, Sum] = {}
        self._leaving: dict[Key, Sum] = {}
        """What is being cut: no more is noted there."""
        self.totals = Totals()
        self.measured: frozenset[str] = frozenset()
        """APIs that are told apart in what metrics tell."""
        self.by_api: dict[str, Totals] = {}
        """All that was cut, delivered or not: adding up what is being counted as well
        would hold calls up.
        """
        self._gateway = gateway
        self.requests = requests
        self._folder = folder
        self._chance = chance
        self._unkept: deque[bytes] = deque()
        """Batches that are neither delivered nor on disk yet."""
        self._refused = False
        """The disk did not take the last of them."""
        folder.mkdir(parents=True, exist_ok=True)
        self._files = deque(sorted(folder.glob("*.json")))
        """Batches on disk, oldest first."""
        self._stuck: set[Path] = set()
        """Those that were complained of."""
        self._turn = 0
        self._writing = Lock()
        self._number = 1 + max((_number(path) for path in self._files), default=0)

    def note(  # noqa: PLR0913, PLR0917 - nothing is packed for each call
        self,
        what: tuple[str, str],
        who: tuple[str, str, str],
        status: int,
        size: int,
        timestamp: float,
        micros: int,
        backend_micros: int,
        place: str = "",
        cache: CacheUse = "none",
    ) -> None:
        """Count one call that is over.

        `what` is its API and operation, `who` its product, subscription and user, each
        "" when there is none; `size` the bytes of both bodies; `timestamp` when it came
        in; `backend_micros` -1 when the backend was not reached.
        """
        key = (int(timestamp // 60), what, who, place)
        found = self._sums.get(key)
        if found is None:
            found = self._sums[key] = Sum()
        statuses, buckets = found.statuses, found.buckets
        statuses[status] = statuses.get(status, 0) + 1
        bucket = BUCKETS[micros] if micros < SHORT else bucket_of(micros)
        buckets[bucket] = buckets.get(bucket, 0) + 1
        found.size += size
        found.total += micros
        # By hand: max() and min() cost more than all else here.
        if micros > found.max:  # noqa: PLR1730
            found.max = micros
        if micros < found.min:  # noqa: PLR1730
            found.min = micros
        if cache == "hit":
            found.cache_hits += 1
        elif cache == "miss":
            found.cache_misses += 1
        if backend_micros >= 0:
            found.backend += 1
            found.backend_total += backend_micros
            if backend_micros > found.backend_max:  # noqa: PLR1730
                found.backend_max = backend_micros
            if backend_micros < found.backend_min:  # noqa: PLR1730
                found.backend_min = backend_micros

    def cut(self) -> bytes | None:
        """What was noted since the last cut, as a batch; None if nothing was."""
        return self._batch([part for turn in self._turns() for part in turn])

    async def _cut_in_turns(self) -> None:
        """The same, kept in memory, while calls go on: many rows take milliseconds."""
        turns, rows = self._turns(), list[Raw]()
        try:
            for turn in turns:
                rows += turn
                await asyncio.sleep(0)
        finally:
            # Also when we are told to stop meanwhile.
            for turn in turns:
                rows += turn
            batch = self._batch(rows)
            if batch is not None:
                self._unkept.append(batch)

    def _turns(self) -> Iterator[list[Raw]]:
        """The rows of what was noted, some at a time."""
        self._leaving, self._sums = self._sums, {}
        while self._leaving:
            turn = [
                self._leaving.popitem()
                for _ in range(min(ROWS_A_TURN, len(self._leaving)))
            ]
            encoded = (self._encoded(key, found) for key, found in turn)
            yield [row for row in encoded if row is not None]

    def _encoded(self, key: Key, found: Sum) -> Raw | None:
        """One row; if it cannot be written it takes no other along."""
        try:
            self.totals.add(found)
            api = key[1][0]
            if api in self.measured:
                self.by_api.setdefault(api, Totals()).add(found)
            return Raw(json.encode(found.row(key)))
        except Exception:
            log.exception("the counts of %r cannot be written and are lost", key)
            return None

    def _batch(self, rows: list[Raw]) -> bytes | None:
        if not rows:
            return None
        requests = () if self.requests is None else self.requests.cut()
        batch = _Encoded(self._gateway, self._chance.hex(16), rows, requests)
        try:
            return json.encode(batch)
        except Exception:
            log.exception("single calls cannot be written, only their counts")
            batch.requests = ()
            return json.encode(batch)

    def spooled(self) -> int:
        """Batches that wait on disk for console."""
        return len(self._files)

    async def deliver(self, send: Send) -> None:
        """Send what is on disk, oldest first, then what was noted since."""
        taking = await self._send_spooled(send)
        self._turn += 1
        if not taking and self._turn % SELDOM and len(self._files) >= MANY_SPOOLED:
            return
        try:
            await self._cut_in_turns()
            while taking and self._unkept and await send(self._unkept[0]):
                self._unkept.popleft()
            if self._unkept:
                await asyncio.to_thread(self._keep)
        finally:
            # Also when we are told to stop meanwhile: console counts an id once.
            self._keep()

    async def _send_spooled(self, send: Send) -> bool:
        """Send what is on disk; False when console did not take all of it."""
        for path in tuple(self._files):
            try:
                batch = await asyncio.to_thread(path.read_bytes)
            except OSError as error:
                self._complain(path, f"cannot be read: {error.strerror}")
                continue
            # A power cut may leave a file empty.
            if batch and not await send(batch):
                return False
            self._remove(path)
        return True

    def spool(self) -> None:
        """Keep what was noted on disk, for later."""
        batch = self.cut()
        if batch is not None:
            self._unkept.append(batch)
        self._keep()

    def _keep(self) -> None:
        """Write what is in memory alone; it stays there while the disk refuses it."""
        with self._writing:
            self._write_all()

    def _write_all(self) -> None:
        try:
            while self._unkept:
                self._write(self._unkept[0])
                self._unkept.popleft()
        except OSError as error:
            if not self._refused:
                log.error(
                    "counts cannot be kept in %s (%s); they wait in memory",
                    self._folder,
                    error.strerror,
                )
            self._refused = True
            while len(self._unkept) > MOST_UNKEPT:
                self._unkept.popleft()
                log.error(
                    "memory is full of counts: a batch of them is dropped",
                    extra={"sparing": "memory"},
                )
        else:
            self._refused = False

    def _remove(self, path: Path) -> None:
        """Take a batch that is delivered, or of no use, from the disk."""
        self._files.remove(path)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            # Sent anew by the next process, it is counted once all the same.
            self._complain(path, f"cannot be removed: {error.strerror}")

    def _complain(self, path: Path, what: str) -> None:
        """Say once that a batch is stuck; those behind it go on."""
        if path not in self._stuck:
            self._stuck.add(path)
            log.error("a batch of counts is stuck: %s %s", path, what)

    def _write(self, batch: bytes) -> None:
        while len(self._files) >= MOST_SPOOLED:
            path = self._files[0]
            log.error(
                "usage spool is full, console is away too long: a batch of counts is "
                "dropped (%s)",
                path,
                extra={"sparing": "spool"},
            )
            self._remove(path)
        path = self._folder / f"{self._number:012}.json"
        partial = path.with_suffix(".part")
        partial.write_bytes(batch)
        partial.rename(path)
        self._files.append(path)
        self._number += 1

    def __repr__(self) -> str:
        return f"<Journal: {len(self._sums)} keys, {len(self._files)} spooled>"


def _number(path: Path) -> int:
    return int(path.stem) if path.stem.isdigit() else 0
