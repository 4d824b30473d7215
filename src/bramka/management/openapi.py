"""The management REST as an OpenAPI document, made from the tree of resources."""

from collections.abc import Iterator
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from bramka.domain.traffic.instance import (
    DEFAULT_RESOURCE_GROUP,
    DEFAULT_SUBSCRIPTION,
)
from bramka.management.members import Joins
from bramka.management.resource import AnyResource
from bramka.management.verbs import TYPE

Json = dict[str, Any]
ERRORS = {
    "400": "The call cannot be done as it was written; the message says why.",
    "401": "No token, or none that is known.",
    "403": "The token's role does not do this.",
    "404": "There is no such thing.",
    "405": "This is not done to it.",
    "409": "It would contradict what is there.",
}
STALE = {"412": "If-Match or If-None-Match does not hold."}
_CONDITIONS = {
    "GET": ("If-None-Match",),
    "HEAD": ("If-None-Match",),
    "PUT": ("If-Match", "If-None-Match"),
    "PATCH": ("If-Match", "If-None-Match"),
    "DELETE": ("If-Match", "If-None-Match"),
}
BODIES = {"PUT", "PATCH"}
_REF = "#/components/schemas/"
PLACE = (
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
    "/providers/Microsoft.ApiManagement/service/{serviceName}"
)
_VARIABLES = {
    "subscriptionId": {"default": DEFAULT_SUBSCRIPTION},
    "resourceGroupName": {"default": DEFAULT_RESOURCE_GROUP},
    "serviceName": {"default": "service", "description": "Name of the instance."},
}
_LIST = ("$top", "$skip", "$filter", "$orderby")


def document(root: AnyResource, version: str) -> Json:
    """All that the REST does below the path of an instance."""
    nouns = {one.shape.noun for one in _resources(root) if hasattr(one, "shape")}
    _, schemas = msgspec.json.schema_components(
        sorted(nouns, key=lambda one: one.__name__), ref_template=_REF + "{name}"
    )
    paths: dict[str, Json] = {}
    for path, resource in _places(root, ""):
        for where, method, operation in _operations(path, resource):
            paths.setdefault(where or "/", {})[method.lower()] = operation
    error = {"type": "object", "required": ["error"]}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Bramka management", "version": version},
        "servers": [{"url": PLACE, "variables": _VARIABLES}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": {**schemas, "Error": error},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _resources(resource: AnyResource) -> Iterator[AnyResource]:
    yield resource
    for child in resource.children:
        yield from _resources(child)


def _places(resource: AnyResource, path: str) -> Iterator[tuple[str, AnyResource]]:
    """Each resource with the path of one of its things."""
    yield path, resource
    for child in resource.children:
        name = f"{child.segment}Id{path.count('{') or ''}"
        yield from _places(child, f"{path}/{child.segment}/{{{name}}}")


def _operations(path: str, resource: AnyResource) -> Iterator[tuple[str, str, Json]]:
    letters = {"H": "HEAD", "G": "GET", "P": "PUT", "U": "PATCH", "D": "DELETE"}
    for letter, method in letters.items():
        if letter in resource.verbs:
            yield path, method, _operation(path, method, resource)
    if "L" in resource.verbs and path:
        where = path.rpartition("/")[0]
        found = _operation(where, "GET", resource, listed=True)
        yield where, "GET", found
    for name, action in resource.actions.items():
        where = f"{path}/{name}"
        yield where, action.method, _operation(where, action.method, resource)


def _operation(
    path: str, method: str, resource: AnyResource, *, listed: bool = False
) -> Json:
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    operation: Json = {
        "tags": [resource.segment or "service"],
        "operationId": f"{method.lower()} {path or '/'}",
        "parameters": [*map(_path_parameter, names), *_query(method, listed=listed)],
        "responses": _responses(method),
    }
    if method in BODIES:
        operation["requestBody"] = _body(resource, method)
    return operation


def _path_parameter(name: str) -> Json:
    kind = {"type": "string", "minLength": 1, "pattern": "^[A-Za-z0-9-]+$"}
    return {"name": name, "in": "path", "required": True, "schema": kind}


def _query(method: str, *, listed: bool) -> Iterator[Json]:
    version = {"type": "string", "enum": ["2024-05-01", "2022-08-01", "2021-08-01"]}
    yield {"name": "api-version", "in": "query", "required": True, "schema": version}
    for header in _CONDITIONS.get(method, ()) if not listed else ():
        yield {"name": header, "in": "header", "schema": {"type": "string"}}
    for name in _LIST if listed else ():
        whole = name in ("$top", "$skip")
        kind = {"type": "integer", "minimum": 0} if whole else {"type": "string"}
        yield {"name": name, "in": "query", "schema": kind}


def _responses(method: str) -> Json:
    done = {
        "GET": {"200": "It, or a page of them.", "304": "As the caller has it."},
        "HEAD": {
            "200": "It is there.",
            "204": "It is there, without a tag.",
            "304": "It is as the caller has it.",
        },
        "PUT": {"200": "It was replaced.", "201": "It was made."},
        "PATCH": {"200": "It was changed.", "204": "It was changed."},
        "DELETE": {"200": "It is gone.", "204": "It was not there."},
        "POST": {"200": "What was asked for.", "204": "It is done."},
    }[method]
    stale = STALE if method in (*BODIES, "DELETE") else {}
    content = {"application/json": {"schema": {"$ref": f"{_REF}Error"}}}
    told: Json = {status: {"description": text} for status, text in done.items()}
    for status, text in (ERRORS | stale).items():
        told[status] = {"description": text}
        if method != "HEAD":
            told[status]["content"] = content
    return told


def _body(resource: AnyResource, method: str) -> Json:
    bare = isinstance(resource, Joins) or resource.bodiless
    properties = {"type": "object"} if bare else _properties(resource, method)
    schema: Json = {"type": "object", "properties": {"properties": properties}}
    if not bare:
        schema["required"] = ["properties"]
    content = {"application/json": {"schema": schema}}
    return {"required": not bare, "content": content}


def _properties(resource: AnyResource, method: str) -> Json:
    """What may be written of a thing."""
    shape = getattr(resource, "shape", None)
    if shape is None:
        return {"type": "object"}
    _, schemas = msgspec.json.schema_components(
        [shape.noun], ref_template=_REF + "{name}"
    )
    whole = schemas[shape.noun.__name__]
    unseen = shape.hidden | shape.read_only
    told = {
        name: {"type": "string"} if name in shape.dates else kind
        for name, kind in whole.get("properties", {}).items()
        if name not in unseen
    }
    told |= {name: {} for name in shape.write_only}
    required = [one for one in whole.get("required", ()) if one in told]
    found: Json = {
        "type": "object",
        "description": f"Properties of {TYPE}/{resource.type}",
        "properties": told,
        "additionalProperties": False,
    }
    if required and method == "PUT":
        found["required"] = required
    return found


class OpenapiDoor:
    """`GET /openapi.json`: the document, made when it is first asked for."""

    def __init__(self, root: AnyResource, version: str) -> None:
        self._root, self._version = root, version
        self._body = b""

    async def answer(self, _request: Request) -> Response:
        self._body = self._body or msgspec.json.encode(
            document(self._root, self._version)
        )
        return Response(self._body, media_type="application/json")
