"""`==`, `<` and their kin."""

import ast
from typing import NoReturn

from tree_sitter import Node

from bramka.expressions.compiler import arithmetic, emit
from bramka.expressions.compiler.conversions import converted, cost
from bramka.expressions.compiler.types import BOOL, NULL, NUMBERS, VALUES, Type, bare
from bramka.expressions.compiler.unit import Typed, Unit
from bramka.expressions.values import arithmetic as values

COMPARISONS: dict[str, ast.cmpop] = {
    "==": ast.Eq(),
    "!=": ast.NotEq(),
    "<": ast.Lt(),
    "<=": ast.LtE(),
    ">": ast.Gt(),
    ">=": ast.GtE(),
}


def refuse_operands(
    unit: Unit, node: Node, operator: str, left: Typed, right: Typed
) -> NoReturn:
    what = f"operator {operator} cannot be applied to {left.type} and {right.type}"
    kinds = {left.type.name, right.type.name}
    if "object" in kinds:
        what += "; cast the object first, for example (int) or (string)"
    elif "string" in kinds and kinds & NUMBERS:
        what += "; only strings stand in quotes"
    unit.refuse(node, what)


def equality(unit: Unit, node: Node, operator: str, left: Typed, right: Typed) -> Typed:
    sign = COMPARISONS[operator]
    for one, other in ((left, right), (right, left)):
        if one.type == NULL:
            return _beside_null(unit, node, operator, other)
    kinds = {bare(left.type).name, bare(right.type).name}
    if kinds <= NUMBERS | {"char"} and len(kinds) > 1:
        shared = arithmetic.promoted(bare(left.type), bare(right.type))
        if shared is None:
            refuse_operands(unit, node, operator, left, right)
        left, right = (arithmetic.widened(unit, side, shared) for side in (left, right))
    elif len(kinds) == 1 and kinds <= _BY_VALUE:
        pass
    elif cost(left, right.type) is None and cost(right, left.type) is None:
        _check_comparable(unit, node, operator, left, right)
        return _loosely(unit, operator, left, right)
    else:
        return _loosely(unit, operator, left, right)
    return Typed(emit.compare(left.tree, sign, right.tree), BOOL)


def _beside_null(unit: Unit, node: Node, operator: str, typed: Typed) -> Typed:
    """`x == null`: C# lets plain values be asked too, and only warns."""
    if typed.type.name in ("KeyValuePair", "ValueTuple"):
        unit.refuse(node, f"{typed.type} is never null; leave the check out")
    if isinstance(typed.tree, ast.Constant):
        is_null = typed.tree.value is None
        return Typed(emit.value(is_null == (operator == "==")), BOOL)
    test: ast.cmpop = ast.Is() if operator == "==" else ast.IsNot()
    if typed.type.name in VALUES:
        test = COMPARISONS[operator]
    return Typed(emit.compare(typed.tree, test, emit.value(None)), BOOL)


_BY_VALUE = VALUES | {"string", "Uri"}


def _check_comparable(
    unit: Unit, node: Node, operator: str, left: Typed, right: Typed
) -> None:
    """JSON and XML values may stand beside plain ones; other mixtures may not."""
    loose = {"JToken", "JValue", "object", "XName", "XNamespace", "IPAddress"}
    if not loose & {left.type.name, right.type.name}:
        refuse_operands(unit, node, operator, left, right)


def _loosely(unit: Unit, operator: str, left: Typed, right: Typed) -> Typed:
    test: ast.expr = unit.call(values.same, left.tree, right.tree)
    if operator == "!=":
        test = ast.UnaryOp(ast.Not(), test)
    return Typed(test, BOOL)


def ordering(unit: Unit, node: Node, operator: str, left: Typed, right: Typed) -> Typed:
    kinds = {bare(left.type).name, bare(right.type).name}
    if "?" in (left.type.name, right.type.name):
        lifted = unit.link(values.LIFTED[operator])
        return Typed(emit.call(lifted, left.tree, right.tree), BOOL)
    if kinds <= NUMBERS | {"char"}:
        shared = arithmetic.promoted(bare(left.type), bare(right.type))
        if shared is not None:
            left, right = (
                arithmetic.widened(unit, side, shared) for side in (left, right)
            )
            test = emit.compare(left.tree, COMPARISONS[operator], right.tree)
            return Typed(test, BOOL)
    if kinds == {"DateTime", "DateTimeOffset"}:
        whole = Type("DateTimeOffset")
        left, right = (
            Typed(converted(unit, side, whole), whole) for side in (left, right)
        )
        kinds = {"DateTimeOffset"}
    if len(kinds) == 1 and kinds <= VALUES - {"bool", "Guid", "ValueTuple"}:
        return Typed(emit.compare(left.tree, COMPARISONS[operator], right.tree), BOOL)
    refuse_operands(unit, node, operator, left, right)
