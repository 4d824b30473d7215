"""Samples of JSON that a schema describes."""

from typing import Any

DEEPEST = 12
TEXTS = {
    "date": "2024-01-31",
    "date-time": "2024-01-31T12:00:00Z",
    "time": "12:00:00Z",
    "email": "someone@example.com",
    "uri": "https://example.com",
    "uuid": "00000000-0000-0000-0000-000000000000",
    "byte": "AA==",
    "ipv4": "192.0.2.1",
}
"""Sample of each format of text."""


def sample_of(document: dict[str, Any], type_name: str | None) -> Any:
    """A sample of the type of that name, or of the document itself."""
    schema = document.get("value", document)
    if isinstance(schema, dict) and type_name:
        found = _definitions(document).get(type_name)
        schema = schema if found is None else found
    return _sample(schema, document, 0)


def _definitions(document: dict[str, Any]) -> dict[str, Any]:
    components = document.get("components")
    inner = components.get("schemas") if isinstance(components, dict) else None
    found = inner or document.get("definitions")
    return found if isinstance(found, dict) else {}


def _sample(schema: Any, document: dict[str, Any], depth: int) -> Any:
    if not isinstance(schema, dict) or depth > DEEPEST:
        return None
    for word in ("example", "default", "const"):
        if word in schema:
            return schema[word]
    if schema.get("enum"):
        return schema["enum"][0]
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return _sample(_definitions(document).get(name), document, depth + 1)
    for word in ("oneOf", "anyOf"):
        if schema.get(word):
            return _sample(schema[word][0], document, depth + 1)
    if "allOf" in schema:
        merged: dict[str, Any] = {}
        for part in schema["allOf"]:
            made = _sample(part, document, depth + 1)
            merged |= made if isinstance(made, dict) else {}
        return merged
    return _of_type(schema, document, depth)


def _of_type(schema: dict[str, Any], document: dict[str, Any], depth: int) -> Any:
    kind = schema.get("type", "object" if "properties" in schema else None)
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), None)
    if kind == "object":
        return {
            name: _sample(inner, document, depth + 1)
            for name, inner in schema.get("properties", {}).items()
        }
    if kind == "array":
        return [_sample(schema.get("items", {}), document, depth + 1)]
    if kind == "string":
        return TEXTS.get(str(schema.get("format")), "string")
    if kind in ("integer", "number"):
        return schema.get("minimum", 0)
    return True if kind == "boolean" else None
