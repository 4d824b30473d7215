"""Does long work on a copy of what is configured, and what came of it in one go.

Whoever writes holds all other writers up: work of minutes, such as a deployment, must
not be done between the beginning and the end of a transaction.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from msgspec import Struct
from sqlalchemy import (
    Connection,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from bramka.store.audit import AUDIT
from bramka.store.change import (
    CHANGE,
    KEPT,
    QUIET,
    changes_since,
    newest_version,
    queue_for_change,
)
from bramka.store.database import METADATA, open_database, writing
from bramka.store.transaction import Store, Transaction

T = TypeVar("T")
Row = dict[str, Any]
Rows = dict[tuple[Any, ...], Row]

TRIES = 3
"""Who was overtaken by others so many times holds them up in the end."""
APART = frozenset(
    (
        *(AUDIT.name, CHANGE.name, "mail", "errand"),
        *("job", "job_turn", "job_event", "chunk", "service_change"),
        *("experiment", "experiment_node", "saved", "upload", "studio_activity"),
    )
)
"""Tables that grow, and that say nothing of the configuration: copies have none."""

_PEOPLE = frozenset(("subscriptions", "users"))
_OF_PEOPLE = ("account", "session", "subscription", "user", "user_group")
_HELD_BY_PEOPLE = ("api", "group", "product")


class _Changed(Struct, frozen=True):
    """What is different in the copy of a table."""

    gone: Sequence[tuple[Any, ...]]
    altered: Sequence[tuple[tuple[Any, ...], Row]]
    """The key, and the columns that are no longer the same."""
    new: Sequence[Row]


def rehearse(store: Store, work: Callable[[Transaction], T]) -> T:
    """What the work comes to; nothing is changed."""
    with _copied(store) as (copy, _):
        return work(copy)


def write_rehearsed(store: Store, work: Callable[[Transaction], T]) -> T:
    """Do the work as a whole, in a transaction that is short however long it takes.

    It is done again when others changed the configuration meanwhile; people who come
    and go are no matter to work that has nothing to do with them.
    """
    for _ in range(TRIES):
        with _copied(store) as (copy, before):
            version = newest_version(copy)
            told = work(copy)
            changed = _changes(copy.connection, before)
        # What was never copied may point to what is to go: then it is seen below.
        with suppress(IntegrityError), store.writing() as transaction:
            queue_for_change(transaction)
            if not _is_overtaken(transaction, changed, version):
                _apply(transaction, changed, version)
                return told
    with store.writing() as transaction:
        queue_for_change(transaction)
        return work(transaction)


@contextmanager
def _copied(store: Store) -> Iterator[tuple[Transaction, dict[str, Rows]]]:
    """A transaction in a copy that is forgotten, and the rows it began with."""
    with store.reading() as transaction:
        connection = transaction.connection
        rows = {
            table.name: {} if table.name in APART else _rows(connection, table)
            for table in METADATA.sorted_tables
        }
        version = newest_version(transaction)
    engine = open_database("sqlite://")
    try:
        with writing(engine) as connection:
            METADATA.create_all(connection, checkfirst=False)
            for table in METADATA.sorted_tables:
                if found := list(rows[table.name].values()):
                    connection.execute(insert(table), found)
            seen = {"version": version, "table": QUIET, "key": ""}
            connection.execute(insert(CHANGE).values(seen))
            yield Transaction(connection, store.vault, transaction.now), rows
    finally:
        engine.dispose()


def _rows(connection: Connection, table: Table) -> Rows:
    names = [column.name for column in table.primary_key]
    found = connection.execute(select(table)).mappings()
    return {tuple(row[name] for name in names): dict(row) for row in found}


def _changes(connection: Connection, before: dict[str, Rows]) -> dict[str, _Changed]:
    return {
        table.name: _compare(before[table.name], _rows(connection, table))
        for table in METADATA.sorted_tables
    }


def _compare(before: Rows, after: Rows) -> _Changed:
    return _Changed(
        gone=[key for key in before if key not in after],
        altered=[
            (key, _differing(before[key], row))
            for key, row in after.items()
            if key in before and before[key] != row
        ],
        new=[row for key, row in after.items() if key not in before],
    )


def _differing(before: Row, after: Row) -> Row:
    return {name: value for name, value in after.items() if before[name] != value}


def _is_overtaken(
    transaction: Transaction, changed: Mapping[str, _Changed], version: int
) -> bool:
    """Whether what others did since `version` could make the work come to another."""
    others = changes_since(transaction, version)
    if others is not None and not others:
        return False
    if others is None or {one.table for one in others} - _PEOPLE:
        return True
    concerned = any(
        one.gone or one.altered or one.new
        for one in (changed[name] for name in _OF_PEOPLE)
    )
    return concerned or any(changed[name].gone for name in _HELD_BY_PEOPLE)


def _apply(
    transaction: Transaction, changed: Mapping[str, _Changed], version: int
) -> None:
    """Make here what became of the copy; what is pointed to comes first, goes last."""
    tables, connection = METADATA.sorted_tables, transaction.connection
    later = newest_version(transaction) - version
    for table in tables:
        rows = changed[table.name].new
        if table is CHANGE:
            rows = [row for row in rows if row["version"] > version]
        _insert(connection, table, [_renumbered(table, row, later) for row in rows])
    for table in tables:
        altered = changed[table.name].altered
        rows_after = [(key, _renumbered(table, row, later)) for key, row in altered]
        _update(connection, table, rows_after)
    for table in reversed(tables):
        _delete(connection, table, changed[table.name].gone)
    _forget_old(connection)


def _renumbered(table: Table, row: Row, later: int) -> Row:
    """The same with a version that comes after those of others."""
    name = "version" if table is CHANGE else "revision"
    return row | {name: row[name] + later} if name in row else row


def _insert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    drawn = table.autoincrement_column
    if drawn is not None and table is not CHANGE:
        # Numbers that the copy drew are others' here.
        rows = [
            {name: value for name, value in row.items() if name != drawn.name}
            for row in rows
        ]
    if rows:
        connection.execute(insert(table), rows)


def _update(
    connection: Connection,
    table: Table,
    altered: Sequence[tuple[tuple[Any, ...], Row]],
) -> None:
    alike: dict[tuple[str, ...], list[Row]] = {}
    for key, columns in altered:
        values = {f"new_{name}": value for name, value in columns.items()}
        alike.setdefault(tuple(columns), []).append(values | _key(table, key))
    for names, rows in alike.items():
        change = update(table).where(*_same_key(table))
        change = change.values({name: bindparam(f"new_{name}") for name in names})
        connection.execute(change, rows)


def _delete(
    connection: Connection, table: Table, gone: Sequence[tuple[Any, ...]]
) -> None:
    if gone:
        rows = [_key(table, key) for key in gone]
        connection.execute(delete(table).where(*_same_key(table)), rows)


def _key(table: Table, key: tuple[Any, ...]) -> dict[str, Any]:
    pairs = zip(table.primary_key, key, strict=True)
    return {f"old_{column.name}": value for column, value in pairs}


def _same_key(table: Table) -> list[Any]:
    return [column == bindparam(f"old_{column.name}") for column in table.primary_key]


def _forget_old(connection: Connection) -> None:
    newest = connection.scalar(select(func.max(CHANGE.c.version))) or 0
    connection.execute(delete(CHANGE).where(CHANGE.c.version <= newest - KEPT))
    if connection.dialect.name == "postgresql":
        # The database draws the next number itself.
        drawn = func.pg_get_serial_sequence(CHANGE.name, "version")
        connection.execute(select(func.setval(drawn, max(newest, 1))))
