"""Lambdas, method groups and local functions as Python functions."""

import ast
from collections.abc import Callable
from dataclasses import dataclass

from tree_sitter import Node

from bramka.expressions.compiler import emit
from bramka.expressions.compiler.conversions import common, cost
from bramka.expressions.compiler.names import type_from
from bramka.expressions.compiler.scope import Function, Scope
from bramka.expressions.compiler.types import BOOL, INT, OBJECT, VOID, Type
from bramka.expressions.compiler.unit import Lambda, Operand, Typed, Unit, Visit
from bramka.expressions.meter import step


@dataclass(slots=True)
class Closure:
    """A compiled lambda: the function to place before the statement that uses it."""

    given: Lambda
    """Kept, so that nothing else gets the identity of its scope."""
    made: ast.FunctionDef
    result: Type
    is_plain: bool
    """Whether it was written for the type that its values have anyway."""


MOST_LAMBDAS = 2_000
"""Lambdas compiled in one expression; each is, for each type it is tried with."""


def delegate_of(given: Type) -> tuple[tuple[Type, ...], Type] | None:
    """Parameter types and result of a delegate type, or None."""
    if given.name == "Func":
        return given.arguments[:-1], given.arguments[-1]
    if given.name == "Action":
        return given.arguments, VOID
    if given.name == "Predicate":
        return given.arguments, BOOL
    if given.name == "Comparison":
        return given.arguments * 2, INT
    return None


def lambda_expression(unit: Unit, node: Node) -> Lambda:
    if any(child.type == "modifier" for child in node.children):
        unit.refuse(node, "async lambdas are not supported in policy expressions")
    return Lambda(node, unit.scope)


def declared(unit: Unit, given: Lambda) -> list[tuple[Node, str, Type | None]]:
    """Node, name and written type of the parameters of a lambda or a clause."""
    if given.body is not None:
        return [(given.node, name, None) for name in given.names]
    return parameters_of(unit, given.node)


def parameters_of(unit: Unit, node: Node) -> list[tuple[Node, str, Type | None]]:
    """Node, name and written type of a lambda's parameters."""
    found = node.child_by_field_name("parameters")
    if found is None:
        return []
    if found.type == "implicit_parameter":
        return [(found, unit.text(found), None)]
    rows: list[tuple[Node, str, Type | None]] = []
    for item in found.named_children:
        name = item.child_by_field_name("name")
        if item.type != "parameter" or name is None:
            unit.refuse(item, "only plain parameters are supported here")
        if any(child.type == "modifier" for child in item.children):
            unit.refuse(item, "ref and out parameters are not supported here")
        spelled = item.child_by_field_name("type")
        written = type_from(unit, spelled) if spelled is not None else None
        rows.append((item, unit.text(name), written))
    return rows


def close(
    unit: Unit, given: Lambda, parameters: tuple[Type, ...], result: Type | None
) -> Closure:
    """The lambda compiled for these parameter types; kept for the next asking.

    A lambda in a lambda is another one each time the outer is compiled: it names
    the outer's locals, which are new then. So its scope is part of the key.
    """
    key = (given.node.id, id(given.scope), parameters)
    found = unit.lambdas.get((*key, result))
    if isinstance(found, Closure):
        return found
    found = unit.lambdas.get((*key, None))
    if isinstance(found, Closure) and found.is_plain and found.result == result:
        return found
    if len(unit.lambdas) >= MOST_LAMBDAS:
        unit.refuse(given.node, "too many lambdas inside of each other; use locals")
    made = _close(unit, given, parameters, result)
    unit.lambdas[(*key, result)] = made
    return made


def _close(
    unit: Unit, given: Lambda, parameters: tuple[Type, ...], result: Type | None
) -> Closure:
    node = given.node
    function = Function(unit.function, result)
    pairs = [
        (where, name, written or type_)
        for (where, name, written), type_ in zip(
            declared(unit, given), parameters, strict=True
        )
    ]
    body = given.body or _body_of(node)
    names, code = write_function(unit, function, given.scope, pairs, body)
    made = emit.function(unit.fresh("f"), names, code, bound=sorted(function.captured))
    unit.locate(made, node)
    found = _result(unit, function, node, result)
    is_plain = result is None and all(item == found for item in function.returns)
    return Closure(given, made, found, is_plain)


def _body_of(node: Node) -> Node:
    body = node.child_by_field_name("body")
    return node.named_children[-1] if body is None else body


def _result(unit: Unit, function: Function, node: Node, wanted: Type | None) -> Type:
    if wanted is not None:
        return wanted
    found: Type | None = None
    for item in function.returns:
        here = Typed(emit.value(None), item)
        before = Typed(emit.value(None), found) if found else here
        found = common(before, here)
        if found is None:
            unit.refuse(node, "the lambda returns values of different types")
    return found or VOID


def write_function(
    unit: Unit,
    function: Function,
    scope: Scope,
    parameters: list[tuple[Node, str, Type]],
    body: Node | Callable[[Unit], None],
) -> tuple[list[str], list[ast.stmt]]:
    """Python parameter names and body of a function around `body`."""
    kept = unit.scope, unit.function, unit.block, unit.loops
    unit.scope, unit.function = Scope(scope), function
    unit.block, unit.loops = [], []
    unit.meter()
    try:
        names = [
            unit.declare(where, name, type_).python if name != "_" else unit.fresh("u")
            for where, name, type_ in parameters
        ]
        if not isinstance(body, Node):
            body(unit)
        elif body.type == "block":
            unit.statement(body)
        else:
            if body.type == "arrow_expression_clause":
                body = body.named_children[0]
            write_return(unit, body)
        code: list[ast.stmt] = [ast.Expr(unit.call(step)), *unit.block]
        if function.nonlocals:
            code.insert(0, ast.Nonlocal(sorted(function.nonlocals)))
        return names, code
    finally:
        unit.scope, unit.function, unit.block, unit.loops = kept


def write_return(unit: Unit, node: Node) -> None:
    """`return node`, converted to what the function returns."""
    write_value(unit, unit.operand(node), node)


def write_value(unit: Unit, found: Operand, node: Node) -> None:
    """`return` of what stands at `node`."""
    wanted = unit.function.result
    if isinstance(found, Typed) and wanted is None:
        unit.function.returns.append(found.type)
        tree = found.tree
    elif wanted == VOID:
        if not isinstance(found, Typed):
            unit.refuse(node, "this has no effect")
        tree = found.tree
    else:
        tree = unit.fit(unit, found, wanted or OBJECT, node)
    made = ast.Return(tree)
    unit.locate(made, node)
    unit.block.append(made)


def lambda_cost(unit: Unit, given: Lambda, target: Type) -> int | None:
    """How well a lambda fits a delegate type; None if it does not."""
    delegate = delegate_of(target)
    if delegate is None:
        return None
    parameters, wanted = delegate
    rows = declared(unit, given)
    if len(rows) != len(parameters):
        return None
    if any(w and w != t for (_, _, w), t in zip(rows, parameters, strict=True)):
        return None
    found = close(unit, given, parameters, None).result
    if wanted == VOID:
        return 1
    if found == VOID:
        return None
    return cost(Typed(emit.value(None), found), wanted)


VISITS: dict[str, Visit] = {
    "lambda_expression": lambda_expression,
    "anonymous_method_expression": lambda_expression,
}
