"""The number that says that services or endpoints have changed."""

from sqlalchemy import Column, Integer, Table, insert, select, update

from bramka.store.database import METADATA
from bramka.store.transaction import Transaction

SERVICE_CHANGE = Table(
    "service_change",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("number", Integer, nullable=False),
)
"""One row: a number raised by each change, so that asking for news is one read."""


def change_number(transaction: Transaction) -> int:
    """Another number than last time means: services or endpoints have changed."""
    return transaction.connection.execute(select(SERVICE_CHANGE.c.number)).scalar() or 0


def raise_change_number(transaction: Transaction) -> None:
    """Say that services or endpoints have changed."""
    number = SERVICE_CHANGE.c.number
    changed = transaction.connection.execute(
        update(SERVICE_CHANGE).values(number=number + 1)
    )
    if not changed.rowcount:
        transaction.connection.execute(insert(SERVICE_CHANGE).values(id=1, number=1))
