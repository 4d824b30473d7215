"""Which rows of a table a call asks for."""

from bramka.studio.page import MOST_ROWS, Wanted
from bramka.studio_rest.call import Call


def wanted_rows(call: Call) -> Wanted:
    """`start`, `count`, `sort` (a column's name) and `descending` of the query."""
    return Wanted(
        start=call.whole("start", 0),
        count=min(call.whole("count", 100, 1), MOST_ROWS),
        sort=call.query.get("sort") or None,
        descending=call.flag("descending"),
    )
