"""Casts and tests of types: `(T)x`, `x as T`, `x is T y`, patterns, switch."""

import ast

from tree_sitter import Node

from bramka.expressions.compiler import emit, operators
from bramka.expressions.compiler.conversions import cast, common, converted, cost, truth
from bramka.expressions.compiler.names import type_from
from bramka.expressions.compiler.scope import Scope
from bramka.expressions.compiler.types import (
    BITS,
    BOOL,
    NEVER,
    OBJECT,
    VALUES,
    Type,
    bare,
    derives,
)
from bramka.expressions.compiler.unit import Typed, TypeName, Unit, Visit
from bramka.expressions.values import casting
from bramka.expressions.values.arithmetic import same


def cast_expression(unit: Unit, node: Node) -> Typed:
    """`(T)x`; `(a) - b` and `(f)(x)` look like it but have a local in brackets."""
    spelled, value = (
        node.child_by_field_name("type"),
        node.child_by_field_name("value"),
    )
    if spelled is None or value is None:
        unit.refuse(node, "a cast needs a type and a value")
    if spelled.type == "identifier" and unit.scope.find(unit.text(spelled)):
        return _not_a_cast(unit, node, spelled, value)
    target = type_from(unit, spelled)
    inner = unit.operand(value)
    if not isinstance(inner, Typed):
        return Typed(unit.fit(unit, inner, target, node), target)
    return cast(unit, inner, target, node)


def _not_a_cast(unit: Unit, node: Node, spelled: Node, value: Node) -> Typed:
    if value.type != "prefix_unary_expression":
        unit.refuse(node, f"'{unit.text(spelled)}' is a local, not a type")
    left = unit.expression(spelled)
    right = unit.expression(value.named_children[-1])
    operator = unit.text(value.children[0])
    return operators.combine(unit, node, operator, left, right)


def as_expression(unit: Unit, node: Node) -> Typed:
    """`x as T`: null where the cast would throw."""
    left, right = node.named_children[0], node.named_children[-1]
    target, inner = type_from(unit, right), unit.expression(left)
    if target.name in VALUES:
        unit.refuse(node, f"'as' needs a type that can be null, such as {target}?")
    if derives(inner.type, target):
        return Typed(inner.tree, target)
    tree = unit.call(casting.as_type, inner.tree, unit.link(bare(target)))
    return Typed(tree, target)


def is_expression(unit: Unit, node: Node) -> Typed:
    """`x is T`."""
    left, right = node.named_children[0], node.named_children[-1]
    return _is_type(unit, unit.expression(left), type_from(unit, right))


def _is_type(unit: Unit, value: Typed, target: Type) -> Typed:
    test = unit.call(casting.is_type, value.tree, unit.link(bare(target)))
    return Typed(test, BOOL)


def is_pattern_expression(unit: Unit, node: Node) -> Typed:
    """`x is T name`, `x is null`, `x is 5`."""
    value = unit.expression(node.named_children[0])
    held = unit.fresh("t")
    pattern = node.named_children[-1]
    test = match(unit, pattern, Typed(emit.name(held), value.type))
    return Typed(emit.last_of(emit.keep(held, value.tree), test), BOOL)


def match(unit: Unit, pattern: Node, value: Typed) -> ast.expr:
    """Code that tells whether `value`, a plain name, matches."""
    if pattern.type == "constant_pattern":
        return _match_constant(unit, pattern, value)
    if pattern.type == "declaration_pattern":
        return _match_declaration(unit, pattern, value)
    if pattern.type == "negated_pattern":
        return ast.UnaryOp(ast.Not(), match(unit, pattern.named_children[0], value))
    if pattern.type == "discard":
        return emit.value(True)
    if pattern.type == "var_pattern":
        variable = unit.declare(
            pattern, unit.text(pattern.named_children[-1]), value.type
        )
        keep = emit.keep(variable.python, value.tree)
        return emit.last_of(keep, emit.value(True))
    kind = pattern.type.replace("_", " ")
    return unit.refuse(
        pattern, f"{kind} is newer than policy expressions; use && and ||"
    )


def _match_constant(unit: Unit, pattern: Node, value: Typed) -> ast.expr:
    inner = pattern.named_children[0]
    found = unit.named(inner)
    if isinstance(found, TypeName):
        return _is_type(unit, value, found.type).tree
    if not isinstance(found, Typed):
        unit.refuse(pattern, "a pattern needs a constant or a type")
    if value.type == OBJECT or cost(found, value.type) is None:
        return unit.call(same, value.tree, found.tree)
    return operators.combine(unit, pattern, "==", value, found).tree


def _match_declaration(unit: Unit, pattern: Node, value: Typed) -> ast.expr:
    spelled = pattern.child_by_field_name("type")
    name = pattern.child_by_field_name("name")
    if spelled is None or name is None:
        unit.refuse(pattern, "a type pattern needs a type and a name")
    if unit.text(spelled) == "var":
        target = value.type
        test: ast.expr = emit.value(True)
    else:
        target = type_from(unit, spelled)
        test = _is_type(unit, value, target).tree
    if name.type == "discard" or unit.text(name) == "_":
        return test
    variable = unit.declare(pattern, unit.text(name), target)
    taken = value.tree
    if target.name in BITS:  # out of its box
        taken = emit.call(unit.link(int), taken)
    keep = emit.keep(variable.python, taken)
    return ast.BoolOp(ast.And(), [test, emit.last_of(keep, emit.value(True))])


def switch_expression(unit: Unit, node: Node) -> Typed:
    """`x switch { pattern => value, … }`."""
    value = unit.expression(node.named_children[0])
    held = unit.fresh("t")
    subject = Typed(emit.name(held), value.type)
    arms: list[tuple[ast.expr, Typed]] = []
    result: Type | None = None
    for arm in node.named_children[1:]:
        if arm.type == "comment":
            continue
        kept, unit.scope = unit.scope, Scope(unit.scope)
        parts = [item for item in arm.named_children if item.type != "comment"]
        test = match(unit, parts[0], subject)
        if len(parts) == 3:
            guard = unit.expression(parts[1].named_children[0])
            test = ast.BoolOp(ast.And(), [test, truth(unit, guard, arm)])
        arms.append((test, unit.expression(parts[-1])))
        unit.scope = kept
        first = Typed(emit.value(None), result or NEVER)
        result = common(first, arms[-1][1])
        if result is None:
            unit.refuse(arm, "the arms give values of different types")
    tree: ast.expr = unit.call(casting.no_arm, emit.name(held))
    for test, typed in reversed(arms):
        tree = emit.either(test, converted(unit, typed, result or OBJECT), tree)
    return Typed(emit.last_of(emit.keep(held, value.tree), tree), result or OBJECT)


VISITS: dict[str, Visit] = {
    "cast_expression": cast_expression,
    "as_expression": as_expression,
    "is_expression": is_expression,
    "is_pattern_expression": is_pattern_expression,
    "switch_expression": switch_expression,
}
