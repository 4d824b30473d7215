"""Allowances: how many calls may pass, and when the next one may. Pure arithmetic.

A *window* is sliding and exact: in no stretch of `period` seconds are more than
`calls` calls admitted. A *quota* is fixed: it starts anew each `period` seconds,
counted from its anchor. Both take the time as an argument, in seconds.
"""

import math
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime

UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEVER = 0.0
"""A quota with this period is never replenished."""
LONGEST_WINDOW = 300.0
"""Seconds a sliding window may be long."""


@dataclass(slots=True)
class Window:
    """The moments of the last admitted calls of one caller."""

    admitted: deque[float] = field(default_factory=deque)

    def take(self, now: float, calls: int, period: float) -> float:
        """Spend one call: 0.0 if it was admitted, else the seconds until one fits.

        A clock that went back never lets more through: moments in the future count
        as just admitted. Only the newest `calls` moments are remembered.
        """
        admitted = self.admitted
        count = len(admitted)
        if count >= calls:
            # The call that must have left the window before one more may enter.
            left = admitted[-calls] + period - now
            if left > 0.0:
                return left
            while count >= calls:
                admitted.popleft()
                count -= 1
        if count and now < admitted[-1]:
            now = admitted[-1]
        admitted.append(now)
        return 0.0

    def wait(self, now: float, calls: int, period: float) -> float:
        """The seconds until one more call fits, as `take` tells, spending nothing."""
        admitted = self.admitted
        if len(admitted) < calls:
            return 0.0
        return max(0.0, admitted[-calls] + period - now)

    def remaining(self, now: float, calls: int, period: float) -> int:
        """How many more calls fit at this moment."""
        horizon = now - period
        live = sum(1 for moment in self.admitted if moment > horizon)
        return max(0, calls - live)


def period_start(now: float, anchor: float, period: float) -> float:
    """When the quota period that holds `now` began."""
    if period == NEVER:
        return anchor
    return anchor + math.floor((now - anchor) / period) * period


@dataclass(slots=True)
class Quota:
    """What was spent in the current period: calls and bytes."""

    start: float = -math.inf
    calls: int = 0
    size: int = 0

    def renew(self, now: float, anchor: float, period: float) -> None:
        """Begin a new period if the old one is over; never goes back to an old one."""
        if period != NEVER and now < self.start + period:
            return
        start = period_start(now, anchor, period)
        if start > self.start:
            self.start, self.calls, self.size = start, 0, 0

    def left(self, now: float, period: float) -> float:
        """Seconds until the quota is replenished; infinite if it never is."""
        if period == NEVER:
            return math.inf
        return max(0.0, self.start + period - now)


def anchor_of(text: str) -> float:
    """A written moment in seconds since 1970 UTC; ValueError when it is none."""
    start = datetime.fromisoformat(text)
    if start.tzinfo is None:
        start = start.replace(tzinfo=UTC)
    return (start - UNIX_EPOCH).total_seconds()


def by_key_prefix(period: float, anchor: float) -> str:
    """What comes before the keys of all quotas by key with the same periods."""
    return f"{period:g} {anchor:g}\n"


def whole_seconds(wait: float) -> int:
    """`wait` as Retry-After tells it: rounded up, at least 1."""
    return max(1, math.ceil(wait))


def clock_text(wait: float) -> str:
    """`wait` as the quota answer tells it: `hh:mm:ss`, with `d.` before if days."""
    seconds = max(0, math.ceil(wait))
    days, seconds = divmod(seconds, 86400)
    hours, seconds = divmod(seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    text = f"{hours:02}:{minutes:02}:{seconds:02}"
    return f"{days}.{text}" if days else text
