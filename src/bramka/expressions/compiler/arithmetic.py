"""Arithmetic between static types: promotion, wrapping, dates, null."""

import ast
from collections.abc import Callable

from bramka.expressions.compiler import emit
from bramka.expressions.compiler.conversions import cost
from bramka.expressions.compiler.number_casts import number, wrap
from bramka.expressions.compiler.types import (
    BITS,
    BOOL,
    DECIMAL,
    DOUBLE,
    ENUMS,
    FLOAT,
    INT,
    INTEGERS,
    LONG,
    NUMBERS,
    UINT,
    ULONG,
    Type,
    bare,
    nullable,
)
from bramka.expressions.compiler.unit import (
    NOTHING,
    OVERFLOW,
    ZERO_DIVISION,
    Typed,
    Unit,
)
from bramka.expressions.values import arithmetic as values
from bramka.expressions.values.enums import ENUM_CLASSES
from bramka.expressions.values.plain import single_of, wrapped

_SIGNS: dict[str, ast.operator] = {
    "+": ast.Add(),
    "-": ast.Sub(),
    "*": ast.Mult(),
    "&": ast.BitAnd(),
    "|": ast.BitOr(),
    "^": ast.BitXor(),
}
_DATES = {
    # (left, operator, right): result
    ("DateTime", "-", "DateTime"): "TimeSpan",
    ("DateTimeOffset", "-", "DateTimeOffset"): "TimeSpan",
    ("DateTime", "-", "TimeSpan"): "DateTime",
    ("DateTime", "+", "TimeSpan"): "DateTime",
    ("DateTimeOffset", "-", "TimeSpan"): "DateTimeOffset",
    ("DateTimeOffset", "+", "TimeSpan"): "DateTimeOffset",
    ("TimeSpan", "+", "TimeSpan"): "TimeSpan",
    ("TimeSpan", "-", "TimeSpan"): "TimeSpan",
    ("TimeSpan", "*", "double"): "TimeSpan",
    ("TimeSpan", "/", "double"): "TimeSpan",
    ("TimeSpan", "*", "int"): "TimeSpan",
    ("TimeSpan", "/", "int"): "TimeSpan",
    ("TimeSpan", "/", "TimeSpan"): "double",
    ("double", "*", "TimeSpan"): "TimeSpan",
    ("int", "*", "TimeSpan"): "TimeSpan",
    ("XNamespace", "+", "string"): "XName",
}


def promoted(left: Type, right: Type) -> Type | None:
    """The type two numbers are computed in."""
    kinds = {left.name, right.name}
    if not kinds <= NUMBERS | {"char"}:
        return None
    for kind in (DECIMAL, DOUBLE, FLOAT):
        if kind.name in kinds:
            both = kind == DECIMAL and kinds & {"double", "float"}
            return None if both else kind
    if "ulong" in kinds:
        return None if kinds & {"sbyte", "short", "int", "long"} else ULONG
    if "long" in kinds:
        return LONG
    if "uint" in kinds:
        return LONG if kinds & {"sbyte", "short", "int"} else UINT
    return INT


def widened(unit: Unit, typed: Typed, shared: Type) -> Typed:
    """One side made the type both sides are computed in."""
    if typed.type == shared or typed.type.name == "?":
        return typed
    constant = typed.constant
    if shared == DOUBLE and isinstance(constant, int):
        constant = float(constant)
    return Typed(number(unit, typed, shared), shared, constant)


def compute(unit: Unit, operator: str, left: Typed, right: Typed) -> Typed | None:
    """`left operator right`, or None if the types do not go together."""
    if "?" in (left.type.name, right.type.name):
        if bare(left.type) == bare(right.type) == BOOL and operator in ("&", "|"):
            known = values.both if operator == "&" else values.either
            return Typed(unit.call(known, left.tree, right.tree), nullable(BOOL))
        return _lifted(unit, operator, left, right)
    if left.type == right.type == BOOL and operator in ("&", "|", "^"):
        tree = emit.binary(left.tree, _SIGNS[operator], right.tree)
        return Typed(tree, BOOL)
    if left.type == right.type and left.type.name in ENUMS and operator in ("&", "|"):
        from_int = unit.call(
            type_of_enum(unit, left.type),
            emit.binary(left.tree, _SIGNS[operator], right.tree),
        )
        return Typed(from_int, left.type)
    if operator in ("<<", ">>"):
        return _shift(unit, operator, left, right)
    dates = _DATES.get((left.type.name, operator, right.type.name))
    if dates is not None:
        apply = unit.link(values.OPERATORS[operator])
        return Typed(emit.call(apply, left.tree, right.tree), Type(dates))
    left, right = _constant_sides(left, right)
    shared = promoted(left.type, right.type)
    if shared is None or operator not in values.OPERATORS:
        return None
    left, right = widened(unit, left, shared), widened(unit, right, shared)
    return _numbers(unit, operator, left, right, shared)


def type_of_enum(unit: Unit, given: Type) -> Callable[..., object]:
    return ENUM_CLASSES[given.name]


def _constant_sides(left: Typed, right: Typed) -> tuple[Typed, Typed]:
    """A constant int beside an unsigned number takes its type, as in C#."""
    for one, other in ((left, right), (right, left)):
        if one.type.name in ("ulong", "uint") and cost(other, one.type) is not None:
            other.type = one.type
    return left, right


def _numbers(
    unit: Unit, operator: str, left: Typed, right: Typed, shared: Type
) -> Typed | None:
    if operator in ("&", "|", "^"):
        if shared.name not in INTEGERS:
            return None
        tree: ast.expr = emit.binary(left.tree, _SIGNS[operator], right.tree)
    elif operator in ("/", "%"):
        tree = _divided(unit, operator, left, right, shared)
    else:
        tree = emit.binary(left.tree, _SIGNS[operator], right.tree)
        if shared.name in INTEGERS:
            tree = wrap(unit, tree, shared)
        elif shared == DECIMAL:
            tree = emit.call(
                unit.link(values.OPERATORS[operator]), left.tree, right.tree
            )
    if shared == FLOAT:
        tree = unit.call(single_of, tree)
    return _folded(unit, operator, left, right, Typed(tree, shared))


def _divided(
    unit: Unit, operator: str, left: Typed, right: Typed, shared: Type
) -> ast.expr:
    names = {"/": "divide", "%": "remainder"}
    kind = "whole" if shared.name in INTEGERS else "real"
    if shared == DECIMAL:
        kind = "decimal"
    function = values.DIVISIONS[f"{kind} {names[operator]}"]
    tree: ast.expr = emit.call(unit.link(function), left.tree, right.tree)
    if shared in (INT, LONG) and operator == "/" and right.constant in (NOTHING, -1):
        bits, signed = BITS[shared.name]
        tree = unit.call(values.within, tree, emit.value(bits), emit.value(signed))
    return tree


def _folded(unit: Unit, operator: str, left: Typed, right: Typed, made: Typed) -> Typed:
    """Integer constants computed now."""
    both = (left.constant, right.constant)
    whole = made.type.name in INTEGERS
    if operator in ("/", "%") and type(both[1]) is int and both[1] == 0 and whole:
        return Typed(made.tree, made.type, ZERO_DIVISION)
    if not whole or not all(type(item) is int for item in both):
        return made
    functions = values.OPERATORS | {
        "/": values.DIVISIONS["whole divide"],
        "%": values.DIVISIONS["whole remainder"],
    }
    exact = functions[operator](*both)
    result = wrapped(exact, *BITS[made.type.name])
    if result != exact and (unit.checked is not False or operator == "/"):
        return Typed(made.tree, made.type, OVERFLOW)
    return Typed(emit.value(result), made.type, result)


def _shift(unit: Unit, operator: str, left: Typed, right: Typed) -> Typed | None:
    if left.type.name not in INTEGERS | {"char"}:
        return None
    if right.type.name not in INTEGERS - {"long", "ulong", "uint"}:
        return None
    shared = left.type if left.type.name in ("long", "ulong", "uint") else INT
    left = widened(unit, left, shared)
    bits, _ = BITS[shared.name]
    count: ast.expr = (
        emit.value(right.constant & (bits - 1))
        if isinstance(right.constant, int)
        else emit.binary(right.tree, ast.BitAnd(), emit.value(bits - 1))
    )
    sign: ast.operator = ast.LShift() if operator == "<<" else ast.RShift()
    tree = emit.binary(left.tree, sign, count)
    if operator == ">>":
        return Typed(tree, shared)
    before, unit.checked = unit.checked, False
    tree_cut = wrap(unit, tree, shared)
    unit.checked = before
    return Typed(tree_cut, shared)


def _lifted(unit: Unit, operator: str, left: Typed, right: Typed) -> Typed | None:
    """An operator on values that may be null: null if one of them is."""
    names = unit.fresh("t"), unit.fresh("t")
    sides = [
        Typed(emit.name(held), bare(side.type))
        for held, side in zip(names, (left, right), strict=True)
    ]
    inner = compute(unit, operator, *sides)
    if inner is None:
        return None
    tests: list[ast.expr] = [
        emit.is_none(emit.keep(held, side.tree))
        for held, side in zip(names, (left, right), strict=True)
    ]
    # Both sides are computed before either is looked at.
    row = ast.Tuple(tests, ast.Load())
    test = emit.call(unit.link(any), row)
    return Typed(emit.either(test, emit.value(None), inner.tree), nullable(inner.type))
