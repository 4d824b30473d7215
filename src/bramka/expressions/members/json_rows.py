"""What Newtonsoft adds to rows of tokens: Values, Children, Properties, Descendants."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from bramka.expressions.compiler.table import Family, Generic
from bramka.expressions.compiler.types import Type
from bramka.expressions.members.query_steps import walked
from bramka.expressions.values import json_compare
from bramka.expressions.values.json import JArray, JObject, JProperty, JToken, JValue
from bramka.expressions.values.json_objects import to_object
from bramka.expressions.values.sequences import Sequence

Row = Iterable[JToken]


def _under(tokens: Row, key: Any) -> Iterator[JToken]:
    for token in walked(tokens):
        if isinstance(token, JObject) and isinstance(key, str):
            found = token.get(key)
            if found is not None:
                yield found
        elif isinstance(token, JArray) and isinstance(key, int):
            yield token.get(key)


def _inside(tokens: Row) -> Iterator[JToken]:
    for token in walked(tokens):
        yield from [token] if isinstance(token, JValue) else token.children()


def _lazily(walk: Callable[[Row], Iterator[JToken]]) -> Callable[[Row], Sequence]:
    return lambda tokens: Sequence(lambda: walk(tokens))


def under(tokens: Row, key: Any) -> Sequence:
    """`row.Values("name")`: what each token has under the key."""
    return Sequence(lambda: _under(tokens, key))


def under_as(kind: Type, tokens: Row, key: Any) -> Sequence:
    return Sequence(lambda: (to_object(kind, one) for one in _under(tokens, key)))


def _inside_as(kind: Type, tokens: Row) -> Sequence:
    return Sequence(lambda: (to_object(kind, one) for one in _inside(tokens)))


def _children(tokens: Row) -> Iterator[JToken]:
    for token in walked(tokens):
        yield from token.children()


def _below(tokens: Row) -> Iterator[JToken]:
    for token in walked(tokens):
        yield from json_compare.descendants(token)


def _properties(tokens: Row) -> Iterator[JToken]:
    return (token for token in _children(tokens) if isinstance(token, JProperty))


_ROW: Family = {
    "this[object key] -> IEnumerable<JToken>": under,
    "Values() -> IEnumerable<JToken>": _lazily(_inside),
    "Values(object key) -> IEnumerable<JToken>": under,
    "Values<R>() -> IEnumerable<R>": Generic(_inside_as),
    "Values<R>(object key) -> IEnumerable<R>": Generic(under_as),
    "Children() -> IEnumerable<JToken>": _lazily(_children),
    "Descendants() -> IEnumerable<JToken>": _lazily(_below),
}
_KINDS = ("JToken", "JContainer", "JObject", "JArray", "JProperty", "JValue")
ROWS: dict[str, Family] = {
    **{f"IEnumerable<{kind}>": _ROW for kind in _KINDS},
    "IEnumerable<JObject>": {
        **_ROW,
        "Properties() -> IEnumerable<JProperty>": _lazily(_properties),
    },
}
