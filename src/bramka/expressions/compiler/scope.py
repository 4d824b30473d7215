"""Names in scope: locals of C#, each under a Python name of its own."""

from dataclasses import dataclass, field

from bramka.expressions.compiler.table import Member
from bramka.expressions.compiler.types import Type


@dataclass(slots=True)
class Variable:
    """A local, a parameter or a local function."""

    name: str
    python: str
    type: Type
    function: "Function"
    frozen: bool = False
    """Never assigned after its declaration: a lambda may take its value."""
    signature: Member | None = None
    """What a call of it may leave out or name, if it is a local function."""


@dataclass(slots=True)
class Function:
    """One Python function being written: the expression itself, or a lambda in it."""

    outer: "Function | None" = None
    result: Type | None = None
    """Declared type of `return`, None while it is found out from the returns."""
    returns: list[Type] = field(default_factory=list)
    nonlocals: set[str] = field(default_factory=set)
    captured: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Scope:
    """One block's names; looks outwards for the rest."""

    outer: "Scope | None" = None
    names: dict[str, Variable] = field(default_factory=dict)

    def visible(self) -> list[str]:
        """All names that can be used here, the nearest first."""
        outer = self.outer.visible() if self.outer else []
        return [*self.names, *outer]

    def find(self, name: str) -> Variable | None:
        at: Scope | None = self
        while at is not None:
            if name in at.names:
                return at.names[name]
            at = at.outer
        return None
