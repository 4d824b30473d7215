"""`ToObject<T>` and `DeserializeObject<T>`: JSON as plain values and collections."""

from typing import Any

from bramka.expressions.compiler.types import VALUES, Type, as_base, bare
from bramka.expressions.failures import Thrown
from bramka.expressions.values.casting import read_as
from bramka.expressions.values.collections import Dictionary, HashSet
from bramka.expressions.values.json import JArray, JObject, JProperty, JToken, JValue
from bramka.expressions.values.plain import Array, List, as_json_has_it


def to_object(kind: Type, token: JToken) -> Any:
    """`token` as a `kind`."""
    if token is None or kind.name in ("JToken", "object", "JContainer"):
        return (
            as_json_has_it(token.plain)
            if kind.name == "object" and isinstance(token, JValue)
            else token
        )
    if isinstance(token, JProperty):
        token = token.value
    if kind.name in ("JObject", "JArray", "JValue"):
        return _same(kind, token)
    if isinstance(token, JValue) and token.plain is None:
        return None if kind.name not in VALUES else read_as(token, kind)
    if isinstance(token, JArray):
        return _items(kind, token)
    if isinstance(token, JObject):
        return _pairs(kind, token)
    if bare(kind).name in VALUES or kind.name == "string":
        return read_as(token, kind)
    raise _cannot(token, kind)


def _same(kind: Type, token: JToken) -> JToken | None:
    if isinstance(token, JValue) and token.plain is None:
        return None
    if type(token).__name__ != kind.name:
        raise _cannot(token, kind)
    return token


def _cannot(token: JToken, kind: Type) -> Thrown:
    text = f"Cannot convert {token.kind} to {kind}."
    return Thrown("JsonSerializationException", text)


def _items(kind: Type, token: JArray) -> Any:
    found = as_base(kind, "IEnumerable")
    if found is None or kind.name == "string":
        raise _cannot(token, kind)
    items = [to_object(found.arguments[0], item) for item in token.items]
    if str(kind) == "byte[]":
        return bytearray(items)
    if kind.name == "HashSet":
        return HashSet(items)
    return (Array if kind.name == "[]" else List)(items)


def _pairs(kind: Type, token: JObject) -> Dictionary:
    found = as_base(kind, "IDictionary") or as_base(kind, "IReadOnlyDictionary")
    if found is None:
        raise _cannot(token, kind)
    key, value = found.arguments
    return Dictionary(
        (
            to_object(key, JValue(item.name)),
            to_object(value, item.value),
        )
        for item in token.properties.values()
    )
