"""What the definition of an API says of bodies: schemas of its operations."""

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.operation import Representation
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.schema import ApiSchema, Schema
from bramka.domain.traffic.site import Site
from bramka.policies._schemas import CheckBody

log = logging.getLogger(__name__)

MOST_CHECKS = 1_000
Make = Callable[[Schema | None, str], CheckBody]
"""Makes a check by a schema and a pointer into it."""


def schema_in(found: ApiSchema, type_name: str | None) -> tuple[Schema, str] | None:
    """A schema of an API, and where in it the type stands; None if it is not there."""
    document = found.document
    value = document.get("value")
    if isinstance(value, str) and value.lstrip().startswith("<"):
        return Schema(id=found.id, type="xml", text=value), ""
    for path in (("components", "schemas"), ("definitions",)):
        types: Any = document
        for name in path:
            types = types.get(name) if isinstance(types, dict) else None
        if isinstance(types, dict) and type_name in types:
            text = json.dumps(_as_json_schema(document))
            name = str(type_name).replace("~", "~0").replace("/", "~1")
            return Schema(id=found.id, type="json", text=text), (
                f"#/{'/'.join(path)}/{name}"
            )
    if type_name is None and value is not None:
        text = value if isinstance(value, str) else json.dumps(_as_json_schema(value))
        return Schema(id=found.id, type="json", text=text), ""
    return None


def _as_json_schema(value: Any) -> Any:
    """A type of OpenAPI 3.0 as JSON Schema says it: there null is a type."""
    if isinstance(value, list):
        return [_as_json_schema(one) for one in value]
    if not isinstance(value, dict):
        return value
    made = {name: _as_json_schema(one) for name, one in value.items()}
    if made.get("nullable") is True:
        if isinstance(made.get("type"), str):
            made["type"] = [made["type"], "null"]
            if isinstance(made.get("enum"), list):
                made["enum"] = [*made["enum"], None]
        elif "$ref" in made or "allOf" in made:
            made = {"anyOf": [made, {"type": "null"}]}
    return made


class ByDefinition:
    """Checks bodies by what the operation of the call says of them."""

    def __init__(self, site: Site, make: Make) -> None:
        self._schemas: Mapping[str, ApiSchema] = site.table("api_schemas")
        self._inbound = site.section is Section.INBOUND
        self._make = make
        self._plain = make(None, "")
        # A policy may stand above many operations: what they need is made once asked.
        self._made: dict[tuple[str, str, str | None], CheckBody] = {}

    def __call__(self, exchange: Exchange, kind: str) -> CheckBody:
        found = self._representation(exchange, kind)
        if found is None or not found.schema_id or exchange.api is None:
            return self._plain
        key = exchange.api.id, found.schema_id, found.type_name
        check = self._made.get(key)
        if check is None:
            if len(self._made) >= MOST_CHECKS:
                self._made.clear()
            check = self._made[key] = self._check(*key)
        return check

    def _check(self, api: str, schema_id: str, type_name: str | None) -> CheckBody:
        held = self._schemas.get(f"{api}/{schema_id}")
        found = None if held is None else schema_in(held, type_name)
        if found is None:
            return self._plain
        try:
            return self._make(*found)
        except ValueError as error:
            log.warning("schema '%s' of API '%s': %s", schema_id, api, error)
            problem = f"its schema '{schema_id}' cannot be used: {error}"
            return partial(_told, problem)

    def _representation(self, exchange: Exchange, kind: str) -> Representation | None:
        operation = exchange.operation
        known: Iterable[Representation] = ()
        if operation is None:
            return None
        if self._inbound:
            known = (
                () if operation.request is None else operation.request.representations
            )
        elif exchange.response is not None:
            status = exchange.response.status
            known = next(
                (
                    one.representations
                    for one in operation.responses
                    if one.status_code == status
                ),
                (),
            )
        for one in known:
            if one.content_type.partition(";")[0].strip().lower() == kind:
                return one
        return None


def _told(problem: str, _body: bytes) -> str:
    return problem
