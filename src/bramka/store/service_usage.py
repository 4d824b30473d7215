"""What was counted of the calls of endpoints, minute by minute; old minutes are days.

Each services process has rows of its own, written whole: writing one again, after an
answer that was lost, counts nothing twice, and no process waits for another.
"""

from collections.abc import Iterable, Mapping

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    LargeBinary,
    Table,
    delete,
    insert,
    select,
)

from bramka.domain.learning.counted import Counted, summed
from bramka.store.columns import TEXT
from bramka.store.database import queue_writers
from bramka.store.usage import USAGE_METADATA

DAY = 1440
"""In minutes."""
_OLD = ""
"""Stands for every process in the row of a day that is over."""

SERVICE_USAGE = Table(
    "service_usage",
    USAGE_METADATA,
    Column("endpoint", TEXT, primary_key=True),
    Column("minute", BigInteger, primary_key=True),
    Column("process", TEXT, primary_key=True),
    Column("counted", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

Minutes = Mapping[int, Counted]
"""What was counted in each minute since 1970."""

_READ = msgspec.msgpack.Decoder(Counted)


def keep(
    connection: Connection, process: str, endpoints: Mapping[str, Minutes]
) -> None:
    """Keep what one process counted; what it said before of a minute goes."""
    queue_writers(connection, "usage")
    for endpoint, minutes in endpoints.items():
        before = _where(endpoint, SERVICE_USAGE.c.process == process)
        spoken = SERVICE_USAGE.c.minute.in_(minutes)
        connection.execute(delete(SERVICE_USAGE).where(*before, spoken))
        connection.execute(
            insert(SERVICE_USAGE),
            [
                _values(endpoint, minute, process, counted)
                for minute, counted in minutes.items()
            ],
        )


def calls_of(connection: Connection, endpoint: str) -> list[tuple[int, Counted]]:
    """What all processes counted, oldest first; a day that is over is one entry."""
    query = (
        select(SERVICE_USAGE.c.minute, SERVICE_USAGE.c.counted)
        .where(*_where(endpoint))
        .order_by(SERVICE_USAGE.c.minute)
    )
    return [
        (minute, _READ.decode(packed)) for minute, packed in connection.execute(query)
    ]


def fold(connection: Connection, before: int) -> bool:
    """Sum one day of one endpoint to a single row; False when none is left.

    `before` is the end of a day, in minutes; the row stands at its first call.
    """
    queue_writers(connection, "usage")
    minute, endpoint = SERVICE_USAGE.c.minute, SERVICE_USAGE.c.endpoint
    query = select(endpoint, minute).where(
        minute < before, SERVICE_USAGE.c.process != _OLD
    )
    found = connection.execute(query.limit(1)).first()
    if found is None:
        return False
    start = found.minute - found.minute % DAY
    day = _where(found.endpoint, minute >= start, minute < start + DAY)
    rows = connection.execute(select(SERVICE_USAGE).where(*day)).all()
    connection.execute(delete(SERVICE_USAGE).where(*day))
    whole = summed(_READ.decode(row.counted) for row in rows)
    first = min(row.minute for row in rows)
    connection.execute(
        insert(SERVICE_USAGE).values(_values(found.endpoint, first, _OLD, whole))
    )
    return True


def forget(connection: Connection, before: int) -> None:
    """Let go of what was counted before a minute."""
    connection.execute(delete(SERVICE_USAGE).where(SERVICE_USAGE.c.minute < before))


def _where(endpoint: str, *more: ColumnElement[bool]) -> Iterable[ColumnElement[bool]]:
    return (SERVICE_USAGE.c.endpoint == endpoint, *more)


def _values(
    endpoint: str, minute: int, process: str, counted: Counted
) -> dict[str, object]:
    packed = msgspec.msgpack.encode(counted)
    return {
        "endpoint": endpoint,
        "minute": minute,
        "process": process,
        "counted": packed,
    }
