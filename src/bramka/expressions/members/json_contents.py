"""What objects, arrays and properties of JSON hold: added, found, removed."""

from collections.abc import Callable
from typing import Any, cast

from bramka.expressions.compiler.types import Type
from bramka.expressions.failures import NULL_REFERENCE, Thrown, require
from bramka.expressions.meter import step
from bramka.expressions.values import json
from bramka.expressions.values.json import JArray, JObject, JProperty, JToken, JValue
from bramka.expressions.values.json_make import token_of
from bramka.expressions.values.json_objects import to_object
from bramka.expressions.values.sequences import Sequence


def filled(kind: type[Any]) -> Callable[[Any], JToken]:
    """A constructor that takes content: `new JObject(…)`, `new JArray(…)`."""

    def made(items: Any) -> JToken:
        token: JToken = kind()
        for item in items:
            append(token, item)
        return token

    return made


def append(token: JToken, item: Any) -> None:
    """Content added to an object or array; collections give their elements."""
    step()
    if isinstance(token, JArray):
        if isinstance(item, JToken | str) or not hasattr(item, "__iter__"):
            token.append(token_of(item))
        else:
            for inner in item:
                append(token, inner)
        return
    if not isinstance(token, JObject):
        message = f"Newtonsoft.Json.Linq.J{token.kind} cannot have multiple values."
        raise Thrown("JsonException", message)
    if isinstance(item, JProperty):
        token.put(item)
    elif isinstance(item, JObject):
        for inner in item.children():
            append(token, inner)
    elif isinstance(item, JToken | str) or not hasattr(item, "__iter__"):
        message = "Can not add a value to Newtonsoft.Json.Linq.JObject."
        raise Thrown("ArgumentException", message)
    else:
        for inner in item:
            append(token, inner)


def new_property(name: str, value: Any) -> JProperty:
    return JProperty(name, token_of(value))


def property_of(token: JObject, name: str, comparison: int = 4) -> JProperty | None:
    found = token.properties.get(name)
    if found is None and comparison & 1:
        low = name.lower()
        row = token.properties.values()
        found = next((item for item in row if item.name.lower() == low), None)
    return found


def value_of(token: JObject, name: str, comparison: int = 4) -> JToken | None:
    found = property_of(token, name, comparison)
    return None if found is None else found.value


def add_named(token: JObject, name: str, value: Any) -> None:
    token.put(JProperty(name, token_of(value)))


def try_value(token: JObject, name: str, comparison: int = 4) -> tuple[bool, Any]:
    found = property_of(token, name, comparison)
    return found is not None, found.value if found else None


def remove_named(token: JObject, name: str) -> bool:
    found = token.properties.get(name)
    if found is not None:
        token.detach(found)
    return found is not None


def remove_item(token: JArray, item: JToken) -> bool:
    at = token.place(item)
    if at >= 0:
        token.detach(item)
    return at >= 0


def remove_at(token: JArray, index: int) -> None:
    token.detach(token.get(index))


def clear(token: JToken) -> None:
    for item in token.children():
        token.detach(item)


def set_plain(token: JValue, value: Any) -> Any:
    token.plain = json.plain_of(token_of(value))
    return value


def set_value(token: JProperty, value: Any) -> Any:
    token.set(token_of(value))
    return value


def count(token: JToken) -> int:
    return len(token.children())


def values_as(kind: Type, token: JToken) -> Sequence:
    return Sequence(lambda: (to_object(kind, item) for item in token.children()))


def put_at(token: JToken, at: int, item: Any) -> None:
    """Content put at a place of an object or array."""
    held = count(token)
    append(token, item)
    if isinstance(token, JArray):
        token.items[at:at] = added = token.items[held:]
        del token.items[held + len(added) :]
    elif isinstance(token, JObject):
        pairs = list(token.properties.items())
        token.properties = dict(pairs[:at] + pairs[held:] + pairs[at:held])


def add_first(token: JToken, item: Any) -> None:
    put_at(token, 0, item)


def add_beside(offset: int) -> Callable[[JToken, Any], None]:
    """`AddBeforeSelf` and `AddAfterSelf`."""

    def add(token: JToken, item: Any) -> None:
        row = token.owner().children()
        at = next(i for i, one in enumerate(row) if one is token)
        put_at(token.owner(), at + offset, item)

    return add


def replace_all(token: JToken, item: Any) -> None:
    clear(token)
    append(token, item)


def plain_value(kind: Type, token: JToken | None) -> Any:
    """`token.Value<T>()`, an extension method: null is an argument."""
    require(value=token)
    return to_object(kind, cast(JToken, token))


def made_object(kind: Type, token: JToken | None) -> Any:
    """`token.ToObject<T>()`."""
    if token is None:
        raise Thrown("NullReferenceException", NULL_REFERENCE)
    return to_object(kind, token)
