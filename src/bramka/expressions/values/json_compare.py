"""All tokens below a token; whether two are alike."""

from collections.abc import Iterator

from bramka.expressions.meter import step
from bramka.expressions.values.json import JObject, JProperty, JToken, JValue, plain_of


def descendants(token: JToken, *, itself: bool = False) -> Iterator[JToken]:
    """All tokens below, in the order they are written."""
    stack = [token] if itself else token.children()[::-1]
    while stack:
        step()
        found = stack.pop()
        yield found
        stack += found.children()[::-1]


def equal(left: JToken | None, right: JToken | None) -> bool:
    """`JToken.DeepEquals`."""
    stack = [(left, right)]
    while stack:
        step()
        one, other = stack.pop()
        if one is None or other is None:
            if one is not other:
                return False
            continue
        if not _alike(one, other):
            return False
        if isinstance(one, JObject) and isinstance(other, JObject):
            stack += [(one.get(name), other.get(name)) for name in one.properties]
        else:
            stack += zip(one.children(), other.children(), strict=True)
    return True


def _alike(one: JToken, other: JToken) -> bool:
    if one.kind != other.kind or len(one.children()) != len(other.children()):
        return False
    if isinstance(one, JObject) and isinstance(other, JObject):
        return one.properties.keys() == other.properties.keys()
    if isinstance(one, JProperty) and isinstance(other, JProperty):
        return one.name == other.name
    return plain_of(one) == plain_of(other) if isinstance(one, JValue) else True
