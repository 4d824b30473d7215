"""Members of JToken, JObject, JArray, JProperty and JValue."""

from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any

from bramka.expressions.compiler.table import Family, Generic, Inline
from bramka.expressions.compiler.types import VALUES, Type
from bramka.expressions.failures import Thrown
from bramka.expressions.members.json_contents import (
    add_beside,
    add_first,
    add_named,
    append,
    clear,
    count,
    filled,
    made_object,
    new_property,
    plain_value,
    property_of,
    remove_at,
    remove_item,
    remove_named,
    replace_all,
    set_plain,
    set_value,
    try_value,
    value_of,
    values_as,
)
from bramka.expressions.members.json_rows import ROWS, under, under_as
from bramka.expressions.meter import step
from bramka.expressions.values import json, json_compare, json_text, json_write
from bramka.expressions.values.casting import default_of
from bramka.expressions.values.json import JArray, JObject, JProperty, JToken, JValue
from bramka.expressions.values.json_make import token_of
from bramka.expressions.values.json_merge import merge
from bramka.expressions.values.json_objects import to_object
from bramka.expressions.values.json_path import select, select_all
from bramka.expressions.values.plain import Array, as_json_has_it
from bramka.expressions.values.sequences import Sequence, pairs_in
from bramka.expressions.values.text import text_of


def parse(kind: type[JToken]) -> Callable[[str], JToken]:
    def parsed(text: str) -> JToken:
        return json_text.read_as(text, kind)

    return parsed


def from_object(kind: type[JToken]) -> Callable[[Any], JToken]:
    def made(value: Any) -> JToken:
        token: JToken = token_of(value)
        if not isinstance(token, kind):
            text = f"Object serialized to {token.kind}. {kind.__name__} expected."
            raise Thrown("ArgumentException", text)
        return token.clone() if token is value else token

    return made


def get(token: JToken, key: Any) -> JToken | None:
    """`token[key]`: by name in objects, by number in arrays."""
    if isinstance(token, JObject) and isinstance(key, str):
        return token.get(key)
    if isinstance(token, JArray) and isinstance(key, int):
        return token.get(key)
    if isinstance(token, JProperty):
        return get(token.value, key)
    if token is None:
        raise TypeError("NoneType")
    kind = "JValue" if isinstance(token, JValue) else type(token).__name__
    if isinstance(token, JValue):
        text = f"Cannot access child value on Newtonsoft.Json.Linq.{kind}."
        raise Thrown("InvalidOperationException", text)
    text = f"Accessed {kind} values with invalid key value: {json_write.scalar(key)}."
    raise Thrown("ArgumentException", text)


def put(token: JToken, key: Any, value: JToken | None) -> Any:
    """`token[key] = value`."""
    if isinstance(token, JObject) and isinstance(key, str):
        token.set(key, token_of(value))
        return value
    if isinstance(token, JArray) and isinstance(key, int):
        token.set(key, token_of(value))
        return value
    get(token, key)
    raise Thrown("InvalidOperationException", "The item cannot be set.")


def text(token: JToken, formatting: int) -> str:
    return json_write.write(token, indented=bool(formatting))


def value_as(kind: Type, token: JToken, key: Any) -> Any:
    """`token.Value<T>(key)`."""
    found = get(token, key)
    if found is None:
        return default_of(kind)
    if found.kind == "Null" and kind.name in VALUES:
        what = "Null object cannot be converted to a value type."
        raise Thrown("InvalidCastException", what)
    return to_object(kind, found)


def replace(token: JToken, other: JToken) -> None:
    token.owner().swap(token, token_of(other))


def remove(token: JToken) -> None:
    """`token.Remove()`; a property's value goes with its property in Newtonsoft too."""
    token.owner().detach(token)


def ancestors(token: JToken) -> Iterable[JToken]:
    at = token.parent
    while at is not None:
        step()
        yield at
        at = at.parent


def beside(offset: int) -> Callable[[JToken], JToken | None]:
    def found(token: JToken) -> JToken | None:
        row = token.parent.children() if token.parent else []
        at = next((i for i, item in enumerate(row) if item is token), -1) + offset
        return row[at] if row and 0 <= at < len(row) else None

    return found


def root(token: JToken) -> JToken:
    while token.parent is not None:
        token = token.parent
    return token


def equals(token: JToken, other: object) -> bool:
    """`token.Equals(x)`: by value between JValues only; plain values are no tokens."""
    if isinstance(token, JValue) and isinstance(other, JValue):
        return json_compare.equal(token, other)
    if token is None:
        raise TypeError("NoneType")
    return token is other


def edge(index: int) -> Callable[[JToken], JToken | None]:
    def found(token: JToken) -> JToken | None:
        row = token.children()
        return row[index] if row else None

    return found


TOKEN: Family = {
    "this[object key] -> JToken": get,
    "set this[object key, JToken value]": put,
    "Type -> JTokenType": Inline("$0.type"),
    "Parent -> JContainer": Inline("$0.parent"),
    "Root -> JToken": root,
    "Path -> string": Inline("$0.path()"),
    "HasValues -> bool": lambda token: bool(token.children()),
    "First -> JToken": edge(0),
    "Last -> JToken": edge(-1),
    "Next -> JToken": beside(1),
    "Previous -> JToken": beside(-1),
    "ToString(Formatting formatting) -> string": text,
    "SelectToken(string path) -> JToken": select,
    "SelectToken(string path, bool errorWhenNoMatch) -> JToken": select,
    "SelectTokens(string path) -> IEnumerable<JToken>": select_all,
    "SelectTokens(string path, bool errorWhenNoMatch) -> IEnumerable<JToken>": (
        select_all
    ),
    "Value<T>(object key) -> T": Generic(value_as),
    "Value<T>() -> T": Generic(plain_value),
    "Values() -> IEnumerable<JToken>": lambda token: [
        item.value if isinstance(item, JProperty) else item for item in token.children()
    ],
    "Values<T>() -> IEnumerable<T>": Generic(values_as),
    "Values(object key) -> IEnumerable<JToken>": under,
    "Values<T>(object key) -> IEnumerable<T>": Generic(under_as),
    "ToObject<T>() -> T": Generic(made_object),
    "Children() -> IEnumerable<JToken>": Inline("$0.children()"),
    "Children<T>() -> IEnumerable<T>": Generic(
        lambda kind, token: [
            item for item in token.children() if type(item).__name__ == kind.name
        ]
    ),
    "Descendants() -> IEnumerable<JToken>": lambda token: Sequence(
        lambda: json_compare.descendants(token)
    ),
    "DescendantsAndSelf() -> IEnumerable<JToken>": lambda token: Sequence(
        lambda: json_compare.descendants(token, itself=True)
    ),
    "Ancestors() -> IEnumerable<JToken>": lambda token: Sequence(
        lambda: ancestors(token)
    ),
    "AncestorsAndSelf() -> IEnumerable<JToken>": lambda token: Sequence(
        lambda: chain([token], ancestors(token))
    ),
    "DeepClone() -> JToken": Inline("$0.clone()"),
    "Equals(object obj) -> bool": equals,
    "Remove() -> void": remove,
    "Replace(JToken value) -> void": replace,
    "AddBeforeSelf(object content) -> void": add_beside(0),
    "AddAfterSelf(object content) -> void": add_beside(1),
    "static Parse(string json) -> JToken": json_text.read,
    "static FromObject(object o) -> JToken": from_object(JToken),
    "static DeepEquals(JToken a, JToken b) -> bool": json_compare.equal,
}
FAMILIES: dict[str, Family] = {
    **ROWS,
    "JToken": TOKEN,
    "JContainer": {
        "Count -> int": count,
        "RemoveAll() -> void": clear,
        "Add(object content) -> void": append,
        "AddFirst(object content) -> void": add_first,
        "ReplaceAll(object content) -> void": replace_all,
        "Merge(object content) -> void": merge,
        "Merge(object content, JsonMergeSettings settings) -> void": merge,
    },
    "JObject": {
        "new()": JObject,
        "new(params object[] content)": filled(JObject),
        "this[string key] -> JToken": get,
        "set this[string key, JToken value]": put,
        "Properties() -> IEnumerable<JProperty>": Inline("$0.children()"),
        "PropertyValues() -> IEnumerable<JToken>": lambda token: [
            item.value for item in token.properties.values()
        ],
        "Property(string name) -> JProperty": property_of,
        "Property(string name, StringComparison c) -> JProperty": property_of,
        "GetValue(string name) -> JToken": value_of,
        "GetValue(string name, StringComparison c) -> JToken": value_of,
        "Add(string propertyName, JToken value) -> void": add_named,
        "Add(object content) -> void": append,
        "TryGetValue(string name, out JToken value) -> bool": try_value,
        "TryGetValue(string name, StringComparison c, out JToken value) -> bool": (
            try_value
        ),
        "ContainsKey(string propertyName) -> bool": lambda token, name: (
            name in token.properties
        ),
        "Remove(string propertyName) -> bool": remove_named,
        "Remove() -> void": remove,
        "DeepClone() -> JToken": Inline("$0.clone()"),
        "Keys -> ICollection<string>": lambda token: Array(token.properties),
        "GetEnumerator() -> IEnumerable<KeyValuePair<string, JToken>>": pairs_in,
        "static Parse(string json) -> JObject": parse(JObject),
        "static FromObject(object o) -> JObject": from_object(JObject),
    },
    "JArray": {
        "new()": JArray,
        "new(params object[] content)": filled(JArray),
        "this[int index] -> JToken": get,
        "set this[int index, JToken value]": put,
        "Add(object item) -> void": append,
        "Insert(int index, JToken item) -> void": JArray.insert,
        "IndexOf(JToken item) -> int": JArray.place,
        "Contains(JToken item) -> bool": lambda row, item: row.place(item) >= 0,
        "Remove(JToken item) -> bool": remove_item,
        "Remove() -> void": remove,
        "RemoveAt(int index) -> void": remove_at,
        "Clear() -> void": clear,
        "static Parse(string json) -> JArray": parse(JArray),
        "static FromObject(object o) -> JArray": from_object(JArray),
    },
    "JProperty": {
        "new(string name, object content)": new_property,
        "Name -> string": Inline("$0.name"),
        "Value -> JToken": Inline("$0.value"),
        "set Value(object value)": set_value,
    },
    "JValue": {
        "new(object value)": lambda value: JValue(json.plain_of(token_of(value))),
        "Value -> object": lambda value: as_json_has_it(value.plain),
        "set Value(object value)": set_plain,
        "static CreateNull() -> JValue": lambda: JValue(None),
        "static CreateString(string value) -> JValue": JValue,
        "ToString(string format) -> string": lambda token, pattern: text_of(
            token.plain, pattern
        ),
    },
}
