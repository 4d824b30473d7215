"""Conversions of `Convert` and `Parse`: from text, between numbers."""

import math
import re
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any
from uuid import UUID

from bramka.expressions.compiler.types import BITS
from bramka.expressions.failures import Thrown, bad_cast, bad_format, require
from bramka.expressions.values.arithmetic import settled
from bramka.expressions.values.date_parse import parse_date, parse_moment, parse_span
from bramka.expressions.values.dates import DateTime, DateTimeOffset, TimeSpan
from bramka.expressions.values.plain import Char, char_of, single_of, wrapped

LONGEST_NUMBER = 400
_TITLES = {
    "sbyte": "a signed byte",
    "byte": "an unsigned byte",
    "short": "an Int16",
    "ushort": "a UInt16",
    "int": "an Int32",
    "uint": "a UInt32",
    "long": "an Int64",
    "ulong": "a UInt64",
}
_INTEGER = re.compile(r"\s*([+-]?\d+)\s*\0*", re.ASCII)
_REAL = re.compile(
    r"\s*([+-]?)((?:\d[\d,]*)?(?:\.\d*)?)(?:[eE]([+-]?\d{1,6}))?\s*\0*", re.ASCII
)
_WORDS = {
    "nan": float("nan"),
    "infinity": float("inf"),
    "-infinity": float("-inf"),
    "∞": float("inf"),
    "-∞": float("-inf"),
}


def too_large(name: str) -> Thrown:
    title = _TITLES.get(name, f"a {name.title()}")
    text = f"Value was either too large or too small for {title}."
    return Thrown("OverflowException", text)


def fitted(number: int, name: str) -> int:
    """`number` if the type holds it, else OverflowException."""
    if wrapped(number, *BITS[name]) != number:
        raise too_large(name)
    return number


def parse_integer(text: str, name: str, styles: int = 7) -> int:
    """`int.Parse(text)` and its kin."""
    require(s=text)
    if styles & 512:
        return _hexadecimal(text, name)
    if styles & 96:
        number = parse_decimal(text) if len(text) <= LONGEST_NUMBER else Decimal(0)
        if number != int(number):
            raise too_large(name)
        return fitted(int(number), name)
    found = _INTEGER.fullmatch(text)
    if found is None:
        raise bad_format(text)
    if len(found[1]) > LONGEST_NUMBER:
        raise too_large(name)
    return fitted(int(found[1]), name)


def _hexadecimal(text: str, name: str) -> int:
    bits, signed = BITS[name]
    if not re.fullmatch(r"\s*[0-9A-Fa-f]+\s*", text):
        raise bad_format(text)
    number = int(text.strip()[:LONGEST_NUMBER], 16)
    if number >> bits:
        raise too_large(name)
    return wrapped(number, bits, signed)


def _real_parts(text: str) -> str:
    found = _REAL.fullmatch(text) if len(text) <= LONGEST_NUMBER else None
    if found is None or not found[2].strip(".,"):
        raise bad_format(text)
    exponent = f"e{found[3]}" if found[3] else ""
    return found[1] + found[2].replace(",", "") + exponent


def parse_double(text: str) -> float:
    require(s=text)
    word = text.strip().lower()
    if word in _WORDS:
        return _WORDS[word]
    return float(_real_parts(text))


def parse_decimal(text: str) -> Decimal:
    require(s=text)
    number = Decimal(_real_parts(text))
    if number.adjusted() > 40:
        raise too_large("decimal")
    return settled(number)


def parse_bool(text: str) -> bool:
    require(value=text)
    word = text.strip("\0 \t\r\n").lower()
    if word not in ("true", "false"):
        message = f"String '{text[:80]}' was not recognized as a valid Boolean."
        raise Thrown("FormatException", message)
    return word == "true"


_GUIDS = re.compile(
    r"\s*(?:[0-9A-Fa-f]{32}|(\{|\()?[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}"
    r"-[0-9A-Fa-f]{12}(?:\}|\))?)\s*"
)


def parse_guid(text: str) -> UUID:
    require(input=text)
    if not _GUIDS.fullmatch(text):
        message = "Unrecognized Guid format."
        raise Thrown("FormatException", message)
    return UUID(text.strip().strip("{}()"))


def parse_char(text: str) -> Char:
    require(s=text)
    if len(text) != 1:
        raise Thrown("FormatException", "String must be exactly one character long.")
    return Char(text)


def attempt(parse: Callable[..., Any], default: Any) -> Callable[..., tuple[bool, Any]]:
    """`TryParse` for a `Parse`: whether it went well, and the value."""

    def attempted(*arguments: Any) -> tuple[bool, Any]:
        if arguments[0] is None:
            return False, default
        try:
            return True, parse(*arguments)
        except Thrown:
            return False, default

    return attempted


# --- Convert.To… ----------------------------------------------------------------


def _to_integer(name: str) -> Callable[..., int]:
    def convert(value: Any) -> int:
        if value is None:
            return 0
        if isinstance(value, Char):
            return fitted(ord(value), name)
        if isinstance(value, str):
            return parse_integer(value, name)
        if isinstance(value, float) and (math.isnan(value) or abs(value) > 1e30):
            raise too_large(name)
        if isinstance(value, float | Decimal):
            half_even = Decimal(value).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
            return fitted(int(half_even), name)
        return fitted(int(_number(value, name)), name)

    return convert


def _number(value: Any, name: str) -> Any:
    if isinstance(value, bool | int | float | Decimal):
        return value
    raise bad_cast(type(value).__name__, name)


def to_double(value: Any) -> float:
    if value is None:
        return 0.0
    if isinstance(value, str):
        return parse_double(value)
    return float(_number(value, "double"))


def to_decimal(value: Any) -> Decimal:
    if value is None:
        return Decimal(0)
    if isinstance(value, str):
        return parse_decimal(value)
    if isinstance(value, float):
        return Decimal(f"{value:.15g}")
    return Decimal(_number(value, "decimal"))


def to_bool(value: Any) -> bool:
    if value is None:
        return False
    if isinstance(value, str):
        return parse_bool(value)
    return bool(_number(value, "bool"))


def to_char(value: Any) -> Char:
    if isinstance(value, str):
        return parse_char(value)
    return char_of(fitted(int(_number(value, "char")), "ushort"))


def to_date(value: Any) -> DateTime:
    if value is None:
        return DateTime(0)
    if isinstance(value, DateTimeOffset):
        return DateTime(value.utc, 1)
    return value if isinstance(value, DateTime) else parse_date(value)


def to_moment(value: Any) -> DateTimeOffset:
    if isinstance(value, DateTimeOffset):
        return value
    if isinstance(value, DateTime):
        return DateTimeOffset(value.ticks)
    return parse_moment(value)


def to_span(value: Any) -> TimeSpan:
    return value if isinstance(value, TimeSpan) else parse_span(value)


def to_guid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else parse_guid(value)


CONVERSIONS: dict[str, Callable[..., Any]] = {
    **{name: _to_integer(name) for name in BITS},
    "double": to_double,
    "float": lambda value: single_of(to_double(value)),
    "decimal": to_decimal,
    "bool": to_bool,
    "char": to_char,
    "DateTime": to_date,
    "DateTimeOffset": to_moment,
    "TimeSpan": to_span,
    "Guid": to_guid,
}
