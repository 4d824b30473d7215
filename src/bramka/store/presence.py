"""Which roles work with the database, on whichever machine: they go on saying so.

Timed by the clock of the database, for those of the machines may differ. Only with
PostgreSQL: with SQLite all are on one machine, where a lock tells it better.
"""

from msgspec import Struct
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Double,
    Integer,
    Table,
    cast,
    delete,
    extract,
    func,
    insert,
    select,
    update,
)

from bramka.domain.errors import Conflict
from bramka.store.columns import TEXT
from bramka.store.database import METADATA, queue_writers

PRESENCE = Table(
    "presence",
    METADATA,
    Column("id", TEXT, primary_key=True),
    Column("role", TEXT, nullable=False),
    Column("host", TEXT, nullable=False),
    Column("process", Integer, nullable=False),
    Column("seen", Double, nullable=False),
)
_ROW = PRESENCE.c
BEAT_SECONDS = 10.0
SILENT_SECONDS = 45.0
"""After so long without a word a role counts as ended."""


class Presence(Struct, frozen=True, kw_only=True):
    """A process that works with the database."""

    id: str
    role: str
    host: str
    process: int


def beat(connection: Connection, one: Presence) -> None:
    """It is there, now."""
    # Waits for who makes sure that nobody is.
    queue_writers(connection, "presence")
    values = {name: getattr(one, name) for name in one.__struct_fields__}
    row = update(PRESENCE).where(_ROW.id == one.id)
    if not connection.execute(row.values(seen=_now())).rowcount:
        connection.execute(insert(PRESENCE).values(values | {"seen": _now()}))


def leave(connection: Connection, one: Presence) -> None:
    connection.execute(delete(PRESENCE).where(_ROW.id == one.id))


def refuse_present(connection: Connection) -> None:
    """Conflict, which names them, while roles are there; none comes in the meantime."""
    if connection.dialect.name != "postgresql":
        return
    queue_writers(connection, "presence")
    connection.execute(delete(PRESENCE).where(_ROW.seen < _now() - SILENT_SECONDS))
    silent = (_now() - _ROW.seen).label("silent")
    query = select(_ROW.role, _ROW.host, _ROW.process, silent).order_by(_ROW.seen)
    found = [
        f"{row.role} on {row.host} (process {row.process}, heard of "
        f"{max(row.silent, 0):.0f} s ago)"
        for row in connection.execute(query)
    ]
    if found:
        raise Conflict(
            f"These work with the database: {', '.join(found)}. Stop them; one that "
            f"was killed is forgotten after {SILENT_SECONDS:.0f} seconds."
        )


def _now() -> ColumnElement[float]:
    return cast(extract("epoch", func.clock_timestamp()), Double)
