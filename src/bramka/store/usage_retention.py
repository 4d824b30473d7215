"""Usage of long ago: minutes are summed to hours, hours to days, days go at last.

Sums stay exact: rows merge as they do when they come in.
"""

from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy import Connection, Engine, delete, insert, select

from bramka.domain.traffic.usage import merged
from bramka.store import request_log, service_usage
from bramka.store.database import queue_writers, writing
from bramka.store.usage import USAGE, read, values_of

HOUR, DAY = 60, 1440
"""In minutes."""
DAY_SECONDS = 86_400
LOOK_SECONDS = 60.0
STEPS_PER_LOOK = 48
"""Hours or days that are summed at a time: gateways that deliver wait meanwhile."""

Days = Annotated[float, Meta(ge=0)]


class Retention(Struct, frozen=True, kw_only=True):
    """How long usage is kept how finely, in days; 0 is for ever."""

    minutes: Days = 0.0
    hours: Days = 0.0
    days: Days = 0.0
    requests: Days = 0.0
    most_requests: int = 10_000
    """Single calls kept; 0: none."""


class UsageSweeper:
    """Sums and forgets what is old, a little at a time."""

    def __init__(self, engine: Engine, retention: Retention) -> None:
        self._engine, self.retention = engine, retention
        self._next_at = 0.0

    def __repr__(self) -> str:
        return f"<UsageSweeper: {self.retention!r}>"

    def look(self, now: float) -> None:
        """Sweep, once a minute at most."""
        if now < self._next_at:
            return
        self._next_at = now + LOOK_SECONDS
        if not self.sweep(now):
            self._next_at = now

    def sweep(self, now: float) -> bool:
        """Sum and forget what is due at `now`; False when some is left for later."""
        kept = self.retention
        with writing(self._engine) as connection:
            queue_writers(connection, "usage")
            if kept.requests:
                request_log.forget(connection, now - kept.requests * DAY_SECONDS)
            if kept.days:
                old = USAGE.c.minute < _minute(now, kept.days, DAY)
                connection.execute(delete(USAGE).where(old))
                service_usage.forget(connection, _minute(now, kept.days, DAY))
            steps = STEPS_PER_LOOK
            if kept.hours:
                steps -= sum_up(connection, _minute(now, kept.hours, DAY), DAY, steps)
            if kept.minutes:
                before = _minute(now, kept.minutes, HOUR)
                steps -= sum_up(connection, before, HOUR, steps)
        return steps > 0


def sum_up(connection: Connection, before: int, step: int, most: int) -> int:
    """Sum the rows before a minute to spans of `step` minutes.

    Gives how many spans were summed, at most `most`. `before` is the end of a span.
    """
    minute = USAGE.c.minute
    finer = select(minute).where(minute < before, minute % step != 0)
    done, since = 0, -1
    while done < most:
        query = finer.where(minute >= since).order_by(minute).limit(1)
        found = connection.scalar(query)
        if found is None:
            break
        start = found - found % step
        _sum_span(connection, start, start + step)
        done, since = done + 1, start + step
    return done


def _sum_span(connection: Connection, start: int, end: int) -> None:
    within = (USAGE.c.minute >= start, USAGE.c.minute < end)
    rows = list(read(connection, *within))
    for row in rows:
        row.minute = start
    connection.execute(delete(USAGE).where(*within))
    whole = merged(rows)
    connection.execute(insert(USAGE), [values_of(row) for row in whole.values()])


def _minute(now: float, days: float, step: int) -> int:
    """The first minute, of a whole span, that is not yet so many days old."""
    minute = int((now - days * DAY_SECONDS) // 60)
    return minute - minute % step
