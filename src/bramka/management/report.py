"""Reports: `GET …/reports/byApi` and its sisters, summed from usage."""

from typing import Any

from msgspec import structs
from sqlalchemy import ColumnElement, Connection, select

from bramka.domain.errors import Invalid, Missing, Unsupported
from bramka.management.call import Call
from bramka.management.filter import Field, read_filter
from bramka.management.resource import Ids, Resource
from bramka.management.verbs import page_of
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
from bramka.store.transaction import Transaction
from bramka.store.usage import USAGE, Span, totals
from bramka.store.user import USERS

END_OF_TIME = 2**40
_UNKEPT = {
    "byGeo": "nobody here knows where in the world a caller is",
    "byRequest": "gateways count calls per minute and keep no single ones",
}


class Reports(Resource[Any]):
    """What happened, by API, operation, product, subscription, user or time."""

    segment = "reports"
    type = "reports"
    verbs = "G"

    def find(self, call: Call, ids: Ids) -> None:
        """A report is never found: it is made, see `reading`."""
        del call, ids

    def reading(self, call: Call, ids: Ids) -> object:
        kind = ids[-1]
        if kind in _UNKEPT:
            raise Unsupported(f"There is no report '{kind}': {_UNKEPT[kind]}.")
        if kind not in KINDS:
            known = ", ".join(sorted(KINDS))
            raise Missing(f"There is no report '{kind}'; there are {known}.")
        where, every = _where(call), None
        if kind == "byTime":
            every = interval_minutes(call.query.get("interval", ""))
        span = Span(0, END_OF_TIME, every)
        with reading(call.site.usage) as connection:
            records = make_records(call.transaction, connection, kind, span, where)
        return page_of(call, _sorted(records, call.query.get("$orderby", "")))


def make_records(
    transaction: Transaction,
    usage: Connection,
    kind: str,
    span: Span,
    *where: ColumnElement[bool],
) -> list[Record]:
    """The records of a report, most calls first or by time."""
    names = display_names(transaction)
    rows = totals(usage, span, KINDS[kind], *where)
    records = [dated(record_of(kind, row, names), row, span.every) for row in rows]
    return _sorted(records, "")


def display_names(transaction: Transaction) -> Names:
    """What the ids in usage are called now."""
    operation = OPERATIONS.column
    user = USERS.column
    rows = transaction.connection.execute
    return Names(
        apis=_titles(transaction, APIS),
        operations={
            (api, one): title
            for api, one, title in rows(
                select(operation.api_id, operation.id, operation.display_name)
            )
        },
        products=_titles(transaction, PRODUCTS),
        subscriptions=_titles(transaction, SUBSCRIPTIONS),
        users={
            one: f"{first} {last}"
            for one, first, last in rows(
                select(user.id, user.first_name, user.last_name)
            )
        },
    )


def _titles(transaction: Transaction, of: Collection[Any]) -> dict[str, str]:
    query = select(of.column.id, of.column.display_name)
    return {one: title or one for one, title in transaction.connection.execute(query)}


def _where(call: Call) -> ColumnElement[bool]:
    """The mandatory filter; it must say which time is meant."""
    text = call.query.get("$filter", "")
    if "timestamp" not in text:
        raise Invalid(
            "$filter is mandatory and names a time, such as timestamp ge "
            "datetime'2026-01-31T00:00:00'.",
            target="$filter",
        )
    fields = {
        "timestamp": Field(USAGE.c.minute * 60, "date"),
        **{
            f"{name}Id": Field(USAGE.c[name], "id")
            for name in ("api", "operation", "product", "subscription", "user")
        },
    }
    return read_filter(text, fields)


def _sorted(records: list[Record], order: str) -> list[Record]:
    """In the order asked for, else by time and then by most calls."""
    fields = {field.encode_name: field.name for field in structs.fields(Record)}
    records.sort(key=lambda one: (one.timestamp or "", -one.call_count_total, one.name))
    for part in reversed([part.split() for part in order.split(",") if part.strip()]):
        if part[0] not in fields or part[1:] not in ([], ["asc"], ["desc"]):
            raise Invalid(
                f"$orderby: '{' '.join(part)}' is not a field of the report with asc "
                "or desc.",
                target="$orderby",
            )
        name = fields[part[0]]
        # What has no value sorts first.
        records.sort(
            key=lambda one: (getattr(one, name) is not None, getattr(one, name)),
            reverse=part[1:] == ["desc"],
        )
    return records
