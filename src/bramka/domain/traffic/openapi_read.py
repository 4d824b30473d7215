"""Reading OpenAPI 2.0, 3.0 and 3.1: documents become operations and schemas."""

import re
from typing import Any, NoReturn

import msgspec

from bramka.domain.errors import Invalid
from bramka.domain.traffic.imported import ImportedApi, Namer
from bramka.domain.traffic.openapi_info import extra_of, filled, schemes_of
from bramka.domain.traffic.openapi_place import Place
from bramka.domain.traffic.openapi_types import (
    Types,
    dictionary,
    representation,
)
from bramka.domain.traffic.operation import (
    Operation,
    Parameter,
    Representation,
    RequestContract,
    ResponseContract,
)

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
BODILESS = ("get", "head", "options")
SWAGGER = "application/vnd.ms-azure-apim.swagger.definitions+json"
OPENAPI = "application/vnd.oai.openapi.components+json"
MOST_OPERATIONS = 5000


def read_openapi(
    document: Any, api_id: str, *, query_in_template: bool = True
) -> ImportedApi:
    """The API in a document; Invalid points to what cannot be taken."""
    root = Place(document, document)
    root.need(dict, "an OpenAPI document")
    return _Reader(root, api_id, query_in_template).whole()


class _Reader:
    """Reads one document."""

    def __init__(self, root: Place, api_id: str, query_in_template: bool) -> None:
        self.root, self.api_id = root, api_id
        self.query_in_template = query_in_template
        self.old = str(root.value.get("swagger", "")) == "2.0"
        version = str(root.value.get("openapi", ""))
        if not self.old and not version.startswith(("3.0", "3.1")):
            root.refuse("neither 'swagger: 2.0' nor 'openapi: 3.0' or 3.1 is said")
        if not (root.has("paths") or root.has("x-ms-paths")):
            root.refuse("there are no 'paths'")
        self.types = Types(root, old=self.old)
        self.namer = Namer()

    def whole(self) -> ImportedApi:
        info = self.root.at("info") if self.root.has("info") else self.root
        service_url, protocols = self._server()
        operations = tuple(self._operations())
        return ImportedApi(
            title=(info.text("title") or "API")[:300],
            description=info.text("description"),
            service_url=service_url,
            protocols=protocols,
            extra=extra_of(info),
            operations=operations,
            schema_type=(SWAGGER if self.old else OPENAPI) if self.types.named else "",
            schemas=self.types.document(),
        )

    # --- where it is served ------------------------------------------------------

    def _server(self) -> tuple[str | None, tuple[str, ...]]:
        if self.old:
            return self._old_server()
        urls = [filled(one) for one in self.root.entries("servers")]
        urls = [url for url in urls if url.startswith(("https://", "http://"))]
        if not urls:
            return None, ()
        secure = [url for url in urls if url.startswith("https://")]
        return (secure or urls)[0].rstrip("/"), schemes_of(urls)

    def _old_server(self) -> tuple[str | None, tuple[str, ...]]:
        schemes = [str(one.value) for one in self.root.entries("schemes")]
        protocols = schemes_of(f"{one}://" for one in schemes)
        host = self.root.text("host")
        if not host:
            return None, protocols
        scheme = "https" if not schemes or "https" in schemes else schemes[0]
        path = (self.root.text("basePath") or "").rstrip("/")
        return f"{scheme}://{host}{path}", protocols

    # --- operations -----------------------------------------------------------------

    def _operations(self) -> list[Operation]:
        found: list[Operation] = []
        for table in ("paths", "x-ms-paths"):
            for path, item in self.root.mapping(table):
                if path.startswith("x-"):
                    continue
                if not path.startswith("/"):
                    item.refuse(f"'{path}' does not begin with /")
                item = item.resolved()  # noqa: PLW2901 - a path may be a reference
                item.need(dict, "an object")
                verbs = [method for method in METHODS if item.has(method)]
                found += [self._operation(path, method, item) for method in verbs]
                if len(found) > MOST_OPERATIONS:
                    item.refuse(f"are more than {MOST_OPERATIONS} operations")
        return found

    def _operation(self, path: str, method: str, item: Place) -> Operation:
        place = item.at(method)
        place.need(dict, "an object")
        named = place.text("operationId")
        name = self.namer.operation_id(named or f"{method}-{path}")
        parameters = self._parameters(item, place)
        template, in_template = self._template(path, parameters)
        request = self._request(name, method, place, parameters, in_template)
        title = place.text("summary") or named or f"{method.upper()} {path}"
        fields = {
            "id": name,
            "api_id": self.api_id,
            "display_name": title[:300],
            "method": method.upper(),
            "url_template": template,
            "template_parameters": in_template,
            "description": (place.text("description") or "")[:1000] or None,
            "request": request,
            "responses": tuple(self._responses(name, place)),
        }
        return _build(place, fields)

    def _parameters(self, item: Place, place: Place) -> list[Place]:
        """Those of the path and of the operation; the operation's win."""
        chosen: dict[tuple[str | None, str | None], Place] = {}
        for owner in (item, place):
            for entry in owner.entries("parameters"):
                one = entry.resolved()
                one.need(dict, "an object")
                if not one.has("in") or not (one.has("name") or _is_body(one)):
                    one.refuse("a parameter says neither its name nor where it stands")
                chosen[(one.text("in"), one.text("name"))] = one
        return list(chosen.values())

    def _template(
        self, path: str, parameters: list[Place]
    ) -> tuple[str, tuple[Parameter, ...]]:
        """The URL template, and the parameters in it."""
        used = re.findall(r"\{([^{}]+)\}", path)
        by_name = {
            str(one.text("name")): one
            for one in parameters
            if one.value["in"] == "path"
        }
        found = [
            self.types.parameter(by_name[name], required=True)
            if name in by_name
            else Parameter(name=name, type="string", required=True)
            for name in dict.fromkeys(used)
        ]
        mark = "&" if "?" in path else "?"
        for one in parameters:
            if self.query_in_template and _is_required_query(one):
                name = str(one.text("name"))
                if name in (each.name for each in found) or f"{name}=" in path:
                    continue
                path += f"{mark}{name}={{{name}}}"
                mark = "&"
                found.append(self.types.parameter(one, required=True))
        return path, tuple(found)

    # --- bodies --------------------------------------------------------------------

    def _request(
        self,
        name: str,
        method: str,
        place: Place,
        parameters: list[Place],
        in_template: tuple[Parameter, ...],
    ) -> RequestContract | None:
        taken = {one.name for one in in_template}
        query = [
            self.types.parameter(one)
            for one in parameters
            if one.value["in"] == "query" and one.text("name") not in taken
        ]
        headers = [
            self.types.parameter(one)
            for one in parameters
            if one.value["in"] == "header"
        ]
        bodies: list[Representation] = []
        description = None
        if method not in BODILESS:
            if self.old:
                bodies, description = self._old_body(name, place, parameters)
            elif place.has("requestBody"):
                body = place.at("requestBody").resolved()
                description = body.text("description")
                bodies = self.types.contents(f"{name}-request", body)
        if not (query or headers or bodies or description):
            return None
        return RequestContract(
            description=description,
            query_parameters=tuple(query),
            headers=tuple(headers),
            representations=tuple(bodies),
        )

    def _old_body(
        self, name: str, place: Place, parameters: list[Place]
    ) -> tuple[list[Representation], str | None]:
        types = self._media_types(place, "consumes")
        for one in parameters:
            if _is_body(one):
                typed = self.types.name_of(f"{name}-request", one)
                found = [representation(kind, typed) for kind in types]
                return found, one.text("description")
        fields = [one for one in parameters if one.value["in"] == "formData"]
        if not fields:
            return [], None
        forms = tuple(self.types.parameter(one) for one in fields)
        types = [one for one in types if "form" in one] or [
            "application/x-www-form-urlencoded"
        ]
        return [
            Representation(content_type=kind, form_parameters=forms) for kind in types
        ], None

    def _responses(self, name: str, place: Place) -> list[ResponseContract]:
        found: list[ResponseContract] = []
        for code, entry in place.mapping("responses"):
            if not re.fullmatch(r"[1-5]\d\d", code):
                continue  # a default, or a range: no operation of ours can say so
            answer = entry.resolved()
            answer.need(dict, "an object")
            headers = tuple(
                self.types.header(title, one)
                for title, one in answer.mapping("headers")
            )
            bodies = (
                self._old_answer(f"{name}-{code}-response", place, answer)
                if self.old
                else self.types.contents(f"{name}-{code}-response", answer)
            )
            found.append(
                ResponseContract(
                    status_code=int(code),
                    description=answer.text("description"),
                    headers=headers,
                    representations=tuple(bodies),
                )
            )
        return found

    def _old_answer(
        self, name: str, place: Place, answer: Place
    ) -> list[Representation]:
        if not answer.has("schema"):
            return []
        typed = self.types.name_of(name, answer)
        given = dictionary(answer.at("examples")) if answer.has("examples") else {}
        return [
            representation(kind, typed, given.get(kind))
            for kind in self._media_types(place, "produces")
        ]

    def _media_types(self, place: Place, name: str) -> list[str]:
        owner = place if place.has(name) else self.root
        return [str(one.value) for one in owner.entries(name)] or ["application/json"]


def _is_body(place: Place) -> bool:
    return place.text("in") == "body"


def _is_required_query(place: Place) -> bool:
    return place.value["in"] == "query" and place.value.get("required") is True


def _build(place: Place, fields: dict[str, Any]) -> Operation:
    names = {one.name: one.encode_name for one in msgspec.structs.fields(Operation)}
    raw = {names[key]: msgspec.to_builtins(value) for key, value in fields.items()}
    try:
        return msgspec.convert(raw, Operation)
    except msgspec.ValidationError as error:
        return _unfit(place, error)


def _unfit(place: Place, error: Exception) -> NoReturn:
    try:
        place.refuse(f"stands what no operation can be: {error}")
    except Invalid as refusal:
        raise refusal from None
