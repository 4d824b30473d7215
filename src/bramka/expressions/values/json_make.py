"""Tokens made from other values."""

from collections.abc import Iterable, Mapping
from typing import Any

from bramka.expressions.meter import step
from bramka.expressions.values.collections import Dictionary
from bramka.expressions.values.json import JArray, JObject, JToken, JValue
from bramka.expressions.values.plain import Object
from bramka.expressions.values.text import text_of


def token_of(value: Any) -> Any:
    """`value` as a token: what C# does when a JToken is asked for."""
    if isinstance(value, JToken):
        return value
    if isinstance(value, Object):
        return object_from(zip(value.names, value, strict=True))
    if isinstance(value, Dictionary):
        return object_from((text_of(name), item) for name, item in value.pairs())
    if isinstance(value, Mapping):
        return object_from((text_of(name), item) for name, item in value.items())
    if isinstance(value, str) or value is None:
        return JValue(None if value is None else str(value))
    if isinstance(value, bytes | bytearray) or not hasattr(value, "__iter__"):
        return JValue(value)
    return array_from(value)


def object_from(pairs: Iterable[tuple[str, object]]) -> JObject:
    made = JObject()
    for name, item in pairs:
        step()
        made.set(name, token_of(item))
    return made


def array_from(items: Iterable[object]) -> JArray:
    made = JArray()
    for item in items:
        step()
        made.append(token_of(item))
    return made
