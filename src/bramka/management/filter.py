"""`$filter` and `$orderby`: the OData subset of API Management, turned into SQL.

Values only ever travel as bound parameters.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, not_, or_

from bramka.domain.errors import Invalid
from bramka.management.shape import read_date

Kind = Literal["text", "word", "boolean", "date", "id"]
"""`word` and `boolean` only compare for equality; so does `id`, an id or its path."""
LONGEST = 4000
DEEPEST = 30

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<date>datetime'[^']*')"
    r"|(?P<name>[A-Za-z_][\w./-]*)|(?P<number>-?\d[\w:.+-]*)|(?P<mark>[(),]))"
)
_COMPARE = ("eq", "ne", "gt", "ge", "lt", "le")
_FUNCTIONS = ("substringof", "contains", "startswith", "endswith")


@dataclass(frozen=True)
class Field:
    """A field that may be filtered by."""

    column: ColumnElement[Any]
    kind: Kind = "text"


def read_filter(text: str, fields: Mapping[str, Field]) -> ColumnElement[bool]:
    """The condition that `text` states; Invalid says what cannot be understood."""
    if len(text) > LONGEST:
        raise _refusal(f"it is longer than {LONGEST} characters")
    return _Reader(text, fields).whole()


def read_order(text: str, fields: Mapping[str, Field]) -> list[ColumnElement[Any]]:
    """The columns to sort by, from `name desc, displayName`."""
    order: list[ColumnElement[Any]] = []
    for part in text.split(","):
        words = part.split()
        if not 1 <= len(words) <= 2 or words[1:] not in ([], ["asc"], ["desc"]):
            message = f"'{part.strip()}' is not NAME, NAME asc or NAME desc"
            raise Invalid(f"$orderby: {message}.", target="$orderby")
        column = _field(words[0], fields, "$orderby").column
        order.append(column.desc() if words[1:] == ["desc"] else column.asc())
    return order


def _field(name: str, fields: Mapping[str, Field], place: str) -> Field:
    found = fields.get(name.removeprefix("properties/"))
    if found is None:
        known = ", ".join(sorted(fields)) or "none"
        raise Invalid(
            f"{place}: '{name}' is not a field here; there are {known}.", target=place
        )
    return found


def _refusal(message: str) -> Invalid:
    return Invalid(f"$filter: {message}.", target="$filter")


class _Reader:
    """Reads one filter from left to right: or, and, not, brackets, comparison."""

    def __init__(self, text: str, fields: Mapping[str, Field]) -> None:
        self.fields = fields
        self.tokens = _tokens(text)
        self.at = 0
        self.depth = 0

    def whole(self) -> ColumnElement[bool]:
        condition = self.either()
        if self.at < len(self.tokens):
            raise _refusal(f"'{self.tokens[self.at][1]}' is not expected there")
        return condition

    def either(self) -> ColumnElement[bool]:
        parts = [self.both()]
        while self.skip("or"):
            parts.append(self.both())
        return or_(*parts)

    def both(self) -> ColumnElement[bool]:
        parts = [self.one()]
        while self.skip("and"):
            parts.append(self.one())
        return and_(*parts)

    def one(self) -> ColumnElement[bool]:
        self.depth += 1
        if self.depth > DEEPEST:
            raise _refusal(f"it is nested deeper than {DEEPEST} levels")
        try:
            if self.skip("not"):
                return not_(self.one())
            if self.skip("("):
                condition = self.either()
                self.expect(")")
                return condition
            return self.comparison()
        finally:
            self.depth -= 1

    def comparison(self) -> ColumnElement[bool]:
        kind, word = self.next()
        if kind != "name":
            raise _refusal(f"'{word}' stands where a field is expected")
        if word.lower() in _FUNCTIONS:
            return self.function(word.lower())
        field = _field(word, self.fields, "$filter")
        _, verb = self.next()
        verb = verb.lower()
        if verb not in _COMPARE:
            raise _refusal(f"'{verb}' is not one of {', '.join(_COMPARE)}")
        if field.kind in ("word", "boolean", "id") and verb not in ("eq", "ne"):
            raise _refusal(f"'{word}' can only be compared with eq and ne")
        return _compare(field.column, verb, self.value(word, field.kind))

    def function(self, name: str) -> ColumnElement[bool]:
        self.expect("(")
        first = self.next()
        self.expect(",")
        second = self.next()
        self.expect(")")
        # OData 2 says substringof('part', field); the later functions turn it round.
        text, word = (first, second) if name == "substringof" else (second, first)
        if text[0] != "text" or word[0] != "name":
            raise _refusal(f"{name} takes a field and a text in single quotes")
        field = _field(word[1], self.fields, "$filter")
        if field.kind != "text":
            raise _refusal(f"{name} does not work on '{word[1]}'")
        part = _plain(text[1])
        if name == "startswith":
            return field.column.istartswith(part, autoescape=True)
        if name == "endswith":
            return field.column.iendswith(part, autoescape=True)
        return field.column.icontains(part, autoescape=True)

    def value(self, name: str, kind: Kind) -> object:
        sort, text = self.next()
        if kind == "boolean" and text.lower() in ("true", "false"):
            return text.lower() == "true"
        if kind == "date" and sort in ("date", "text", "number"):
            return read_date(name, _plain(text.removeprefix("datetime")))
        if kind in ("text", "word") and sort == "text":
            return _plain(text)
        if kind == "id" and sort == "text":
            return _plain(text).rpartition("/")[2]
        raise _refusal(f"'{text}' is not a value that '{name}' can have")

    def next(self) -> tuple[str, str]:
        if self.at == len(self.tokens):
            raise _refusal("it ends too early")
        self.at += 1
        return self.tokens[self.at - 1]

    def skip(self, word: str) -> bool:
        if self.at < len(self.tokens):
            kind, text = self.tokens[self.at]
            if kind != "text" and text.lower() == word:
                self.at += 1
                return True
        return False

    def expect(self, mark: str) -> None:
        if not self.skip(mark):
            found = self.tokens[self.at][1] if self.at < len(self.tokens) else "the end"
            raise _refusal(f"'{mark}' is missing before {found}")


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    position, text = 0, text.rstrip()
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise _refusal(
                f"it cannot be read from '{text[position:].lstrip()[:20]}' on"
            )
        kind = found.lastgroup
        assert kind is not None, "each way to match is named"
        tokens.append((kind, found[kind]))
        position = found.end()
    return tokens


def _plain(quoted: str) -> str:
    if quoted.startswith("'"):
        return quoted[1:-1].replace("''", "'")
    return quoted


def _compare(
    column: ColumnElement[Any], verb: str, value: object
) -> ColumnElement[bool]:
    if verb == "eq":
        return column == value
    if verb == "ne":
        # A field without a value differs from every value.
        return column.is_distinct_from(value)
    if verb in ("gt", "ge"):
        return column > value if verb == "gt" else column >= value
    return column < value if verb == "lt" else column <= value
