"""What is counted of an endpoint's calls; it outlives deployments."""

import threading
from bisect import bisect_left
from itertools import accumulate

from msgspec import Struct

BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30)
"""Seconds at which calls are told apart."""
ROWS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 1024, 4096)
"""Rows at which calls are told apart."""
CALLS = (1, 2, 4, 8, 16, 32, 64, 128)
"""Calls at which batches are told apart."""

Buckets = list[tuple[float, int]]
Counts = tuple[int, ...]


class Counted(Struct, frozen=True, kw_only=True):
    """What was counted in some time; counts of two times add up."""

    calls: int = 0
    rows: int = 0
    throttled: int = 0
    """Calls that were refused because too many were there."""
    batched: int = 0
    """Calls that were answered out of batches."""
    seconds: float = 0.0
    errors: dict[str, int] = {}
    """By the code that callers were told."""
    by_seconds: Counts = (0,) * (len(BOUNDS) + 1)
    by_rows: Counts = (0,) * (len(ROWS) + 1)
    by_calls: Counts = (0,) * (len(CALLS) + 1)

    def plus(self, other: "Counted", sign: int = 1) -> "Counted":
        """Both together, or with a sign of -1 what came after the other."""
        codes = {*self.errors, *other.errors}
        errors = {
            code: self.errors.get(code, 0) + sign * other.errors.get(code, 0)
            for code in sorted(codes)
        }
        return Counted(
            calls=self.calls + sign * other.calls,
            rows=self.rows + sign * other.rows,
            throttled=self.throttled + sign * other.throttled,
            batched=self.batched + sign * other.batched,
            seconds=self.seconds + sign * other.seconds,
            errors={code: count for code, count in errors.items() if count},
            by_seconds=_added(self.by_seconds, other.by_seconds, sign),
            by_rows=_added(self.by_rows, other.by_rows, sign),
            by_calls=_added(self.by_calls, other.by_calls, sign),
        )

    @property
    def scorings(self) -> int:
        """How often the model was asked."""
        return sum(self.by_rows)

    @property
    def batches(self) -> int:
        return sum(self.by_calls)

    def slowest(self, share: float) -> float | None:
        """Seconds in which this share of the calls ended, as far as bounds tell."""
        wanted, seen = share * sum(self.by_seconds), 0
        for place, count in enumerate(self.by_seconds):
            if count and seen + count >= wanted:
                low = BOUNDS[place - 1] if place else 0.0
                high = BOUNDS[place] if place < len(BOUNDS) else low
                return low + (high - low) * (wanted - seen) / count
            seen += count
        return None


def _added(one: Counts, other: Counts, sign: int) -> Counts:
    return tuple(a + sign * b for a, b in zip(one, other, strict=True))


class Tally:
    """Calls, rows, seconds and errors, since the process started."""

    def __init__(self) -> None:
        self.calls = 0
        self.rows = 0
        self.throttled = 0
        self.batched = 0
        self.seconds = 0.0
        self.errors: dict[str, int] = {}
        """By the code that callers were told."""
        self._by_seconds = [0] * (len(BOUNDS) + 1)
        self._by_rows = [0] * (len(ROWS) + 1)
        self._by_calls = [0] * (len(CALLS) + 1)
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"<Tally: {self.calls} calls, {sum(self.errors.values())} refused>"

    def scored(self, rows: int) -> None:
        """So many rows went through the model at once; from any thread."""
        with self._lock:
            self.rows += rows
            self._by_rows[bisect_left(ROWS, rows)] += 1

    def joined(self, calls: int) -> None:
        """So many calls were scored as one table."""
        self.batched += calls
        self._by_calls[bisect_left(CALLS, calls)] += 1

    def ended(self, seconds: float, error: str = "") -> None:
        """A call was answered, or refused with this code."""
        self.calls += 1
        self.seconds += seconds
        self._by_seconds[bisect_left(BOUNDS, seconds)] += 1
        if error:
            self.errors[error] = self.errors.get(error, 0) + 1

    def counted(self) -> Counted:
        """Everything so far, as it stands now."""
        with self._lock:
            return Counted(
                calls=self.calls,
                rows=self.rows,
                throttled=self.throttled,
                batched=self.batched,
                seconds=self.seconds,
                errors=dict(self.errors),
                by_seconds=tuple(self._by_seconds),
                by_rows=tuple(self._by_rows),
                by_calls=tuple(self._by_calls),
            )

    @property
    def by_seconds(self) -> Buckets:
        """Bounds, and how many calls took that long at most."""
        return _buckets(BOUNDS, self._by_seconds)

    @property
    def by_rows(self) -> Buckets:
        """Bounds, and how often so many rows at most were scored at once."""
        return _buckets(ROWS, self._by_rows)

    @property
    def by_calls(self) -> Buckets:
        """Bounds, and how often so many calls at most were scored as one table."""
        return _buckets(CALLS, self._by_calls)


def _buckets(bounds: tuple[float, ...], counts: list[int]) -> Buckets:
    return list(zip((*bounds, float("inf")), accumulate(counts), strict=True))
