"""Members of the number types, Math and Random."""

import math
from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    Decimal,
)
from typing import Any

from bramka.expressions.compiler.table import Around, Body, Family, Fixed
from bramka.expressions.compiler.types import BITS
from bramka.expressions.members.maths import math_members, round_decimal
from bramka.expressions.members.plain import compare
from bramka.expressions.surroundings import Surroundings
from bramka.expressions.values.arithmetic import DIVISIONS, LARGEST_DECIMAL, OPERATORS
from bramka.expressions.values.convert import (
    attempt,
    parse_decimal,
    parse_double,
    parse_integer,
)
from bramka.expressions.values.plain import BOXES, single_of
from bramka.expressions.values.random import Random
from bramka.expressions.values.text import text_of


def equals(number: Any, other: Any) -> bool:
    """`Equals`, for which NaN is NaN, unlike for `==`."""
    return bool(number == other or (number != number and other != other))  # noqa: PLR0124


def _formatted(name: str) -> Callable[..., str]:
    """`ToString(format)`: hexadecimal digits depend on the type."""
    box = BOXES.get(name)
    if box is None:
        return text_of
    return lambda number, pattern: text_of(box(number), pattern)


def _common(name: str) -> dict[str, Body]:
    return {
        "ToString() -> string": text_of,
        "ToString(string format) -> string": _formatted(name),
        "ToString(CultureInfo provider) -> string": lambda number, _: text_of(number),
        "ToString(string format, CultureInfo provider) -> string": (
            lambda number, pattern, _: text_of(number, pattern)
        ),
        f"CompareTo({name} value) -> int": compare,
        f"Equals({name} obj) -> bool": equals,
    }


def _parsers(name: str, parse: Callable[..., Any], zero: Any) -> dict[str, Body]:
    """`Parse` and `TryParse`; the culture is always the invariant one."""
    quiet = attempt(parse, zero)
    styled = quiet
    if name not in BITS:
        styled = attempt(lambda text, _: parse(text), zero)
    return {
        f"static Parse(string s) -> {name}": parse,
        f"static Parse(string s, CultureInfo provider) -> {name}": (
            lambda text, _: parse(text)
        ),
        f"static Parse(string s, NumberStyles style) -> {name}": (
            parse if name in BITS else lambda text, _: parse(text)
        ),
        f"static Parse(string s, NumberStyles style, CultureInfo p) -> {name}": (
            (lambda text, style, _: parse(text, style))
            if name in BITS
            else (lambda text, _, __: parse(text))
        ),
        f"static TryParse(string s, out {name} result) -> bool": quiet,
        f"static TryParse(string s, NumberStyles style, CultureInfo provider, "
        f"out {name} result) -> bool": lambda text, style, _: styled(text, style),
    }


def _integer_family(name: str) -> Family:
    bits, signed = BITS[name]

    def parse(text: str, styles: int = 7) -> int:
        return parse_integer(text, name, styles)

    low = -(1 << (bits - 1)) if signed else 0
    return {
        **_common(name),
        **_parsers(name, parse, 0),
        f"static MinValue -> {name}": Fixed(low),
        f"static MaxValue -> {name}": Fixed(low + (1 << bits) - 1),
    }


def _parse_single(text: str) -> float:
    return single_of(parse_double(text))


def _real_family(name: str) -> Family:
    largest = 1.7976931348623157e308 if name == "double" else 3.4028234663852886e38
    cast = float if name == "double" else single_of
    parse = parse_double if name == "double" else _parse_single
    return {
        **_common(name),
        **_parsers(name, parse, cast(0.0)),
        f"static MinValue -> {name}": Fixed(cast(-largest)),
        f"static MaxValue -> {name}": Fixed(cast(largest)),
        f"static NaN -> {name}": Fixed(cast(math.nan)),
        f"static PositiveInfinity -> {name}": Fixed(cast(math.inf)),
        f"static NegativeInfinity -> {name}": Fixed(cast(-math.inf)),
        f"static Epsilon -> {name}": Fixed(cast(5e-324 if name == "double" else 1e-45)),
        f"static IsNaN({name} d) -> bool": math.isnan,
        f"static IsInfinity({name} d) -> bool": math.isinf,
        f"static IsFinite({name} d) -> bool": math.isfinite,
        f"static IsPositiveInfinity({name} d) -> bool": lambda d: d == math.inf,
        f"static IsNegativeInfinity({name} d) -> bool": lambda d: d == -math.inf,
    }


# --- Random ---------------------------------------------------------------------


def unseeded(around: Surroundings) -> Random:
    """A generator that starts where chance says."""
    return Random(int(around.chance.random() * 0x7FFFFFFF))


def shared(around: Surroundings) -> Random:
    return unseeded(around)


RANDOM: Family = {
    "new()": Around(unseeded),
    "new(int Seed)": Random,
    "static Shared -> Random": Around(shared),
    "Next() -> int": Random.next,
    "Next(int maxValue) -> int": Random.below,
    "Next(int minValue, int maxValue) -> int": Random.between,
    "NextDouble() -> double": Random.sample,
    "NextBytes(byte[] buffer) -> void": Random.fill,
}
DECIMAL: Family = {
    **_common("decimal"),
    **_parsers("decimal", parse_decimal, Decimal(0)),
    "static MinValue -> decimal": Fixed(-LARGEST_DECIMAL),
    "static MaxValue -> decimal": Fixed(LARGEST_DECIMAL),
    "static Zero -> decimal": Fixed(Decimal(0)),
    "static One -> decimal": Fixed(Decimal(1)),
    "static MinusOne -> decimal": Fixed(Decimal(-1)),
    "static Round(decimal d) -> decimal": round_decimal,
    "static Round(decimal d, int decimals) -> decimal": round_decimal,
    "static Round(decimal d, int decimals, MidpointRounding mode) -> decimal": (
        round_decimal
    ),
    "static Round(decimal d, MidpointRounding mode) -> decimal": (
        lambda number, mode: round_decimal(number, 0, mode)
    ),
    "static Floor(decimal d) -> decimal": lambda d: d.to_integral_value(ROUND_FLOOR),
    "static Ceiling(decimal d) -> decimal": lambda d: d.to_integral_value(
        ROUND_CEILING
    ),
    "static Truncate(decimal d) -> decimal": lambda d: d.to_integral_value(ROUND_DOWN),
    "static Compare(decimal d1, decimal d2) -> int": compare,
    "static Negate(decimal d) -> decimal": lambda d: -d if d else d,
    "static Add(decimal d1, decimal d2) -> decimal": OPERATORS["+"],
    "static Subtract(decimal d1, decimal d2) -> decimal": OPERATORS["-"],
    "static Multiply(decimal d1, decimal d2) -> decimal": OPERATORS["*"],
    "static Divide(decimal d1, decimal d2) -> decimal": DIVISIONS["decimal divide"],
    "static Remainder(decimal d1, decimal d2) -> decimal": (
        DIVISIONS["decimal remainder"]
    ),
    "static ToInt32(decimal d) -> int": int,
    "static ToDouble(decimal d) -> double": float,
}
FAMILIES: dict[str, Family] = {
    **{name: _integer_family(name) for name in BITS},
    "double": _real_family("double"),
    "float": _real_family("float"),
    "decimal": DECIMAL,
    "Math": math_members(),
    "Random": RANDOM,
}
