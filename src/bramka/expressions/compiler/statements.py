"""Statements: declarations, branches, switch, try and using."""

import ast

from tree_sitter import Node

from bramka.expressions.compiler import emit
from bramka.expressions.compiler.conversions import convert, truth
from bramka.expressions.compiler.creations import array_row, default_code
from bramka.expressions.compiler.lambdas import write_return
from bramka.expressions.compiler.local_functions import (
    announce_functions,
    local_function,
)
from bramka.expressions.compiler.names import type_from
from bramka.expressions.compiler.scope import Scope
from bramka.expressions.compiler.types import NULL, VOID, Type
from bramka.expressions.compiler.unit import Perform, Typed, Unit
from bramka.expressions.failures import CATCHABLE, problem_of
from bramka.expressions.values.arithmetic import throw


def suite(unit: Unit, node: Node) -> list[ast.stmt]:
    """The statements of a branch or loop body, in a scope of their own."""
    outer_scope, outer_block = unit.scope, unit.block
    unit.scope, unit.block = Scope(outer_scope), []
    try:
        unit.statement(node)
        return unit.block
    finally:
        unit.scope, unit.block = outer_scope, outer_block


def block(unit: Unit, node: Node) -> None:
    """`{ … }`."""
    outer_scope, outer_block = unit.scope, unit.block
    unit.scope, unit.block = Scope(outer_scope), []
    statements = [item for item in node.named_children if item.type != "comment"]
    announce_functions(unit, statements)
    for item in statements:
        unit.statement(item)
    unit.scope, made, unit.block = outer_scope, unit.block, outer_block
    unit.block += made


def declaration_statement(unit: Unit, node: Node) -> None:
    declared = next(
        (item for item in node.named_children if item.type == "variable_declaration"),
        None,
    )
    if declared is None:
        unit.refuse(node, "this declaration is not supported")
    declare(unit, declared)


def declare(unit: Unit, node: Node) -> None:
    """`T a = x, b`; `var (a, b) = x`."""
    spelled = node.child_by_field_name("type")
    if spelled is None:
        unit.refuse(node, "a declaration needs a type or var")
    for item in node.named_children:
        if item.type == "variable_declarator":
            _declare_one(unit, item, spelled)


def _declare_one(unit: Unit, item: Node, spelled: Node) -> None:
    name, *rest = [part for part in item.named_children if part.type != "comment"]
    if name.type == "tuple_pattern":
        _declare_parts(unit, name, unit.expression(rest[-1]))
        return
    inferred = spelled.type == "implicit_type"
    wanted = None if inferred else type_from(unit, spelled)
    if not rest:
        if wanted is None:
            unit.refuse(item, "var needs a value to take its type from")
        variable = unit.declare(item, unit.text(name), wanted)
        unit.block.append(emit.set_to(variable.python, default_code(unit, wanted)))
        return
    value = rest[-1]
    if wanted is None:
        typed = unit.expression(value)
        if typed.type in (NULL, VOID):
            unit.refuse(value, "var cannot take its type from this; name the type")
        wanted, tree = typed.type, typed.tree
    elif value.type == "initializer_expression":
        if wanted.name != "[]":
            unit.refuse(value, "only arrays can be given their items like this")
        tree = array_row(unit, value, wanted.arguments[0])
    else:
        tree = _value(unit, item, name, wanted, value)
    if value.type == "lambda_expression" and not inferred:
        variable = unit.scope.names[unit.text(name)]
    else:
        variable = unit.declare(item, unit.text(name), wanted, frozen=True)
    unit.block.append(emit.set_to(variable.python, tree))


def _value(unit: Unit, item: Node, name: Node, wanted: Type, value: Node) -> ast.expr:
    """The value of a declaration; a lambda may already name the local."""
    if value.type == "lambda_expression":
        unit.declare(item, unit.text(name), wanted)
    return unit.fit(unit, unit.operand(value), wanted, value)


def _declare_parts(unit: Unit, pattern: Node, value: Typed) -> None:
    parts = value.type.arguments
    names = pattern.named_children
    if value.type.name not in ("ValueTuple", "KeyValuePair") or len(parts) != len(
        names
    ):
        unit.refuse(pattern, f"{value.type} has no {len(names)} parts")
    held = unit.fresh("t")
    unit.block.append(emit.set_to(held, value.tree))
    for index, (name, type_) in enumerate(zip(names, parts, strict=True)):
        if unit.text(name) == "_":
            continue
        variable = unit.declare(name, unit.text(name), type_)
        part = emit.item(emit.name(held), index)
        unit.block.append(emit.set_to(variable.python, part))


def expression_statement(unit: Unit, node: Node) -> None:
    whole = node.named_children[0]
    inner = unit.operand(whole)
    if not isinstance(inner, Typed):
        unit.refuse(node, "this has no effect; call it with ()")
    unit.block.append(ast.Expr(inner.tree))


def if_statement(unit: Unit, node: Node) -> None:
    condition = node.child_by_field_name("condition")
    then = node.child_by_field_name("consequence")
    other = node.child_by_field_name("alternative")
    if condition is None or then is None:
        unit.refuse(node, "an if needs a condition and a statement")
    # Names of patterns in the condition live in both branches and after it.
    test = truth(unit, unit.expression(condition), condition)
    body = emit.block(suite(unit, then))
    otherwise = suite(unit, other) if other is not None else []
    unit.block.append(ast.If(test, body, otherwise))


def return_statement(unit: Unit, node: Node) -> None:
    values = [item for item in node.named_children if item.type != "comment"]
    if values:
        if unit.function.result == VOID:
            unit.refuse(node, "this function returns nothing")
        write_return(unit, values[0])
        return
    if unit.function.result not in (VOID, None):
        unit.refuse(node, "return needs a value")
    unit.block.append(ast.Return(emit.value(None)))


def throw_statement(unit: Unit, node: Node) -> None:
    if not node.named_children:
        if not unit.catching:
            unit.refuse(node, "throw without a value stands outside of a catch")
        unit.block.append(ast.Raise())
        return
    problem = unit.expression(node.named_children[0])
    tree = convert(unit, problem, Type("Exception"), node)
    unit.block.append(ast.Expr(unit.call(throw, tree)))


def try_statement(unit: Unit, node: Node) -> None:
    body = node.child_by_field_name("body")
    if body is None:
        unit.refuse(node, "a try needs a block")
    clauses = [item for item in node.named_children if item.type == "catch_clause"]
    finals = [item for item in node.named_children if item.type == "finally_clause"]
    tried = emit.block(suite(unit, body))
    handlers = [_handler(unit, clauses)] if clauses else []
    last = suite(unit, finals[0].named_children[-1]) if finals else []
    if not handlers and not last:
        unit.block += tried
        return
    unit.block.append(ast.Try(tried, handlers, [], last))


def _handler(unit: Unit, clauses: list[Node]) -> ast.ExceptHandler:
    """All catch clauses as one: the first that fits runs, or it goes on up."""
    error, problem = unit.fresh("e"), unit.fresh("p")
    tree: list[ast.stmt] = [ast.Raise()]
    for clause in reversed(clauses):
        tree = _clause(unit, clause, problem, tree)
    taken = emit.set_to(problem, unit.call(problem_of, emit.name(error)))
    return ast.ExceptHandler(unit.link(CATCHABLE), error, [taken, *tree])


def _clause(
    unit: Unit, clause: Node, problem: str, otherwise: list[ast.stmt]
) -> list[ast.stmt]:
    kept, unit.scope = unit.scope, Scope(unit.scope)
    outer, unit.block = unit.block, []
    type_ = Type("Exception")
    name: Node | None = None
    guard: Node | None = None
    for part in clause.named_children:
        if part.type == "catch_declaration":
            spelled, name = (
                part.child_by_field_name("type"),
                part.child_by_field_name("name"),
            )
            if spelled is not None:
                type_ = type_from(unit, spelled)
        elif part.type == "catch_filter_clause":
            guard = part
    before: list[ast.stmt] = []
    if name is not None:
        variable = unit.declare(clause, unit.text(name), type_)
        before = [emit.set_to(variable.python, emit.name(problem))]
    test = _clause_test(unit, type_, problem, guard)
    guards, unit.block = unit.block, []
    body = clause.child_by_field_name("body")
    if body is None:
        unit.refuse(clause, "a catch needs a block")
    unit.catching += 1
    unit.statement(body)
    unit.catching -= 1
    made, unit.block, unit.scope = unit.block, outer, kept
    branch: list[ast.stmt] = [ast.If(test, emit.block(made), otherwise)]
    return before + guards + branch


def _clause_test(unit: Unit, type_: Type, problem: str, guard: Node | None) -> ast.expr:
    is_a = ast.Attribute(emit.name(problem), "is_a", ast.Load())
    test: ast.expr = emit.call(is_a, emit.value(type_.name))
    if guard is None:
        return test
    inner = truth(unit, unit.expression(guard.named_children[0]), guard)
    return ast.BoolOp(ast.And(), [test, inner])


def using_statement(unit: Unit, node: Node) -> None:
    """`using (…) …`: nothing here holds what must be given back."""
    body = node.child_by_field_name("body")
    kept, unit.scope = unit.scope, Scope(unit.scope)
    for item in node.named_children:
        if item.type == "variable_declaration":
            declare(unit, item)
        elif item != body and item.type != "comment":
            unit.block.append(ast.Expr(unit.expression(item).tree))
    if body is not None:
        unit.statement(body)
    unit.scope = kept


def checked_statement(unit: Unit, node: Node) -> None:
    before, unit.checked = unit.checked, node.children[0].type == "checked"
    unit.statement(node.named_children[-1])
    unit.checked = before


def empty_statement(unit: Unit, node: Node) -> None:
    """`;`."""


PERFORMS: dict[str, Perform] = {
    "block": block,
    "local_declaration_statement": declaration_statement,
    "expression_statement": expression_statement,
    "if_statement": if_statement,
    "return_statement": return_statement,
    "throw_statement": throw_statement,
    "try_statement": try_statement,
    "using_statement": using_statement,
    "checked_statement": checked_statement,
    "empty_statement": empty_statement,
    "local_function_statement": local_function,
    "comment": empty_statement,
}
