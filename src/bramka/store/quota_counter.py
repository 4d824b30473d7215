"""Quota counters as gateways told of them: the newest word on each."""

from collections.abc import Iterable, Sequence

from sqlalchemy import BigInteger, Column, Connection, Double, Table, delete, insert
from sqlalchemy import select as choose

from bramka.domain.traffic.quota_counter import QuotaCount
from bramka.store.columns import TEXT
from bramka.store.database import queue_writers
from bramka.store.usage import USAGE_METADATA

QUOTA_COUNTER = Table(
    "quota_counter",
    USAGE_METADATA,
    Column("id", TEXT, primary_key=True),
    Column("start", Double, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("calls", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("until", Double, index=True),
    sqlite_with_rowid=False,
)
_AT_ONCE = 500


def keep(connection: Connection, counts: Iterable[QuotaCount], now: float) -> None:
    """Keep what gateways told, as far as it is new; periods that ended go."""
    queue_writers(connection, "quota counters")
    table = QUOTA_COUNTER
    connection.execute(delete(table).where(table.c.until < now))
    told: dict[str, QuotaCount] = {}
    for one in counts:
        if one.until is None or one.until >= now:
            told[one.id] = one.joined(told.get(one.id, one))
    known = find(connection, list(told))
    newer = [
        joined
        for one in told.values()
        if (joined := one.joined(known.get(one.id, one))) != known.get(one.id)
    ]
    if not newer:
        return
    for part in _parts([one.id for one in newer]):
        connection.execute(delete(table).where(table.c.id.in_(part)))
    names = table.columns.keys()
    rows = [{name: getattr(one, name) for name in names} for one in newer]
    connection.execute(insert(table), rows)


def find(connection: Connection, ids: Sequence[str]) -> dict[str, QuotaCount]:
    """What is known of counters, by id."""
    found: dict[str, QuotaCount] = {}
    for part in _parts(ids):
        query = choose(QUOTA_COUNTER).where(QUOTA_COUNTER.c.id.in_(part))
        for row in connection.execute(query).mappings():
            found[row["id"]] = QuotaCount(**row)
    return found


def _parts(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[at : at + _AT_ONCE] for at in range(0, len(ids), _AT_ONCE)]
