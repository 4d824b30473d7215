"""Every table as rows, for backups: the same bytes from SQLite and from PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from sqlalchemy import (
    JSON,
    Connection,
    MetaData,
    Table,
    delete,
    func,
    insert,
    inspect,
    select,
)

from bramka.domain.errors import Conflict, Invalid
from bramka.store.change import begin_anew, newest_on
from bramka.store.columns import NESTED
from bramka.store.database import queue_writers
from bramka.store.schema import (
    Part,
    metadata,
    revision_of,
    upgrade_within,
)

ROWS_AT_A_TIME = 500
_HUGE = 1
"""How whole numbers are marked that the format has no room for; JSON has."""


def _huge(code: int, data: memoryview) -> int:
    if code != _HUGE:
        raise ValueError(f"a value is marked {code}")
    return int.from_bytes(data, "big", signed=True)


_PIECES = msgspec.msgpack.Decoder(list[dict[str, object]], ext_hook=_huge)


def tables_of(part: Part) -> list[str]:
    """The tables of a part; what others point to comes first."""
    return [table.name for table in metadata(part).sorted_tables]


def dump(connection: Connection, part: Part, name: str) -> Iterator[bytes]:
    """The rows of a table in pieces; each can be loaded by itself."""
    table = metadata(part).tables[name]
    found = connection.execute(select(table).order_by(*table.primary_key)).mappings()
    while rows := found.fetchmany(ROWS_AT_A_TIME):
        yield _packed([dict(row) for row in rows])


def _packed(rows: list[dict[str, object]]) -> bytes:
    try:
        return msgspec.msgpack.encode(rows)
    except OverflowError:
        return msgspec.msgpack.encode(_marked(rows))


def _marked(value: object) -> object:
    """The same with its huge numbers marked."""
    if isinstance(value, dict):
        return {name: _marked(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_marked(one) for one in value]
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        size = value.bit_length() // 8 + 1
        return msgspec.msgpack.Ext(_HUGE, value.to_bytes(size, "big", signed=True))
    return value


@contextmanager
def replacing(connection: Connection, part: Part) -> Iterator[None]:
    """Load a whole part; nobody else writes to it until the transaction ends.

    Afterwards numbers go on behind those that were loaded and those that were there.
    """
    before = 0
    if revision_of(connection, part) is not None:
        _hold_writers(connection, part)
        before = newest_on(connection) if part == "state" else 0
    yield
    if before:
        begin_anew(connection, before)
    _count_on(connection, part)


def _hold_writers(connection: Connection, part: Part) -> None:
    queue_writers(connection, "configuration")
    if connection.dialect.name == "postgresql":
        there = set(inspect(connection).get_table_names())
        names = [f'"{name}"' for name in tables_of(part) if name in there]
        lock = f"LOCK TABLE {', '.join(names)} IN SHARE ROW EXCLUSIVE MODE"
        connection.exec_driver_sql(lock)


def make_room(connection: Connection, part: Part, revision: str) -> dict[str, Table]:
    """Have the tables as they were at a revision, with nothing in them.

    Conflict when the database is at another one: its tables would have to go first.
    """
    there = revision_of(connection, part)
    if there not in (None, revision):
        raise Conflict(
            f"The backup is of schema {revision} and the database is at {there}; "
            "restore into a new database."
        )
    upgrade_within(connection, part, revision)
    tables = _reflected(connection, part)
    for table in reversed(tables):
        connection.execute(delete(table))
    return {table.name: table for table in tables}


def load(connection: Connection, table: Table, piece: bytes) -> int:
    """Put a piece of `dump` into its table; how many rows it was."""
    try:
        rows = _PIECES.decode(piece)
    except (msgspec.MsgspecError, ValueError) as error:
        raise Invalid(f"Rows of '{table.name}' cannot be read: {error}") from None
    strange = {name for row in rows for name in row} - set(table.columns.keys())
    if strange:
        raise Invalid(f"'{table.name}' has no column '{min(strange)}'.")
    if rows:
        connection.execute(insert(table), rows)
    return len(rows)


def _count_on(connection: Connection, part: Part) -> None:
    """Let numbers that the database draws go on behind those that were loaded."""
    if connection.dialect.name != "postgresql":
        return
    for table in metadata(part).sorted_tables:
        column = table._autoincrement_column  # noqa: SLF001 - the only way to ask
        if column is None:
            continue
        sequence = func.pg_get_serial_sequence(f'"{table.name}"', column.name)
        highest = func.coalesce(select(func.max(column)).scalar_subquery(), 0) + 1
        connection.execute(select(func.setval(sequence, highest, False)))


def _reflected(connection: Connection, part: Part) -> list[Table]:
    """The tables of a part as they are in the database, in order."""
    known, found = set(metadata(part).tables), MetaData()
    found.reflect(connection, only=lambda name, _: name in known)
    for table in found.tables.values():
        for column in table.columns:
            # What has no value is NULL, not the JSON of it.
            if isinstance(column.type, JSON):
                column.type = NESTED
    return found.sorted_tables
