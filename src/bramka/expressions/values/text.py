"""Any value as text: what `ToString()`, concatenation and `$"…"` do."""

from decimal import Decimal
from enum import IntEnum, IntFlag
from typing import Any
from uuid import UUID

from bramka.expressions.failures import Problem, Thrown
from bramka.expressions.meter import SMALL, room_for_text
from bramka.expressions.values.collections import Dictionary, HashSet
from bramka.expressions.values.dates import DateTime, DateTimeOffset, TimeSpan
from bramka.expressions.values.enums import label_of
from bramka.expressions.values.net_names import net_name
from bramka.expressions.values.number_format import format_number
from bramka.expressions.values.plain import Array, List, Object, Pair
from bramka.expressions.values.units import together

_NAMED = (bytearray, bytes, Array, List, dict, Dictionary, HashSet)
"""Collections print the name of their type."""


def concat(*parts: str | None) -> str:
    """Strings one behind the other; null is nothing."""
    try:
        size = sum(map(len, parts))  # type: ignore[arg-type]  # null is met below
    except TypeError:
        return concat(*[part for part in parts if part is not None])
    if size > SMALL:
        room_for_text(size)
    made = "".join(parts)  # type: ignore[arg-type]  # no null came this far
    return made if made.isascii() else together(made)


def text_of(value: Any, pattern: str | None = None) -> str:
    """`value` as text, by a format if it knows formats; null is empty."""
    kind = type(value)
    if kind is str:
        return value  # type: ignore[no-any-return]  # exactly str
    if value is None:
        return ""
    if kind is int or kind is float or kind is Decimal:
        return format_number(value, pattern)
    if kind is bool:
        return "True" if value else "False"
    if isinstance(value, str):
        return str(value)
    return _other_text(value, pattern)


def _other_text(value: Any, pattern: str | None) -> str:
    if isinstance(value, DateTime | DateTimeOffset | TimeSpan):
        return value.text(pattern)
    if isinstance(value, IntEnum | IntFlag):
        return _enum_text(value, pattern)
    if isinstance(value, float | int | Decimal):
        return format_number(value, pattern)
    if isinstance(value, UUID):
        return guid_text(value, pattern)
    if isinstance(value, tuple):
        return _tuple_text(value)
    if isinstance(value, Problem):
        return f"System.{value.kind}: {value.message}"
    return net_name(value) if isinstance(value, _NAMED) else str(value)


def _tuple_text(value: tuple[Any, ...]) -> str:
    """Anonymous objects, pairs and tuples."""
    if isinstance(value, Object):
        inner = ", ".join(
            f"{name} = {text_of(item)}"
            for name, item in zip(value.names, value, strict=True)
        )
        return f"{{ {inner} }}"
    if isinstance(value, Pair):
        return f"[{text_of(value[0])}, {text_of(value[1])}]"
    return f"({', '.join(map(text_of, value))})"


def _enum_text(value: IntEnum | IntFlag, pattern: str | None) -> str:
    if pattern and pattern.upper() in ("D", "X"):
        return format_number(int(value), pattern if pattern.upper() == "D" else "X8")
    return label_of(value)


def guid_text(value: UUID, pattern: str | None) -> str:
    """A Guid by one of the formats D, N, B, P."""
    letter = (pattern or "D").upper()
    if letter == "N":
        return value.hex
    if letter == "X":
        row = value.bytes[8:]
        rest = ",".join(f"0x{item:02x}" for item in row)
        parts = (value.time_low, value.time_mid, value.time_hi_version)
        first = "0x{:08x},0x{:04x},0x{:04x}".format(*parts)
        return f"{{{first},{{{rest}}}}}"
    around = {"D": "{}", "B": "{{{}}}", "P": "({})"}.get(letter)
    if around is None:
        text = 'Format string can be only "D", "d", "N", "n", "P", "p", "B" or "b".'
        raise Thrown("FormatException", text)
    return around.format(value)


def padded(text: str, width: int) -> str:
    """`text` to the right of `width` columns, to the left if negative."""
    if abs(width) > len(text):
        room_for_text(abs(width))
    return text.rjust(width) if width >= 0 else text.ljust(-width)


def interpolated(*parts: Any) -> str:
    """The parts of `$"…"`: text, or text with a width."""
    made = [padded(*part) if type(part) is tuple else part or "" for part in parts]
    room_for_text(sum(map(len, made)))
    return "".join(made)
