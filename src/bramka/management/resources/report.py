"""Reports: `GET …/reports/byApi` and its sisters, summed from usage."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct, structs
from sqlalchemy import ColumnElement, Connection, Table, literal, select
from starlette.responses import Response

from bramka.domain.errors import Invalid, Missing
from bramka.management.call import Call
from bramka.management.filter import Field, read_filter, read_order
from bramka.management.resource import Ids, Resource
from bramka.management.verbs import told_page
from bramka.reports.report import (
    KINDS,
    Names,
    Record,
    dated,
    interval_minutes,
    record_of,
)
from bramka.reports.request_record import RequestRecord, request_record
from bramka.reports.table import as_csv
from bramka.store.api import APIS
from bramka.store.collection import Collection
from bramka.store.database import reading
from bramka.store.operation import OPERATIONS
from bramka.store.product import PRODUCTS
from bramka.store.request_log import REQUEST, page
from bramka.store.subscription import SUBSCRIPTIONS
from bramka.store.transaction import Transaction
from bramka.store.usage import USAGE, Span, totals
from bramka.store.user import USERS

END_OF_TIME = 2**40
BY_REQUEST = "byRequest"
LARGEST_PAGE = 1000
CSV = "text/csv"
_IDS = ("api", "operation", "product", "subscription", "user")
_ORDERS = ("timestamp", "responseCode", "requestSize", "responseSize", "method")


class Reports(Resource[Any]):
    """What happened, by API, operation, product, subscription, user, time or place."""

    segment = "reports"
    words = (*KINDS, BY_REQUEST)
    type = "reports"
    verbs = "G"

    def find(self, call: Call, ids: Ids) -> None:
        """A report is never found: it is made, see `reading`."""
        del call, ids

    def reading(self, call: Call, ids: Ids) -> object:
        kind = ids[-1]
        if kind == BY_REQUEST:
            return _requests(call)
        if kind not in KINDS:
            known = ", ".join(sorted((*KINDS, BY_REQUEST)))
            raise Missing(f"There is no report '{kind}'; there are {known}.")
        where, every = _where(call, USAGE, USAGE.c.minute * 60), None
        if kind == "byTime":
            every = interval_minutes(call.query.get("interval", ""))
        span = Span(0, END_OF_TIME, every)
        with reading(call.site.usage) as connection:
            records = make_records(call.transaction, connection, kind, span, where)
        records = _sorted(records, call.query.get("$orderby", ""))
        skip = call.whole("$skip", 0, 0) or 0
        top = call.whole("$top", len(records) or 1, 1)
        return _told(call, Record, records[skip:][:top], skip, len(records))


def _requests(call: Call) -> object:
    """Single calls, the newest first."""
    where = _where(call, REQUEST, REQUEST.c.timestamp)
    fields = {name: _snake(name) for name in _ORDERS}
    sortable = {name: Field(REQUEST.c[column]) for name, column in fields.items()}
    order = read_order(call.query["$orderby"], sortable) if _ordered(call) else []
    skip = call.whole("$skip", 0, 0) or 0
    top = min(call.whole("$top", LARGEST_PAGE, 1) or 1, LARGEST_PAGE)
    with reading(call.site.usage) as connection:
        found, total = page(connection, where, order=order, skip=skip, top=top)
    region = call.instance.location
    records = [request_record(one, region) for one in found]
    return _told(call, RequestRecord, records, skip, total)


def _ordered(call: Call) -> bool:
    return bool(call.query.get("$orderby", "").strip())


def _snake(name: str) -> str:
    return "".join(f"_{one.lower()}" if one.isupper() else one for one in name)


def _told(
    call: Call, kind: type[Struct], records: Sequence[Struct], skip: int, total: int
) -> object:
    """The page as JSON, or as CSV if that was asked for."""
    wanted = call.query.get("format", "")
    if wanted not in ("", "csv", "json"):
        raise Invalid(f"format is '{wanted}'; give csv or json.", target="format")
    if wanted == "csv" or (not wanted and CSV in call.accept):
        return Response(as_csv(kind, records), media_type=CSV)
    return told_page(call, records, skip, total)


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


def _where(
    call: Call, table: Table, timestamp: ColumnElement[Any]
) -> ColumnElement[bool]:
    """The mandatory filter; it must say which time is meant."""
    text = call.query.get("$filter", "")
    if "timestamp" not in text:
        raise Invalid(
            "$filter is mandatory and names a time, such as timestamp ge "
            "datetime'2026-01-31T00:00:00'.",
            target="$filter",
        )
    fields = {
        "timestamp": Field(timestamp, "date"),
        # All gateways are where the instance is, as far as anybody told us.
        "apiRegion": Field(literal(call.instance.location), "word"),
        **{f"{name}Id": Field(table.c[name], "id") for name in _IDS},
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
