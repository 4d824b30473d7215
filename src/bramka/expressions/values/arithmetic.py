"""Arithmetic whose rules differ between C# and Python."""

import math
import operator
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any, NoReturn

from bramka.expressions.failures import DIVIDE_BY_ZERO, NULL_REFERENCE, Problem, Thrown
from bramka.expressions.values.plain import within

__all__ = ["DIVISIONS", "LIFTED", "OPERATORS", "same", "throw", "within"]

LARGEST_DECIMAL = Decimal(2**96 - 1)
"""A decimal of .NET: 96 bits and at most 28 places."""
_FREE = Context(prec=60, rounding=ROUND_HALF_EVEN)


def settled(number: Decimal) -> Decimal:
    """`number` cut to what a .NET decimal holds: 96 bits, 28 places."""
    if abs(number) > LARGEST_DECIMAL:
        raise Thrown(
            "OverflowException",
            "Value was either too large or too small for a Decimal.",
        )
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int), "no infinity is smaller than the largest"
    places = min(max(-exponent, 0), 28)
    while True:
        cut = number.quantize(Decimal(1).scaleb(-places), context=_FREE)
        if places == 0 or abs(int(cut.scaleb(places, context=_FREE))) < 2**96:
            return cut
        places -= 1


def _decimal(function: Callable[[Decimal, Decimal], Decimal]) -> Callable[..., Decimal]:
    def compute(left: Decimal, right: Decimal) -> Decimal:
        return settled(function(left, right))

    return compute


def divide_whole(left: int, right: int) -> int:
    """Division towards zero."""
    if not right:
        raise Thrown("DivideByZeroException", DIVIDE_BY_ZERO)
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def remainder_whole(left: int, right: int) -> int:
    """Remainder with the sign of the dividend."""
    if not right:
        raise Thrown("DivideByZeroException", DIVIDE_BY_ZERO)
    rest = abs(left) % abs(right)
    return -rest if left < 0 else rest


def divide_real(left: float, right: float) -> float:
    if right:
        return left / right
    if not left or math.isnan(left):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def remainder_real(left: float, right: float) -> float:
    if not right or math.isinf(left):
        return math.nan
    return math.fmod(left, right)


def divide_decimal(left: Decimal, right: Decimal) -> Decimal:
    if not right:
        raise Thrown("DivideByZeroException", DIVIDE_BY_ZERO)
    quotient = _FREE.divide(left, right)
    exact = settled(quotient)
    # An exact quotient keeps only the places it needs.
    scale = max(-int(left.as_tuple().exponent) - -int(right.as_tuple().exponent), 0)
    while -int(exact.as_tuple().exponent) > scale and not exact.as_tuple().digits[-1]:
        exact = exact.quantize(
            Decimal(1).scaleb(int(exact.as_tuple().exponent) + 1), context=_FREE
        )
    return exact


def remainder_decimal(left: Decimal, right: Decimal) -> Decimal:
    if not right:
        raise Thrown("DivideByZeroException", DIVIDE_BY_ZERO)
    return settled(_FREE.remainder(left, right))


def _add(left: Any, right: Any) -> Any:
    if type(left) is Decimal:
        return settled(_FREE.add(left, right))
    return left + right


def _subtract(left: Any, right: Any) -> Any:
    if type(left) is Decimal:
        return settled(_FREE.subtract(left, right))
    return left - right


def _multiply(left: Any, right: Any) -> Any:
    if type(left) is Decimal:
        return settled(_FREE.multiply(left, right))
    return left * right


OPERATORS: dict[str, Callable[..., Any]] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": operator.truediv,
    "%": operator.mod,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
    "<<": operator.lshift,
    ">>": operator.rshift,
}
DIVISIONS: dict[str, Callable[..., Any]] = {
    "whole divide": divide_whole,
    "whole remainder": remainder_whole,
    "real divide": divide_real,
    "real remainder": remainder_real,
    "decimal divide": divide_decimal,
    "decimal remainder": remainder_decimal,
}


def _lifted(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def test(left: object, right: object) -> bool:
        return left is not None and right is not None and compare(left, right)

    return test


LIFTED = {
    "<": _lifted(operator.lt),
    "<=": _lifted(operator.le),
    ">": _lifted(operator.gt),
    ">=": _lifted(operator.ge),
}


def same(left: Any, right: Any) -> bool:
    """`==` where a side's type is only known now.

    C# compares references there, which for strings from requests is never what the
    author meant; values are compared instead, JSON values by what they hold.
    """
    if left is right:
        return True
    if left is None or right is None:
        return False
    left, right = getattr(left, "plain", left), getattr(right, "plain", right)
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


def throw(problem: Problem | None) -> NoReturn:
    """`throw problem`."""
    if problem is None:
        raise Thrown("NullReferenceException", NULL_REFERENCE)
    error = Thrown(problem.kind, problem.message)
    error.problem = problem
    raise error


def both(left: bool | None, right: bool | None) -> bool | None:
    """`left & right` of bool?: null is what is not known."""
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def either(left: bool | None, right: bool | None) -> bool | None:
    """`left | right` of bool?."""
    if left or right:
        return True
    return None if left is None or right is None else False
