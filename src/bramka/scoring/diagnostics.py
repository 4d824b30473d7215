"""Calls of endpoints whose logging level asks for it, kept as blobs in ml-diagnostics.

A call only puts itself into a list; lines are made and written by `flush`, elsewhere.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from bramka.domain.blob import BlobStore
from bramka.domain.clock import Chance, Clock
from bramka.domain.learning.endpoint import Endpoint
from bramka.scoring.traced import line_of
from bramka.wire.message import Answer, Request

log = logging.getLogger(__name__)

CONTAINER = "ml-diagnostics"
FULL_BYTES = 1 << 20
"""A blob of this size is followed by the next one; one of each hour is as well."""
MOST_WAITING = 16 << 20
"""Bytes of calls that wait to be written; what comes on top is lost, and counted."""
MOST_UNWRITTEN = 64
"""Blobs that wait for the store to come back; older ones are lost."""
DAY_SECONDS = 86400.0
OpenStore = Callable[[], BlobStore]


class _Noted(NamedTuple):
    """A call as it ended."""

    endpoint: Endpoint
    request: Request
    ended: Answer | Exception
    seconds: float
    now: float


class _Blob:
    """What is being written for one endpoint."""

    def __init__(self, name: str, hour: int) -> None:
        self.name, self.hour = name, hour
        self.lines: list[bytes] = []
        self.size = 0

    def add(self, line: bytes) -> None:
        self.lines.append(line)
        self.size += len(line)


class Diagnostics:
    """Takes calls from the event loop, and writes them from one other thread."""

    def __init__(
        self,
        open_store: OpenStore,
        clock: Clock,
        chance: Chance,
        *,
        full_bytes: int = FULL_BYTES,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self._open_store, self._clock, self._chance = open_store, clock, chance
        self._full_bytes, self._most_waiting = full_bytes, most_waiting
        self._noted: list[_Noted] = []
        self._waiting = 0
        self._lost = 0
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._blobs: dict[str, _Blob] = {}
        """By endpoint, what its next calls go to."""
        self._unwritten: dict[str, _Blob] = {}
        """By name; while the store is away they wait."""

    def __repr__(self) -> str:
        return f"<Diagnostics: {len(self._noted)} calls wait>"

    def note(
        self,
        endpoint: Endpoint,
        request: Request,
        ended: Answer | Exception,
        seconds: float,
    ) -> None:
        """Keep a call of an endpoint that traces."""
        size = len(request.body) + 1024
        with self._lock:
            if self._waiting + size > self._most_waiting:
                self._lost += 1
                return
            self._waiting += size
            now = self._clock.now()
            self._noted.append(_Noted(endpoint, request, ended, seconds, now))

    def flush(self) -> None:
        """Write what was noted, and what could not be written before."""
        with self._lock:
            noted, self._noted, self._waiting = self._noted, [], 0
            lost, self._lost = self._lost, 0
        if lost:
            log.warning("%d calls came too quickly to be traced", lost)
        # The last flush of a process may meet the one before.
        with self._writing:
            for each in noted:
                blob = self._blob(each)
                blob.add(_line(each))
                self._unwritten[blob.name] = blob
            if self._unwritten:
                self._write()

    def _blob(self, noted: _Noted) -> _Blob:
        """The open blob of an endpoint, or the next one."""
        endpoint, hour = noted.endpoint, int(noted.now) // 3600
        blob = self._blobs.get(endpoint.id)
        if blob is None or blob.size >= self._full_bytes or blob.hour != hour:
            name = name_of(endpoint, noted.now, self._chance.hex(4))
            blob = self._blobs[endpoint.id] = _Blob(name, hour)
        return blob

    def _write(self) -> None:
        """Write blobs whole; those that cannot be written wait, as many as may."""
        while len(self._unwritten) > MOST_UNWRITTEN:
            del self._unwritten[next(iter(self._unwritten))]
        store = self._open_store()
        for blob in list(self._unwritten.values()):
            store.write(blob.name, blob.lines)
            del self._unwritten[blob.name]

    def forget(self, days: float) -> int:
        """Delete traces of earlier days; how many blobs."""
        oldest = _day(self._clock.now() - days * DAY_SECONDS)
        store = self._open_store()
        gone = 0
        for name in _older(store.names(""), oldest):
            store.delete(name)
            gone += 1
        self._let_go()
        return gone

    def _let_go(self) -> None:
        """Blobs of past hours are finished: of endpoints that are no more called."""
        hour = int(self._clock.now()) // 3600
        self._blobs = {
            name: blob for name, blob in self._blobs.items() if blob.hour == hour
        }


def name_of(endpoint: Endpoint, now: float, suffix: str) -> str:
    """Where lines go, below the prefix of Studio: the day, and when the blob began."""
    place = f"{endpoint.workspace_id}-{endpoint.service_id}-{endpoint.name}"
    began = datetime.fromtimestamp(now, UTC).strftime("%H%M%S")
    return f"{place}/score/requests/{_day(now)}/{began}-{suffix}.jsonl"


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def _older(names: Iterator[str], oldest: str) -> list[str]:
    found = []
    for name in names:
        parts = name.split("/")
        if len(parts) == 5 and parts[3] < oldest:
            found.append(name)
    return found


def _line(noted: _Noted) -> bytes:
    return line_of(
        noted.endpoint,
        noted.request,
        noted.ended,
        seconds=noted.seconds,
        now=noted.now,
    )
