"""JSON written as Newtonsoft does; tokens tell by their `kind` what they are."""

import base64
import math
import re
from typing import Any

from bramka.expressions.meter import room_for_text, step
from bramka.expressions.values.dates import DateTime, DateTimeOffset
from bramka.expressions.values.text import text_of

_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
}
_ESCAPED = re.compile(r'["\\\x00-\x1f\x85\u2028\u2029]')
_BAREWORDS = {float("inf"): '"Infinity"', float("-inf"): '"-Infinity"'}


def quoted(text: str) -> str:
    """A JSON string; only what must be is escaped."""
    shown = _ESCAPED.sub(
        lambda found: _ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04x}", text
    )
    return f'"{shown}"'


def scalar(value: Any) -> str:
    """A plain value as JSON."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, float):
        return _real(value)
    if isinstance(value, bytes | bytearray):
        return f'"{base64.b64encode(value).decode()}"'
    if isinstance(value, DateTime | DateTimeOffset):
        return f'"{_date(value)}"'
    text = text_of(value)
    if isinstance(value, int):
        return str(int(value))
    if type(value).__name__ == "Decimal":
        return text if "." in text else f"{text}.0"
    return quoted(text)


def _real(value: float) -> str:
    if math.isnan(value):
        return '"NaN"'
    if value in _BAREWORDS:
        return _BAREWORDS[value]
    text = text_of(value)
    return text if any(mark in text for mark in ".E") else f"{text}.0"


def _date(value: DateTime | DateTimeOffset) -> str:
    zone = "zzz" if isinstance(value, DateTimeOffset) else "K"
    return value.text(f"yyyy-MM-ddTHH:mm:ss.FFFFFFF{zone}")


class _Writer:
    """Collects text and counts it, so that a shared value cannot run away."""

    def __init__(self, *, indented: bool) -> None:
        self.indented = indented
        self.parts: list[str] = []
        self.size = 0

    def add(self, text: str) -> None:
        self.parts.append(text)
        self.size += len(text)

    def line(self, depth: int) -> None:
        if self.indented:
            self.add("\n" + "  " * depth)

    def token(self, token: Any, depth: int) -> None:
        step()
        room_for_text(self.size if self.size > 1_000_000 else 0)
        if token.kind == "Property":
            self.add(quoted(token.name) + (": " if self.indented else ":"))
            self.token(token.value, depth)
        elif token.kind in ("Object", "Array"):
            opener, closer = "{}" if token.kind == "Object" else "[]"
            self.row(token.children(), depth, opener, closer)
        else:
            self.add(scalar(token.plain))

    def row(self, items: list[Any], depth: int, opener: str, closer: str) -> None:
        self.add(opener)
        for index, item in enumerate(items):
            if index:
                self.add(",")
            self.line(depth + 1)
            self.token(item, depth + 1)
        if items:
            self.line(depth)
        self.add(closer)


def write(token: Any, *, indented: bool) -> str:
    """The token as JSON text."""
    writer = _Writer(indented=indented)
    writer.token(token, 0)
    room_for_text(writer.size)
    return "".join(writer.parts)
