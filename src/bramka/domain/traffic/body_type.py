"""Types of bodies as readers see them: references written out, examples made up."""

from collections.abc import Iterable, Mapping
from typing import Any

from bramka.domain.traffic.openapi_write import types_of
from bramka.domain.traffic.schema import ApiSchema

DEEPEST = 12
"""Levels that a reference is written out, or an example is made."""
MOST = 4000
"""Parts of one type that are written out; beyond, references stay names."""
LONGEST = 200
"""Characters or items that an example has at most."""
_TEXTS = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "time": "12:00:00Z",
    "email": "name@example.com",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "uri": "https://example.com/",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "byte": "AA==",
}

Type = dict[str, Any]


class BodyTypes:
    """The types of one API, by name."""

    def __init__(self, schemas: Iterable[ApiSchema]) -> None:
        self._types: dict[str, Any] = {}
        for one in schemas:
            self._types |= types_of(one)

    def resolved(self, name: str) -> Type | None:
        """The type with its references written out; None if there is no such type."""
        if name not in self._types:
            return None
        return _Resolving(self._types).written({"$ref": f"/{name}"})


class _Resolving:
    """One type being written out; counts, so that the result stays small."""

    def __init__(self, types: Mapping[str, Any]) -> None:
        self._types = types
        self._parts = 0

    def written(self, found: Type) -> Type:
        whole = self._value(found, (), 0)
        return whole if isinstance(whole, dict) else {}

    def _value(self, value: Any, inside: tuple[str, ...], depth: int) -> Any:
        self._parts += 1
        if isinstance(value, list):
            return [self._value(one, inside, depth) for one in value]
        if not isinstance(value, dict):
            return value
        if isinstance(value.get("$ref"), str):
            return self._reference(value["$ref"], inside, depth)
        return {
            key: self._value(one, inside, depth + 1)
            if isinstance(one, dict | list)
            else one
            for key, one in value.items()
        }

    def _reference(self, text: str, inside: tuple[str, ...], depth: int) -> Type:
        name = text.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
        found = self._types.get(name)
        # A type inside itself would never end; a reader sees its name there.
        ends = name in inside or depth > DEEPEST or self._parts > MOST
        if ends or not isinstance(found, dict):
            kind = found.get("type") if isinstance(found, dict) else None
            return {"title": name} | ({"type": kind} if isinstance(kind, str) else {})
        whole: Type = self._value(found, (*inside, name), depth + 1)
        return {"title": name} | whole


def example_of(schema: Any, depth: int = 0) -> Any:
    """A value of a resolved type, always the same one; None where none is known."""
    if not isinstance(schema, dict) or depth > DEEPEST:
        return None
    for key in ("example", "const", "default"):
        if key in schema:
            return schema[key]
    for key in ("examples", "enum"):
        if isinstance(schema.get(key), list) and schema[key]:
            return schema[key][0]
    if isinstance(schema.get("allOf"), list):
        return example_of(_joined(schema), depth + 1)
    for key in ("oneOf", "anyOf"):
        if isinstance(schema.get(key), list) and schema[key]:
            return example_of(schema[key][0], depth + 1)
    return _by_kind(schema, depth)


def _by_kind(schema: Type, depth: int) -> Any:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), None)
    if kind == "object" or isinstance(schema.get("properties"), dict):
        return _object(schema, depth)
    if kind == "array":
        few = min(max(_whole(schema.get("minItems")), 1), 3)
        return [example_of(schema.get("items"), depth + 1)] * few
    if kind == "integer":
        return _number(schema, 1)
    if kind == "number":
        return _number(schema, 0.5)
    if kind == "boolean":
        return True
    return _text(schema) if kind == "string" else None


def _object(schema: Type, depth: int) -> Type:
    properties = schema.get("properties")
    made = {
        str(name): example_of(one, depth + 1)
        for name, one in (properties if isinstance(properties, dict) else {}).items()
        if not (isinstance(one, dict) and one.get("readOnly") is True)
    }
    more = schema.get("additionalProperties")
    if not made and isinstance(more, dict):
        made["key"] = example_of(more, depth + 1)
    return made


def _number(schema: Type, step: float) -> Any:
    least, most = schema.get("minimum"), schema.get("maximum")
    if isinstance(least, int | float) and not isinstance(least, bool):
        above = schema.get("exclusiveMinimum") is True
        return least + step if above else least
    if isinstance(most, int | float) and most < 0:
        return most
    return 0


def _text(schema: Type) -> str:
    text = _TEXTS.get(str(schema.get("format")), "text")
    least = min(_whole(schema.get("minLength")), LONGEST)
    return text if len(text) >= least else text.ljust(least, "x")


def _whole(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0


def _joined(schema: Type) -> Type:
    """The parts of an `allOf` as one type."""
    joined: Type = {key: one for key, one in schema.items() if key != "allOf"}
    for part in schema["allOf"]:
        for key, one in part.items() if isinstance(part, dict) else ():
            if key == "properties" and isinstance(one, dict):
                joined[key] = {**joined.get(key, {}), **one}
            else:
                joined.setdefault(key, one)
    return joined
