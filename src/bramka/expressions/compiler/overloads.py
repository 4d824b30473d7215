"""Choosing the overload that a call means, and the code of the call."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tree_sitter import Node

from bramka.expressions.compiler import emit
from bramka.expressions.compiler.conversions import cost
from bramka.expressions.compiler.lambdas import (
    close,
    declared,
    delegate_of,
    lambda_cost,
)
from bramka.expressions.compiler.table import REQUIRED, Member, Parameter
from bramka.expressions.compiler.types import VALUES, VOID, Type, derives, unify
from bramka.expressions.compiler.unit import Group, Lambda, Operand, Typed, Unit


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
    if member.parameters is None:
        return None
    if _names_element(member, explicit):
        explicit = explicit[1:]
    elif explicit and len(explicit) != len(member.generics):
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


def _names_element(member: Member, explicit: tuple[Type, ...]) -> bool:
    """Whether the element's type is written out, too: `row.ToArray<string>()`.

    Queries are extension methods in C#, whose first type argument is the element.
    """
    owner = member.owner
    return (
        owner.name == "IEnumerable"
        and len(explicit) == len(member.generics) + 1
        and (
            explicit[0] == owner.arguments[0]
            or derives(owner.arguments[0], explicit[0])
        )
    )


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
    total = 1 if expanded else 0
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
        if len(declared(unit, given)) != len(parameters):
            return None
        return close(unit, given, parameters, None).result
    assert isinstance(given, Group), "values and outs were left out"
    fitting = group_fitting(unit, given, parameters)
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
    fitting = group_fitting(unit, given, delegate[0])
    if fitting is None:
        return None
    if delegate[1] == VOID:
        return 1
    return cost(Typed(emit.value(None), fitting.result), delegate[1])


# --- method groups --------------------------------------------------------------


def group_fitting(
    unit: Unit, group: Group, parameters: tuple[Type, ...]
) -> Fitting | None:
    if group.receiver is not None:
        rows = unit.table.instance(group.owner, group.name)
    else:
        rows = [unit.table.static(group.owner, group.name)]
    return choose(unit, rows, stand_ins(parameters, []), ())


def stand_ins(parameters: tuple[Type, ...], names: list[str]) -> list[Argument]:
    nowhere: Node = None  # type: ignore[assignment]  # nothing is written for these
    texts = names or [f"a{index}" for index in range(len(parameters))]
    return [
        Argument(nowhere, Typed(emit.name(text), type_))
        for text, type_ in zip(texts, parameters, strict=True)
    ]


# --- code -----------------------------------------------------------------------
