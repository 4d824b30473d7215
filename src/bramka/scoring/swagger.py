"""The API document of a service, its members in the order that old clients count on."""

from typing import Any
from urllib.parse import urlsplit

from bramka.domain.learning.service import (
    Column,
    Definition,
    GlobalParameter,
    Port,
)
from bramka.domain.learning.table import NUMBERS
from bramka.scoring.registry import Deployment
from bramka.scoring.samples import json_value, sample_objects, sample_parameters

NO_DESCRIPTION = "No description provided for this web service."

Document = dict[str, Any]


def swagger_document(deployment: Deployment, base_url: str) -> Document:
    """The Swagger 2.0 document; `base_url` is where callers reach the services."""
    endpoint, definition = deployment.endpoint, deployment.function.definition
    address = urlsplit(base_url)
    port = address.port or (443 if address.scheme == "https" else 80)
    host = (
        f"[{address.hostname}]" if ":" in (address.hostname or "") else address.hostname
    )
    return {
        "swagger": "2.0",
        "info": {
            "version": "2.0",
            "title": endpoint.service_name,
            "description": definition.description or NO_DESCRIPTION,
            "x-endpoint-name": endpoint.name,
            "x-endpoint-description": endpoint.description,
        },
        "host": f"{host}:{port}",
        "basePath": f"/workspaces/{endpoint.workspace_id}/services/{endpoint.id}",
        "schemes": [address.scheme],
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "paths": _paths(),
        "definitions": _definitions(definition, real=endpoint.sample_data_enabled),
        "securityDefinitions": {
            "api_key": {
                "type": "apiKey",
                "name": "Authorization",
                "in": "header",
                "description": "For example: Bearer abc123",
            }
        },
    }


def _paths() -> Document:
    return {
        "/swagger.json": {"get": _get_swagger_document()},
        "/execute?api-version=2.0&format=swagger": {
            "post": _operation(
                "execute",
                "Execute the web service and get a response synchronously",
                [_body("executePayload", "ExecutionRequest")],
                {"200": _answer("Execution results", _ref("ExecutionResults"))},
            )
        },
        "/jobs?api-version=2.0": {
            "post": _operation(
                "submitjob",
                "Submit a job to execute the web service asynchronously",
                [_body("jobPayload", "BatchExecutionRequest")],
                {"200": _answer("The ID of submitted job", {"type": "string"})},
            )
        },
        "/jobs/{jobId}?api-version=2.0": {
            "get": _operation(
                "getjobstatus",
                "Get the status or the result of a job",
                [_JOB_ID],
                {"200": _answer("Job status", _ref("BatchExecutionStatus"))},
            ),
            "delete": _operation(
                "canceljob",
                "Cancel a job",
                [_JOB_ID],
                {"204": _answer("The job is successfully cancelled")},
            ),
        },
        "/jobs/{jobId}/start?api-version=2.0": {
            "post": _operation(
                "startjob",
                "Start a submitted job",
                [_JOB_ID],
                {"204": _answer("The job is successfully started")},
            )
        },
    }


def _get_swagger_document() -> Document:
    version = {
        "name": "api-version",
        "in": "query",
        "description": "API version",
        "required": False,
        "type": "string",
        "default": "2.0",
        "enum": ["2.0"],
    }
    return {
        "summary": "Get the Swagger document of the web service",
        "operationId": "getSwaggerDocument",
        "parameters": [version],
        "responses": {
            "200": _answer("The Swagger document", {"type": "object"}),
            "default": _ERROR,
        },
    }


def _operation(
    name: str, summary: str, parameters: list[Document], responses: Document
) -> Document:
    return {
        "summary": summary,
        "operationId": name,
        "parameters": parameters,
        "responses": {**responses, "default": _ERROR},
        "security": [{"api_key": []}],
    }


_JOB_ID = {
    "name": "jobId",
    "in": "path",
    "description": "The ID of the job",
    "required": True,
    "type": "string",
}
_ERROR = {"description": "Error response"}


def _body(name: str, definition: str) -> Document:
    return {
        "name": name,
        "in": "body",
        "required": True,
        "schema": _ref(definition),
    }


def _answer(description: str, schema: Document | None = None) -> Document:
    return {"description": description, **({"schema": schema} if schema else {})}


def _ref(name: str) -> Document:
    return {"$ref": f"#/definitions/{name}"}


def _definitions(definition: Definition, *, real: bool) -> Document:
    example = {
        "Inputs": {
            port.name: sample_objects(port, real=real) for port in definition.inputs
        },
        "GlobalParameters": sample_parameters(definition),
    }
    items = {
        f"{port.name}Item": _item(port)
        for port in (*definition.inputs, *definition.outputs)
    }
    return {
        "ExecutionRequest": {
            "title": "Execution request",
            **_object(
                Inputs=_ref("ExecutionInputs"),
                GlobalParameters=_ref("GlobalParameters"),
            ),
            "example": example,
        },
        "ExecutionResults": {
            "title": "Execution results",
            **_object(Results=_ref("ExecutionOutputs")),
        },
        "BatchExecutionRequest": {
            "title": "Batch execution request",
            **_object(
                GlobalParameters=_ref("GlobalParameters"),
                Inputs=_ref("BatchInputs"),
                Outputs=_ref("BatchOutputs"),
            ),
        },
        "AzureBlobDataReference": {
            "title": "Azure blob data reference",
            **_object(
                **{
                    name: {"type": "string"}
                    for name in (
                        "BaseLocation",
                        "ConnectionString",
                        "RelativeLocation",
                        "SasBlobToken",
                    )
                }
            ),
        },
        "BatchExecutionStatus": _batch_status(),
        "GlobalParameters": {
            "title": "Global parameters",
            **_object(
                **{each.name: _parameter(each) for each in definition.parameters}
            ),
        },
        # The misspelled titles are the real ones.
        "ExecutionInputs": _tables("Execution inputs defintion", definition.inputs),
        "ExecutionOutputs": _tables("Execution outputs defintion", definition.outputs),
        "BatchInputs": _blobs("Batch inputs defintion", definition.inputs),
        "BatchOutputs": _blobs("Batch outputs defintion", definition.outputs),
        **items,
    }


def _object(**properties: Document) -> Document:
    return {"type": "object", "properties": properties}


def _batch_status() -> Document:
    states = ["NotStarted", "Running", "Failed", "Cancelled", "Finished"]
    return {
        "title": "Batch execution status",
        **_object(
            StatusCode={"type": "string", "default": "NotStarted", "enum": states},
            Results={"type": "object"},
            Details={"type": "string"},
        ),
    }


def _tables(title: str, ports: tuple[Port, ...]) -> Document:
    lists = {
        port.name: {"type": "array", "items": _ref(f"{port.name}Item")}
        for port in ports
    }
    return {"title": title, **_object(**lists)}


def _blobs(title: str, ports: tuple[Port, ...]) -> Document:
    blobs = {port.name: _ref("AzureBlobDataReference") for port in ports}
    return {"title": title, **_object(**blobs)}


def _item(port: Port) -> Document:
    return {
        "type": "object",
        "required": [column.name for column in port.columns],
        "properties": {column.name: _property(column) for column in port.columns},
    }


_TYPES: dict[str, Document] = {
    "Boolean": {"type": "boolean"},
    "Byte": {"type": "integer", "format": "int32"},
    "Int16": {"type": "integer", "format": "int32"},
    "Int32": {"type": "integer", "format": "int32"},
    "Int64": {"type": "integer", "format": "int64"},
    "Single": {"type": "number", "format": "float"},
    "Double": {"type": "number", "format": "double"},
}


def _property(column: Column) -> Document:
    described = dict(_TYPES.get(column.type, {"type": "string"}))
    if column.levels:
        numbers = column.type in NUMBERS
        levels = column.levels
        described["enum"] = (
            [json_value(column, level) for level in levels] if numbers else list(levels)
        )
    return described


_PARAMETER_TYPES: dict[str, Document] = {
    "Int": {"type": "integer", "format": "int32"},
    "Double": {"type": "number", "format": "double"},
    "Bool": {"type": "boolean"},
}


def _parameter(declared: GlobalParameter) -> Document:
    described = {
        "description": declared.description,
        **_PARAMETER_TYPES.get(declared.type, {"type": "string"}),
    }
    if declared.type == "Enumerated":
        described["enum"] = list(declared.values)
    if declared.minimum is not None:
        described["minimum"] = declared.minimum
    if declared.maximum is not None:
        described["maximum"] = declared.maximum
    if declared.has_default:
        described["default"] = declared.default
    return described
