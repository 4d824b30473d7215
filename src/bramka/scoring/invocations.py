"""MLflow's `/invocations` over the same services, with the same keys."""

from functools import partial

import msgspec

from bramka.domain.errors import Invalid
from bramka.domain.learning.small_table import small_of
from bramka.domain.learning.table import Table
from bramka.scoring.doors import SERVICE, Doors
from bramka.scoring.execute import Execute, score
from bramka.scoring.port_reader import Json
from bramka.scoring.refusal import JSON_TYPE
from bramka.scoring.registry import Deployment
from bramka.scoring.request_body import read_json_object
from bramka.scoring.router import Outcome, Route, Values
from bramka.scoring.tensors import as_json
from bramka.wire.message import Answer, Request

FORMS = ("dataframe_split", "dataframe_records", "instances", "inputs")


def invocation_routes(doors: Doors, execute: Execute) -> list[Route]:
    """`POST …/{endpoint}/invocations`, and the look at it that MLflow takes."""

    def invoke(request: Request, values: Values) -> Outcome:
        deployment = doors.deployment(values, request.header(b"authorization"))
        work = partial(_invoked, deployment, request.body)
        return execute.through(deployment, len(request.body), work)

    def ping(_request: Request, _values: Values) -> Outcome:
        return Answer(200)

    return [
        Route("POST", f"{SERVICE}/invocations", invoke),
        Route("GET", f"{SERVICE}/ping", ping),
    ]


def _invoked(deployment: Deployment, body: bytes) -> Answer:
    content = read_json_object(body)
    ports = deployment.function.definition.inputs
    if len(ports) != 1:
        raise Invalid("The service has not one input; call its /execute.")
    names = [column.name for column in ports[0].columns]
    given = {ports[0].name: _rows(content, names)}
    tables, parameters = deployment.body_reader.take(given, content.get("params"))
    outputs = score(deployment, tables, parameters)
    found: list[object] = []
    for output in list(outputs.values())[:1]:
        small = small_of(output) if isinstance(output, Table) else output
        cells = [
            as_json(column, each)
            for column, each in zip(small.columns, small.cells, strict=True)
        ]
        titles = [column.name for column in small.columns]
        rows = zip(*cells, strict=True)
        found = [
            row[0] if len(titles) == 1 else dict(zip(titles, row, strict=True))
            for row in rows
        ]
    return Answer(200, msgspec.json.encode({"predictions": found}), list(JSON_TYPE))


def _rows(content: dict[str, Json], names: list[str]) -> Json:
    """The rows in one of the forms of the synchronous call."""
    told = [form for form in FORMS if form in content]
    if len(told) != 1:
        raise Invalid(
            f"The body holds one of {', '.join(FORMS)}; this one has "
            f"{', '.join(told) or 'none'}."
        )
    given = content[told[0]]
    if told[0] == "dataframe_split":
        if not isinstance(given, dict):
            raise Invalid("dataframe_split is an object with columns and data.")
        columns = given.get("columns", names)
        return {"ColumnNames": columns, "Values": given.get("data")}
    if isinstance(given, dict):
        return _of_columns(given)
    if isinstance(given, list) and given and not isinstance(given[0], dict):
        rows = [each if isinstance(each, list) else [each] for each in given]
        return {"ColumnNames": names, "Values": rows}
    return given


def _of_columns(given: dict[str, Json]) -> Json:
    columns = [each if isinstance(each, list) else [each] for each in given.values()]
    flat = [[_one(cell) for cell in column] for column in columns]
    if len({len(column) for column in flat}) > 1:
        raise Invalid("The columns of inputs have different lengths.")
    rows = [list(row) for row in zip(*flat, strict=True)]
    return {"ColumnNames": list(given), "Values": rows}


def _one(cell: Json) -> Json:
    return cell[0] if isinstance(cell, list) and len(cell) == 1 else cell
