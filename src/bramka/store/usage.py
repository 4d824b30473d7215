"""Usage rollups: what gateways report, added up per minute, each batch exactly once.

They live in a database of their own, so that counting never queues behind the work
of people and jobs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Double,
    LargeBinary,
    MetaData,
    RowMapping,
    Table,
    case,
    delete,
    func,
    insert,
    literal,
    select,
)

from bramka.domain.traffic.usage import (
    Batch,
    Histogram,
    Key,
    Row,
    Timing,
    merge_histograms,
    merged,
)
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
    connection.execute(insert(USAGE), [values_of(row) for row in whole.values()])


def read(connection: Connection, *where: Any) -> Iterable[Row]:
    """The rollup rows that fit."""
    rows = connection.execute(select(USAGE).where(*where)).mappings()
    return [_row(columns) for columns in rows]


@dataclass(frozen=True)
class Span:
    """Minutes since 1970 that are summed: from `start` to before `end`."""

    start: int
    end: int
    every: int | None = None
    """Sums so many minutes at a time; all of them if None."""


def totals(
    connection: Connection,
    span: Span,
    by: Sequence[str],
    *where: ColumnElement[bool],
) -> list[Row]:
    """Sums over a span for each value of the `by` fields; other fields stay empty.

    The minute of a row is the first one it sums; histograms are merged.
    """
    minute = USAGE.c.minute
    first: ColumnElement[int] = literal(span.start)
    if span.every is not None:
        first = minute - (minute - span.start) % span.every
    keys = [first.label("first"), *(USAGE.c[name] for name in by)]
    within = (minute >= span.start, minute < span.end, *where)
    found: dict[tuple[object, ...], Row] = {}
    sums = select(*keys, *_summed()).where(*within).group_by(*keys)
    for columns in connection.execute(sums).mappings():
        row = _sum_row(columns, by)
        found[(row.minute, *(columns[name] for name in by))] = row
    # Fetched apart: a database cannot add histograms, and their rows are many.
    for first_minute, *rest, packed in connection.execute(
        select(*keys, USAGE.c.histogram).where(*within)
    ):
        merge_histograms(found[(first_minute, *rest)].histogram, histogram_of(packed))
    return list(found.values())


def _summed() -> list[ColumnElement[Any]]:
    summed: list[ColumnElement[Any]] = [
        func.sum(USAGE.c[name]).label(name) for name in _SUMS
    ]
    for part in ("latency", "backend"):
        count, total = USAGE.c[f"{part}_count"], USAGE.c[f"{part}_total"]
        least, most = USAGE.c[f"{part}_min"], USAGE.c[f"{part}_max"]
        summed += [
            func.sum(count).label(count.name),
            func.sum(total).label(total.name),
            # The least of nothing is not 0.
            func.coalesce(func.min(case((count > 0, least))), 0).label(least.name),
            func.max(most).label(most.name),
        ]
    return summed


def _sum_row(columns: RowMapping, by: Sequence[str]) -> Row:
    fields: dict[str, Any] = {name: columns[name] for name in by}
    # PostgreSQL sums whole numbers to decimals.
    fields |= {name: int(columns[name]) for name in _SUMS}
    for part in ("latency", "backend"):
        fields[part] = Timing(*(int(columns[f"{part}_{name}"]) for name in _TIMES))
    return Row(minute=int(columns["first"]), **fields)


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


def values_of(row: Row) -> dict[str, object]:
    """The columns of a rollup row."""
    values: dict[str, object] = {name: getattr(row, name) for name in (*_KEYS, *_SUMS)}
    for part in ("latency", "backend"):
        timing = getattr(row, part)
        values |= {f"{part}_{name}": getattr(timing, name) for name in _TIMES}
    values["histogram"] = msgspec.msgpack.encode(row.histogram)
    return values
