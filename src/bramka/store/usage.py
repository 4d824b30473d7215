"""Usage rollups: what gateways report, added up per minute, each batch exactly once.

They live in a database of their own, so that counting never queues behind the work
of people and jobs.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Double,
    LargeBinary,
    MetaData,
    RowMapping,
    Table,
    delete,
    insert,
    select,
)

from bramka.domain.traffic.usage import Batch, Histogram, Key, Row, Timing, merged
from bramka.store.columns import TEXT
from bramka.store.database import METADATA, queue_writers

USAGE_METADATA = MetaData(naming_convention=METADATA.naming_convention)

_KEYS = Key._fields
_SUMS = (
    "success",
    "blocked",
    "failed",
    "other",
    "bandwidth",
    "cache_hits",
    "cache_misses",
)
_TIMES = ("count", "total", "min", "max")

USAGE = Table(
    "usage",
    USAGE_METADATA,
    Column("minute", BigInteger, primary_key=True),
    *(Column(name, TEXT, primary_key=True) for name in _KEYS[1:]),
    *(Column(name, BigInteger, nullable=False) for name in _SUMS),
    *(Column(f"latency_{name}", BigInteger, nullable=False) for name in _TIMES),
    *(Column(f"backend_{name}", BigInteger, nullable=False) for name in _TIMES),
    Column("histogram", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
BATCH = Table(
    "usage_batch",
    USAGE_METADATA,
    Column("batch", TEXT, primary_key=True),
    Column("gateway", TEXT, nullable=False),
    Column("received", Double, nullable=False, index=True),
)
REMEMBERED_SECONDS = 7 * 86400
"""How long a batch that comes again is recognised."""

_HISTOGRAM = msgspec.msgpack.Decoder(dict[int, int])


def ingest(connection: Connection, batch: Batch, now: float) -> bool:
    """Add a batch to the rollups; False if it had been added before."""
    queue_writers(connection, "usage")
    known = select(BATCH.c.batch).where(BATCH.c.batch == batch.batch)
    if connection.scalar(known) is not None:
        return False
    connection.execute(
        insert(BATCH).values(batch=batch.batch, gateway=batch.gateway, received=now)
    )
    connection.execute(delete(BATCH).where(BATCH.c.received < now - REMEMBERED_SECONDS))
    _add(connection, merged(batch.rows))
    return True


def _add(connection: Connection, rows: Mapping[Key, Row]) -> None:
    if not rows:
        return
    minutes = {key.minute for key in rows}
    standing = [
        row for row in read(connection, USAGE.c.minute.in_(minutes)) if row.key in rows
    ]
    for row in standing:
        connection.execute(
            delete(USAGE).where(
                *(USAGE.c[name] == value for name, value in row.key._asdict().items())
            )
        )
    whole = merged([*standing, *rows.values()])
    connection.execute(insert(USAGE), [_values(row) for row in whole.values()])


def read(connection: Connection, *where: Any) -> Iterable[Row]:
    """The rollup rows that fit."""
    rows = connection.execute(select(USAGE).where(*where)).mappings()
    return [_row(columns) for columns in rows]


def histogram_of(column: bytes) -> Histogram:
    """The histogram kept in a rollup row."""
    return _HISTOGRAM.decode(column)


def _row(columns: RowMapping) -> Row:
    return Row(
        **{name: columns[name] for name in (*_KEYS, *_SUMS)},
        latency=Timing(*(columns[f"latency_{name}"] for name in _TIMES)),
        backend=Timing(*(columns[f"backend_{name}"] for name in _TIMES)),
        histogram=histogram_of(columns["histogram"]),
    )


def _values(row: Row) -> dict[str, object]:
    values: dict[str, object] = {name: getattr(row, name) for name in (*_KEYS, *_SUMS)}
    for part in ("latency", "backend"):
        timing = getattr(row, part)
        values |= {f"{part}_{name}": getattr(timing, name) for name in _TIMES}
    values["histogram"] = msgspec.msgpack.encode(row.histogram)
    return values
