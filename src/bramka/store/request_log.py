"""Single calls that gateways noted: the newest, as many and as long as is wanted."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Table,
    delete,
    func,
    insert,
    select,
)

from bramka.domain.traffic.logged_request import LoggedRequest
from bramka.store.columns import columns_of
from bramka.store.usage import USAGE_METADATA

REQUEST = Table(
    "request_log",
    USAGE_METADATA,
    # The order in which they came; times may be equal.
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    *columns_of(LoggedRequest, key=()),
)
_FIELDS = LoggedRequest.__struct_fields__


def note(connection: Connection, requests: Sequence[LoggedRequest], most: int) -> None:
    """Add calls; of all there are then the newest `most` stay.

    For the transaction that adds their batch to the rollups, so each comes once.
    """
    if not requests or not most:
        return
    newest = connection.scalar(select(func.max(REQUEST.c.number))) or 0
    rows = [
        {"number": number} | {name: getattr(one, name) for name in _FIELDS}
        for number, one in enumerate(requests, newest + 1)
    ]
    connection.execute(insert(REQUEST), rows)
    surplus = REQUEST.c.number <= newest + len(rows) - most
    connection.execute(delete(REQUEST).where(surplus))


def forget(connection: Connection, before: float) -> None:
    """Delete the calls that came in before that time."""
    connection.execute(delete(REQUEST).where(REQUEST.c.timestamp < before))


def page(
    connection: Connection,
    *where: ColumnElement[bool],
    order: Iterable[ColumnElement[Any]] = (),
    skip: int = 0,
    top: int | None = None,
) -> tuple[list[LoggedRequest], int]:
    """Some of the calls that fit, the newest first unless ordered, and their number."""
    total = connection.scalar(select(func.count()).select_from(REQUEST).where(*where))
    columns = [REQUEST.c[name] for name in _FIELDS]
    query = select(*columns).where(*where).order_by(*order, REQUEST.c.number.desc())
    found = connection.execute(query.offset(skip).limit(top)).mappings()
    return [LoggedRequest(**columns) for columns in found], total or 0
