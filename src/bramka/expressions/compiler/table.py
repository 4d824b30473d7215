"""The closed member table: everything an expression can reach, by type and name.

A family is written as C# reads: signature → Python that does it.

    "string": {
        "Length -> int": Inline("len($0)"),
        "Substring(int startIndex, int length) -> string": substring,
        "static IsNullOrEmpty(string value) -> bool": is_null_or_empty,
        "this[int index] -> char": character_at,
        "new(char c, int count)": repeated,
    }
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

from bramka.expressions.compiler.bases import BASES
from bramka.expressions.compiler.types import (
    ENUMS,
    NUMBERS,
    VALUES,
    VOID,
    Type,
    lineage,
    type_of,
)

Function = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Inline:
    """Python source to put in place; `$0` is the receiver, each used once in order."""

    template: str


@dataclass(frozen=True, slots=True)
class Around:
    """A function that first takes the Surroundings: its answer is never constant."""

    function: Function


@dataclass(frozen=True, slots=True)
class Generic:
    """A function that first takes the type arguments of the call."""

    function: Function


@dataclass(frozen=True, slots=True)
class Shaped:
    """Makes, while compiling, the function for the type arguments of the call."""

    make: Callable[..., Function]


@dataclass(frozen=True, slots=True)
class Element:
    """A function that first takes the type arguments of the receiver's type."""

    function: Function


@dataclass(frozen=True, slots=True)
class Fixed:
    """A value that is always the same: `Math.PI`, `StringComparison.Ordinal`."""

    value: object


Body = Function | Inline | Around | Generic | Shaped | Element | Fixed
Family = Mapping[str, Body]


class Required:
    """Stands for the default of a parameter that has none."""


REQUIRED = Required()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a member; `kind` is "", "out" or "params"."""

    name: str
    type: Type
    kind: str = ""
    default: object = REQUIRED


@dataclass(frozen=True, slots=True)
class Member:
    """One overload of a method, a property, an indexer or a constructor."""

    owner: Type
    name: str
    result: Type
    body: Body
    parameters: tuple[Parameter, ...] | None = None
    generics: tuple[str, ...] = ()
    is_static: bool = False

    @property
    def signature(self) -> str:
        if self.parameters is None:
            return f"{self.owner}.{self.name}"
        shown = ", ".join(
            f"{item.kind} {item.type}".strip() for item in self.parameters
        )
        return f"{self.owner}.{self.name}({shown})"


_SIGNATURE = re.compile(
    r"(?P<static>static )?(?P<set>set )?(?P<name>\w+)(?:<(?P<generics>[A-Z, ]+)>)?"
    r"(?:[(\[](?P<parameters>.*?)[)\]](?= ->|$))?(?: -> (?P<result>.+))?"
)
_DEFAULTS: dict[str, object] = {"null": None, "true": True, "false": False}


def _parameters(text: str) -> Iterable[Parameter]:
    """The parameters in `int a, params string[] b, out T c, bool d = false`."""
    depth, start = 0, 0
    for index, char in enumerate(text + ","):
        depth += (char in "<(") - (char in ">)")
        if char == "," and not depth:
            piece = text[start:index].strip()
            start = index + 1
            if piece:
                yield _parameter(piece)


def _parameter(piece: str) -> Parameter:
    declared, _, default = piece.partition(" = ")
    kind = next((k for k in ("out", "params") if declared.startswith(k + " ")), "")
    spelled, _, name = declared.removeprefix(kind).strip().rpartition(" ")
    value: object = REQUIRED
    if default:
        value = _DEFAULTS[default] if default in _DEFAULTS else int(default)
    return Parameter(name, type_of(spelled), kind, value)


def member_of(owner: Type, signature: str, body: Body) -> Member:
    """The member that `signature` declares on `owner`."""
    found = _SIGNATURE.fullmatch(signature)
    assert found is not None, f"{signature!r} is not a signature"
    name = found["name"]
    spelled = found["parameters"]
    result = type_of(found["result"]) if found["result"] else VOID
    if name == "new":
        result = owner
    generics = tuple((found["generics"] or "").replace(" ", "").split(","))
    return Member(
        owner=owner,
        name=f"set {name}" if found["set"] else name,
        result=result,
        body=body,
        parameters=None if spelled is None else tuple(_parameters(spelled)),
        generics=generics if found["generics"] else (),
        is_static=bool(found["static"]) or name == "new",
    )


@dataclass(slots=True)
class Table:
    """All families; the only way from a name in an expression to Python code."""

    members: dict[tuple[str, str], list[Member]] = field(default_factory=dict)
    statics: dict[tuple[str, str], list[Member]] = field(default_factory=dict)
    types: dict[str, int] = field(default_factory=dict)
    """Name of each type that can be written → number of its type arguments."""

    def add(self, family: str, entries: Family) -> None:
        owner = type_of(family)
        for signature, body in entries.items():
            member = member_of(owner, signature, body)
            side = self.statics if member.is_static else self.members
            side.setdefault((owner.name, member.name), []).append(member)

    def instance(self, given: Type, name: str) -> list[list[Member]]:
        """Overloads of an instance member, nearest declaring type first."""
        rows = []
        for base in lineage(given):
            found = self.members.get((base.name, name), ())
            row = [
                _bound(member, bound)
                for member in found
                if (bound := _arguments(member.owner, base)) is not None
            ]
            rows += [row] if row else []
        return rows

    def static(self, given: Type, name: str) -> list[Member]:
        """Overloads of a static member, or of the constructor `new` of just this."""
        for base in (given,) if name == "new" else lineage(given):
            found = [
                _bound(member, bound)
                for member in self.statics.get((base.name, name), ())
                if (bound := _arguments(member.owner, base)) is not None
            ]
            if found:
                return found
        return []

    def near(self, given: Type, name: str, *, static: bool) -> str:
        """A sentence end that names the member that was perhaps meant."""
        side = self.statics if static else self.members
        owners = {given.name} if static else {base.name for base in lineage(given)}
        names = [
            member
            for owner, member in side
            if owner in owners and " " not in member and member not in ("this", "new")
        ]
        hint = did_you_mean(name, names)
        if not static and "JToken" in owners:
            hint += f'; what stands inside is reached with ["{name}"]'
        return hint

    def near_type(self, name: str) -> str:
        return did_you_mean(name, self.types)

    def near_name(self, name: str, locals_: Iterable[str]) -> str:
        """A hint on a name that is none: a local comes before a type."""
        return did_you_mean(name, locals_) or self.near_type(name)


def did_you_mean(name: str, names: Iterable[str]) -> str:
    by_lower = {item.lower(): item for item in names}
    close = get_close_matches(name.lower(), by_lower, n=1)
    return f"; did you mean {by_lower[close[0]]}?" if close else ""


def _arguments(owner: Type, given: Type) -> dict[str, Type] | None:
    """What the type parameters of `owner` are in `given`; None if it is another."""
    bound: dict[str, Type] = {}
    for wanted, have in zip(owner.arguments, given.arguments, strict=False):
        if wanted.is_parameter:
            bound[wanted.name] = have
        elif wanted != have:
            return None
    return bound


def _bound(member: Member, bound: dict[str, Type]) -> Member:
    """`member` with the type parameters of its owner replaced."""
    if not bound:
        return member
    kept = bound | {name: Type(name) for name in member.generics}
    parameters = member.parameters and tuple(
        replace(item, type=_fill(item.type, kept)) for item in member.parameters
    )
    return replace(
        member,
        owner=_fill(member.owner, kept),
        parameters=parameters,
        result=_fill(member.result, kept),
    )


def _fill(given: Type, bound: dict[str, Type]) -> Type:
    filled = given.filled(bound)
    # `T?` of a type that can be null anyway is that type.
    if filled.name == "?" and filled.arguments[0].name not in VALUES:
        return filled.arguments[0]
    return filled


_PLAIN = {"object", "string", "bool", "char", "void", *NUMBERS, *ENUMS}
_DELEGATES = {"Func": -1, "Action": -1, "Predicate": 1, "Comparison": 1, "Tuple": -1}


def build(families: Iterable[tuple[str, Family]]) -> Table:
    """The table of these families."""
    table = Table()
    table.types.update(dict.fromkeys(_PLAIN, 0) | _DELEGATES | {"IEnumerable": 1})
    table.types["KeyValuePair"] = 2
    for name, (parameters, _) in BASES.items():
        if name != "[]":
            table.types[name] = len(parameters)
    for family, entries in families:
        owner = type_of(family)
        if owner.name not in ("[]", "?", "Tuple"):
            table.types[owner.name] = len(owner.arguments)
        table.add(family, entries)
    return table
