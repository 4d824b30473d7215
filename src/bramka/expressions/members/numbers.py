"""Members of the number types, Math and Random."""

import math
from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Decimal,
)
from typing import Any

from bramka.expressions.compiler.table import Around, Body, Family, Fixed, Inline
from bramka.expressions.compiler.types import BITS
from bramka.expressions.failures import Thrown, out_of_range
from bramka.expressions.members.plain import compare
from bramka.expressions.surroundings import Surroundings
from bramka.expressions.values.arithmetic import (
    LARGEST_DECIMAL,
    divide_whole,
    remainder_whole,
)
from bramka.expressions.values.convert import (
    attempt,
    parse_decimal,
    parse_double,
    parse_integer,
)
from bramka.expressions.values.plain import single_of, wrapped
from bramka.expressions.values.random import Random
from bramka.expressions.values.text import text_of

_ROUNDINGS = (ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_DOWN, ROUND_FLOOR, ROUND_CEILING)


def _common(name: str) -> dict[str, Body]:
    return {
        "ToString() -> string": text_of,
        "ToString(string format) -> string": text_of,
        "ToString(CultureInfo provider) -> string": lambda number, _: text_of(number),
        "ToString(string format, CultureInfo provider) -> string": (
            lambda number, pattern, _: text_of(number, pattern)
        ),
        f"CompareTo({name} value) -> int": compare,
        f"Equals({name} obj) -> bool": Inline("$0 == $1"),
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


# --- Math -----------------------------------------------------------------------


def absolute(number: Any) -> Any:
    return abs(number)


def _absolute_in(name: str) -> Callable[[int], int]:
    def made(number: int) -> int:
        found = abs(number)
        if wrapped(found, *BITS[name]) != found:
            text = "Negating the minimum value of a twos complement number is invalid."
            raise Thrown("OverflowException", text)
        return found

    return made


def round_double(number: float, digits: int = 0, mode: int = 0) -> float:
    if not 0 <= digits <= 15:
        raise out_of_range("digits")
    if not math.isfinite(number) or abs(number) >= 1e16:
        return number
    if mode == 0 and digits == 0:
        return float(round(number))
    scaled = Decimal(number * 10.0**digits)
    whole = scaled.quantize(Decimal(1), rounding=_ROUNDINGS[mode])
    return float(whole) / 10.0**digits


def round_decimal(number: Decimal, digits: int = 0, mode: int = 0) -> Decimal:
    if not 0 <= digits <= 28:
        raise out_of_range("decimals")
    if -int(number.as_tuple().exponent) <= digits:
        return number
    return number.quantize(Decimal(1).scaleb(-digits), rounding=_ROUNDINGS[mode])


def power(base: float, exponent: float) -> float:
    try:
        return math.pow(base, exponent)
    except OverflowError:
        odd = exponent == int(exponent) and int(exponent) % 2 == 1
        return -math.inf if base < 0 and odd else math.inf
    except ValueError:
        return math.inf if base == 0 else math.nan


def _real(function: Callable[..., float], *, at_zero: float = math.nan) -> Body:
    """A function of math whose domain errors are NaN and whose overflow is infinite."""

    def compute(*numbers: float) -> float:
        try:
            return function(*numbers)
        except ValueError:
            return at_zero if numbers[0] == 0 else math.nan
        except OverflowError:
            return math.inf

    return compute


def sign(number: Any) -> int:
    return int(number > 0) - int(number < 0)


def clamp(value: Any, low: Any, high: Any) -> Any:
    if low > high:
        raise Thrown("ArgumentException", f"'{low}' cannot be greater than {high}.")
    return min(max(value, low), high)


def whole(function: Callable[[float], int]) -> Callable[[float], float]:
    def compute(number: float) -> float:
        return float(function(number)) if math.isfinite(number) else number

    return compute


def remainder_of(left: int, right: int) -> tuple[int, int]:
    return divide_whole(left, right), remainder_whole(left, right)


def _math() -> dict[str, Body]:
    members: dict[str, Body] = {
        "static PI -> double": Fixed(math.pi),
        "static E -> double": Fixed(math.e),
        "static Pow(double x, double y) -> double": power,
        "static Sqrt(double d) -> double": _real(math.sqrt),
        "static Cbrt(double d) -> double": _real(math.cbrt),
        "static Exp(double d) -> double": _real(math.exp),
        "static Log(double d) -> double": _real(math.log, at_zero=-math.inf),
        "static Log(double a, double newBase) -> double": _real(
            lambda a, base: math.log(a) / math.log(base)
        ),
        "static Log10(double d) -> double": _real(math.log10, at_zero=-math.inf),
        "static Log2(double d) -> double": _real(math.log2, at_zero=-math.inf),
        "static Floor(double d) -> double": whole(math.floor),
        "static Ceiling(double d) -> double": whole(math.ceil),
        "static Truncate(double d) -> double": whole(math.trunc),
        "static Floor(decimal d) -> decimal": lambda d: d.to_integral_value(
            ROUND_FLOOR
        ),
        "static Ceiling(decimal d) -> decimal": lambda d: d.to_integral_value(
            ROUND_CEILING
        ),
        "static Truncate(decimal d) -> decimal": lambda d: d.to_integral_value(
            ROUND_DOWN
        ),
        "static BigMul(int a, int b) -> long": lambda a, b: a * b,
        "static DivRem(int a, int b, out int result) -> int": remainder_of,
        "static DivRem(long a, long b, out long result) -> long": remainder_of,
    }
    for name in ("Sin", "Cos", "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Tanh"):
        members[f"static {name}(double d) -> double"] = _real(
            getattr(math, name.lower())
        )
    members["static Atan2(double y, double x) -> double"] = math.atan2
    for kind, rounds in (("double", round_double), ("decimal", round_decimal)):
        members[f"static Round({kind} d) -> {kind}"] = rounds
        members[f"static Round({kind} d, int digits) -> {kind}"] = rounds
        members[f"static Round({kind} d, MidpointRounding mode) -> {kind}"] = (
            lambda number, mode, rounds=rounds: rounds(number, 0, mode)
        )
        members[
            f"static Round({kind} d, int digits, MidpointRounding mode) -> {kind}"
        ] = rounds
    for kind in (
        "int",
        "long",
        "double",
        "decimal",
        "float",
        "uint",
        "ulong",
        "short",
        "byte",
        "sbyte",
        "ushort",
    ):
        members[f"static Max({kind} a, {kind} b) -> {kind}"] = max
        members[f"static Min({kind} a, {kind} b) -> {kind}"] = min
        members[f"static Clamp({kind} value, {kind} min, {kind} max) -> {kind}"] = clamp
        if not kind.startswith("u") and kind != "byte":
            checked = _absolute_in(kind) if kind in BITS else absolute
            members[f"static Abs({kind} value) -> {kind}"] = checked
            members[f"static Sign({kind} value) -> int"] = sign
    return members


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
    "static Floor(decimal d) -> decimal": lambda d: d.to_integral_value(ROUND_FLOOR),
    "static Ceiling(decimal d) -> decimal": lambda d: d.to_integral_value(
        ROUND_CEILING
    ),
    "static Truncate(decimal d) -> decimal": lambda d: d.to_integral_value(ROUND_DOWN),
    "static ToInt32(decimal d) -> int": int,
    "static ToDouble(decimal d) -> double": float,
}
FAMILIES: dict[str, Family] = {
    **{name: _integer_family(name) for name in BITS},
    "double": _real_family("double"),
    "float": _real_family("float"),
    "decimal": DECIMAL,
    "Math": _math(),
    "Random": RANDOM,
}
