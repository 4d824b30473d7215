"""What is counted of an endpoint's calls; it outlives deployments."""

import threading
from bisect import bisect_left
from itertools import accumulate

BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30)
"""Seconds at which calls are told apart."""
ROWS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 1024, 4096)
"""Rows at which calls are told apart."""


class Tally:
    """Calls, rows, seconds and errors, since the process started."""

    def __init__(self) -> None:
        self.calls = 0
        self.rows = 0
        self.seconds = 0.0
        self.errors: dict[str, int] = {}
        """By the code that callers were told."""
        self._by_seconds = [0] * (len(BOUNDS) + 1)
        self._by_rows = [0] * (len(ROWS) + 1)
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"<Tally: {self.calls} calls, {sum(self.errors.values())} refused>"

    def scored(self, rows: int) -> None:
        """So many rows went through the model at once; from any thread."""
        with self._lock:
            self.rows += rows
            self._by_rows[bisect_left(ROWS, rows)] += 1

    def ended(self, seconds: float, error: str = "") -> None:
        """A call was answered, or refused with this code."""
        self.calls += 1
        self.seconds += seconds
        self._by_seconds[bisect_left(BOUNDS, seconds)] += 1
        if error:
            self.errors[error] = self.errors.get(error, 0) + 1

    @property
    def by_seconds(self) -> list[tuple[float, int]]:
        """Bounds, and how many calls took that long at most."""
        return list(
            zip((*BOUNDS, float("inf")), accumulate(self._by_seconds), strict=True)
        )

    @property
    def by_rows(self) -> list[tuple[float, int]]:
        """Bounds, and how often so many rows at most were scored at once."""
        return list(zip((*ROWS, float("inf")), accumulate(self._by_rows), strict=True))
