"""Members of Math."""

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

from bramka.expressions.compiler.table import Body, Fixed
from bramka.expressions.compiler.types import BITS
from bramka.expressions.failures import Thrown, out_of_range
from bramka.expressions.values.arithmetic import divide_whole, remainder_whole
from bramka.expressions.values.plain import wrapped

_ROUNDINGS = (ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_DOWN, ROUND_FLOOR, ROUND_CEILING)


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


def math_members() -> dict[str, Body]:
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
        "static IEEERemainder(double x, double y) -> double": math.remainder,
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
