"""One expression being compiled: its names, its facts, the code made so far."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from tree_sitter import Node

from bramka.domain.traffic.policy_text import refuse
from bramka.expressions.compiler import emit
from bramka.expressions.compiler.scope import Function, Scope, Variable
from bramka.expressions.compiler.table import Table
from bramka.expressions.compiler.tree import Source
from bramka.expressions.compiler.types import Type


class Nothing:
    """Stands for a constant that is not known."""


NOTHING = Nothing()


@dataclass(frozen=True, slots=True)
class Impossible:
    """Stands for a constant that C# refuses to compute, and says why."""

    reason: str


OVERFLOW = Impossible(
    "the constant is too large for its type; write L behind one of its numbers, "
    "or unchecked(…) if it shall wrap"
)
ZERO_DIVISION = Impossible("this divides by a constant that is zero")


@dataclass(slots=True)
class Typed:
    """Code that yields a value, the static type of it, and the value if known."""

    tree: ast.expr
    type: Type
    constant: object = NOTHING


@dataclass(slots=True)
class Lambda:
    """A lambda that waits for the delegate type it is to become."""

    node: Node
    scope: Scope
    names: tuple[str, ...] = ()
    """Names of its parameters, where a clause of a query makes it."""
    body: "Callable[[Unit], None] | None" = None
    """Writes its body, where a clause of a query makes it."""


@dataclass(slots=True)
class Group:
    """A method named without a call: `Convert.ToInt32`, `text.Contains`."""

    name: str
    owner: Type
    receiver: Typed | None = None


@dataclass(slots=True)
class TypeName:
    """A type where a value could stand: the `Math` of `Math.Abs`."""

    type: Type


Operand = Typed | Lambda | Group
Named = Operand | TypeName


@dataclass(slots=True)
class Facts:
    """What is learnt about an expression while it is compiled."""

    reads_request_body: bool = False
    reads_response_body: bool = False
    response_uses: int = 0
    response_direct: int = 0
    any_response_body: bool = False
    reads_surroundings: bool = False
    reads_exchange: bool = False
    is_metered: bool = False
    variables: set[str] = field(default_factory=set)


Visit = Callable[["Unit", Node], Named]
Perform = Callable[["Unit", Node], None]
Fit = Callable[["Unit", Operand, Type, Node], ast.expr]


class Unit:
    """The compiler's working state; visitors of node types do the work."""

    def __init__(
        self,
        source: Source,
        table: Table,
        visits: Mapping[str, Visit],
        performs: Mapping[str, Perform],
        fit: Fit,
    ) -> None:
        self.source = source
        self.table = table
        self.visits = visits
        self.performs = performs
        self.fit = fit
        """Makes any operand a wanted type: converts values, compiles lambdas."""
        self.facts = Facts()
        self.linked: dict[str, object] = {}
        self.names_by_id: dict[int, str] = {}
        self.scope = Scope()
        self.function = Function()
        self.block: list[ast.stmt] = []
        self.loops: list[str] = []
        self.checked: bool | None = None
        """Whether overflow throws; None where only constants are looked at."""
        self.catching = 0
        self.assigned: frozenset[str] = frozenset()
        self.lambdas: dict[tuple[object, ...], object] = {}
        self.count = 0

    # --- words to the author ------------------------------------------------------

    def refuse(self, node: Node, message: str) -> NoReturn:
        refuse(message, self.source.place_of(node))

    def text(self, node: Node) -> str:
        return self.source.text(node)

    # --- visiting -------------------------------------------------------------------

    def named(self, node: Node) -> Named:
        """What `node` stands for: a value, a lambda, a method or a type."""
        visit = self.visits.get(node.type)
        if visit is None:
            kind = node.type.replace("_", " ")
            self.refuse(node, f"{kind} is not supported in policy expressions")
        found = visit(self, node)
        if isinstance(found, Typed):
            self.locate(found.tree, node)
        return found

    def operand(self, node: Node) -> Operand:
        found = self.named(node)
        if isinstance(found, TypeName):
            self.refuse(node, f"{found.type} is a type where a value is needed")
        return found

    def expression(self, node: Node) -> Typed:
        """The value of `node`."""
        found = self.operand(node)
        if isinstance(found, Lambda):
            self.refuse(node, "a lambda cannot stand here; call a method with it")
        if isinstance(found, Group):
            self.refuse(node, f"{found.name} is a method; call it with ()")
        if found.type.name == "void":
            self.refuse(node, "this call has no value")
        return found

    def statement(self, node: Node) -> None:
        """Add what a statement does to the current block."""
        perform = self.performs.get(node.type)
        if perform is None:
            kind = node.type.removesuffix("_statement").replace("_", " ")
            self.refuse(node, f"'{kind}' is not supported in policy expressions")
        before = len(self.block)
        perform(self, node)
        for made in self.block[before:]:
            self.locate(made, node)

    def locate(self, tree: ast.expr | ast.stmt, node: Node) -> None:
        """Give `tree` the place of `node`, so that failures can tell it."""
        if getattr(tree, "lineno", None) is None:
            place = self.source.place_of(node)
            tree.lineno = tree.end_lineno = place.line
            tree.col_offset = tree.end_col_offset = place.column - 1

    # --- names ------------------------------------------------------------------------

    def fresh(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def declare(
        self, node: Node, name: str, type_: Type, *, frozen: bool = False
    ) -> Variable:
        """A new local of the current block."""
        earlier = self.scope.find(name)
        if earlier is not None and earlier.function is self.function:
            self.refuse(node, f"a local named '{name}' is already declared")
        frozen = frozen and name not in self.assigned
        python = self.fresh("v")
        variable = Variable(name, python, type_, self.function, frozen)
        self.scope.names[name] = variable
        return variable

    def use(self, variable: Variable) -> ast.Name:
        """Read a local, remembering which lambdas captured it."""
        at = self.function
        while variable.frozen and at is not variable.function:
            at.captured.add(variable.python)
            assert at.outer is not None, "a variable belongs to a function around"
            at = at.outer
        return emit.name(variable.python)

    def will_set(self, variable: Variable) -> None:
        """Note that the current function assigns a variable, perhaps not its own."""
        if variable.function is not self.function:
            self.function.nonlocals.add(variable.python)

    def link(self, thing: object) -> ast.Name:
        """A name under which the compiled code reaches `thing`."""
        key = id(thing)
        if key not in self.names_by_id:
            known = f"k{len(self.linked)}"
            self.names_by_id[key] = known
            self.linked[known] = thing
        return emit.name(self.names_by_id[key])

    def call(self, function: Callable[..., object], *arguments: ast.expr) -> ast.Call:
        return emit.call(self.link(function), *arguments)

    def meter(self) -> None:
        self.facts.is_metered = True
