"""Numbers made other kinds of numbers: widened, cast, cut to their bits."""

import ast
import math
from decimal import Decimal
from typing import Any

from tree_sitter import Node

from bramka.expressions.compiler import emit
from bramka.expressions.compiler.types import (
    BITS,
    CHAR,
    ENUMS,
    INT,
    INTEGERS,
    Type,
    bare,
)
from bramka.expressions.compiler.unit import Typed, Unit
from bramka.expressions.values import casting
from bramka.expressions.values.enums import ENUM_CLASSES
from bramka.expressions.values.plain import char_of, single_of, wrapped


def number(unit: Unit, typed: Typed, target: Type) -> ast.expr:
    """A number or character made another kind of number without loss."""
    tree, given = typed.tree, typed.type
    if given == CHAR:
        tree = emit.call(unit.link(ord), tree)
        given = INT
    if target.name in INTEGERS:
        return tree
    if target.name == "float":
        return unit.call(single_of, tree)
    if target.name == "double" and isinstance(typed.constant, int):
        return emit.value(float(typed.constant))
    wanted: type = float if target.name == "double" else Decimal
    return emit.call(unit.link(wanted), tree)


def check_constant(unit: Unit, typed: Typed, target: Type, node: Node) -> None:
    """Refuse a cast of a constant to a type that cannot hold it."""
    number = typed.constant
    if unit.checked is False or target.name not in INTEGERS:
        return
    if type(number) is float and math.isfinite(number):
        number = int(number)
    if type(number) is int and wrapped(number, *BITS[target.name]) != number:
        unit.refuse(
            node, f"the constant does not fit {target}; unchecked(…) lets it wrap"
        )


def cast_number(unit: Unit, typed: Typed, target: Type) -> Typed:
    wanted = bare(target)
    tree, given = typed.tree, typed.type
    if given == CHAR:
        tree, given = emit.call(unit.link(ord), tree), INT
    if wanted == CHAR:
        whole = cast_number(unit, Typed(tree, given), Type("ushort")).tree
        return Typed(unit.call(char_of, whole), target)
    if wanted.name in ENUMS:
        return Typed(emit.call(unit.link(ENUM_CLASSES[wanted.name]), tree), target)
    if given.name in ENUMS:
        tree, given = emit.call(unit.link(int), tree), INT
    if wanted.name in INTEGERS:
        return _cast_integer(unit, Typed(tree, given, typed.constant), target)
    makes: dict[str, Any] = {
        "float": single_of,
        "double": float,
        "decimal": casting.decimal_of,
    }
    return Typed(emit.call(unit.link(makes[wanted.name]), tree), target)


def _cast_integer(unit: Unit, typed: Typed, target: Type) -> Typed:
    wanted = bare(target)
    bits, signed = BITS[wanted.name]
    if typed.type.name == "decimal":
        whole = unit.call(casting.whole_decimal, typed.tree)
        return Typed(
            emit.call(
                unit.link(casting.within), whole, emit.value(bits), emit.value(signed)
            ),
            target,
        )
    tree = typed.tree
    if typed.type.name in ("float", "double"):
        tree = (
            unit.call(casting.whole_double_within, tree)
            if unit.checked
            else unit.call(casting.whole_double, tree, emit.value(max(bits, 32)))
        )
    made = Typed(wrap(unit, tree, wanted), target)
    if isinstance(typed.constant, int) and not isinstance(typed.constant, bool):
        number = casting.wrapped(typed.constant, bits, signed)
        made = Typed(emit.value(number), target, number)
    return made


def wrap(unit: Unit, tree: ast.expr, target: Type) -> ast.expr:
    """Code that cuts an integer to the bits of its type, or checks that it fits."""
    bits, signed = BITS[target.name]
    if unit.checked:
        return unit.call(casting.within, tree, emit.value(bits), emit.value(signed))
    mask = emit.value((1 << bits) - 1)
    if not signed:
        return emit.binary(tree, ast.BitAnd(), mask)
    half = 1 << (bits - 1)
    lifted_up = emit.binary(tree, ast.Add(), emit.value(half))
    cut = emit.binary(lifted_up, ast.BitAnd(), mask)
    return emit.binary(cut, ast.Sub(), emit.value(half))
