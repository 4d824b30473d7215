"""Windows and quotas of one gateway process; quotas survive its death.

Quotas lie in a memory-mapped file, one slot each. A store into the map is in the
kernel's hands at once, so kill -9 loses nothing; `flush` asks for the disk as well,
against a power cut. A slot is written whole, in one copy.
"""

import hashlib
import math
import mmap
import os
import struct
from pathlib import Path

from bramka.domain.errors import Invalid
from bramka.domain.traffic.allowance import LONGEST_WINDOW, NEVER, Quota, Window
from bramka.domain.traffic.tally import Tally

MAGIC = b"bramka quotas 1\n"
_SLOT = struct.Struct("<16sdQQ8x")
_COUNTS = struct.Struct("<dQQ")
_DIGEST = 16
_FIRST_SLOTS = 1024
_PRUNE_AT = 10_000


class LocalWindows:
    """The sliding windows of one policy, by counter key."""

    def __init__(self) -> None:
        self._windows: dict[str, Window] = {}
        self._prune_at = _PRUNE_AT

    def take(self, key: str, now: float, calls: int, period: float) -> float:
        """Spend one call: 0.0 if admitted, else seconds to wait."""
        window = self._windows.get(key)
        if window is None:
            if len(self._windows) >= self._prune_at:
                self._prune(now, period)
            window = self._windows[key] = Window()
        return window.take(now, calls, period)

    def remaining(self, key: str, now: float, calls: int, period: float) -> int:
        """How many more calls fit now."""
        window = self._windows.get(key)
        return calls if window is None else window.remaining(now, calls, period)

    def _prune(self, now: float, period: float) -> None:
        """Forget callers whose last call has left the window."""
        horizon = now - period
        self._windows = {
            key: window
            for key, window in self._windows.items()
            if window.admitted and window.admitted[-1] > horizon
        }
        self._prune_at = max(_PRUNE_AT, 2 * len(self._windows))


class LocalTallies:
    """Amounts in sliding windows of this process, by counter key."""

    def __init__(self) -> None:
        self._tallies: dict[str, Tally] = {}
        self._prune_at = _PRUNE_AT

    def wait(
        self, key: str, now: float, amount: int, limit: int, period: float
    ) -> float:
        """0.0 if `amount` more fits now, else seconds until it does."""
        tally = self._tallies.get(key)
        if tally is None:
            return 0.0 if amount <= limit else math.inf
        return tally.wait(now, amount, limit, period)

    def add(self, key: str, now: float, amount: int, period: float) -> None:
        """Count `amount`, whether it fits or not."""
        tally = self._tallies.get(key)
        if tally is None:
            if len(self._tallies) >= self._prune_at:
                self._prune(now)
            tally = self._tallies[key] = Tally()
        tally.add(now, amount, period)

    def used(self, key: str, now: float, period: float) -> int:
        """How much was counted in the window that ends now."""
        tally = self._tallies.get(key)
        return 0 if tally is None else tally.used(now, period)

    def _prune(self, now: float) -> None:
        """Forget what no window of any policy can reach any more."""
        horizon = now - LONGEST_WINDOW
        self._tallies = {
            key: tally
            for key, tally in self._tallies.items()
            if tally.moments and tally.moments[-1][0] > horizon
        }
        self._prune_at = max(_PRUNE_AT, 2 * len(self._tallies))


class _Slot:
    """One quota and where it lies in the file."""

    __slots__ = ("offset", "quota")

    def __init__(self, quota: Quota, offset: int) -> None:
        self.quota = quota
        self.offset = offset
        """Where the counts begin."""


class Ledger:
    """The file of quotas."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        size = os.fstat(self._descriptor).st_size
        fresh = size == 0
        if fresh:
            size = len(MAGIC) + _FIRST_SLOTS * _SLOT.size
            os.ftruncate(self._descriptor, size)
        self.map = mmap.mmap(self._descriptor, size)
        if fresh:
            self.map[: len(MAGIC)] = MAGIC
        elif self.map[: len(MAGIC)] != MAGIC:
            message = (
                f"{path} is not a ledger of quotas; move it away, "
                "and all quotas start anew"
            )
            raise Invalid(message, target=str(path))
        self._slots: dict[bytes, _Slot] = {}
        self._free = len(MAGIC)
        self._read()

    def _read(self) -> None:
        end = len(self.map) - _SLOT.size
        while self._free <= end:
            digest, start, calls, size = _SLOT.unpack_from(self.map, self._free)
            if digest == bytes(16):
                return
            offset = self._free + _DIGEST
            self._slots[digest] = _Slot(Quota(start, calls, size), offset)
            self._free += _SLOT.size

    def slot(self, place: str, key: str) -> _Slot:
        """The slot of that counter, made when missing."""
        digest = hashlib.blake2b(f"{place}\0{key}".encode(), digest_size=16).digest()
        slot = self._slots.get(digest)
        if slot is None:
            if self._free + _SLOT.size > len(self.map):
                self.map.resize(2 * len(self.map))
            slot = _Slot(Quota(), self._free + _DIGEST)
            self._slots[digest] = slot
            self.map[self._free : self._free + 16] = digest
            self._free += _SLOT.size
            self.save(slot)
        return slot

    def save(self, slot: _Slot) -> None:
        quota = slot.quota
        _COUNTS.pack_into(self.map, slot.offset, quota.start, quota.calls, quota.size)

    def flush(self) -> None:
        """Ask for the disk."""
        self.map.flush()

    def close(self) -> None:
        self.map.close()
        os.close(self._descriptor)

    def __repr__(self) -> str:
        return f"<Ledger: {len(self._slots)} quotas>"


class LedgerQuotas:
    """The quotas of one policy, by counter key."""

    def __init__(self, ledger: Ledger, place: str) -> None:
        self._ledger = ledger
        self._place = place
        self._slots: dict[str, _Slot] = {}
        self._pack = _COUNTS.pack_into
        self._map = ledger.map

    def current(self, key: str, now: float, anchor: float, period: float) -> Quota:
        """The quota of the period that holds `now`; to be changed only by `spend`."""
        slot = self._slots.get(key)
        if slot is None:
            slot = self._slots[key] = self._ledger.slot(self._place, key)
        slot.quota.renew(now, anchor, period)
        return slot.quota

    def take(
        self, key: str, now: float, anchor: float, period: float, calls: int
    ) -> float:
        """Spend one call: 0.0 if admitted, else seconds until the quota is renewed."""
        slot = self._slots.get(key)
        if slot is None:
            self.current(key, now, anchor, period)
            slot = self._slots[key]
        quota = slot.quota
        # The common case by hand: the period goes on.
        if period == NEVER or now >= quota.start + period:
            quota.renew(now, anchor, period)
        if quota.calls >= calls:
            return quota.left(now, period)
        quota.calls += 1
        self._pack(self._map, slot.offset, quota.start, quota.calls, quota.size)
        return 0.0

    def spend(self, key: str, calls: int, size: int) -> None:
        """Add calls and bytes to the period that `current` was asked for last."""
        slot = self._slots[key]
        slot.quota.calls += calls
        slot.quota.size += size
        self._ledger.save(slot)
