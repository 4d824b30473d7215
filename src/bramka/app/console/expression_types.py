"""The types of policy expressions as the management REST tells of them."""

from functools import cache

from bramka.expressions.compile import table
from bramka.expressions.compiler.bases import BASES
from bramka.expressions.compiler.table import Member, Table
from bramka.management.call import ExpressionMember, ExpressionType


@cache
def expression_types() -> tuple[ExpressionType, ...]:
    """Every type that has members, with what an editor completes."""
    known = table()
    sides = (known.members, known.statics)
    names = {owner for side in sides for owner, _ in side}
    return tuple(_type(known, name) for name in sorted(names))


def _type(known: Table, name: str) -> ExpressionType:
    """The first overload of each name speaks for the others."""
    parameters, bases = BASES.get(name, ((), ()))
    members = [
        overloads[0]
        for side in (known.members, known.statics)
        for (owner, member), overloads in side.items()
        if owner == name and member.isidentifier() and member not in ("new", "this")
    ]
    letters = [each.name for one in members[:1] for each in one.owner.arguments]
    return ExpressionType(
        name=name,
        parameters=tuple(parameters or letters),
        bases=tuple(bases),
        item=_item(known, name),
        members=tuple(_member(one) for one in members),
    )


def _item(known: Table, name: str) -> str:
    """What `value[…]` gives; empty if it gives nothing."""
    found = known.members.get((name, "this"))
    return str(found[0].result) if found else ""


def _member(member: Member) -> ExpressionMember:
    takes = member.parameters and ", ".join(
        f"{one.kind} {one.type} {one.name}".strip() for one in member.parameters
    )
    return ExpressionMember(
        name=member.name,
        result=str(member.result),
        takes=None if member.parameters is None else takes or "",
        generics=member.generics,
        is_static=member.is_static,
    )
