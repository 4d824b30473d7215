"""Assignments: to locals, items and properties; compound ones; `++`."""

import ast

from tree_sitter import Node

from bramka.expressions.compiler import emit, operators
from bramka.expressions.compiler.arguments import arguments_of, index_of, note_variable
from bramka.expressions.compiler.calls import code_of
from bramka.expressions.compiler.chains import property_of
from bramka.expressions.compiler.conversions import cast, convert
from bramka.expressions.compiler.names import type_from
from bramka.expressions.compiler.overloads import Argument, choose
from bramka.expressions.compiler.types import INT, VALUES, Type, bare
from bramka.expressions.compiler.unit import Typed, Unit, Visit


def assignment(unit: Unit, node: Node) -> Typed:
    """`left = right`, `left += right`, `left ??= right`, `(a, b) = right`."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    sign = node.child_by_field_name("operator")
    if left is None or right is None or sign is None:
        unit.refuse(node, "an assignment needs two sides")
    operator = unit.text(sign)
    if left.type == "tuple_expression" and operator == "=":
        return _deconstruct(unit, node, left, unit.expression(right))
    if operator != "=":
        return change(unit, node, left, operator[:-1], right, after=False)
    if left.type == "identifier":
        variable = unit.scope.find(unit.text(left))
        if variable is None:
            if unit.text(left) == "_":
                return unit.expression(right)
            what = f"the name '{unit.text(left)}' does not exist here"
            unit.refuse(left, f"{what}; var declares one")
        tree = unit.fit(unit, unit.operand(right), variable.type, right)
        unit.will_set(variable)
        return Typed(emit.keep(variable.python, tree), variable.type)
    if left.type == "element_access_expression":
        owner, arguments = _element(unit, left)
        tree = set_index(unit, node, owner, arguments, unit.expression(right))
        return Typed(tree, Type("object"))
    if left.type == "member_access_expression":
        owner, name = _property(unit, left)
        tree = set_property(unit, node, owner, name, unit.expression(right))
        return Typed(tree, Type("object"))
    return unit.refuse(left, "this cannot be assigned to")


def _element(unit: Unit, node: Node) -> tuple[Typed, list[Argument]]:
    inner = node.child_by_field_name("expression")
    listed = node.child_by_field_name("subscript")
    assert inner is not None, "the grammar gives an element access its operand"
    return unit.expression(inner), arguments_of(unit, listed)


def _property(unit: Unit, node: Node) -> tuple[Typed, str]:
    inner, name = node.child_by_field_name("expression"), node.named_children[-1]
    assert inner is not None, "the grammar gives a member access its operand"
    return unit.expression(inner), unit.text(name)


def set_index(
    unit: Unit, node: Node, owner: Typed, arguments: list[Argument], value: Typed
) -> ast.expr:
    """`owner[arguments] = value`."""
    rows = unit.table.instance(owner.type, "set this")
    fitting = choose(unit, rows, [*arguments, Argument(node, value)], ())
    if fitting is None:
        hint = (
            "; use the set-variable policy" if owner.type.name == "IVariables" else ""
        )
        unit.refuse(
            node, f"an item of {owner.type} cannot be set to {value.type}{hint}"
        )
    note_variable(unit, owner, arguments)
    return code_of(unit, fitting, owner, node).tree


def set_property(
    unit: Unit, node: Node, owner: Typed, name: str, value: Typed
) -> ast.expr:
    """`owner.name = value`."""
    rows = unit.table.instance(owner.type, f"set {name}")
    fitting = choose(unit, rows, [Argument(node, value)], ())
    if fitting is None:
        unit.refuse(node, _why_not_set(unit, owner.type, name, value, known=bool(rows)))
    return code_of(unit, fitting, owner, node).tree


def _why_not_set(
    unit: Unit, owner: Type, name: str, value: Typed, *, known: bool
) -> str:
    if known:
        return f"{owner}.{name} cannot be set to {value.type}; == compares"
    if unit.table.instance(owner, name) or name in owner.fields:
        return f"{owner}.{name} can only be read; == compares"
    return f"{owner} has no member {name}{unit.table.near(owner, name, static=False)}"


def change(
    unit: Unit,
    node: Node,
    left: Node,
    operator: str,
    right: Node | Typed,
    *,
    after: bool,
) -> Typed:
    """`left operator= right`; with `after` the value is the one before."""
    while left.type == "parenthesized_expression":
        left = left.named_children[0]
    steps: list[ast.expr] = []
    if left.type == "identifier":
        variable = unit.scope.find(unit.text(left))
        if variable is None:
            what = f"the name '{unit.text(left)}' does not exist here"
            unit.refuse(left, f"{what}; var declares one")
        old = Typed(emit.name(variable.python), variable.type)
        new = _changed(unit, node, old, operator, right)
        unit.will_set(variable)
        if not after:
            return Typed(emit.keep(variable.python, new), old.type)
        held = unit.fresh("t")
        row = [emit.keep(held, old.tree), emit.keep(variable.python, new)]
        return Typed(emit.last_of(*row, emit.name(held)), old.type)
    if left.type not in ("element_access_expression", "member_access_expression"):
        unit.refuse(left, "this cannot be assigned to")
    return _change_part(unit, node, left, operator, right, steps, after=after)


def _held(unit: Unit, typed: Typed, steps: list[ast.expr]) -> Typed:
    name = unit.fresh("t")
    steps.append(emit.keep(name, typed.tree))
    return Typed(emit.name(name), typed.type, typed.constant)


def _change_part(
    unit: Unit,
    node: Node,
    left: Node,
    operator: str,
    right: Node | Typed,
    steps: list[ast.expr],
    *,
    after: bool,
) -> Typed:
    """A compound assignment to an item or a property; each part is computed once."""
    if left.type == "element_access_expression":
        owner, written = _element(unit, left)
        owner = _held(unit, owner, steps)
        arguments = [
            Argument(item.node, _held(unit, item.given, steps))
            for item in written
            if isinstance(item.given, Typed)
        ]
        old = _held(unit, index_of(unit, left, owner, arguments), steps)
        new = _held(unit, _typed_change(unit, node, old, operator, right), steps)
        steps.append(set_index(unit, node, owner, arguments, new))
    else:
        owner, name = _property(unit, left)
        owner = _held(unit, owner, steps)
        found = property_of(unit, left, owner, name)
        if not isinstance(found, Typed):
            unit.refuse(left, f"{name} is a method")
        old = _held(unit, found, steps)
        new = _held(unit, _typed_change(unit, node, old, operator, right), steps)
        steps.append(set_property(unit, node, owner, name, new))
    steps.append((old if after else new).tree)
    return Typed(emit.last_of(*steps), old.type)


def _typed_change(
    unit: Unit, node: Node, old: Typed, operator: str, right: Node | Typed
) -> Typed:
    return Typed(_changed(unit, node, old, operator, right), old.type)


def _changed(
    unit: Unit, node: Node, old: Typed, operator: str, right: Node | Typed
) -> ast.expr:
    """The new value of a compound assignment, cast back to the old type."""
    if operator == "??":
        assert not isinstance(right, Typed), "only ++ brings its own operand"
        made = operators.coalesce(unit, node, old, right)
        return convert(unit, made, old.type, node)
    other = right if isinstance(right, Typed) else unit.expression(right)
    if old.type == Type("char") and isinstance(right, Typed):
        old = Typed(old.tree, old.type)
    made = operators.combine(unit, node, operator, old, other)
    if bare(made.type).name in VALUES and made.type != old.type:
        return cast(unit, made, old.type, node).tree
    return convert(unit, made, old.type, node)


def _deconstruct(unit: Unit, node: Node, left: Node, value: Typed) -> Typed:
    """`(var a, int b) = pair`."""
    held = unit.fresh("t")
    types = value.type.arguments
    targets = [item.named_children[-1] for item in left.named_children]
    if value.type.name not in ("ValueTuple", "KeyValuePair", "Tuple") or len(
        types
    ) != len(targets):
        unit.refuse(node, f"{value.type} has no {len(targets)} parts")
    steps: list[ast.expr] = [emit.keep(held, value.tree)]
    for index, (target, type_) in enumerate(zip(targets, types, strict=True)):
        part = Typed(emit.item(emit.name(held), index), type_)
        steps.append(_store(unit, target, part))
    return Typed(emit.last_of(*steps), value.type)


def _store(unit: Unit, target: Node, part: Typed) -> ast.expr:
    name = target.child_by_field_name("name")
    if target.type == "declaration_expression" and name is not None:
        spelled = target.named_children[0]
        declared = part.type
        if unit.text(spelled) != "var":
            declared = type_from(unit, spelled)
        variable = unit.declare(target, unit.text(name), declared)
    else:
        found = unit.scope.find(unit.text(target))
        if found is None:
            if unit.text(target) == "_":
                return part.tree
            unit.refuse(target, "only names can take the parts of a tuple")
        variable = found
        unit.will_set(variable)
    return emit.keep(variable.python, convert(unit, part, variable.type, target))


def postfix(unit: Unit, node: Node) -> Typed:
    """`x++`, `x--`, and `x!`, which only speaks to the C# compiler."""
    operator, inner = unit.text(node.children[-1]), node.named_children[0]
    if operator == "!":
        return unit.expression(inner)
    if operator not in ("++", "--"):
        unit.refuse(node, f"operator {operator} is not supported")
    one = Typed(emit.value(1), INT, 1)
    return change(unit, node, inner, operator[0], one, after=True)


def prefix(unit: Unit, node: Node) -> Typed:
    """`++x`, `--x`, and the operators that assign nothing."""
    operator, inner = unit.text(node.children[0]), node.named_children[-1]
    if operator not in ("++", "--"):
        return operators.prefix_unary_expression(unit, node)
    one = Typed(emit.value(1), INT, 1)
    return change(unit, node, inner, operator[0], one, after=False)


VISITS: dict[str, Visit] = {
    "assignment_expression": assignment,
    "postfix_unary_expression": postfix,
    "prefix_unary_expression": prefix,
}
