"""The code of a call once its overload is chosen."""

import ast
from dataclasses import replace

from tree_sitter import Node

from bramka.expressions.compiler import emit
from bramka.expressions.compiler.conversions import boxed, convert, converted
from bramka.expressions.compiler.lambdas import close, declared, delegate_of
from bramka.expressions.compiler.overloads import (
    Argument,
    Fitting,
    Out,
    choose,
    stand_ins,
)
from bramka.expressions.compiler.table import (
    Around,
    Element,
    Fixed,
    Generic,
    Inline,
    Member,
    Shaped,
)
from bramka.expressions.compiler.types import OBJECT, VOID, Type
from bramka.expressions.compiler.unit import Group, Lambda, Operand, Typed, Unit
from bramka.expressions.failures import Thrown
from bramka.expressions.values.plain import Array
from bramka.expressions.values.regex import pattern_of


def group_as(
    unit: Unit, given: object, parameters: tuple[Type, ...], result: Type, node: Node
) -> ast.expr | None:
    """A method group as a Python function of these parameters."""
    if not isinstance(given, Group):
        return None
    rows = (
        [unit.table.static(given.owner, given.name)]
        if given.receiver is None
        else unit.table.instance(given.owner, given.name)
    )
    names = [unit.fresh("a") for _ in parameters]
    fitting = choose(unit, rows, stand_ins(parameters, names), ())
    if fitting is None:
        return None
    held = unit.fresh("v")
    receiver = None
    if given.receiver is not None:
        unit.block.append(emit.set_to(held, given.receiver.tree))
        receiver = replace(given.receiver, tree=emit.name(held))
    made = code_of(unit, fitting, receiver, node)
    tree = made.tree if result == VOID else fit(unit, made, result, node)
    function = emit.function(unit.fresh("f"), names, [ast.Return(tree)])
    unit.block.append(function)
    return emit.name(function.name)


def fit(unit: Unit, given: Operand, target: Type, node: Node) -> ast.expr:
    """Any operand made `target`: values converted, lambdas compiled."""
    if isinstance(given, Typed):
        return convert(unit, given, target, node)
    delegate = delegate_of(target)
    if delegate is None:
        what = "lambda" if isinstance(given, Lambda) else "method"
        unit.refuse(node, f"a {what} cannot be a {target}; name its type, as Func<…>")
    parameters, result = delegate
    if isinstance(given, Lambda):
        if len(declared(unit, given)) != len(parameters):
            unit.refuse(node, f"the lambda needs {len(parameters)} parameters")
        made = close(unit, given, parameters, result)
        unit.block.append(made.made)
        return emit.name(made.made.name)
    found = group_as(unit, given, parameters, result, node)
    if found is None:
        unit.refuse(node, f"the method does not fit {target}")
    return found


def code_of(unit: Unit, fitting: Fitting, receiver: Typed | None, node: Node) -> Typed:
    """The code that calls the chosen member."""
    member = fitting.member
    arguments = [] if receiver is None else [receiver.tree]
    if receiver is not None and member.owner == OBJECT:
        arguments = [boxed(unit, receiver.tree, receiver.type)]
    outs: list[tuple[Argument, Type]] = []
    for index, slot in enumerate(fitting.slots):
        assert member.parameters is not None, "a call chose a method"
        parameter = member.parameters[index]
        if parameter.kind == "out":
            outs.append((slot[0], fitting.types[index]))
        elif fitting.expanded and parameter.kind == "params":
            items = [_fitted(unit, item, fitting.types[index]) for item in slot]
            row = ast.Tuple(items, ast.Load())
            maker = bytearray if fitting.types[index].name == "byte" else Array
            arguments.append(emit.call(unit.link(maker), row))
        elif slot:
            arguments.append(_fitted(unit, slot[0], fitting.types[index]))
        elif isinstance(parameter.default, ast.expr):
            arguments.append(parameter.default)
        else:
            arguments.append(emit.value(parameter.default))
    if member.owner.name == "Regex":
        _check_pattern(unit, fitting, node)
    tree = body_code(unit, member, arguments, list(fitting.bound.values()))
    if outs:
        tree = _with_outs(unit, tree, outs)
    return Typed(tree, fitting.result)


def _check_pattern(unit: Unit, fitting: Fitting, node: Node) -> None:
    """Refuse a pattern that is written out and cannot be one."""
    parameters = fitting.member.parameters or ()
    for parameter, slot in zip(parameters, fitting.slots, strict=False):
        given = slot[0].given if parameter.name == "pattern" and slot else None
        if not isinstance(given, Typed) or not isinstance(given.tree, ast.Constant):
            continue
        pattern = given.tree.value
        if isinstance(pattern, str):
            try:
                pattern_of(pattern, 0)
            except Thrown as problem:
                unit.refuse(node, str(problem))


def _fitted(unit: Unit, argument: Argument, target: Type) -> ast.expr:
    given = argument.given
    assert not isinstance(given, Out), "outs are stored, not given"
    if isinstance(given, Typed):
        return converted(unit, given, target)
    return fit(unit, given, target, argument.node)


UNMETERED = frozenset(
    {
        *("IContext", "IRequest", "IResponse", "IHeaders", "IVariables", "IUrl"),
        *("IApi", "IOperation", "IProduct", "ISubscription", "IUser", "ILastError"),
        *("IDeployment", "IGateway", "IBackend", "IGroup"),
    }
)
"""Types whose members make nothing that must be charged."""


def body_code(
    unit: Unit, member: Member, arguments: list[ast.expr], types: list[Type]
) -> ast.expr:
    """The code of a member with its arguments in place."""
    body = member.body
    if isinstance(body, Fixed):
        return unit.link(body.value)
    if isinstance(body, Inline):
        return emit.inline(body.template, arguments)
    if member.owner.name not in UNMETERED:
        unit.meter()
    if isinstance(body, Around):
        unit.facts.reads_surroundings = True
        return unit.call(body.function, emit.name("around"), *arguments)
    if isinstance(body, Generic):
        kinds = [unit.link(item) for item in types]
        return unit.call(body.function, *kinds, *arguments)
    if isinstance(body, Shaped):
        return unit.call(body.make(*types), *arguments)
    if isinstance(body, Element):
        kinds = [unit.link(item) for item in member.owner.arguments]
        return unit.call(body.function, *kinds, *arguments)
    return unit.call(body, *arguments)


def _with_outs(
    unit: Unit, tree: ast.expr, outs: list[tuple[Argument, Type]]
) -> ast.expr:
    """A call that answers a tuple: its first item, the others stored."""
    held = unit.fresh("t")
    steps: list[ast.expr] = [emit.keep(held, tree)]
    for index, (argument, type_) in enumerate(outs):
        out = argument.given
        assert isinstance(out, Out), "only outs are collected"
        if out.name == "_":
            continue
        earlier = unit.scope.find(out.name)
        if earlier is None or out.declares:
            earlier = unit.declare(out.node, out.name, type_)
        unit.will_set(earlier)
        steps.append(emit.keep(earlier.python, emit.item(emit.name(held), index + 1)))
    steps.append(emit.item(emit.name(held), 0))
    return emit.last_of(*steps)
