"""What is counted of an endpoint's calls; it outlives deployments."""

import threading
from bisect import bisect_left
from itertools import accumulate

from bramka.domain.learning.counted import BOUNDS, CALLS, ROWS, Counted, Counts

Buckets = list[tuple[float, int]]
"""Bounds, and how many were counted up to each."""


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


def seconds_of(counted: Counted) -> Buckets:
    """Bounds, and how many calls took that long at most."""
    return _buckets(BOUNDS, counted.by_seconds)


def rows_of(counted: Counted) -> Buckets:
    """Bounds, and how often so many rows at most were scored at once."""
    return _buckets(ROWS, counted.by_rows)


def calls_of(counted: Counted) -> Buckets:
    """Bounds, and how often so many calls at most were scored as one table."""
    return _buckets(CALLS, counted.by_calls)


def _buckets(bounds: tuple[float, ...], counts: Counts) -> Buckets:
    return list(zip((*bounds, float("inf")), accumulate(counts), strict=True))
