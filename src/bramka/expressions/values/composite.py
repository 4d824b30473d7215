"""Composite formatting: `string.Format("{0,5:F2}", x)`."""

import re
from collections.abc import Sequence

from bramka.expressions.failures import Thrown, require
from bramka.expressions.meter import room_for_text
from bramka.expressions.values.text import padded, text_of

_HOLE = re.compile(
    r"\{\{|\}\}|\{(\d{1,6})\s*(?:,\s*(-?\d{1,9})\s*)?(?::([^{}]*))?\}|[{}]"
)
_BAD = "Input string was not in a correct format."


def format_text(pattern: str, items: Sequence[object]) -> str:
    """The pattern with its holes filled."""
    require(format=pattern, args=items)
    parts: list[str] = []
    size = at = 0
    for found in _HOLE.finditer(pattern):
        piece = _piece(found, items)
        parts += [pattern[at : found.start()], piece]
        size += found.start() - at + len(piece)
        room_for_text(size)
        at = found.end()
    room_for_text(size + len(pattern) - at)
    return "".join([*parts, pattern[at:]])


def _piece(found: re.Match[str], items: Sequence[object]) -> str:
    if found[0] in ("{{", "}}"):
        return found[0][0]
    if found[1] is None:
        raise Thrown("FormatException", _BAD)
    index = int(found[1])
    if index >= len(items):
        text = (
            "Index (zero based) must be greater than or equal to zero and less than "
            "the size of the argument list."
        )
        raise Thrown("FormatException", text)
    return padded(text_of(items[index], found[3]), int(found[2] or 0))
