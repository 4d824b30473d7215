"""What a policy document is made of: elements, values and the expressions in them."""

from dataclasses import dataclass, field
from typing import NoReturn

from bramka.domain.errors import Detail, Invalid

DEEPEST_NESTING = 64
MARKUP = frozenset(("set-body", "xsl-transform", "cross-domain"))
"""Elements that may hold other markup, which is not policy: see `Element.inner`."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the author's text something stands; both counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Expression:
    """One policy expression: its C# source without `@(` and `)`, or `@{` and `}`."""

    source: str
    is_block: bool
    place: Place


Part = str | Expression
"""Literal text or an expression; a value is a sequence of parts."""


@dataclass(frozen=True, slots=True)
class Value:
    """An attribute's value or an element's text."""

    parts: tuple[Part, ...]
    place: Place

    @property
    def literal(self) -> str | None:
        """The text if it holds no expression, else None."""
        if not self.parts:
            return ""
        only = self.parts[0]
        return only if len(self.parts) == 1 and isinstance(only, str) else None


@dataclass(slots=True)
class Element:
    """One element: what the author wrote and where."""

    name: str
    place: Place
    attributes: dict[str, Value] = field(default_factory=dict)
    children: list["Element"] = field(default_factory=list)
    text: Value = field(default_factory=lambda: Value((), Place(1, 1)))
    inner: Value | None = None
    """What stands inside as it was written, where that is other markup."""


def refuse(message: str, place: Place, element: str = "") -> NoReturn:
    """Raise the refusal of a document, in the words of the management REST."""
    where = f"Error in element '{element}' on" if element else "Error on"
    full = f"{where} line {place.line}, column {place.column}: {message}"
    raise Invalid(
        "One or more fields contain incorrect values:",
        target="representation",
        details=(Detail("ValidationError", "representation", full),),
    )


def place_in(text: str, index: int) -> Place:
    """Where in `text` the character at `index` stands."""
    line = text.count("\n", 0, index) + 1
    return Place(line, index - text.rfind("\n", 0, index))
