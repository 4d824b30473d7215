"""Errands, so that every console can tell of what one of them does."""

from sqlalchemy import Column, Connection, Double, Table, delete, insert, select, update

from bramka.domain.traffic.errand import Errand
from bramka.store.columns import TEXT
from bramka.store.database import METADATA, queue_writers
from bramka.store.transaction import Transaction

ERRAND = Table(
    "errand",
    METADATA,
    Column("id", TEXT, primary_key=True),
    Column("kind", TEXT, nullable=False),
    Column("started", Double, nullable=False, index=True),
    Column("ended", Double),
    Column("code", TEXT, nullable=False),
    Column("message", TEXT, nullable=False),
    Column("result", TEXT, nullable=False, server_default=""),
)
_ROW = ERRAND.c
REMEMBERED = 100


def begin(transaction: Transaction, errand: Errand) -> None:
    """Note that it runs; those of long ago are forgotten."""
    connection = transaction.connection
    # Its end, written by another transaction, must come after this one's.
    queue_writers(connection, "errands")
    newest = select(_ROW.id).order_by(_ROW.started.desc()).limit(REMEMBERED - 1)
    kept = list(connection.scalars(newest))
    connection.execute(delete(ERRAND).where(_ROW.id.not_in(kept)))
    connection.execute(insert(ERRAND).values(_values(errand)))


def end(transaction: Transaction, errand: Errand) -> None:
    """Note how it ended."""
    queue_writers(transaction.connection, "errands")
    row = update(ERRAND).where(_ROW.id == errand.id).values(_values(errand))
    if not transaction.connection.execute(row).rowcount:
        transaction.connection.execute(insert(ERRAND).values(_values(errand)))


def find(transaction: Transaction, errand: str) -> Errand | None:
    query = select(ERRAND).where(_ROW.id == errand)
    row = transaction.connection.execute(query).mappings().first()
    return None if row is None else Errand(**row)


def running(transaction: Transaction) -> Errand | None:
    """The one that was begun and has not ended."""
    query = select(ERRAND).where(_ROW.ended.is_(None)).order_by(_ROW.started.desc())
    row = transaction.connection.execute(query).mappings().first()
    return None if row is None else Errand(**row)


def remembered(transaction: Transaction) -> list[Errand]:
    """All of them, to be put back after everything was replaced."""
    rows = transaction.connection.execute(select(ERRAND)).mappings()
    return [Errand(**row) for row in rows]


def put_back(connection: Connection, errands: list[Errand]) -> None:
    """Have just these."""
    connection.execute(delete(ERRAND))
    if errands:
        connection.execute(insert(ERRAND), [_values(one) for one in errands])


def _values(errand: Errand) -> dict[str, object]:
    return {name: getattr(errand, name) for name in errand.__struct_fields__}
