"""Sliding windows of all gateway processes of one machine, in a memory-mapped file.

A counter has a slot, found by its digest, and a ring of (moment, sum so far). A slot
is changed only under its record lock, which the kernel takes from whoever dies. Each
change becomes valid by one store of eight bytes, the last: kill -9 in between leaves
the counter as it was before. Moments are of the monotonic clock, which the processes
of a machine share; after a reboot the file begins anew.

The locks are of a second file, which is never mapped: a map has a descriptor of its
own, and the kernel drops a process's record locks of a file when any of them closes.

    header │ segment of slots │ rings and further segments, as they become needed …
"""

import fcntl
import mmap
import os
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from pathlib import Path

from bramka.domain.errors import Invalid
from bramka.domain.traffic.allowance import LONGEST_WINDOW
from bramka.gateway.ledger import lengthen

MAGIC = b"bramka windows 1"
BOOT = Path("/proc/sys/kernel/random/boot_id")
_WORD = 8
_HEADER = 512
"""Words of the header; then come segments and rings."""
_FREE, _SEGMENTS, _FIRST, _LISTS = 6, 7, 8, 40
"""Words: first free word, number of segments, where each is, spare rings by size."""
_SLOT = 8
"""Words of a slot: digest (2), ring, entries ever written, oldest that may be there,
when it was made, spare (2)."""
_RING, _WRITTEN, _OLDEST, _MADE = 2, 3, 4, 5
_BUCKET = 8
"""Slots that a digest may lie in, in each segment."""
_BUCKETS = 128
"""Buckets of the first segment; each further one has twice as many."""
_MOST_SEGMENTS = 24
_FORGOTTEN = LONGEST_WINDOW + 60.0
"""Seconds after which nobody asks for what was counted."""
_SMALLEST_RING = 3
_GROWTH = 64 * 1024 * 1024
_FORMAT_LOCK, _PLACE_LOCK = 0, 1


class Rings:
    """The file of windows, as one process sees it."""

    def __init__(self, path: Path, boot: bytes | None = None) -> None:
        self._path = path
        self._boot = BOOT.read_bytes()[:32] if boot is None else boot[:32].ljust(32)
        path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        self._descriptor = os.open(path, flags, 0o600)
        # Opened once: closing any descriptor of this file would drop our locks.
        self._locks = os.open(path.with_name(f"{path.name}.locks"), flags, 0o600)
        self._size = 0
        self._lock(_FORMAT_LOCK)
        try:
            self._format()
        finally:
            self._unlock(_FORMAT_LOCK)

    def _format(self) -> None:
        """Make a new file, or one of an earlier boot, ready."""
        head = os.pread(self._descriptor, 48, 0)
        if head and not head.startswith((MAGIC, bytes(16))):
            message = f"{self._path} does not hold windows; move it away"
            raise Invalid(message, target=str(self._path))
        fresh = head != MAGIC + self._boot
        if fresh:
            # Nobody of this boot uses it: they would have written their boot id.
            os.ftruncate(self._descriptor, 0)
            size = _HEADER * _WORD + _BUCKETS * _BUCKET * _SLOT * _WORD
            lengthen(self._descriptor, 0, size, self._path)
        self._map_whole()
        if fresh:
            self.words[_FREE] = len(self.words)
            self.words[_FIRST] = _HEADER
            self.words[_SEGMENTS] = 1
            self.map[16:48] = self._boot
            self.map[:16] = MAGIC

    def _map_whole(self) -> None:
        """Map the file as long as it is by now."""
        size = os.fstat(self._descriptor).st_size
        if size == self._size:
            return
        self.map = mmap.mmap(self._descriptor, size)
        self.words = memoryview(self.map).cast("Q")
        self.numbers = memoryview(self.map).cast("d")
        """The same words as floating-point numbers."""
        self._size = size

    def close(self) -> None:
        self.words.release()
        self.numbers.release()
        self.map.close()
        os.close(self._descriptor)
        os.close(self._locks)

    def _lock(self, place: int, length: int = 1) -> None:
        fcntl.lockf(self._locks, fcntl.LOCK_EX, length, place)

    def _unlock(self, place: int, length: int = 1) -> None:
        fcntl.lockf(self._locks, fcntl.LOCK_UN, length, place)

    # --- slots ---

    def lock(self, slot: int) -> None:
        """Wait until the slot is ours."""
        self._lock(slot * _WORD, _WORD)

    def unlock(self, slot: int) -> None:
        self._unlock(slot * _WORD, _WORD)

    def holds(self, slot: int, digest: tuple[int, int]) -> bool:
        """Whether the slot is still that of the digest; to be asked under its lock."""
        words = self.words
        return words[slot] == digest[0] and words[slot + 1] == digest[1]

    def find(self, digest: tuple[int, int], now: float) -> int:
        """The slot of a digest, made when missing."""
        self._lock(_PLACE_LOCK)
        try:
            self._map_whole()
            return self._known(digest) or self._made(digest, now)
        finally:
            self._unlock(_PLACE_LOCK)

    def _bucket(self, segment: int, digest: tuple[int, int]) -> int:
        number = digest[0] % (_BUCKETS << segment)
        return self.words[_FIRST + segment] + number * _BUCKET * _SLOT

    def _known(self, digest: tuple[int, int]) -> int:
        for segment in range(self.words[_SEGMENTS]):
            first = self._bucket(segment, digest)
            for slot in range(first, first + _BUCKET * _SLOT, _SLOT):
                if self.holds(slot, digest):
                    return slot
        return 0

    def _made(self, digest: tuple[int, int], now: float) -> int:
        for segment in range(self.words[_SEGMENTS]):
            first = self._bucket(segment, digest)
            for slot in range(first, first + _BUCKET * _SLOT, _SLOT):
                if self._take_over(slot, digest, now):
                    return slot
        self._add_segment()
        return self._made(digest, now)

    def _take_over(self, slot: int, digest: tuple[int, int], now: float) -> bool:
        """Have the slot when nobody has it, or whoever had it left every window."""
        if not self._is_over(slot, now):
            return False
        try:
            kind = fcntl.LOCK_EX | fcntl.LOCK_NB
            fcntl.lockf(self._locks, kind, _WORD, slot * _WORD)
        except OSError:
            return False  # Somebody counts there, and may be waiting for us.
        try:
            if not self._is_over(slot, now):
                return False
            words = self.words
            words[slot] = words[slot + 1] = 0
            words[slot + _WRITTEN] = words[slot + _OLDEST] = 0
            self.numbers[slot + _MADE] = now
            words[slot] = digest[0]
            words[slot + 1] = digest[1]
            return True
        finally:
            self.unlock(slot)

    def _is_over(self, slot: int, now: float) -> bool:
        words = self.words
        if not (words[slot] or words[slot + 1]):
            return True
        written = words[slot + _WRITTEN]
        made = self.numbers[slot + _MADE]
        newest = self.moment(slot, written - 1) if written else made
        return newest + _FORGOTTEN < now

    def _add_segment(self) -> None:
        segment = self.words[_SEGMENTS]
        if segment >= _MOST_SEGMENTS:
            message = f"{self._path} is full: more windows than one machine can hold"
            raise Invalid(message, target=str(self._path))
        place = self._grown((_BUCKETS << segment) * _BUCKET * _SLOT)
        self.words[_FIRST + segment] = place
        self.words[_SEGMENTS] = segment + 1

    # --- room ---

    def _grown(self, size: int) -> int:
        """So many zero words that nobody has yet."""
        place = self.words[_FREE]
        end = (place + size) * _WORD
        if end > self._size:
            more = max(end - self._size, min(self._size, _GROWTH))
            more += -more % mmap.PAGESIZE
            lengthen(self._descriptor, self._size, more, self._path)
            self._map_whole()
        self.words[_FREE] = place + size
        return place

    def _new_ring(self, power: int) -> int:
        """Room for 2**power entries: a spare one, or new."""
        words = self.words
        spare = words[_LISTS + power]
        if spare:
            self._reach(spare + (2 << power))
            self.words[_LISTS + power] = self.words[spare]
            return spare
        return self._grown(2 << power)

    def _reach(self, end: int) -> None:
        """See to it that the words before `end` are mapped."""
        if end > len(self.words):
            self._map_whole()

    def _widen(self, slot: int) -> None:
        """Give the slot, which is locked, a ring of twice the size."""
        self._lock(_PLACE_LOCK)
        try:
            self._map_whole()
            old = self.words[slot + _RING]
            power = (old & 63) + 1 if old else _SMALLEST_RING
            place = self._new_ring(power)
            numbers, (oldest, written) = self.numbers, self.span(slot)
            if old:
                mask, base = (1 << (old & 63)) - 1, old >> 6
                for entry in range(oldest, written):
                    source = base + 2 * (entry & mask)
                    target = place + 2 * (entry & ((1 << power) - 1))
                    numbers[target] = numbers[source]
                    numbers[target + 1] = numbers[source + 1]
            self.words[slot + _OLDEST] = oldest
            self.words[slot + _RING] = place << 6 | power
            if old:
                self.words[old >> 6] = self.words[_LISTS + power - 1]
                self.words[_LISTS + power - 1] = old >> 6
        finally:
            self._unlock(_PLACE_LOCK)

    # --- entries, under the slot's lock ---

    def _where(self, slot: int, entry: int) -> int:
        ring = self.words[slot + _RING]
        base, size = ring >> 6, 1 << (ring & 63)
        if base + 2 * size > len(self.words):
            self._map_whole()
        return base + 2 * (entry & (size - 1))

    def moment(self, slot: int, entry: int) -> float:
        # First the place: looking for it may map the file anew, and change `numbers`.
        place = self._where(slot, entry)
        return self.numbers[place]

    def sum(self, slot: int, entry: int) -> float:
        """What was counted up to and with this entry."""
        place = self._where(slot, entry)
        return self.numbers[place + 1]

    def span(self, slot: int) -> tuple[int, int]:
        """The oldest entry that is still there, and the end."""
        words = self.words
        ring, written = words[slot + _RING], words[slot + _WRITTEN]
        if not ring:
            return 0, 0
        return max(words[slot + _OLDEST], written - (1 << (ring & 63))), written

    def append(
        self, slot: int, now: float, amount: float, *, needed: int, horizon: float
    ) -> None:
        """Count `amount`.

        Of the entries after `horizon` the last `needed` stay, and the one before them
        as their sum.
        """
        oldest, written = self.span(slot)
        total = self.sum(slot, written - 1) if written else 0.0
        ring = self.words[slot + _RING]
        size = 1 << (ring & 63) if ring else 0
        while written - oldest >= size:
            if size >= needed or (
                size > 1 and self.moment(slot, oldest + 1) <= horizon
            ):
                break
            self._widen(slot)
            size = 1 << (self.words[slot + _RING] & 63)
        place = self._where(slot, written)
        self.numbers[place] = now
        self.numbers[place + 1] = total + amount
        self.words[slot + _WRITTEN] = written + 1

    def merge(self, slot: int, now: float, amount: float) -> None:
        """Count `amount` together with the newest entry."""
        place = self._where(slot, self.words[slot + _WRITTEN] - 1)
        # First the moment: killed in between, the caller waits longer, never shorter.
        self.numbers[place] = now
        self.numbers[place + 1] += amount

    def first_after(self, slot: int, horizon: float) -> int:
        """The oldest entry younger than `horizon`; the end if there is none."""
        entries = range(*self.span(slot))
        if not entries:
            return entries.stop
        self._where(slot, entries.start)
        return entries.start + bisect_right(entries, horizon, key=self._column(slot, 0))

    def first_with(self, slot: int, total: float) -> int:
        """The oldest entry whose sum reaches `total`; the end if there is none."""
        entries = range(*self.span(slot))
        self._where(slot, entries.start)
        return entries.start + bisect_left(entries, total, key=self._column(slot, 1))

    def _column(self, slot: int, column: int) -> Callable[[int], float]:
        """Moments (0) or sums (1) by entry, for many looks at a slot in sight."""
        ring, numbers = self.words[slot + _RING], self.numbers
        base, mask = (ring >> 6) + column, (1 << (ring & 63)) - 1
        return lambda entry: numbers[base + 2 * (entry & mask)]

    def __repr__(self) -> str:
        return f"<Rings: {self._size >> 10} KiB, {self.words[_SEGMENTS]} segments>"
