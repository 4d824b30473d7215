"""The log of configuration changes: what gateways follow, and where ETags come from."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
)

from bramka.store.database import METADATA, queue_writers
from bramka.store.transaction import Transaction

CHANGE = Table(
    "configuration_change",
    METADATA,
    Column("version", Integer, primary_key=True, autoincrement=True),
    Column("table", Text, nullable=False),
    Column("key", Text, nullable=False),
    # A version is never given twice, even after the newest ones were deleted.
    sqlite_autoincrement=True,
)
QUIET = ""
"""The table of what gateways do not need to know."""
KEPT = 10_000
"""Changes remembered; a gateway that is further behind gets the whole."""


class Changed(NamedTuple):
    """A noun that changed: its table and its key, as gateways know them."""

    table: str
    key: str


def queue_for_change(transaction: Transaction) -> None:
    """Wait until no other transaction is changing the configuration.

    Otherwise a later version could become visible before an earlier one, and a
    gateway would miss the earlier one for ever.
    """
    queue_writers(transaction.connection, "configuration")


def note_change(transaction: Transaction, table: str, key: str) -> int:
    """Append a change; its version becomes the revision of the noun."""
    queue_for_change(transaction)
    written = transaction.connection.execute(
        insert(CHANGE).values(table=table, key=key)
    ).inserted_primary_key
    assert written is not None, "an insert of one row tells its key"
    version = int(written[0])
    transaction.connection.execute(
        delete(CHANGE).where(CHANGE.c.version <= version - KEPT)
    )
    return version


def newest_version(transaction: Transaction) -> int:
    """The version of the last change; 0 before the first one."""
    return newest_on(transaction.connection)


def newest_on(connection: Connection) -> int:
    """The same, for who has no more than a connection."""
    return int(connection.scalar(select(func.max(CHANGE.c.version))) or 0)


def begin_anew(connection: Connection, before: int) -> None:
    """Forget what changed: whatever version a gateway has, it must get the whole.

    `before` is the newest version that was given before everything was replaced; a
    version given twice would leave a gateway with what is no longer so.
    """
    version = max(before, newest_on(connection)) + 2
    connection.execute(delete(CHANGE))
    row = {"version": version, "table": QUIET, "key": ""}
    connection.execute(insert(CHANGE).values(row))


def changes_since(transaction: Transaction, version: int) -> Sequence[Changed] | None:
    """What changed after `version`, each noun once; None if that is too long ago."""
    oldest = transaction.connection.scalar(select(func.min(CHANGE.c.version)))
    newest = newest_version(transaction)
    if oldest is None or not oldest - 1 <= version <= newest:
        return None
    rows = transaction.connection.execute(
        select(CHANGE.c.table, CHANGE.c.key)
        .where(CHANGE.c.version > version)
        .order_by(CHANGE.c.version)
    )
    return list(dict.fromkeys(Changed(table, key) for table, key in rows))
