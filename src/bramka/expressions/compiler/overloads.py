"""Choosing the overload that a call means, and the code of the call."""

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from tree_sitter import Node

from bramka.expressions.compiler import emit
from bramka.expressions.compiler.conversions import convert, converted, cost
from bramka.expressions.compiler.lambdas import (
    close,
    delegate_of,
    lambda_cost,
    parameters_of,
)
from bramka.expressions.compiler.table import (
    REQUIRED,
    Around,
    Element,
    Fixed,
    Generic,
    Inline,
    Member,
    Parameter,
    Shaped,
)
from bramka.expressions.compiler.types import (
    VALUES,
    VOID,
    Type,
    unify,
)
from bramka.expressions.compiler.unit import Group, Lambda, Operand, Typed, Unit
from bramka.expressions.values.plain import Array


@dataclass(slots=True)
class Out:
    """`out x`, `out var x`, `out _`: where a call puts a second answer."""

    node: Node
    type: Type | None
    name: str
    declares: bool = True


@dataclass(slots=True)
class Argument:
    """One argument as written."""

    node: Node
    given: Operand | Out
    name: str = ""


@dataclass(slots=True)
class Fitting:
    """A member with the arguments that go to each of its parameters."""

    member: Member
    slots: list[list[Argument]]
    types: list[Type]
    """Type that each parameter's argument (or each params item) must become."""
    result: Type
    bound: dict[str, Type] = field(default_factory=dict)
    cost: int = 0
    expanded: bool = False


def choose(
    unit: Unit,
    rows: Iterable[Sequence[Member]],
    arguments: list[Argument],
    explicit: tuple[Type, ...],
) -> Fitting | None:
    """The best overload of the nearest type that has one which fits."""
    for row in rows:
        found: Fitting | None = None
        for member in row:
            fitting = _fitting(unit, member, arguments, explicit)
            if fitting and (found is None or fitting.cost < found.cost):
                found = fitting
        if found is not None:
            return found
    return None


def _fitting(
    unit: Unit, member: Member, arguments: list[Argument], explicit: tuple[Type, ...]
) -> Fitting | None:
    if member.parameters is None or (
        explicit and len(explicit) != len(member.generics)
    ):
        return None
    shapes = [False]
    if member.parameters and member.parameters[-1].kind == "params":
        shapes.append(True)
    for expanded in shapes:
        slots = _slots(member.parameters, arguments, expanded=expanded)
        if slots is None:
            continue
        fitting = _typed(unit, member, slots, explicit, expanded=expanded)
        if fitting is not None:
            return fitting
    return None


def _slots(
    parameters: tuple[Parameter, ...], arguments: list[Argument], *, expanded: bool
) -> list[list[Argument]] | None:
    """Which arguments go to which parameter, or None if they do not go."""
    slots: list[list[Argument]] = [[] for _ in parameters]
    for index, argument in enumerate(arguments):
        if argument.name:
            names = [item.name for item in parameters]
            if argument.name not in names:
                return None
            index = names.index(argument.name)  # noqa: PLW2901  # its place by name
        elif expanded:
            index = min(index, len(parameters) - 1)  # noqa: PLW2901  # the rest
        if index >= len(parameters):
            return None
        slots[index].append(argument)
    for slot, parameter in zip(slots, parameters, strict=True):
        many = expanded and parameter.kind == "params"
        if not many and (len(slot) > 1 or (not slot and parameter.default is REQUIRED)):
            return None
        if slot and isinstance(slot[0].given, Out) != (parameter.kind == "out"):
            return None
    return slots


def _typed(
    unit: Unit,
    member: Member,
    slots: list[list[Argument]],
    explicit: tuple[Type, ...],
    *,
    expanded: bool,
) -> Fitting | None:
    assert member.parameters is not None, "properties have no arguments"
    wanted = [
        item.type.arguments[0] if expanded and item.kind == "params" else item.type
        for item in member.parameters
    ]
    bound = dict(zip(member.generics, explicit, strict=False))
    if member.generics and not explicit:
        _infer(unit, slots, wanted, bound)
        if any(name not in bound for name in member.generics):
            return None
    if member.generics:
        wanted = [item.filled(bound) for item in wanted]
    total = 40 if expanded else 0
    total += sum(2 for slot in slots if not slot)
    for slot, type_ in zip(slots, wanted, strict=True):
        for argument in slot:
            one = _cost(unit, argument, type_)
            if one is None:
                return None
            total += one
    result = member.result.filled(bound) if member.generics else member.result
    if result.name == "?" and result.arguments[0].name not in VALUES:
        result = result.arguments[0]
    return Fitting(member, slots, wanted, result, bound, total, expanded)


def _infer(
    unit: Unit, slots: list[list[Argument]], wanted: list[Type], bound: dict[str, Type]
) -> None:
    """Bind type parameters: first from values, then from what lambdas return."""
    pairs = [
        (argument, type_)
        for slot, type_ in zip(slots, wanted, strict=True)
        for argument in slot
    ]
    for argument, type_ in pairs:
        if isinstance(argument.given, Typed):
            unify(type_, argument.given.type, bound)
    for argument, type_ in pairs:
        delegate = delegate_of(type_)
        if delegate is None or isinstance(argument.given, Typed | Out):
            continue
        parameters, result = delegate
        known = _known(parameters, bound)
        if known is None or result == VOID:
            continue
        found = _returned(unit, argument, known)
        if found is not None:
            unify(result, found, bound)


def _known(
    parameters: tuple[Type, ...], bound: dict[str, Type]
) -> tuple[Type, ...] | None:
    filled = []
    for item in parameters:
        if item.is_parameter and item.name not in bound:
            return None
        filled.append(item.filled(bound))
    return tuple(filled)


def _returned(
    unit: Unit, argument: Argument, parameters: tuple[Type, ...]
) -> Type | None:
    """What a lambda or method group gives for arguments of these types."""
    given = argument.given
    if isinstance(given, Lambda):
        declared = parameters_of(unit, given.node)
        if len(declared) != len(parameters):
            return None
        return close(unit, given, parameters, None).result
    assert isinstance(given, Group), "values and outs were left out"
    fitting = _group_fitting(unit, given, parameters)
    return fitting.result if fitting else None


def _cost(unit: Unit, argument: Argument, target: Type) -> int | None:
    given = argument.given
    if isinstance(given, Typed):
        return cost(given, target)
    if isinstance(given, Out):
        return None if given.type not in (None, target) else 0
    if isinstance(given, Lambda):
        return lambda_cost(unit, given, target)
    delegate = delegate_of(target)
    if delegate is None:
        return None
    fitting = _group_fitting(unit, given, delegate[0])
    if fitting is None:
        return None
    if delegate[1] == VOID:
        return 1
    return cost(Typed(emit.value(None), fitting.result), delegate[1])


# --- method groups --------------------------------------------------------------


def _group_fitting(
    unit: Unit, group: Group, parameters: tuple[Type, ...]
) -> Fitting | None:
    if group.receiver is not None:
        rows = unit.table.instance(group.owner, group.name)
    else:
        rows = [unit.table.static(group.owner, group.name)]
    return choose(unit, rows, _stand_ins(parameters, []), ())


def _stand_ins(parameters: tuple[Type, ...], names: list[str]) -> list[Argument]:
    nowhere: Node = None  # type: ignore[assignment]  # nothing is written for these
    texts = names or [f"a{index}" for index in range(len(parameters))]
    return [
        Argument(nowhere, Typed(emit.name(text), type_))
        for text, type_ in zip(texts, parameters, strict=True)
    ]


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
    fitting = choose(unit, rows, _stand_ins(parameters, names), ())
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


# --- making operands fit --------------------------------------------------------


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
        if len(parameters_of(unit, given.node)) != len(parameters):
            unit.refuse(node, f"the lambda needs {len(parameters)} parameters")
        made = close(unit, given, parameters, result)
        unit.block.append(made.made)
        return emit.name(made.made.name)
    found = group_as(unit, given, parameters, result, node)
    if found is None:
        unit.refuse(node, f"the method does not fit {target}")
    return found


# --- code -----------------------------------------------------------------------


def code_of(unit: Unit, fitting: Fitting, receiver: Typed | None, node: Node) -> Typed:
    """The code that calls the chosen member."""
    member = fitting.member
    arguments = [receiver.tree] if receiver is not None else []
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
        else:
            arguments.append(emit.value(parameter.default))
    tree = body_code(unit, member, arguments, list(fitting.bound.values()))
    if outs:
        tree = _with_outs(unit, tree, outs)
    return Typed(tree, fitting.result)


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
