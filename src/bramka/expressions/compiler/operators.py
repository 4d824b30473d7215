"""Unary and binary operators, conditions and assignments to plain names."""

import ast
from typing import Any

from tree_sitter import Node

from bramka.expressions.compiler import arithmetic, emit
from bramka.expressions.compiler.comparisons import (
    COMPARISONS,
    equality,
    ordering,
    refuse_operands,
)
from bramka.expressions.compiler.conversions import (
    common,
    convert,
    converted,
    cost,
    named_tree,
    truth,
)
from bramka.expressions.compiler.literals import literal
from bramka.expressions.compiler.number_casts import wrap
from bramka.expressions.compiler.types import (
    BITS,
    BOOL,
    INT,
    INTEGERS,
    LONG,
    NEVER,
    NULL,
    NUMBERS,
    STRING,
    UINT,
    VALUES,
    Type,
    bare,
)
from bramka.expressions.compiler.unit import (
    NOTHING,
    OVERFLOW,
    Impossible,
    Typed,
    Unit,
    Visit,
)
from bramka.expressions.values import arithmetic as values
from bramka.expressions.values.plain import wrapped
from bramka.expressions.values.text import concat, text_of


def binary_expression(unit: Unit, node: Node) -> Typed:
    """A row of operators; what leans to the left is walked in a loop."""
    row: list[tuple[Node, str, Node]] = []
    at = node
    while at.type == "binary_expression":
        left, right = _sides(unit, at)
        row.append((at, _operator(unit, at), right))
        at = left
    result = unit.expression(at)
    joining: ast.Call | None = None
    for where, operator, right in reversed(row):
        if operator in ("??", "&&", "||"):
            joining, result = None, _shortcut(unit, where, operator, result, right)
        else:
            other = unit.expression(right)
            if operator == "+" and _is_text(result, other):
                # A row of string concatenations is one call.
                joined = _joined(result, other)
                if joining is None:
                    joining = unit.call(concat, as_text(unit, result))
                joining.args.append(as_text(unit, other))
                result = Typed(joining, STRING, joined)
                unit.meter()
            else:
                joining, result = None, combine(unit, where, operator, result, other)
        unit.locate(result.tree, where)
    return result


def _is_text(left: Typed, right: Typed) -> bool:
    """Whether `left + right` is a string; a namespace makes a name instead."""
    return STRING in (left.type, right.type) and left.type.name != "XNamespace"


def _joined(left: Typed, right: Typed) -> object:
    if isinstance(left.constant, str) and isinstance(right.constant, str):
        return left.constant + right.constant
    return NOTHING


def _sides(unit: Unit, node: Node) -> tuple[Node, Node]:
    left, right = (
        node.child_by_field_name("left"),
        node.child_by_field_name("right"),
    )
    if left is None or right is None:
        unit.refuse(node, "an operand is missing")
    return left, right


def _operator(unit: Unit, node: Node) -> str:
    found = node.child_by_field_name("operator")
    if found is None:
        unit.refuse(node, "an operator is missing")
    return unit.text(found)


def _shortcut(unit: Unit, node: Node, operator: str, left: Typed, right: Node) -> Typed:
    """Operators that may leave the right side alone."""
    if operator == "??":
        return coalesce(unit, node, left, right)
    joint: ast.boolop = ast.And() if operator == "&&" else ast.Or()
    sides = [truth(unit, left, node), truth(unit, unit.expression(right), right)]
    return Typed(ast.BoolOp(joint, sides), BOOL)


def combine(unit: Unit, node: Node, operator: str, left: Typed, right: Typed) -> Typed:
    """`left operator right` for operators that compute both sides."""
    if operator in ("==", "!="):
        return equality(unit, node, operator, left, right)
    if operator in COMPARISONS:
        return ordering(unit, node, operator, left, right)
    if operator == "+" and _is_text(left, right):
        made = unit.call(concat, as_text(unit, left), as_text(unit, right))
        unit.meter()
        return Typed(made, STRING, _joined(left, right))
    found = arithmetic.compute(unit, operator, left, right)
    if found is None:
        refuse_operands(unit, node, operator, left, right)
    if isinstance(found.constant, Impossible):
        unit.refuse(node, found.constant.reason)
    return found


def as_text(unit: Unit, typed: Typed) -> ast.expr:
    """A value as part of a string: null is nothing."""
    if typed.type == STRING:
        if isinstance(typed.constant, str):
            return emit.value(typed.constant)
        return typed.tree
    return unit.call(text_of, named_tree(unit, typed))


def coalesce(unit: Unit, node: Node, left: Typed, right: Node) -> Typed:
    """`left ?? right`."""
    if left.type.name in VALUES:
        unit.refuse(node, f"?? needs something that can be null; {left.type} cannot")
    other = unit.expression(right)
    held = unit.fresh("t")
    plain = bare(left.type)
    inner = Typed(emit.name(held), plain)
    result = plain if cost(other, plain) is not None else None
    result = result or common(Typed(left.tree, left.type), other)
    if left.type == NULL:
        result = other.type
    if result is None:
        refuse_operands(unit, node, "??", left, other)
    test = emit.is_none(emit.keep(held, left.tree))
    then = converted(unit, inner, result)
    return Typed(emit.either(test, converted(unit, other, result), then), result)


def conditional_expression(unit: Unit, node: Node) -> Typed:
    """`a ? b : c`."""
    condition, then, other = (
        unit.expression(part) for part in node.named_children if part.type != "comment"
    )
    result = common(then, other)
    if result is None:
        unit.refuse(
            node, f"both branches need one type, not {then.type} and {other.type}"
        )
    test = truth(unit, condition, node)
    return Typed(
        emit.either(
            test, converted(unit, then, result), converted(unit, other, result)
        ),
        result,
    )


def prefix_unary_expression(unit: Unit, node: Node) -> Typed:
    operator, inner = unit.text(node.children[0]), node.named_children[-1]
    if operator == "-" and inner.type == "integer_literal":
        return literal(unit, inner, negative=True)
    typed = unit.expression(inner)
    if operator == "!" and typed.type == Type("?", (BOOL,)):
        held = unit.fresh("t")
        test = emit.is_none(emit.keep(held, typed.tree))
        inverse = ast.UnaryOp(ast.Not(), emit.name(held))
        return Typed(emit.either(test, emit.value(None), inverse), typed.type)
    if operator == "!":
        return Typed(ast.UnaryOp(ast.Not(), truth(unit, typed, node)), BOOL)
    return negate(unit, node, operator, typed)


def negate(unit: Unit, node: Node, operator: str, typed: Typed) -> Typed:
    """`-x`, `+x`, `~x`."""
    plain = bare(typed.type)
    if operator not in ("-", "+", "~"):
        unit.refuse(node, f"operator {operator} is not supported")
    if plain.name == "TimeSpan" and operator == "-":
        return Typed(ast.UnaryOp(ast.USub(), typed.tree), typed.type)
    if plain.name not in NUMBERS | {"char"} or typed.type.name == "?":
        unit.refuse(node, f"operator {operator} cannot be applied to {typed.type}")
    result = plain if plain.name in ("long", "ulong", "uint") else INT
    if plain.name not in INTEGERS | {"char"}:
        result = plain
    if plain == UINT and operator == "-":
        result = LONG
    typed = arithmetic.widened(unit, typed, result)
    if operator == "+":
        return typed
    if operator == "~" and result.name not in INTEGERS:
        unit.refuse(node, f"operator ~ cannot be applied to {typed.type}")
    signs: dict[str, ast.unaryop] = {"-": ast.USub(), "~": ast.Invert()}
    tree: ast.expr = ast.UnaryOp(signs[operator], typed.tree)
    if result.name not in INTEGERS:
        number = typed.constant
        return Typed(tree, result, -number if type(number) is float else NOTHING)
    made = Typed(wrap(unit, tree, result), result)
    return _negated_constant(unit, node, operator, typed, made)


def _negated_constant(
    unit: Unit, node: Node, operator: str, typed: Typed, made: Typed
) -> Typed:
    constant = typed.constant
    if type(constant) is not int:
        return made
    exact = -constant if operator == "-" else ~constant
    number = wrapped(exact, *BITS[made.type.name])
    if operator == "-" and number != exact and unit.checked is not False:
        unit.refuse(node, OVERFLOW.reason)
    return Typed(made.tree, made.type, number)


def parenthesized_expression(unit: Unit, node: Node) -> Any:
    inner = [item for item in node.named_children if item.type != "comment"]
    if len(inner) != 1:
        unit.refuse(node, "this is not supported in policy expressions")
    return unit.named(inner[0])


def checked_expression(unit: Unit, node: Node) -> Typed:
    """`checked(x)` and `unchecked(x)`."""
    before, unit.checked = unit.checked, node.children[0].type == "checked"
    try:
        return unit.expression(node.named_children[0])
    finally:
        unit.checked = before


def throw_expression(unit: Unit, node: Node) -> Typed:
    problem = unit.expression(node.named_children[0])
    tree = convert(unit, problem, Type("Exception"), node)
    return Typed(unit.call(values.throw, tree), NEVER)


VISITS: dict[str, Visit] = {
    "binary_expression": binary_expression,
    "conditional_expression": conditional_expression,
    "parenthesized_expression": parenthesized_expression,
    "checked_expression": checked_expression,
    "throw_expression": throw_expression,
}
