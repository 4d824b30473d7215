"""Writing OpenAPI 3.0 and 2.0: an API and its operations as a document."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from bramka.domain.traffic.api import Api
from bramka.domain.traffic.openapi_read import OPENAPI, SWAGGER
from bramka.domain.traffic.operation import (
    Operation,
    Parameter,
    Representation,
    ResponseContract,
)
from bramka.domain.traffic.schema import ApiSchema

Document = dict[str, Any]


def write_openapi(
    api: Api,
    operations: Iterable[Operation],
    schemas: Iterable[ApiSchema],
    server: str,
) -> Document:
    """An OpenAPI 3.0.1 document; `server` is where callers reach the API."""
    writer = _Writer(api, schemas, "#/components/schemas/")
    names = api.subscription_key_parameter_names
    keys = {
        "apiKeyHeader": {"type": "apiKey", "name": names.header, "in": "header"},
        "apiKeyQuery": {"type": "apiKey", "name": names.query, "in": "query"},
    }
    document: Document = {
        "openapi": "3.0.1",
        "info": writer.info(),
        "servers": [{"url": server}],
        "paths": writer.paths(operations, old=False),
        "components": {"schemas": writer.types, "securitySchemes": keys},
    }
    if api.subscription_required:
        document["security"] = [{"apiKeyHeader": []}, {"apiKeyQuery": []}]
    return document


def write_swagger(
    api: Api,
    operations: Iterable[Operation],
    schemas: Iterable[ApiSchema],
    server: str,
) -> Document:
    """A Swagger 2.0 document."""
    writer = _Writer(api, schemas, "#/definitions/")
    scheme, _, rest = server.partition("://")
    host, slash, path = rest.partition("/")
    names = api.subscription_key_parameter_names
    document: Document = {
        "swagger": "2.0",
        "info": writer.info(),
        "host": host,
        "basePath": slash + path or "/",
        "schemes": [scheme],
        "paths": writer.paths(operations, old=True),
        "definitions": writer.types,
        "securityDefinitions": {
            "apiKeyHeader": {"type": "apiKey", "name": names.header, "in": "header"},
            "apiKeyQuery": {"type": "apiKey", "name": names.query, "in": "query"},
        },
    }
    if api.subscription_required:
        document["security"] = [{"apiKeyHeader": []}, {"apiKeyQuery": []}]
    return document


class _Writer:
    """Writes the parts; `home` is where types stand in the document."""

    def __init__(self, api: Api, schemas: Iterable[ApiSchema], home: str) -> None:
        self.api, self.home = api, home
        self.types: Document = {}
        for one in schemas:
            found = types_of(one)
            self.types |= {name: _moved(found[name], home) for name in found}

    def info(self) -> Document:
        api = self.api
        told: Document = {
            "title": api.display_name,
            "version": api.api_version or "1.0",
        }
        if api.description:
            told["description"] = api.description
        if api.terms_of_service_url:
            told["termsOfService"] = api.terms_of_service_url
        for name, one in (("contact", api.contact), ("license", api.license)):
            if one is not None:
                fields = ((key, getattr(one, key)) for key in one.__struct_fields__)
                told[name] = {key: value for key, value in fields if value}
        return told

    def paths(self, operations: Iterable[Operation], *, old: bool) -> Document:
        """Operations by path and method; queries of templates become parameters."""
        paths: Document = {}
        for one in operations:
            path, query = _split(one.url_template)
            written = self._operation(one, query, old=old)
            # Two operations that differ in their query only: the second keeps its own.
            if one.method.lower() in paths.get(path, {}):
                path = one.url_template
            paths.setdefault(path, {})[one.method.lower()] = written
        return paths

    def _operation(self, one: Operation, query: set[str], *, old: bool) -> Document:
        request = one.request
        bodies = request.representations if request else ()
        told: Document = {"summary": one.display_name, "operationId": one.id}
        if one.description:
            told["description"] = one.description
        places = [
            *(
                (each, "query" if each.name in query else "path")
                for each in one.template_parameters
            ),
            *(
                (each, "query")
                for each in (request.query_parameters if request else ())
            ),
            *((each, "header") for each in (request.headers if request else ())),
        ]
        parameters = [self._parameter(each, place, old) for each, place in places]
        if bodies and old:
            parameters += self._old_body(bodies, request.description if request else "")
            told["consumes"] = [each.content_type for each in bodies]
        elif bodies:
            told["requestBody"] = {"content": self._contents(bodies)}
            if request and request.description:
                told["requestBody"]["description"] = request.description
        if parameters:
            told["parameters"] = parameters
        if old:
            produced = [
                r.content_type for a in one.responses for r in a.representations
            ]
            told["produces"] = list(dict.fromkeys(produced)) or ["application/json"]
        told["responses"] = {
            str(each.status_code): self._answer(each, old) for each in one.responses
        } or {"200": {"description": ""}}
        return told

    def _parameter(self, one: Parameter, place: str, old: bool) -> Document:
        told: Document = {"name": one.name, "in": place}
        if one.required or place == "path":
            told["required"] = True
        if one.description:
            told["description"] = one.description
        schema = self._schema(one)
        return told | (schema if old else {"schema": schema})

    def _schema(self, one: Parameter) -> Document:
        """The type of a parameter."""
        kept = self.types.get(one.type_name or "")
        schema: Document = dict(kept) if isinstance(kept, dict) else {"type": one.type}
        for name in ("name", "in", "required", "description"):
            schema.pop(name, None)
        if one.values and "enum" not in schema:
            schema["enum"] = [_typed(one.type, each) for each in one.values]
        if one.default_value is not None and "default" not in schema:
            schema["default"] = _typed(one.type, one.default_value)
        return schema

    def _contents(self, bodies: Iterable[Representation]) -> Document:
        return {each.content_type: self._content(each) for each in bodies}

    def _content(self, one: Representation) -> Document:
        told: Document = {}
        if one.type_name:
            told["schema"] = {"$ref": self.home + _escaped(one.type_name)}
        elif one.form_parameters:
            told["schema"] = {
                "type": "object",
                "properties": {
                    each.name: self._schema(each) for each in one.form_parameters
                },
                "required": [e.name for e in one.form_parameters if e.required],
            }
        if one.examples:
            told["examples"] = one.examples
        return told

    def _old_body(
        self, bodies: tuple[Representation, ...], description: str | None
    ) -> list[Document]:
        first = bodies[0]
        if first.form_parameters:
            return [
                self._parameter(each, "formData", True)
                for each in first.form_parameters
            ]
        told: Document = {"name": "body", "in": "body", "schema": {}}
        if first.type_name:
            told["schema"] = {"$ref": self.home + _escaped(first.type_name)}
        return [told | ({"description": description} if description else {})]

    def _answer(self, one: ResponseContract, old: bool) -> Document:
        told: Document = {"description": one.description or ""}
        if one.headers:
            told["headers"] = {
                each.name: self._header(each, old) for each in one.headers
            }
        if not one.representations:
            return told
        if not old:
            return told | {"content": self._contents(one.representations)}
        for each in one.representations:
            content = self._content(each)
            told |= {"schema": content["schema"]} if "schema" in content else {}
            for example in (each.examples or {}).values():
                told.setdefault("examples", {})[each.content_type] = example["value"]
        return told

    def _header(self, one: Parameter, old: bool) -> Document:
        told = self._parameter(one, "header", old)
        return {key: told[key] for key in told if key not in ("name", "in", "required")}


def types_of(schema: ApiSchema) -> Mapping[str, Any]:
    """Name → type, of one schema of an API."""
    if schema.content_type == SWAGGER:
        found = schema.document.get("definitions")
    elif schema.content_type == OPENAPI:
        found = (schema.document.get("components") or {}).get("schemas")
    else:
        found = None
    return found if isinstance(found, dict) else {}


def _moved(value: Any, home: str) -> Any:
    """A type with its references leading to where types stand now."""
    if isinstance(value, dict):
        return {
            key: home + one.rpartition("/")[2]
            if key == "$ref" and isinstance(one, str)
            else _moved(one, home)
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [_moved(one, home) for one in value]
    return value


def _split(template: str) -> tuple[str, set[str]]:
    """The path, and the parameters in the query, unless the query holds more."""
    path, _, query = template.partition("?")
    names = re.findall(r"=\{([^{}]+)\}", query)
    whole = "&".join(f"{name}={{{name}}}" for name in names)
    return (path, set(names)) if whole == query else (template, set())


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _typed(kind: str, text: str) -> Any:
    """A text as a value of a type, where it is one."""
    try:
        if kind == "integer":
            return int(text)
        if kind == "number":
            return float(text)
    except ValueError:
        return text
    return {"true": True, "false": False}.get(text, text) if kind == "boolean" else text
