"""The API document of a service, its members in the order that old clients count on."""

from typing import Any
from urllib.parse import urlsplit

from bramka.domain.learning.schemas import schemas_of
from bramka.scoring.deployment import Deployment

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
            "description": definition.told or NO_DESCRIPTION,
            "x-endpoint-name": endpoint.name,
            "x-endpoint-description": endpoint.description,
        },
        "host": f"{host}:{port}",
        "basePath": f"/workspaces/{endpoint.workspace_id}/services/{endpoint.id}",
        "schemes": [address.scheme],
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "paths": _paths(),
        "definitions": schemas_of(definition, real=endpoint.sample_data_enabled),
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
