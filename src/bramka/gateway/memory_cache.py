"""The cache in memory: bounded in bytes; what was not used for longest goes first."""

from collections import OrderedDict
from dataclasses import dataclass

from bramka.domain.clock import Clock
from bramka.domain.traffic.cache import MOST_IN_ONE

USUAL_SIZE = 64 * 1024 * 1024
OVERHEAD = 200
"""Bytes that an entry costs besides its key and content, about."""


@dataclass(frozen=True, slots=True)
class _Entry:
    content: bytes
    ends: float
    size: int


class MemoryCache:
    """Bytes by key."""

    def __init__(self, clock: Clock, size: int = USUAL_SIZE) -> None:
        self._clock = clock
        self._most = size
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self.size = 0
        """Bytes used, about."""

    def get(self, key: str) -> bytes | None:
        """What is kept for `key`, if it still is."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        if self._clock.monotonic() >= entry.ends:
            self.remove(key)
            return None
        self._entries.move_to_end(key)
        return entry.content

    def put(self, key: str, content: bytes, seconds: float) -> None:
        """Keep `content` for `seconds`, unless it is too long or room is needed."""
        self.remove(key)
        if len(content) > MOST_IN_ONE or seconds <= 0:
            return
        size = len(content) + 2 * len(key) + OVERHEAD
        ends = self._clock.monotonic() + seconds
        self._entries[key] = _Entry(content, ends, size)
        self.size += size
        while self.size > self._most:
            _, oldest = self._entries.popitem(last=False)
            self.size -= oldest.size

    def remove(self, key: str) -> None:
        """Keep nothing for `key` any more."""
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.size -= entry.size

    def __repr__(self) -> str:
        return f"<MemoryCache: {len(self._entries)} entries, {self.size} bytes>"
