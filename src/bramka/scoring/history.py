"""What an endpoint's calls were like minute by minute: counted here, kept elsewhere."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from msgspec import Struct

from bramka.domain.learning.counted import Counted, summed
from bramka.scoring.tally import Tally

MINUTE = 60
MOST_DUE = 24 * 60
"""Minutes that wait while they cannot be kept; older ones are lost."""


class Window(Struct, frozen=True):
    """A stretch of time up to now, in steps."""

    name: str
    step: int
    """Seconds."""
    steps: int


WINDOWS = {
    each.name: each for each in (Window("hour", MINUTE, 60), Window("day", 900, 96))
}
Kept = Iterable[tuple[int, Counted]]
"""What was counted in minutes since 1970; one minute may come more than once."""


class History:
    """The counts of one tally by the minute; nothing is done for it in a call."""

    def __init__(self, tally: Tally, now: float) -> None:
        self._tally = tally
        self._before = Counted()
        """What had been counted when the open minute began."""
        self._open = int(now) // MINUTE
        self._kept = Counted()
        """What of the open minute is kept."""
        self._over: dict[int, Counted] = {}
        """Minutes that are over, and not kept as they ended."""

    def __repr__(self) -> str:
        return f"<History: {len(self._over)} minutes are not kept>"

    def turn(self, now: float) -> None:
        """Close the minute that is over, if it is; from one thread only."""
        minute = int(now) // MINUTE
        if minute == self._open:
            return
        growing = self._growing()
        if growing is not None:
            self._over[self._open] = growing
        self._before = self._before.plus(growing or self._kept)
        self._open, self._kept = minute, Counted()
        while len(self._over) > MOST_DUE:
            del self._over[next(iter(self._over))]

    def due(self, now: float) -> dict[int, Counted]:
        """Minutes of which more is known than is kept; the last one still grows."""
        self.turn(now)
        growing = self._growing()
        if growing is None:
            return dict(self._over)
        return {**self._over, self._open: growing}

    def kept(self, minutes: Mapping[int, Counted]) -> None:
        """These need not be told again, unless more was counted since."""
        for minute, counted in minutes.items():
            if minute == self._open:
                self._kept = counted
            elif self._over.get(minute) == counted:
                del self._over[minute]

    def _growing(self) -> Counted | None:
        """What was counted in the open minute; None if all of it is kept."""
        tally, before, kept = self._tally, self._before, self._kept
        calls, rows = before.calls + kept.calls, before.rows + kept.rows
        if tally.calls == calls and tally.rows == rows:
            return None
        return tally.counted().plus(before, -1)


def told(kept: Kept, window: Window, now: float) -> dict[str, object]:
    """A window for a page: its points, oldest first, and all of them together."""
    points = _points(kept, window, now)
    total = summed(counted for _, counted in points)
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


def _points(kept: Kept, window: Window, now: float) -> list[tuple[int, Counted]]:
    """When each step of a window begins, and what was counted in it."""
    last = int(now) // window.step
    found = {step: Counted() for step in range(last - window.steps + 1, last + 1)}
    for minute, counted in kept:
        step = minute * MINUTE // window.step
        if step in found:
            found[step] = found[step].plus(counted)
    return [(step * window.step, counted) for step, counted in found.items()]


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
