"""What an endpoint's calls were like minute by minute, for a chart of the last day."""

from collections import deque
from datetime import UTC, datetime

from msgspec import Struct

from bramka.scoring.tally import Counted, Tally

MINUTE = 60
KEPT = 24 * 60
"""Minutes; of those without calls nothing is kept."""


class Window(Struct, frozen=True):
    """A stretch of time up to now, in steps."""

    name: str
    step: int
    """Seconds."""
    steps: int


WINDOWS = {
    each.name: each for each in (Window("hour", MINUTE, 60), Window("day", 900, 96))
}


class History:
    """The counts of one tally by the minute; nothing is done for it in a call."""

    def __init__(self, tally: Tally, now: float) -> None:
        self.since = now
        self._tally = tally
        self._before = Counted()
        """What had been counted when the open minute began."""
        self._open = int(now) // MINUTE
        self._minutes: deque[tuple[int, Counted]] = deque(maxlen=KEPT)

    def __repr__(self) -> str:
        return f"<History: {len(self._minutes)} minutes>"

    def turn(self, now: float) -> None:
        """Close the minute that is over, if it is; from one thread only."""
        minute = int(now) // MINUTE
        if minute == self._open:
            return
        counted = self._tally.counted()
        since = counted.plus(self._before, -1)
        if since.by_seconds != Counted().by_seconds:
            self._minutes.append((self._open, since))
            self._before = counted
        self._open = minute

    def points(self, window: Window, now: float) -> list[tuple[int, Counted]]:
        """When each step of a window begins, and what was counted in it."""
        last = int(now) // window.step
        found = {step: Counted() for step in range(last - window.steps + 1, last + 1)}
        growing = self._tally.counted().plus(self._before, -1)
        for minute, counted in (*self._minutes, (self._open, growing)):
            step = minute * MINUTE // window.step
            if step in found:
                found[step] = found[step].plus(counted)
        return [(step * window.step, counted) for step, counted in found.items()]


def told(history: History, window: Window, now: float) -> dict[str, object]:
    """A window for a page: its points, oldest first, and all of them together."""
    points = history.points(window, now)
    total = Counted()
    for _, counted in points:
        total = total.plus(counted)
    return {
        "Name": window.name,
        "StepSeconds": window.step,
        "From": moment(points[0][0]),
        "To": moment(now),
        "Total": _point(total),
        "Points": [
            {"Time": moment(start), **_point(counted)} for start, counted in points
        ],
    }


def moment(seconds: float) -> str:
    """A moment as the REST of Studio tells it."""
    return f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%dT%H:%M:%SZ}"


def _point(counted: Counted) -> dict[str, object]:
    return {
        "Calls": counted.calls,
        "Errors": counted.errors,
        "Throttled": counted.throttled,
        "Rows": counted.rows,
        "Seconds": counted.seconds,
        "P50": counted.slowest(0.5),
        "P90": counted.slowest(0.9),
        "P99": counted.slowest(0.99),
        "Scorings": counted.scorings,
        "RowsPerScoring": _mean(counted.rows, counted.scorings),
        "Batches": counted.batches,
        "CallsPerBatch": _mean(counted.batched, counted.batches),
    }


def _mean(total: int, parts: int) -> float | None:
    return total / parts if parts else None
