"""`$filter` and `$orderby`: the OData subset of API Management, turned into SQL.

Values only ever travel as bound parameters.
"""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    Text,
    and_,
    func,
    not_,
    or_,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from bramka.domain.errors import Invalid
from bramka.management.shape import read_date
from bramka.store.folding import holds

Kind = Literal["text", "word", "boolean", "date", "id", "path"]
"""`word` and `boolean` only compare for equality. An `id` may be written as the path
that ends with it, and a `path` with the address of the instance before it."""
LONGEST = 4000
DEEPEST = 30

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<date>datetime'[^']*')"
    r"|(?P<name>[A-Za-z_][\w./-]*)|(?P<number>-?\d[\w:.+-]*)|(?P<mark>[(),:]))"
)
_INSTANCE = re.compile(r"^/subscriptions/.*/service/[^/]+", re.IGNORECASE)
_COMPARE = ("eq", "ne", "gt", "ge", "lt", "le")
_FUNCTIONS = ("substringof", "contains", "startswith", "endswith")


@dataclass(frozen=True)
class Field:
    """A field that may be filtered by."""

    column: ColumnElement[Any]
    kind: Kind = "text"

    def where(self, condition: ColumnElement[bool]) -> ColumnElement[bool]:
        """What a condition on the column says of the noun."""
        return condition


@dataclass(frozen=True)
class Several(Field):
    """A field of many texts: what is said of it must hold for one of them."""

    rows: Select[Any] = dataclasses.field(kw_only=True)
    """Those of the noun; `column` is theirs."""

    def where(self, condition: ColumnElement[bool]) -> ColumnElement[bool]:
        return self.rows.where(condition).exists()


class texts_in(GenericFunction[Any]):  # noqa: N801 - named as in SQL
    """The texts of a column that holds a list of them, as rows with one `value`."""

    name = "texts_in"
    inherit_cache = True


@compiles(texts_in, "sqlite")
def _on_sqlite(element: texts_in, compiler: Any, **given: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **given)})"


@compiles(texts_in, "postgresql")
def _on_postgresql(element: texts_in, compiler: Any, **given: Any) -> str:
    return f"jsonb_array_elements_text({compiler.process(element.clauses, **given)})"


def listed(column: ColumnElement[Any]) -> Several:
    """The texts of a list that is kept in one column."""
    each = func.texts_in(column).table_valued(Column("value", Text))
    return Several(each.c.value, rows=select(each.c.value))


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
        found = _field(words[0], fields, "$orderby")
        if isinstance(found, Several):
            message = f"'{words[0]}' has many values; nothing can be sorted by it"
            raise Invalid(f"$orderby: {message}.", target="$orderby")
        column = found.column
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
        name, _, quantifier = word.rpartition("/")
        if quantifier.lower() in ("any", "all"):
            return self.quantified(name, quantifier.lower())
        field = _field(word, self.fields, "$filter")
        _, verb = self.next()
        verb = verb.lower()
        if verb not in _COMPARE:
            raise _refusal(f"'{verb}' is not one of {', '.join(_COMPARE)}")
        if field.kind in ("word", "boolean") and verb not in ("eq", "ne"):
            raise _refusal(f"'{word}' can only be compared with eq and ne")
        value = self.value(word, field.kind)
        if verb == "ne" and isinstance(field, Several):
            # Not one of them is; else everything with two would differ.
            return not_(field.where(field.column == value))
        return field.where(_compare(field.column, verb, value))

    def quantified(self, name: str, quantifier: str) -> ColumnElement[bool]:
        """`tags/any(t: t eq 'a')`, and the same with `all`."""
        field = _field(name, self.fields, "$filter")
        if not isinstance(field, Several):
            raise _refusal(f"'{name}' has one value, so {quantifier} is not for it")
        self.expect("(")
        _, variable = self.next()
        self.expect(":")
        outside, self.fields = self.fields, {variable: Field(field.column, field.kind)}
        condition = self.either()
        self.fields = outside
        self.expect(")")
        if quantifier == "any":
            return field.where(condition)
        return not_(field.where(not_(condition)))

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
        if field.kind not in ("text", "id", "path"):
            raise _refusal(f"{name} does not work on '{word[1]}'")
        part = shorten(_plain(text[1]), field.kind)
        if name == "startswith":
            return field.where(holds(field.column, part, before=False))
        if name == "endswith":
            return field.where(holds(field.column, part, after=False))
        return field.where(holds(field.column, part))

    def value(self, name: str, kind: Kind) -> object:
        sort, text = self.next()
        if kind == "boolean" and text.lower() in ("true", "false"):
            return text.lower() == "true"
        if kind == "date" and sort in ("date", "text", "number"):
            return read_date(name, _plain(text.removeprefix("datetime")))
        if kind not in ("boolean", "date") and sort == "text":
            return shorten(_plain(text), kind)
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


def shorten(text: str, kind: Kind) -> str:
    """The value as it is kept: callers may write more of it."""
    if kind == "id":
        return text.rpartition("/")[2]
    return _INSTANCE.sub("", text) if kind == "path" else text


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
