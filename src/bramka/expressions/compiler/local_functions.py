"""Local functions: parameters with defaults, `params`, calls by name."""

import ast
from dataclasses import dataclass

from tree_sitter import Node

from bramka.expressions.compiler import emit
from bramka.expressions.compiler.lambdas import write_function
from bramka.expressions.compiler.names import type_from
from bramka.expressions.compiler.scope import Function
from bramka.expressions.compiler.table import REQUIRED, Inline, Member, Parameter
from bramka.expressions.compiler.types import NULL, VOID, Type
from bramka.expressions.compiler.unit import NOTHING, Typed, Unit


@dataclass(slots=True)
class Declared:
    """One parameter as written: where, and what a call needs to know of it."""

    node: Node
    parameter: Parameter


def announce_functions(unit: Unit, nodes: list[Node]) -> None:
    """Declare the local functions of a block before anything calls them."""
    for node in nodes:
        if node.type != "local_function_statement":
            continue
        spelled = node.child_by_field_name("type")
        name = node.child_by_field_name("name")
        if spelled is None or name is None:
            unit.refuse(node, "a local function needs a type and a name")
        if node.child_by_field_name("type_parameters") is not None:
            unit.refuse(node, "generic local functions are not supported")
        result = VOID if unit.text(spelled) == "void" else type_from(unit, spelled)
        parameters = tuple(item.parameter for item in _parameters(unit, node))
        shape = Type("Func", (*[item.type for item in parameters], result))
        variable = unit.declare(name, unit.text(name), shape)
        # The function itself stands where members have their receiver.
        slots = ", ".join(f"${index + 1}" for index in range(len(parameters)))
        variable.signature = Member(
            owner=Type("local function"),
            name=unit.text(name),
            result=result,
            body=Inline(f"$0({slots})"),
            parameters=parameters,
        )


def _parameters(unit: Unit, node: Node) -> list[Declared]:
    listed = node.child_by_field_name("parameters")
    if listed is None:
        return []
    rows: list[Declared] = []
    for item in listed.named_children:
        if item.type == "parameter":
            rows.append(_parameter(unit, item))
            if rows[-1].parameter.default is REQUIRED and any(
                row.parameter.default is not REQUIRED for row in rows
            ):
                unit.refuse(item, "parameters with defaults stand behind the others")
    if any(item.type == "params" for item in listed.children):
        rows.append(_rest(unit, listed))
    return rows


def _parameter(unit: Unit, item: Node) -> Declared:
    spelled = item.child_by_field_name("type")
    name = item.child_by_field_name("name")
    if spelled is None or name is None:
        unit.refuse(item, "parameters of a local function need types")
    if any(child.type == "modifier" for child in item.children):
        unit.refuse(item, "ref and out parameters are not supported here")
    type_ = type_from(unit, spelled)
    default: object = REQUIRED
    if item.named_children[-1] != name:
        default = _default(unit, item.named_children[-1], type_)
    return Declared(item, Parameter(unit.text(name), type_, "", default))


def _default(unit: Unit, value: Node, type_: Type) -> ast.expr:
    """The code of a default: a constant, so each call can hold it."""
    given = unit.operand(value)
    is_fixed = isinstance(given, Typed) and (
        given.type == NULL
        or given.constant is not NOTHING
        or value.type in ("default_expression", "real_literal")
    )
    if not is_fixed:
        unit.refuse(value, "the default of a parameter must be a constant")
    return unit.fit(unit, given, type_, value)


def _rest(unit: Unit, listed: Node) -> Declared:
    """`params T[] name`, which the grammar hangs into the list itself."""
    spelled = listed.child_by_field_name("type")
    name = listed.child_by_field_name("name")
    if spelled is None or name is None or spelled.type != "array_type":
        unit.refuse(listed, "params needs an array and a name")
    parameter = Parameter(unit.text(name), type_from(unit, spelled), "params")
    return Declared(listed, parameter)


def local_function(unit: Unit, node: Node) -> None:
    """Write a local function; its block starts with it, so that all can call it."""
    name = node.child_by_field_name("name")
    body = node.child_by_field_name("body")
    if name is None or body is None:
        unit.refuse(node, "a local function needs a name and a body")
    variable = unit.scope.names[unit.text(name)]
    function = Function(unit.function, variable.type.arguments[-1])
    pairs = [
        (item.node, item.parameter.name, item.parameter.type)
        for item in _parameters(unit, node)
    ]
    names, code = write_function(unit, function, unit.scope, pairs, body)
    unit.block.insert(0, emit.function(variable.python, names, code))
