"""What stands on the outputs of a run: shown, downloaded; and what nodes printed."""

import base64
from pathlib import Path

from starlette.responses import Response

from bramka.domain.errors import Invalid
from bramka.domain.learning.snapshot import Output
from bramka.domain.learning.value import Learnt, Pictures
from bramka.store.experiment import experiment_by_id, node_of
from bramka.studio.stored import facts_of, load
from bramka.studio.task import Place
from bramka.studio_rest.call import Call, as_json
from bramka.studio_rest.download import file_of
from bramka.studio_rest.promotion import output_of, place_of_output
from bramka.studio_rest.router import Way
from bramka.studio_rest.saved_entry import column_entry
from bramka.studio_rest.showing import figures, page


def data(call: Call) -> Response:
    """`GET …/outputdata/{node}/{port}`: the bytes, a table as CSV or in `?format=`."""
    return file_of(_place(call), call.query.get("format", "csv"), call.parts["port"])


def facts(call: Call) -> Response:
    """`GET …/outputs/{node}/{port}`: what it is, with its charts, pictures, parts."""
    place = _place(call)
    found = facts_of(Path(place.folder), place.name)
    told: dict[str, object] = {
        "Type": found.type,
        "RowCount": found.rows,
        "Size": found.size,
        "Columns": [column_entry(column) for column in found.columns],
        "Report": found.report,
    }
    if not found.is_table:
        told |= _shown(place)
    return as_json(told)


def statistics(call: Call) -> Response:
    """`GET …/outputs/{node}/{port}/statistics`: what Visualize shows of columns."""
    return figures(call.site, _table(call))


def rows(call: Call) -> Response:
    """`GET …/outputs/{node}/{port}/rows?start=&count=&sort=&descending=`."""
    return page(call, _table(call))


def log(call: Call) -> Response:
    """`GET …/nodes/{node}/log`: what the module printed so far."""
    with call.site.store.reading() as transaction:
        found = experiment_by_id(transaction, call.workspace, call.parts["id"])
        node = node_of(transaction, found.id, call.parts["node"])
    return Response(node.log, media_type="text/plain; charset=utf-8")


def _output(call: Call) -> Output:
    parts = call.parts
    return output_of(call, parts["id"], parts["node"], parts["port"])


def _place(call: Call) -> Place:
    return place_of_output(call, _output(call), call.parts["port"])


def _table(call: Call) -> Place:
    output = _output(call)
    if output.rows is None:
        raise Invalid(
            f"'{call.parts['port']}' is a {output.type}, so there are no rows to show."
        )
    return place_of_output(call, output, call.parts["port"])


def _shown(place: Place) -> dict[str, object]:
    value = load(Path(place.folder), place.name)
    if isinstance(value, Pictures):
        images = [base64.b64encode(image).decode() for image in value.images]
        return {"Images": images, "Text": value.text}
    if isinstance(value, Learnt):
        return {
            "Family": value.family,
            "Settings": value.settings,
            "IsTrained": value.trained,
            "Label": value.label,
            "TrainedOn": [column_entry(column) for column in value.columns],
        }
    return {}


_ONE = "api/workspaces/{workspace}/experiments/{id}"
_PORT = _ONE + "/outputs/{node}/{port}"
WAYS = (
    Way("GET", _ONE + "/outputdata/{node}/{port}", data),
    Way("GET", _PORT, facts),
    Way("GET", _PORT + "/statistics", statistics),
    Way("GET", _PORT + "/rows", rows),
    Way("GET", _ONE + "/nodes/{node}/log", log),
)
