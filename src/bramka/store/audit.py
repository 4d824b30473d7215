"""The audit log: who changed what, from what to what, without secrets."""

from typing import Any

from msgspec import Struct
from sqlalchemy import (
    Column,
    ColumnElement,
    Double,
    Integer,
    Table,
    func,
    insert,
    select,
)

from bramka.store.columns import NESTED, TEXT
from bramka.store.database import METADATA
from bramka.store.transaction import Transaction

AUDIT = Table(
    "audit",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("moment", Double, nullable=False, index=True),
    Column("actor", TEXT, nullable=False),
    Column("role", TEXT, nullable=False),
    Column("method", TEXT, nullable=False),
    Column("path", TEXT, nullable=False),
    Column("before", NESTED),
    Column("after", NESTED),
    # A number is never given twice: a gap would hide that something was deleted.
    sqlite_autoincrement=True,
)


class Entry(Struct, frozen=True, rename="camel", kw_only=True):
    """One change; `before` and `after` are what a reader would have seen."""

    id: int = 0
    moment: float
    actor: str
    """Name of the token, and its id."""
    role: str
    method: str
    path: str
    """Below the instance."""
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


def note(transaction: Transaction, entry: Entry) -> None:
    """Add an entry, in the same transaction as the change."""
    values = {name: getattr(entry, name) for name in entry.__struct_fields__}
    del values["id"]
    transaction.connection.execute(insert(AUDIT).values(values))


def newest(
    transaction: Transaction, skip: int, top: int, *where: ColumnElement[bool]
) -> tuple[list[Entry], int]:
    """Some entries that fit, the newest first, and how many fit in all."""
    query = select(AUDIT).where(*where).order_by(AUDIT.c.id.desc())
    rows = transaction.connection.execute(query.offset(skip).limit(top)).mappings()
    counted = select(func.count()).select_from(AUDIT).where(*where)
    total = transaction.connection.scalar(counted)
    return [Entry(**row) for row in rows], int(total or 0)
