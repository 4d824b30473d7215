"""`/developer/usage`: what the reader's own subscriptions were used for."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from bramka.domain.errors import Invalid
from bramka.domain.traffic.usage import Row
from bramka.portals.developer.call import Call
from bramka.portals.developer.listing import Listing, whole
from bramka.reports.report import (
    KINDS,
    Names,
    Record,
    dated,
    interval_minutes,
    record_of,
)
from bramka.store.api import APIS
from bramka.store.collection import Collection
from bramka.store.database import reading
from bramka.store.operation import OPERATIONS
from bramka.store.product import PRODUCTS
from bramka.store.subscription import SUBSCRIPTIONS
from bramka.store.usage import USAGE, Span, totals

BY = {
    "time": "byTime",
    "api": "byApi",
    "operation": "byOperation",
    "product": "byProduct",
    "subscription": "bySubscription",
}
"""What is asked for → the kind of report that tells it."""
DAY_SECONDS = 86400
MOST_POINTS = 5000


def show_usage(call: Call) -> Listing[Record]:
    """Records with the fields of the reports; the last day unless told."""
    user = call.reader.user
    by = call.query.get("by", "time")
    if by not in BY:
        raise Invalid(f"by is '{by[:40]}'; give one of {', '.join(BY)}.", target="by")
    span = _span(call, fine=by == "time")
    kind = BY[by]
    own = SUBSCRIPTIONS.column.owner_id == user
    mine = call.transaction.connection.scalars(
        select(SUBSCRIPTIONS.column.id).where(own)
    ).all()
    wanted = call.query.get("subscription")
    chosen = [one for one in mine if wanted in (None, one)]
    where: list[ColumnElement[bool]] = [USAGE.c.subscription.in_(chosen)]
    if api := call.query.get("api"):
        where.append(USAGE.c.api == api)
    with reading(call.usage) as connection:
        rows = totals(connection, span, KINDS[kind], *where)
    names = _names(call, rows)
    records = [dated(record_of(kind, row, names), row, span.every) for row in rows]
    return whole(
        sorted(records, key=lambda one: (one.timestamp or "", -one.call_count_total))
    )


def _span(call: Call, *, fine: bool) -> Span:
    now = call.transaction.now
    end = _minute(call, "to", now + 60)
    start = _minute(call, "from", end * 60 - DAY_SECONDS)
    if start >= end:
        raise Invalid("from is not before to; give an earlier one.", target="from")
    if not fine:
        return Span(start, end)
    every = interval_minutes(call.query.get("interval", "PT1H"))
    if (end - start) // every > MOST_POINTS:
        raise Invalid(
            f"That makes more than {MOST_POINTS} points; give a longer interval.",
            target="interval",
        )
    # Points begin at whole intervals, wherever the reader begins to look.
    return Span(start - start % every, end, every)


def _minute(call: Call, name: str, default: float) -> int:
    """A moment in minutes since 1970, rounded down."""
    text = call.query.get(name)
    if text is None:
        return int(default // 60)
    try:
        # A plus sign in a query means a space.
        moment = datetime.fromisoformat(text.replace(" ", "+"))
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return int(moment.timestamp() // 60)
    except (ValueError, OverflowError):
        raise Invalid(
            f"{name} is '{text[:40]}'; give a time such as 2026-01-31T12:00:00Z.",
            target=name,
        ) from None


def _names(call: Call, rows: list[Row]) -> Names:
    """What the ids in these rows are called."""
    pairs = {(row.api, row.operation) for row in rows if row.operation}
    found = OPERATIONS.find_all(call.transaction, sorted(pairs))
    return Names(
        apis=_titles(call, APIS, {row.api for row in rows}),
        operations={
            (one.noun.api_id, one.noun.id): one.noun.display_name for one in found
        },
        products=_titles(call, PRODUCTS, {row.product for row in rows}),
        subscriptions=_titles(call, SUBSCRIPTIONS, {row.subscription for row in rows}),
        users={},
    )


def _titles(call: Call, of: Collection[Any], ids: set[str]) -> dict[str, str]:
    found = of.find_all(call.transaction, [(one,) for one in sorted(ids)])
    return {one.noun.id: one.noun.display_name or one.noun.id for one in found}
