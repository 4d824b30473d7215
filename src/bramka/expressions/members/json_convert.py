"""JsonConvert, and the settings of merging."""

from typing import Any

from bramka.expressions.compiler.table import Family, Generic
from bramka.expressions.compiler.types import OBJECT, Type
from bramka.expressions.values import json_text, json_write
from bramka.expressions.values.json_make import token_of
from bramka.expressions.values.json_merge import MergeSettings
from bramka.expressions.values.json_objects import to_object


def serialize(value: Any, formatting: int = 0) -> str:
    return json_write.write(token_of(value), indented=bool(formatting))


def deserialize(kind: Type, text: str) -> Any:
    return to_object(kind, json_text.read(text))


def deserialize_any(text: str) -> Any:
    return to_object(OBJECT, json_text.read(text))


def set_arrays(settings: MergeSettings, value: int) -> int:
    settings.arrays = value
    return value


def set_nulls(settings: MergeSettings, value: int) -> int:
    settings.nulls = value
    return value


FAMILIES: dict[str, Family] = {
    "JsonConvert": {
        "static SerializeObject(object value) -> string": serialize,
        "static SerializeObject(object value, Formatting formatting) -> string": (
            serialize
        ),
        "static DeserializeObject<T>(string value) -> T": Generic(deserialize),
        "static DeserializeObject(string value) -> object": deserialize_any,
        "static ToString(object value) -> string": json_write.scalar,
    },
    "JsonMergeSettings": {
        "new()": MergeSettings,
        "set MergeArrayHandling(MergeArrayHandling value)": set_arrays,
        "set MergeNullValueHandling(MergeNullValueHandling value)": set_nulls,
    },
}
