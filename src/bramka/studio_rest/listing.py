"""Lists in pages: `?count=&start=&search=&sort=&descending=`; whole without `count`."""

from collections.abc import Sequence

from starlette.responses import Response

from bramka.store.listing import MOST_ROWS, Wanted
from bramka.studio_rest.call import Call, as_json


def wanted_page(call: Call) -> Wanted | None:
    """The part that is asked for; None for the old clients, which take a whole list."""
    if "count" not in call.query:
        return None
    return Wanted(
        start=call.whole("start", 0),
        count=min(call.whole("count", 100, 1), MOST_ROWS),
        search=call.query.get("search", "")[:256],
        sort=call.query.get("sort", ""),
        descending=call.flag("descending"),
    )


def as_page(entries: Sequence[object], total: int) -> Response:
    """Some entries, and how many there are in all."""
    return as_json({"Count": total, "Value": entries})
