"""Types in OpenAPI documents: parameters and bodies, and the schemas they refer to."""

from typing import Any

import msgspec

from bramka.domain.traffic.imported import Namer
from bramka.domain.traffic.openapi_place import Place
from bramka.domain.traffic.operation import Parameter, Representation

SCHEMA_ID = "imported"
"""Id of the schema that holds all types of an imported document."""
_PLAIN = ("type", "enum", "default", "description", "example")


class Types:
    """The types of one document; those without a name get one on the way."""

    def __init__(self, root: Place, *, old: bool) -> None:
        self.root, self.old = root, old
        self.named = self._named_types()
        self._namer = Namer(self.named)

    def document(self) -> dict[str, Any]:
        """The types as a document of their version holds them."""
        if self.old:
            return {"definitions": self.named}
        return {"components": {"schemas": self.named}}

    def _named_types(self) -> dict[str, Any]:
        if self.old:
            return {name: one.value for name, one in self.root.mapping("definitions")}
        if not self.root.has("components"):
            return {}
        components = self.root.at("components")
        return {name: one.value for name, one in components.mapping("schemas")}

    def parameter(self, place: Place, *, required: bool | None = None) -> Parameter:
        # Version 2.0 says the type beside the name, later ones under `schema`.
        apart = place.has("schema")
        typing = dict(dictionary(place.at("schema").resolved() if apart else place))
        if not apart:
            for name in ("name", "in", "required", "description"):
                typing.pop(name, None)
        kind, default = typing.get("type"), typing.get("default")
        if isinstance(kind, list):
            kind = next((one for one in kind if one != "null"), None)
        typed = None
        if apart and place.at("schema").has("$ref"):
            typed = _last(place.at("schema").value["$ref"])
        elif any(key not in _PLAIN and not key.startswith("x-") for key in typing):
            typed = self._keep(f"{place.text('name')}Parameter", typing)
        needed = place.value.get("required") is True if required is None else required
        return Parameter(
            name=str(place.text("name")),
            type=str(kind or "string"),
            description=place.text("description"),
            default_value=None if default is None else _written(default),
            required=needed,
            values=tuple(_written(one) for one in typing.get("enum") or ()),
            schema_id=SCHEMA_ID if typed else None,
            type_name=typed,
        )

    def header(self, name: str, place: Place) -> Parameter:
        one = place.resolved()
        named = Place(one.root, {**dictionary(one), "name": name}, one.pointer)
        return self.parameter(named)

    def contents(self, name: str, place: Place) -> list[Representation]:
        found = []
        for kind, one in place.mapping("content"):
            typed = self.name_of(name, one) if one.has("schema") else None
            examples = None
            if one.has("examples"):
                examples = {
                    title: each.resolved().value
                    for title, each in one.mapping("examples")
                }
            elif one.has("example"):
                examples = {"default": {"value": one.value["example"]}}
            found.append(
                Representation(
                    content_type=kind,
                    schema_id=SCHEMA_ID if typed else None,
                    type_name=typed,
                    examples=examples,
                )
            )
        return found

    def name_of(self, name: str, owner: Place) -> str:
        """The name of the type under `schema`; one without a name gets one."""
        schema = owner.at("schema")
        if schema.has("$ref"):
            schema.resolved()  # a reference that leads nowhere is refused here
            reference = str(schema.value["$ref"])
            if _last(reference) in self.named:
                return _last(reference)
        words = [part.capitalize() for part in name.split("-")]
        return self._keep("".join(words), schema.value)

    def _keep(self, name: str, schema: Any) -> str:
        for known, other in self.named.items():
            if known.startswith(name) and other == schema:
                return known
        title = self._namer.type_name(name)
        self.named[title] = schema
        return title


def dictionary(place: Place) -> dict[str, Any]:
    place.need(dict, "an object")
    found: dict[str, Any] = place.value
    return found


def _last(reference: str) -> str:
    return reference.rpartition("/")[2].replace("~1", "/").replace("~0", "~")


def _written(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def representation(kind: str, typed: str, example: Any = None) -> Representation:
    examples = None if example is None else {"default": {"value": example}}
    return Representation(
        content_type=kind, schema_id=SCHEMA_ID, type_name=typed, examples=examples
    )
