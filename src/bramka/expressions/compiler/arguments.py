"""Arguments of calls and indexes."""

from tree_sitter import Node

from bramka.expressions.compiler.calls import code_of
from bramka.expressions.compiler.names import type_from
from bramka.expressions.compiler.overloads import Argument, Out, choose
from bramka.expressions.compiler.unit import Group, Lambda, Typed, Unit


def arguments_of(unit: Unit, node: Node | None) -> list[Argument]:
    """The arguments of a call or an index."""
    rows: list[Argument] = []
    for item in node.named_children if node is not None else ():
        if item.type == "comment":
            continue
        if item.type != "argument":
            unit.refuse(item, "this is not supported as an argument")
        rows.append(_argument(unit, item))
    return rows


def _argument(unit: Unit, node: Node) -> Argument:
    name = node.child_by_field_name("name")
    first = node.children[0]
    inner = [item for item in node.named_children if item.type != "comment"][-1]
    label = unit.text(name) if name is not None else ""
    if unit.text(first) in ("ref", "in"):
        unit.refuse(node, "ref arguments are not supported in policy expressions")
    if unit.text(first) != "out" and inner.type != "declaration_expression":
        return Argument(inner, unit.operand(inner), label)
    if inner.type == "declaration_expression":
        spelled = inner.child_by_field_name("type")
        target = inner.child_by_field_name("name")
        if spelled is None or target is None:
            unit.refuse(inner, "an out argument needs a name")
        written = None if unit.text(spelled) == "var" else type_from(unit, spelled)
        return Argument(inner, Out(inner, written, unit.text(target)), label)
    text = unit.text(inner)
    variable = unit.scope.find(text)
    if variable is None and text != "_":
        unit.refuse(inner, f"'{text}' is not a local; declare it before")
    held = None if variable is None else variable.type
    out = Out(inner, held, text, declares=False)
    return Argument(inner, out, label)


def index_of(
    unit: Unit, node: Node, current: Typed, arguments: list[Argument]
) -> Typed:
    rows = unit.table.instance(current.type, "this")
    fitting = choose(unit, rows, arguments, ())
    if fitting is None:
        shown = ", ".join(shown_argument(item) for item in arguments)
        unit.refuse(node, f"{current.type} has no index [{shown}]")
    note_variable(unit, current, arguments)
    return code_of(unit, fitting, current, node)


def note_variable(unit: Unit, current: Typed, arguments: list[Argument]) -> None:
    if current.type.name == "IVariables" and arguments:
        given = arguments[0].given
        constant = given.constant if isinstance(given, Typed) else None
        unit.facts.variables.add(constant if isinstance(constant, str) else "*")


def shown_argument(argument: Argument) -> str:
    given = argument.given
    if isinstance(given, Typed):
        return str(given.type)
    return {Lambda: "lambda", Group: "method", Out: "out"}[type(given)]
