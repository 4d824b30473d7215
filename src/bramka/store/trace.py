"""Traces of calls that gateways brought, for a day; beside the usage they come with."""

import hashlib
from collections.abc import Iterable

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Double,
    LargeBinary,
    Table,
    delete,
    func,
    insert,
    select,
)

from bramka.domain.traffic.trace import KEPT_SECONDS, MOST_KEPT, Trace
from bramka.store.columns import TEXT
from bramka.store.database import queue_writers
from bramka.store.usage import USAGE_METADATA

TRACE = Table(
    "trace",
    USAGE_METADATA,
    # The order in which they came; times may be equal.
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("trace_id", TEXT, nullable=False, unique=True),
    Column("door_digest", TEXT, nullable=False, index=True),
    Column("gateway", TEXT, nullable=False),
    Column("received", Double, nullable=False),
    Column("document", LargeBinary, nullable=False),
)

_READ = msgspec.json.Decoder(Trace)


def keep(connection: Connection, traces: Iterable[Trace], now: float) -> int:
    """Keep traces, each once; the oldest go. How many were new."""
    queue_writers(connection, "usage")
    added = 0
    newest = connection.scalar(select(func.max(TRACE.c.number))) or 0
    for trace in traces:
        known = select(TRACE.c.number).where(TRACE.c.trace_id == trace.trace_id)
        if connection.scalar(known) is not None:
            continue
        added += 1
        connection.execute(
            insert(TRACE).values(
                number=newest + added,
                trace_id=trace.trace_id,
                door_digest=_digest(trace.door),
                gateway=trace.gateway,
                received=now,
                document=msgspec.json.encode(trace),
            )
        )
    old = TRACE.c.received < now - KEPT_SECONDS
    surplus = TRACE.c.number <= newest + added - MOST_KEPT
    connection.execute(delete(TRACE).where(old | surplus))
    return added


def find(
    connection: Connection, gateway: str, trace_id: str, now: float
) -> Trace | None:
    """The trace of that id that a gateway brought, while it is kept."""
    return _one(
        connection, (TRACE.c.gateway == gateway) & (TRACE.c.trace_id == trace_id), now
    )


def behind(connection: Connection, door: str, now: float) -> Trace | None:
    """The trace that the end of a URL opens, while it is kept."""
    return _one(connection, TRACE.c.door_digest == _digest(door), now) if door else None


def _one(connection: Connection, where: object, now: float) -> Trace | None:
    fresh = TRACE.c.received >= now - KEPT_SECONDS
    found = connection.scalar(select(TRACE.c.document).where(where, fresh))  # type: ignore[arg-type] # a condition on the table's columns
    return None if found is None else _READ.decode(found)


def _digest(door: str) -> str:
    # What opens a trace is not kept; 128 unguessable bits need no salt.
    return hashlib.sha256(door.encode()).hexdigest() if door else ""
