"""Loops and switch: what `break` and `continue` belong to."""

import ast

from tree_sitter import Node

from bramka.expressions.compiler import emit
from bramka.expressions.compiler.conversions import cast, truth
from bramka.expressions.compiler.names import type_from
from bramka.expressions.compiler.patterns import match
from bramka.expressions.compiler.scope import Scope
from bramka.expressions.compiler.statements import declare, suite
from bramka.expressions.compiler.types import OBJECT, element_of
from bramka.expressions.compiler.unit import Perform, Typed, Unit
from bramka.expressions.meter import step
from bramka.expressions.values.sequences import pairs_in, watched


def _body(unit: Unit, node: Node, kind: str) -> list[ast.stmt]:
    """A loop's body; each turn is a step."""
    body = node.child_by_field_name("body")
    if body is None:
        unit.refuse(node, "a loop needs a body")
    unit.meter()
    unit.loops.append(kind)
    try:
        return [ast.Expr(unit.call(step)), *suite(unit, body)]
    finally:
        unit.loops.pop()


def _test(unit: Unit, node: Node) -> list[ast.stmt]:
    """`if not condition: break`, with what the condition needs before it."""
    outer, unit.block = unit.block, []
    condition = truth(unit, unit.expression(node), node)
    made, unit.block = unit.block, outer
    stop = ast.If(ast.UnaryOp(ast.Not(), condition), [ast.Break()], [])
    unit.locate(stop, node)
    return [*made, stop]


def while_statement(unit: Unit, node: Node) -> None:
    condition = node.child_by_field_name("condition")
    if condition is None:
        condition = node.named_children[0]
    test = _test(unit, condition)
    body = _body(unit, node, "loop")
    unit.block.append(ast.While(emit.value(True), [*test, *body], []))


def do_statement(unit: Unit, node: Node) -> None:
    """The test comes first in every turn but the first, so `continue` finds it."""
    condition = node.child_by_field_name("condition")
    if condition is None:
        unit.refuse(node, "a do needs a while")
    first = unit.fresh("t")
    body = _body(unit, node, "loop")
    test = _test(unit, condition)
    again: list[ast.stmt] = [
        ast.If(emit.name(first), [emit.set_to(first, emit.value(False))], test)
    ]
    unit.block.append(emit.set_to(first, emit.value(True)))
    unit.block.append(ast.While(emit.value(True), [*again, *body], []))


def for_statement(unit: Unit, node: Node) -> None:
    """`for (a; b; c)`: c runs before every turn but the first."""
    kept, unit.scope = unit.scope, Scope(unit.scope)
    condition = node.child_by_field_name("condition")
    for item in node.children_by_field_name("initializer"):
        if not item.is_named:
            continue
        if item.type == "variable_declaration":
            declare(unit, item)
        else:
            unit.block.append(ast.Expr(unit.expression(item).tree))
    first = unit.fresh("t")
    unit.block.append(emit.set_to(first, emit.value(True)))
    outer, unit.block = unit.block, []
    for item in node.children_by_field_name("update"):
        if not item.is_named:  # the comma between two
            continue
        unit.block.append(ast.Expr(unit.expression(item).tree))
    updates, unit.block = unit.block, outer
    test = _test(unit, condition) if condition is not None else []
    body = _body(unit, node, "loop")
    again = ast.If(emit.name(first), [emit.set_to(first, emit.value(False))], updates)
    unit.block.append(ast.While(emit.value(True), [again, *test, *body], []))
    unit.scope = kept


def foreach_statement(unit: Unit, node: Node) -> None:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    spelled = node.child_by_field_name("type")
    if left is None or right is None:
        unit.refuse(node, "a foreach needs a name and a collection")
    source = unit.expression(right)
    element = element_of(source.type)
    if element is None and source.type != OBJECT:
        unit.refuse(right, f"foreach cannot walk over {source.type}")
    item = Typed(emit.name(unit.fresh("t")), element or OBJECT)
    assert isinstance(item.tree, ast.Name), "a fresh name"
    kept, unit.scope = unit.scope, Scope(unit.scope)
    outer, unit.block = unit.block, []
    _take(unit, node, left, spelled, item)
    before, unit.block = unit.block, outer
    body = _body(unit, node, "loop")
    unit.scope = kept
    walk = pairs_in if source.type.name == "JObject" else watched
    walked = unit.call(walk, source.tree)
    unit.block.append(ast.For(emit.stored(item.tree.id), walked, [*before, *body], []))


def _take(
    unit: Unit, node: Node, left: Node, spelled: Node | None, item: Typed
) -> None:
    """Put the element of this turn under its name."""
    if left.type == "tuple_pattern":
        parts = item.type.arguments
        names = left.named_children
        if item.type.name not in ("ValueTuple", "KeyValuePair") or len(parts) != len(
            names
        ):
            unit.refuse(left, f"{item.type} has no {len(names)} parts")
        for index, (name, type_) in enumerate(zip(names, parts, strict=True)):
            variable = unit.declare(name, unit.text(name), type_)
            part = emit.item(item.tree, index)
            unit.block.append(emit.set_to(variable.python, part))
        return
    value = item
    if spelled is not None and spelled.type != "implicit_type":
        target = type_from(unit, spelled)
        value = cast(unit, item, target, node)
    variable = unit.declare(left, unit.text(left), value.type, frozen=True)
    unit.block.append(emit.set_to(variable.python, value.tree))


# --- break, continue, switch ----------------------------------------------------


def break_statement(unit: Unit, node: Node) -> None:
    if not unit.loops:
        unit.refuse(node, "break stands outside of a loop or switch")
    unit.block.append(ast.Break())


def continue_statement(unit: Unit, node: Node) -> None:
    """Inside a switch, which is a loop of one turn, a note is left for after it."""
    if "loop" not in unit.loops:
        unit.refuse(node, "continue stands outside of a loop")
    for flag in reversed(unit.loops):
        if flag == "loop":
            break
        unit.block.append(emit.set_to(flag, emit.value(True)))
    unit.block.append(ast.Break() if unit.loops[-1] != "loop" else ast.Continue())


def switch_statement(unit: Unit, node: Node) -> None:
    """A row of tests inside a loop of one turn, which `break` leaves."""
    value, body = node.child_by_field_name("value"), node.child_by_field_name("body")
    if value is None or body is None:
        unit.refuse(node, "a switch needs a value and sections")
    while value.type in ("tuple_expression", "parenthesized_expression"):
        value = value.named_children[-1]
    typed = unit.expression(value)
    held, flag = unit.fresh("t"), unit.fresh("c")
    unit.block.append(emit.set_to(held, typed.tree))
    unit.block.append(emit.set_to(flag, emit.value(False)))
    subject = Typed(emit.name(held), typed.type)
    unit.loops.append(flag)
    chain = _sections(unit, body, subject)
    unit.loops.pop()
    once = ast.Tuple([emit.value(0)], ast.Load())
    unit.block.append(ast.For(emit.stored(unit.fresh("u")), once, chain, []))
    if "loop" in unit.loops:
        onwards: ast.stmt = ast.Continue() if unit.loops[-1] == "loop" else ast.Break()
        unit.block.append(ast.If(emit.name(flag), [onwards], []))


def _sections(unit: Unit, body: Node, subject: Typed) -> list[ast.stmt]:
    sections = [item for item in body.named_children if item.type == "switch_section"]
    rows: list[tuple[ast.expr | None, list[ast.stmt], list[ast.stmt]]] = []
    tests: list[ast.expr] = []
    default = False
    last: list[ast.stmt] = []
    kept = unit.scope
    for section in sections:
        unit.scope = Scope(kept)
        outer, unit.block = unit.block, []
        label, statements = _label(unit, section, subject)
        prelude, unit.block = unit.block, outer
        tests += [label] if label is not None else []
        default = default or label is None
        if statements:
            made = _section_body(unit, statements)
            if default:
                last = made
            if tests:
                joined = tests[0] if len(tests) == 1 else ast.BoolOp(ast.Or(), tests)
                if not default:
                    rows.append((joined, made, prelude))
            tests, default = [], False
    unit.scope = kept
    tree = last
    for test, made, prelude in reversed(rows):
        assert test is not None, "only the default has no test"
        tree = [*prelude, ast.If(test, emit.block(made), tree)]
    return emit.block(tree)


def _label(
    unit: Unit, section: Node, subject: Typed
) -> tuple[ast.expr | None, list[Node]]:
    """The test of a section, None for default, and its statements."""
    parts = [item for item in section.named_children if item.type != "comment"]
    if section.children[0].type == "default":
        return None, parts
    pattern, *rest = parts
    if pattern.type == "constant_pattern" or pattern.type.endswith("pattern"):
        test = match(unit, pattern, subject)
    else:
        unit.refuse(pattern, "this case is not supported")
    if rest and rest[0].type == "when_clause":
        guard = unit.expression(rest[0].named_children[0])
        test = ast.BoolOp(ast.And(), [test, truth(unit, guard, section)])
        rest = rest[1:]
    return test, rest


def _section_body(unit: Unit, statements: list[Node]) -> list[ast.stmt]:
    outer, unit.block = unit.block, []
    for item in statements:
        unit.statement(item)
    made, unit.block = unit.block, outer
    return made


PERFORMS: dict[str, Perform] = {
    "while_statement": while_statement,
    "do_statement": do_statement,
    "for_statement": for_statement,
    "foreach_statement": foreach_statement,
    "break_statement": break_statement,
    "continue_statement": continue_statement,
    "switch_statement": switch_statement,
}
