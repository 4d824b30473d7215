"""Compile a policy expression once; evaluate it for each call."""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from tree_sitter import Node

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.policy_text import Place, refuse
from bramka.expressions.compiler import (
    assignments,
    calls,
    chains,
    creations,
    emit,
    lambdas,
    literals,
    loops,
    operators,
    patterns,
    queries,
    statements,
)
from bramka.expressions.compiler.conversions import converted
from bramka.expressions.compiler.table import Table, build
from bramka.expressions.compiler.tree import Source
from bramka.expressions.compiler.types import OBJECT
from bramka.expressions.compiler.unit import Facts, Perform, Unit, Visit
from bramka.expressions.failures import FILE_NAME, failure_of
from bramka.expressions.members.all import FAMILIES
from bramka.expressions.meter import begin
from bramka.expressions.surroundings import Surroundings

VISITS: dict[str, Visit] = {
    **literals.VISITS,
    **operators.VISITS,
    **chains.VISITS,
    **creations.VISITS,
    **assignments.VISITS,
    **patterns.VISITS,
    **lambdas.VISITS,
    **queries.VISITS,
}
PERFORMS: dict[str, Perform] = {**statements.PERFORMS, **loops.PERFORMS}
Run = Callable[[Exchange, Surroundings], object]


@dataclass(frozen=True, slots=True)
class Compiled:
    """An expression ready to run, and what is known of it beforehand."""

    run: Run
    place: Place
    is_metered: bool
    reads_request_body: bool
    reads_response_body: bool
    variables: frozenset[str]
    """Names of variables it reads; `*` where a name is computed."""
    is_constant: bool
    """Whether it gives the same value for every exchange."""
    type: str
    """C# name of the static type of its value."""

    def evaluate(self, exchange: Exchange, surroundings: Surroundings) -> object:
        """The value for this exchange; raises EvaluationFailure and nothing else."""
        try:
            if self.is_metered:
                begin(surroundings.clock)
            return self.run(exchange, surroundings)
        except Exception as error:
            raise failure_of(error, self.place) from error


@cache
def table() -> Table:
    """The member table, built at first use."""
    return build(FAMILIES)


def compile_expression(source: str, *, is_block: bool, place: Place) -> Compiled:
    """The expression between `@(` and `)`, or `@{` and `}`, found at `place`.

    Raises Invalid with line and column in the document where the text is not C#, uses
    what expressions do not have, or names what the member table does not hold.
    """
    text = Source(source, is_block=is_block, place=place)
    unit = Unit(text, table(), VISITS, PERFORMS, calls.fit)
    try:
        body = text.body()
        unit.assigned = _assigned(unit, body)
        kind = _write(unit, body, is_block=is_block)
        run = _python(unit)
    except (RecursionError, MemoryError):
        refuse("nested too deep; split it into several statements", place)
    except (AssertionError, LookupError, TypeError, ValueError) as error:
        # A form of C# nobody thought of must not take down who saves it.
        refuse(f"this cannot be compiled ({type(error).__name__}: {error})", place)
    return _compiled(run, unit.facts, place, kind)


def _write(unit: Unit, body: Node, *, is_block: bool) -> str:
    """Fill the unit's block; the type of the value."""
    unit.function.result = OBJECT
    if not is_block:
        value = unit.expression(body)
        made = ast.Return(converted(unit, value, OBJECT))
        unit.locate(made, body)
        unit.block.append(made)
        return str(value.type)
    unit.statement(body)
    _check_end(unit, body)
    return "object"


def _check_end(unit: Unit, body: Node) -> None:
    """Refuse a block whose end can be reached without a value, where that is plain."""
    row = [item for item in body.named_children if item.type not in _ASIDE]
    last = row[-1] if row else body
    open_if = last.type == "if_statement" and not last.child_by_field_name(
        "alternative"
    )
    if not row or open_if or last.type in _GOES_ON:
        unit.refuse(last, "the block does not return a value in every case")


_GOES_ON = frozenset(
    (
        "empty_statement",
        "expression_statement",
        "foreach_statement",
        "local_declaration_statement",
    )
)
"""Statements behind which a block always goes on."""
_ASIDE = ("comment", "local_function_statement")


def _python(unit: Unit) -> Run:
    """The unit's code as a Python function; its only names are those linked."""
    function = emit.function("expression", ["exchange", "around"], unit.block)
    unit.locate(function, unit.source.root)
    module = ast.fix_missing_locations(ast.Module([function], []))
    names: dict[str, object] = {"__builtins__": {}, **BUILTINS, **unit.linked}
    code = compile(module, FILE_NAME, "exec", dont_inherit=True, optimize=2)
    exec(code, names)  # noqa: S102  # our own tree: every name in it is linked by us
    made = names["expression"]
    assert callable(made), "the module defines the function"
    return made


BUILTINS: dict[str, object] = {"len": len, "float": float, "int": int, "abs": abs}
"""What templates of Inline may name."""


def _assigned(unit: Unit, body: Node) -> frozenset[str]:
    """Names that are assigned somewhere after their declaration."""
    found: set[str] = set()
    stack = [body]
    while stack:
        node = stack.pop()
        stack += node.named_children
        if node.type == "assignment_expression":
            found.add(unit.text(node.named_children[0]))
        elif node.type in ("postfix_unary_expression", "prefix_unary_expression") or (
            node.type == "argument" and node.children[0].type == "out"
        ):
            found.add(unit.text(node.named_children[-1]))
        elif node.type == "tuple_expression":
            found.update(unit.text(item) for item in node.named_children)
    return frozenset(found)


def _compiled(run: Run, facts: Facts, place: Place, kind: str) -> Compiled:
    escapes = facts.response_uses > facts.response_direct
    return Compiled(
        run=run,
        place=place,
        is_metered=facts.is_metered,
        reads_request_body=facts.reads_request_body,
        reads_response_body=facts.reads_response_body
        or (escapes and facts.any_response_body),
        variables=frozenset(facts.variables),
        is_constant=not facts.reads_exchange and not facts.reads_surroundings,
        type=kind,
    )
