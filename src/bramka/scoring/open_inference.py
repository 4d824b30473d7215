"""The Open Inference Protocol (v2) over the same services, with the same keys.

A model is named by its endpoint's id, or by the service's name where only one has it.
Its tensors are the columns; one tensor of two dimensions may stand for all of them.
Where a service has several inputs, a tensor is called `input/column`, or by the input
alone when it stands for all its columns; several outputs are told as `output/column`.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from urllib.parse import unquote

import msgspec

from bramka import __version__
from bramka.domain.errors import BramkaError, Invalid, Missing
from bramka.domain.learning.service import Port
from bramka.domain.learning.small_table import SmallTable, small_of
from bramka.domain.learning.table import Table
from bramka.scoring.deployment import Deployment
from bramka.scoring.doors import Doors
from bramka.scoring.execute import Execute
from bramka.scoring.inference_request import Wanted, wanted_of
from bramka.scoring.joining import Asked, Outputs
from bramka.scoring.refusal import CODES, JSON_TYPE, refusal_for
from bramka.scoring.registry import Registry
from bramka.scoring.router import Outcome, Route, Run, Values
from bramka.scoring.tensors import (
    Tensor,
    as_bytes,
    as_json,
    datatype_of,
    values_of,
)
from bramka.wire.message import Answer, Request

EXTENSIONS = ["binary_tensor_data"]
MODEL = "/v2/models/{model}"
VERSION = MODEL + "/versions/{version}"
BELOW = "/workspaces/{workspace}/services/{endpoint}"


class OpenInference:
    """Answers below `/v2`."""

    def __init__(self, doors: Doors, registry: Registry, execute: Execute) -> None:
        self._doors, self._registry, self._execute = doors, registry, execute

    def __repr__(self) -> str:
        return f"<OpenInference: {self._registry!r}>"

    def routes(self) -> list[Route]:
        """At the root, and below each service, as gateways forward calls."""
        found = []
        for start in ("", BELOW):
            found += [
                Route("GET", f"{start}/v2", _told(self._server)),
                Route("GET", f"{start}/v2/health/live", _told(self._live)),
                Route("GET", f"{start}/v2/health/ready", _told(self._live)),
            ]
            for model in (MODEL, VERSION):
                found += [
                    Route("GET", start + model, _told(self._model)),
                    Route("GET", f"{start}{model}/ready", _told(self._ready)),
                    Route("POST", f"{start}{model}/infer", _told(self._infer)),
                ]
        return found

    def _server(self, _request: Request, _values: Values) -> Outcome:
        told = {"name": "bramka", "version": __version__, "extensions": EXTENSIONS}
        return _json(told)

    def _live(self, _request: Request, _values: Values) -> Outcome:
        return Answer(200)

    def _ready(self, _request: Request, values: Values) -> Outcome:
        self._place(values)
        return Answer(200)

    def _model(self, request: Request, values: Values) -> Outcome:
        deployment = self._admitted(request, values)
        definition = deployment.function.definition
        return _json(
            {
                "name": unquote(values["model"]),
                "versions": [str(deployment.endpoint.version)],
                "platform": "bramka",
                "inputs": _described(definition.inputs),
                "outputs": _described(definition.outputs),
            }
        )

    def _infer(self, request: Request, values: Values) -> Outcome:
        deployment = self._admitted(request, values)
        read = partial(_asked, deployment, request, unquote(values["model"]))
        return self._execute.through(deployment, request, read)

    def _admitted(self, request: Request, values: Values) -> Deployment:
        place = self._place(values)
        return self._doors.deployment(place, request.header(b"authorization"))

    def _place(self, values: Values) -> Values:
        """Workspace and endpoint of a model; Missing if there is no such one."""
        name, version = unquote(values["model"]), values.get("version")
        known = self._registry.deployments
        found = [known[name]] if name in known else self._named(name)
        if "endpoint" in values:
            found = [each for each in found if each.endpoint.id == values["endpoint"]]
        if len(found) != 1:
            raise Missing(
                f"There is no model '{name[:80]}'; a model is named by the id of its "
                "endpoint, or by its service if no other has that name.",
                target="model",
            )
        endpoint = found[0].endpoint
        if version not in (None, str(endpoint.version)):
            raise Missing(
                f"The model has version {endpoint.version}, not '{version}'.",
                target="version",
            )
        return {"workspace": endpoint.workspace_id, "endpoint": endpoint.id}

    def _named(self, name: str) -> list[Deployment]:
        return [
            each
            for each in self._registry.deployments.values()
            if each.endpoint.service_name == name and each.endpoint.name == "default"
        ]


def _described(ports: Sequence[Port]) -> list[object]:
    return [
        {
            "name": each.name if len(ports) == 1 else f"{port.name}/{each.name}",
            "datatype": datatype_of(each),
            "shape": [-1],
        }
        for port in ports
        for each in port.columns
    ]


def _asked(deployment: Deployment, request: Request, name: str) -> Asked:
    wanted, raw = wanted_of(request)
    inputs = _inputs(deployment, wanted.inputs, raw)
    tables, parameters = deployment.body_reader.take(inputs, None)

    def write(outputs: Outputs) -> Answer:
        told, tail = _outputs(outputs, wanted)
        head = {
            "model_name": name,
            "model_version": str(deployment.endpoint.version),
            **({"id": wanted.id} if wanted.id else {}),
            "outputs": told,
        }
        return _json(head, tail)

    return Asked(tables, parameters, write)


def _inputs(
    deployment: Deployment, tensors: Sequence[Tensor], raw: Mapping[str, bytes]
) -> dict[str, object]:
    """The tables of the inputs, in the form of the synchronous call."""
    ports = deployment.function.definition.inputs
    if not ports and not tensors:
        return {}
    if len(ports) == 1:
        return {ports[0].name: _table(ports[0], tensors, raw)}
    shares: dict[str, list[Tensor]] = {port.name: [] for port in ports}
    for each in tensors:
        name = each.name.partition("/")[0]
        if name not in shares:
            known = ", ".join(f"'{port.name}/…'" for port in ports)
            raise Invalid(
                f"Tensor '{each.name[:80]}' belongs to no input; the service has "
                f"several, so names are {known}.",
                target=each.name[:80],
            )
        shares[name].append(each)
    return {port.name: _table(port, shares[port.name], raw) for port in ports}


def _table(
    port: Port, tensors: Sequence[Tensor], raw: Mapping[str, bytes]
) -> dict[str, object]:
    """The columns that tensors stand for."""
    blocks = [values_of(each, raw.get(each.name)) for each in tensors]
    if len({len(block) for block in blocks}) > 1:
        raise Invalid("The inputs have different numbers of rows.")
    names = [each.name.removeprefix(f"{port.name}/") for each in tensors]
    if len(tensors) == 1 and names[0] not in {each.name for each in port.columns}:
        # One tensor for all columns, in their order.
        names = [column.name for column in port.columns]
        if blocks[0] and len(blocks[0][0]) != len(names):
            raise Invalid(
                f"The input has {len(blocks[0][0])} columns, not {len(names)}."
            )
    rows = [
        [cell for part in row for cell in part] for row in zip(*blocks, strict=True)
    ]
    return {"ColumnNames": names, "Values": rows}


def _outputs(
    outputs: Mapping[str, Table | SmallTable], wanted: Wanted
) -> tuple[list[object], bytes]:
    """What is told of each output, and the bytes of those wanted so."""
    asked = {each.name: each.parameters for each in wanted.outputs}
    usual = bool(wanted.parameters.get("binary_data_output", False))
    told: list[object] = []
    tail, known = b"", set()
    for port, output in outputs.items():
        small = small_of(output) if isinstance(output, Table) else output
        for column, cells in zip(small.columns, small.cells, strict=True):
            name = column.name if len(outputs) == 1 else f"{port}/{column.name}"
            known.add(name)
            if asked and name not in asked:
                continue
            entry: dict[str, object] = {
                "name": name,
                "datatype": datatype_of(column),
                "shape": [small.height],
            }
            if asked.get(name, {}).get("binary_data", usual):
                content = as_bytes(column, cells)
                entry["parameters"] = {"binary_data_size": len(content)}
                tail += content
            else:
                entry["data"] = as_json(column, cells)
            told.append(entry)
    if unknown := [name for name in asked if name not in known]:
        raise Invalid(f"There is no output '{unknown[0][:80]}'.", target="outputs")
    return told, tail


def _json(content: object, tail: bytes = b"") -> Answer:
    head = msgspec.json.encode(content)
    if not tail:
        return Answer(200, head, list(JSON_TYPE))
    kind = (b"Content-Type", b"application/octet-stream")
    length = (b"Inference-Header-Content-Length", b"%d" % len(head))
    return Answer(200, head + tail, [kind, length])


def _told(run: Run) -> Run:
    """The same, where refusals have the shape of this protocol."""

    def wrapped(request: Request, values: Values) -> Outcome:
        try:
            outcome = run(request, values)
        except BramkaError as error:
            return _refusal(error)
        return outcome if isinstance(outcome, Answer) else _later(outcome)

    return wrapped


async def _later(outcome: Outcome) -> Answer:
    assert not isinstance(outcome, Answer)
    try:
        return await outcome
    except BramkaError as error:
        return _refusal(error)


def _refusal(error: BramkaError) -> Answer:
    refusal = refusal_for(error)
    status, text = CODES[refusal.code]
    reasons = [each.message for each in refusal.details]
    body = {"error": " ".join(reasons) or text}
    return Answer(status, msgspec.json.encode(body), [*JSON_TYPE, *refusal.headers])
