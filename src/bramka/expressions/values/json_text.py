"""JSON read and written as Newtonsoft does."""

import json
import re
from typing import Any

from bramka.expressions.failures import Thrown, require
from bramka.expressions.meter import room_for_text, step
from bramka.expressions.values.date_parse import iso_date
from bramka.expressions.values.dates import DateTime, DateTimeOffset
from bramka.expressions.values.json import JArray, JObject, JProperty, JToken, JValue
from bramka.expressions.values.json_lenient import read_lenient
from bramka.expressions.values.text import text_of

DEEPEST = 64
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
        import base64

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
    if value != value:
        return '"NaN"'
    if value in _BAREWORDS:
        return _BAREWORDS[value]
    text = text_of(value)
    return text if any(mark in text for mark in ".E") else f"{text}.0"


def _date(value: DateTime | DateTimeOffset) -> str:
    zone = "zzz" if isinstance(value, DateTimeOffset) else "K"
    return value.text(f"yyyy-MM-ddTHH:mm:ss.FFFFFFF{zone}")


class _Writer:
    """Collects text and counts it, so that a shared value cannot be written for ever."""

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

    def token(self, token: JToken, depth: int) -> None:
        step()
        room_for_text(self.size if self.size > 1_000_000 else 0)
        if isinstance(token, JProperty):
            self.add(quoted(token.name) + (": " if self.indented else ":"))
            self.token(token.value, depth)
        elif isinstance(token, JObject | JArray):
            opener, closer = "{}" if isinstance(token, JObject) else "[]"
            self.row(token.children(), depth, opener, closer)
        elif isinstance(token, JValue):
            self.add(scalar(token.plain))

    def row(self, items: list[JToken], depth: int, opener: str, closer: str) -> None:
        self.add(opener)
        for index, item in enumerate(items):
            if index:
                self.add(",")
            self.line(depth + 1)
            self.token(item, depth + 1)
        if items:
            self.line(depth)
        self.add(closer)


def write(token: JToken, *, indented: bool) -> str:
    """The token as JSON text."""
    writer = _Writer(indented=indented)
    writer.token(token, 0)
    room_for_text(writer.size)
    return "".join(writer.parts)


# --- reading ----------------------------------------------------------------------------


def read(text: str) -> JToken:
    """The token that JSON text holds; dates in strings become dates."""
    require(json=text)
    room_for_text(len(text))
    try:
        found = json.loads(
            text, parse_int=_integer, object_pairs_hook=_Pairs, strict=False
        )
    except ValueError:
        found = read_lenient(text, _Pairs)
    except RecursionError as error:
        raise _too_deep() from error
    return build(found, 0)


class _Pairs(list[tuple[str, Any]]):
    """An object just read: its pairs in order, doubles included."""


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) < 20 else float(digits)


def _too_deep() -> Thrown:
    text = f"The reader's MaxDepth of {DEEPEST} has been exceeded."
    return Thrown("JsonReaderException", text)


def build(found: Any, depth: int) -> JToken:
    """Tokens from what the reader gave."""
    if depth > DEEPEST:
        raise _too_deep()
    if isinstance(found, _Pairs):
        made = JObject()
        for name, item in found:
            # The last of several values with one name counts.
            made.set(name, build(item, depth + 1))
        return made
    if isinstance(found, list):
        row = JArray()
        for item in found:
            child = build(item, depth + 1)
            child.parent = row
            row.items.append(child)
        return row
    if isinstance(found, str) and len(found) >= 19 and found[10] == "T":
        date = iso_date(found)
        return JValue(found if date is None else date)
    return JValue(found)


def read_as(text: str, kind: type[JToken]) -> JToken:
    """`JObject.Parse` or `JArray.Parse`: only that kind will do."""
    token = read(text)
    if not isinstance(token, kind):
        message = (
            f"Error reading {kind.__name__} from JsonReader. "
            f"Current JsonReader item is not an {kind.kind.lower()}: "
            f"{_item_name(token)}. Path '', line 1, position {min(len(text), 1)}."
        )
        raise Thrown("JsonReaderException", message)
    return token


def _item_name(token: JToken) -> str:
    if isinstance(token, JObject | JArray):
        return f"Start{token.kind}"
    return token.kind
