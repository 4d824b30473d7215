"""MLflow's `/invocations` over the same services, with the same keys."""

import csv
import io
from collections.abc import Sequence
from functools import partial

import msgspec

from bramka.domain.errors import Invalid
from bramka.domain.learning.service import Port
from bramka.domain.learning.small_table import SmallTable, small_of
from bramka.domain.learning.table import Table
from bramka.scoring.deployment import Deployment
from bramka.scoring.doors import SERVICE, Doors
from bramka.scoring.execute import Execute
from bramka.scoring.joining import Asked, Outputs
from bramka.scoring.port_reader import Json
from bramka.scoring.refusal import JSON_TYPE
from bramka.scoring.request_body import read_json_object, unreadable
from bramka.scoring.router import Outcome, Route, Values
from bramka.scoring.tensors import as_json
from bramka.wire.message import Answer, Request

FORMS = ("dataframe_split", "dataframe_records", "instances", "inputs")


def invocation_routes(doors: Doors, execute: Execute) -> list[Route]:
    """`POST …/{endpoint}/invocations`, and the look at it that MLflow takes."""

    def invoke(request: Request, values: Values) -> Outcome:
        deployment = doors.deployment(values, request.header(b"authorization"))
        kind = request.header(b"content-type") or b""
        read = partial(_asked, deployment, request.body, _is_csv(kind))
        return execute.through(deployment, request, read)

    def ping(_request: Request, _values: Values) -> Outcome:
        return Answer(200)

    return [
        Route("POST", f"{SERVICE}/invocations", invoke),
        Route("GET", f"{SERVICE}/ping", ping),
    ]


def _is_csv(kind: bytes) -> bool:
    return kind.partition(b";")[0].strip().lower() == b"text/csv"


def _asked(deployment: Deployment, body: bytes, is_csv: bool) -> Asked:
    content = _csv(body) if is_csv else read_json_object(body)
    ports = deployment.function.definition.inputs
    given = (
        _one_port(content, ports[0]) if len(ports) == 1 else _by_port(content, ports)
    )
    tables, parameters = deployment.body_reader.take(given, content.get("params"))
    return Asked(tables, parameters, _written)


def _csv(body: bytes) -> dict[str, Json]:
    """Rows under a header, as the form that splits them; empty cells are missing."""
    try:
        lines = list(csv.reader(io.StringIO(body.decode("utf-8-sig")), strict=True))
    except UnicodeDecodeError:
        raise unreadable("The CSV is not UTF-8") from None
    except csv.Error as error:
        raise unreadable(f"The CSV cannot be read: {error}") from None
    if not lines:
        raise unreadable("The CSV has no header")
    names, *rows = lines
    values = [[cell or None for cell in row] for row in rows if row]
    return {"dataframe_split": {"columns": names, "data": values}}


def _written(outputs: Outputs) -> Answer:
    told = {name: _told(output) for name, output in outputs.items()}
    found = next(iter(told.values())) if len(told) == 1 else told
    return Answer(200, msgspec.json.encode({"predictions": found}), list(JSON_TYPE))


def _told(output: Table | SmallTable) -> list[object]:
    """Rows as objects, or the values of the only column."""
    small = small_of(output) if isinstance(output, Table) else output
    cells = [
        as_json(column, each)
        for column, each in zip(small.columns, small.cells, strict=True)
    ]
    titles = [column.name for column in small.columns]
    return [
        row[0] if len(titles) == 1 else dict(zip(titles, row, strict=True))
        for row in zip(*cells, strict=True)
    ]


def _one_port(content: dict[str, Json], port: Port) -> dict[str, Json]:
    return {port.name: _rows(content, [column.name for column in port.columns])}


def _by_port(content: dict[str, Json], ports: Sequence[Port]) -> dict[str, Json]:
    """Several inputs: `inputs` holds, by the name of each, its columns or its rows."""
    given = content.get("inputs", {} if not ports else None)
    if not isinstance(given, dict):
        known = ", ".join(f"'{port.name}'" for port in ports)
        raise Invalid(
            "The service has several inputs; send inputs, an object with the members "
            f"{known}, each an object of columns or an array of rows.",
            target="inputs",
        )
    names = {port.name: [column.name for column in port.columns] for port in ports}
    return {
        name: _rows({"inputs": each}, names.get(name, []))
        for name, each in given.items()
    }


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
    if isinstance(given, list) and given:
        _refuse_absent(given, names)
    return given


def _refuse_absent(records: list[Json], names: list[str]) -> None:
    """A row may miss a value; a column that all of them lack was forgotten."""
    found = {name for each in records if isinstance(each, dict) for name in each}
    for name in names:
        if name not in found:
            raise Invalid(
                f"No row has the column '{name}'; the model takes "
                f"{', '.join(map(repr, names))[:500]}.",
                target=name[:80],
            )


def _of_columns(given: dict[str, Json]) -> Json:
    columns = [each if isinstance(each, list) else [each] for each in given.values()]
    flat = [[_one(cell) for cell in column] for column in columns]
    if len({len(column) for column in flat}) > 1:
        raise Invalid("The columns of inputs have different lengths.")
    rows = [list(row) for row in zip(*flat, strict=True)]
    return {"ColumnNames": list(given), "Values": rows}


def _one(cell: Json) -> Json:
    return cell[0] if isinstance(cell, list) and len(cell) == 1 else cell
