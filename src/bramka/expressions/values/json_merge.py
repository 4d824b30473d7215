"""`Merge` of JSON containers."""

from typing import Any

from bramka.expressions.failures import Thrown
from bramka.expressions.meter import step
from bramka.expressions.values.json import JArray, JObject, JToken, JValue
from bramka.expressions.values.json_compare import equal
from bramka.expressions.values.json_make import token_of

CONCAT, UNION, REPLACE, MERGE = range(4)


class MergeSettings:
    """How arrays and nulls are merged."""

    __slots__ = ("arrays", "nulls")

    def __init__(self) -> None:
        self.arrays = CONCAT
        self.nulls = 0


def merge(token: JToken, content: Any, settings: MergeSettings | None = None) -> None:
    """Put `content` into `token`: same names merge, the others are added."""
    _merge(token, token_of(content), settings or MergeSettings())


def _merge(token: JToken, content: JToken, settings: MergeSettings) -> None:
    step()
    if isinstance(token, JObject) and isinstance(content, JObject):
        for item in list(content.properties.values()):
            _merge_value(token, item.name, item.value, settings)
    elif isinstance(token, JArray) and isinstance(content, JArray):
        _merge_items(token, content, settings)
    else:
        text = f"Cannot merge {content.kind} into {token.kind}."
        raise Thrown("ArgumentException", text)


def _merge_value(
    token: JObject, name: str, value: JToken, settings: MergeSettings
) -> None:
    known = token.get(name)
    is_null = isinstance(value, JValue) and value.plain is None
    if known is None:
        token.set(name, value)
    elif isinstance(known, JObject | JArray) and type(known) is type(value):
        _merge(known, value, settings)
    elif not is_null or settings.nulls:
        token.set(name, value)


def _merge_items(token: JArray, content: JArray, settings: MergeSettings) -> None:
    items = list(content.items)
    if settings.arrays == REPLACE:
        for item in token.children():
            token.detach(item)
    for index, item in enumerate(items):
        if settings.arrays == UNION and any(equal(item, old) for old in token.items):
            continue
        if settings.arrays == MERGE and index < len(token.items):
            old = token.items[index]
            if isinstance(old, JObject | JArray) and type(old) is type(item):
                _merge(old, item, settings)
            else:
                token.set(index, item)
            continue
        token.append(item)
