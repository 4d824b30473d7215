"""The file of quotas, shared by the gateway processes of one machine.

It is memory-mapped, one slot for each quota. A store into the map is in the kernel's
hands at once, so kill -9 loses nothing; `flush` asks for the disk as well, against a
power cut. Slots are only ever added, under a record lock, and never move.
"""

import fcntl
import mmap
import os
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

from bramka.domain.errors import Invalid
from bramka.domain.traffic.allowance import Quota
from bramka.domain.traffic.quota_counter import (
    QuotaCount,
    QuotaSetting,
    digest_of,
)

MAGIC = b"bramka quotas 1\n"
SLOT = struct.Struct("<16sdQQII")
"""Name, start, calls, bytes, number of the last setting, seconds of the period."""
_DIGEST = 16
_FIRSTSLOTS = 1024
# What is written at once is copied to the map by one instruction, which no kill can
# tear. `pack_into` is no way to write there: it puts zeros before the values, and who
# is killed in between has forgotten what was spent.
_COUNTS = struct.Struct("@dQQ")
_START = struct.Struct("@d")
_SPENT = struct.Struct("@QQ")
CALLS = struct.Struct("@Q")
_WORD = struct.Struct("@I")
CALLS_FROM, CALLS_TO = 8, 16
"""Where the calls lie, behind where the counts begin."""
_NUMBER_AT, _PERIOD_AT = 24, 28
"""Behind where the counts begin."""
_ADDING_LOCK = 0
_LONGEST_PERIOD = 0xFFFFFFFF


class Slot:
    """One quota and where it lies in the file."""

    __slots__ = ("number", "offset", "period", "quota", "start")

    def __init__(self, quota: Quota, offset: int, number: int, period: float) -> None:
        self.quota = quota
        """What it was when this process looked last."""
        self.offset = offset
        """Where the counts begin."""
        self.start = quota.start
        """When the period began that the file tells of."""
        self.number = number
        """The last setting, when this process looked last."""
        self.period = period


class Ledger:
    """The file of quotas, as one process sees it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        # Opened once: closing any descriptor of the file would drop our locks.
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._slots: dict[bytes, Slot] = {}
        self._free = len(MAGIC)
        self._lock(_ADDING_LOCK)
        try:
            self._open()
        finally:
            self._unlock(_ADDING_LOCK)

    def _open(self) -> None:
        fresh = os.fstat(self._descriptor).st_size == 0
        if fresh:
            size = len(MAGIC) + _FIRSTSLOTS * SLOT.size
            lengthen(self._descriptor, 0, size, self._path)
        self.map = mmap.mmap(self._descriptor, 0)
        if not any(self.map[: len(MAGIC)]):
            self.map[: len(MAGIC)] = MAGIC
        elif self.map[: len(MAGIC)] != MAGIC:
            message = (
                f"{self._path} is not a ledger of quotas; move it away, "
                "and all quotas start anew"
            )
            raise Invalid(message, target=str(self._path))
        self._read()

    def _read(self) -> None:
        """Learn of the slots that others added since."""
        size = os.fstat(self._descriptor).st_size
        if size > len(self.map):
            self.map.resize(size)
        end = len(self.map) - SLOT.size
        while self._free <= end:
            digest, start, calls, spent, number, period = SLOT.unpack_from(
                self.map, self._free
            )
            if digest == bytes(_DIGEST):
                return
            quota, offset = Quota(start, calls, spent), self._free + _DIGEST
            self._slots[digest] = Slot(quota, offset, number, period)
            self._free += SLOT.size

    def slot(self, place: str, key: str) -> Slot:
        """The slot of that counter, made when missing."""
        return self.slot_of(digest_of(place, key))

    def slots(self) -> Iterator[tuple[bytes, Slot]]:
        """Every counter's digest and slot."""
        return iter(self._slots.items())

    def slot_of(self, digest: bytes) -> Slot:
        """The slot of the counter with that digest, made when missing."""
        slot = self._slots.get(digest)
        if slot is None:
            self._lock(_ADDING_LOCK)
            try:
                self._read()
                slot = self._slots.get(digest) or self._add(digest)
            finally:
                self._unlock(_ADDING_LOCK)
        return slot

    def _add(self, digest: bytes) -> Slot:
        size = len(self.map)
        if self._free + SLOT.size > size:
            lengthen(self._descriptor, size, size, self._path)
            self.map.resize(2 * size)
        slot = Slot(Quota(), self._free + _DIGEST, 0, 0.0)
        self.save(slot)
        self.map[self._free : self._free + _DIGEST] = digest
        self._slots[digest] = slot
        self._free += SLOT.size
        return slot

    # --- counts ---

    def hold(self, slot: Slot) -> None:
        """Wait until the slot is ours, and look what it holds."""
        self._lock(slot.offset)
        quota = slot.quota
        quota.start, quota.calls, quota.size = _COUNTS.unpack_from(
            self.map, slot.offset
        )
        slot.start = quota.start

    def let_go(self, slot: Slot) -> None:
        self._unlock(slot.offset)

    def save(self, slot: Slot) -> None:
        quota, start = slot.quota, slot.offset
        spent = start + CALLS_FROM
        # Killed in between, the old period ends with nothing spent; that is harmless,
        # a new one that begins with what the old one had spent is not.
        self.map[spent : spent + _SPENT.size] = _SPENT.pack(quota.calls, quota.size)
        self.map[start:spent] = _START.pack(quota.start)
        slot.start = quota.start

    def renew(self, slot: Slot, now: float, anchor: float, period: float) -> None:
        """Begin a new period in memory if the old one is over."""
        if slot.period != period:
            self.keep_period(slot, period)
        slot.quota.renew(now, anchor, period)

    def keep_period(self, slot: Slot, period: float) -> None:
        """Write how long its periods are, for whoever reads the file."""
        slot.period = period
        seconds = min(int(period), _LONGEST_PERIOD)
        self._write_word(slot.offset + _PERIOD_AT, seconds)

    def correct(self, settings: Iterable[QuotaSetting]) -> None:
        """Set counters; what was done before, by whichever process, is not repeated."""
        for setting in settings:
            digest = bytes.fromhex(setting.id)
            slot = self._slots.get(digest)
            if slot is None or slot.number < setting.number:
                self._correct(self.slot_of(digest), setting)

    def _correct(self, slot: Slot, setting: QuotaSetting) -> None:
        self.hold(slot)
        try:
            (slot.number,) = _WORD.unpack_from(self.map, slot.offset + _NUMBER_AT)
            quota = slot.quota
            before = QuotaCount(
                id=setting.id,
                start=quota.start,
                number=slot.number,
                calls=quota.calls,
                size=quota.size,
            )
            after = setting.applied(before)
            if after is not before:
                quota.start, quota.calls, quota.size = (
                    after.start,
                    after.calls,
                    after.size,
                )
                self.save(slot)
                self._write_word(slot.offset + _NUMBER_AT, after.number)
            slot.number = setting.number
        finally:
            self.let_go(slot)

    def _write_word(self, offset: int, word: int) -> None:
        self.map[offset : offset + _WORD.size] = _WORD.pack(word)

    def _lock(self, offset: int) -> None:
        fcntl.lockf(self._descriptor, fcntl.LOCK_EX, 1, offset)

    def _unlock(self, offset: int) -> None:
        fcntl.lockf(self._descriptor, fcntl.LOCK_UN, 1, offset)

    def flush(self) -> None:
        """Ask for the disk."""
        self.map.flush()

    def close(self) -> None:
        self.map.close()
        os.close(self._descriptor)

    def __repr__(self) -> str:
        return f"<Ledger: {len(self._slots)} quotas>"


def lengthen(descriptor: int, start: int, size: int, path: Path) -> None:
    """Make room in a file that is mapped; OSError with its name when there is none.

    Really there, not a hole: a full disk is an error here, not a crash later.
    """
    try:
        os.posix_fallocate(descriptor, start, size)
    except OSError as error:
        error.filename = str(path)
        raise


class LedgerReading:
    """The file of quotas, as a process sees it that counts nothing itself."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def quota(self, place: str, key: str) -> Quota | None:
        """What was counted; None when no gateway counts in this file."""
        try:
            content = self._path.read_bytes()
        except OSError:
            return None
        if not content.startswith(MAGIC):
            return None
        digest = digest_of(place, key)
        end = len(content) - SLOT.size + 1
        for offset in range(len(MAGIC), end, SLOT.size):
            found, start, calls, spent, *_ = SLOT.unpack_from(content, offset)
            if found == digest:
                return Quota(start, calls, spent)
            if found == bytes(_DIGEST):
                break
        return Quota()

    def __repr__(self) -> str:
        return f"<LedgerReading: {self._path}>"
