"""Text without regard to case, in every alphabet and on both databases alike.

SQLite folds ASCII only, and so does PostgreSQL where texts sort by their bytes.
"""

from typing import Any

from sqlalchemy import ColumnElement, Text, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

FOLDED = "folded"
ESCAPE = "/"


class folded(GenericFunction[str]):  # noqa: N801 - named as in SQL
    """The text in small letters."""

    name = FOLDED
    type = Text()
    inherit_cache = True


@compiles(folded, "postgresql")
def _on_postgresql(element: folded, compiler: Any, **given: Any) -> str:
    text = compiler.process(element.clauses, **given)
    # Folded as the database's language does, but sorted by bytes as SQLite sorts.
    return f'(lower(({text}) COLLATE "default") COLLATE "C")'


def fold(text: object) -> object:
    """What SQLite calls `folded`."""
    return text.lower() if isinstance(text, str) else text


def holds(
    column: ColumnElement[Any], part: str, *, before: bool = True, after: bool = True
) -> ColumnElement[bool]:
    """Whether a text holds `part`, with anything before it and after it, or not."""
    plain = part
    for mark in (ESCAPE, "%", "_"):
        plain = plain.replace(mark, ESCAPE + mark)
    pattern = f"{'%' if before else ''}{plain}{'%' if after else ''}"
    return folded(column).like(folded(literal(pattern)), escape=ESCAPE)
