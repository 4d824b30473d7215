"""An API in front of a web service: the article's five operations, told whole."""

from typing import Any

from msgspec import Struct

from bramka.domain.learning.endpoint import Endpoint
from bramka.domain.learning.samples import sample_parameters, sample_table
from bramka.domain.learning.schemas import schemas_of
from bramka.domain.learning.service import Definition
from bramka.domain.traffic.openapi_read import SWAGGER
from bramka.domain.traffic.operation import (
    Operation,
    Parameter,
    Representation,
    RequestContract,
    ResponseContract,
)
from bramka.domain.traffic.schema import ApiSchema

SCHEMA = "service"
SERVICE = "/workspaces/{workspace}/services/{service}"
VERSION = "?api-version={apiversion}"
JOB = f"{SERVICE}/jobs/{{jobid}}"
JOB_ID = "3c1c0b2f4c4b4f0c8a3b5d0f5c9f2b61"
BLOB = {
    "ConnectionString": "DefaultEndpointsProtocol=https;AccountName=mystorageacct;"
    "AccountKey=mystoragekey",
    "RelativeLocation": "mycontainer/{file}",
}


class _Row(Struct, frozen=True, kw_only=True):
    """One operation: how it is called, and the types of its bodies."""

    title: str
    method: str
    template: str
    description: str
    request: str = ""
    status: int = 200
    response: str = ""


_ROWS = (
    _Row(
        title="RRS Execute",
        method="POST",
        template=f"{SERVICE}/execute{VERSION}&details={{details}}",
        description="Score rows and get the results in the answer.",
        request="ExecutionRequest",
        response="ExecutionResults",
    ),
    _Row(
        title="BES Submit",
        method="POST",
        template=f"{SERVICE}/jobs{VERSION}",
        description="Submit a batch job; the answer is its id. It is not started yet.",
        request="BatchExecutionRequest",
    ),
    _Row(
        title="BES Start",
        method="POST",
        template=f"{JOB}/start{VERSION}",
        description="Start a submitted job.",
        status=204,
    ),
    _Row(
        title="BES Status",
        method="GET",
        template=f"{JOB}{VERSION}",
        description="How a job is doing, and where its results are.",
        response="BatchExecutionStatus",
    ),
    _Row(
        title="BES Delete",
        method="DELETE",
        template=f"{JOB}{VERSION}",
        description="Cancel a job.",
        status=204,
    ),
)
_PARAMETERS = {
    "workspace": ("Workspace id.", ""),
    "service": ("Endpoint id.", ""),
    "jobid": ("As BES Submit told.", ""),
    "apiversion": (None, "2.0"),
    "details": (None, "true"),
}

POLICY = """\
<policies>
  <inbound>
    <base />
{steps}  </inbound>
  <backend>
    <base />
  </backend>
  <outbound>
    <base />
  </outbound>
  <on-error>
    <base />
  </on-error>
</policies>
"""
_HEADER = """\
    <set-header name="{name}" exists-action="override">
      <value>{value}</value>
    </set-header>
"""
_CALLER = '@(context.Subscription == null ? "" : context.Subscription.Id)'


def operations(
    api_id: str, endpoint: Endpoint, definition: Definition
) -> list[Operation]:
    """The five; this endpoint stands in the fields of their addresses."""
    known = {"workspace": endpoint.workspace_id, "service": endpoint.id}
    examples = _examples(definition)
    return [_operation(api_id, row, known, examples) for row in _ROWS]


def schema(api_id: str, definition: Definition) -> ApiSchema:
    """What the operations' bodies look like."""
    document = {"definitions": schemas_of(definition)}
    return ApiSchema(api_id=api_id, id=SCHEMA, content_type=SWAGGER, document=document)


def policy_text(proof: str, key: str | None) -> str:
    """What the gateway adds; `proof` and `key` are display names of named values.

    The service believes the subscription only from who shows the proof; with `key` the
    service's own key is added, so that callers need not have it.
    """
    given = [
        ("X-Bramka-Gateway", "{{" + proof + "}}"),
        ("X-Bramka-Subscription", _CALLER),
    ]
    if key is not None:
        given.insert(0, ("Authorization", "Bearer {{" + key + "}}"))
    steps = "".join(_HEADER.format(name=name, value=value) for name, value in given)
    return POLICY.format(steps=steps)


def _operation(
    api_id: str, row: _Row, known: dict[str, str], examples: dict[str, Any]
) -> Operation:
    parameters = tuple(
        Parameter(
            name=name,
            type="string",
            required=True,
            description=description,
            default_value=known.get(name) or default or None,
        )
        for name, (description, default) in _PARAMETERS.items()
        if f"{{{name}}}" in row.template
    )
    answer = ResponseContract(
        status_code=row.status,
        description="OK" if row.status == 200 else "Done; there is no body.",
        representations=_bodies(row.response, examples),
    )
    asked = RequestContract(representations=_bodies(row.request, examples))
    return Operation(
        id=row.title.lower().replace(" ", "-"),
        api_id=api_id,
        display_name=row.title,
        method=row.method,
        url_template=row.template,
        description=row.description,
        template_parameters=parameters,
        request=asked if row.request else None,
        responses=(answer,),
    )


def _bodies(name: str, examples: dict[str, Any]) -> tuple[Representation, ...]:
    if not name:
        return ()
    return (
        Representation(
            content_type="application/json",
            schema_id=SCHEMA,
            type_name=name,
            examples={"default": {"value": examples[name]}},
        ),
    )


def _examples(definition: Definition) -> dict[str, Any]:
    """A body of each type; those of requests may be sent as they stand."""
    parameters = sample_parameters(definition)
    inputs, outputs = {}, {}
    for port in definition.inputs:
        table = sample_table(port)
        inputs[port.name] = {**table, "Values": _first(table)}
    for port in definition.outputs:
        table = sample_table(port)
        types = [column.type for column in port.columns]
        value = {**table, "ColumnTypes": types, "Values": _first(table)}
        outputs[port.name] = {"type": "table", "value": value}
    return {
        "ExecutionRequest": {"Inputs": inputs, "GlobalParameters": parameters},
        "ExecutionResults": {"Results": outputs},
        "BatchExecutionRequest": {
            "Inputs": {port.name: _blob(port.name) for port in definition.inputs},
            "Outputs": {port.name: _blob(port.name) for port in definition.outputs},
            "GlobalParameters": parameters,
        },
        "BatchExecutionStatus": {
            "StatusCode": "Running",
            "Results": None,
            "Details": None,
        },
    }


def _first(table: dict[str, object]) -> list[object]:
    values = table["Values"]
    assert isinstance(values, list), "a table's rows"
    return values[:1]


def _blob(name: str) -> dict[str, str]:
    file = f"{name}data.csv"
    return {**BLOB, "RelativeLocation": BLOB["RelativeLocation"].format(file=file)}
