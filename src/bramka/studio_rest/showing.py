"""Rows and figures of stored tables: what costs little here, the rest in a hand."""

from pathlib import Path

from starlette.responses import Response

from bramka.studio.page import MOST_ROWS, Wanted, page_of
from bramka.studio.statistics import figures_file
from bramka.studio.task import PageTask, Place, StatisticsTask
from bramka.studio_rest.call import Call, Site
from bramka.studio_rest.refusal import JSON


def page(call: Call, place: Place) -> Response:
    """The rows that `start`, `count`, `sort` and `descending` of the query ask for."""
    wanted = Wanted(
        start=call.whole("start", 0),
        count=min(call.whole("count", 100, 1), MOST_ROWS),
        sort=call.query.get("sort") or None,
        descending=call.flag("descending"),
    )
    if wanted.sort is None:
        text = page_of(Path(place.folder), place.name, wanted)
        return Response(text, media_type=JSON)
    told = call.site.hands.perform(PageTask(place, wanted)).text
    return Response(told, media_type=JSON)


def figures(site: Site, place: Place) -> Response:
    """What Visualize shows of each column; computed once."""
    known = figures_file(Path(place.folder), place.name)
    if known.exists():
        return Response(known.read_bytes(), media_type=JSON)
    text = site.hands.perform(StatisticsTask(place)).text
    return Response(text, media_type=JSON)
