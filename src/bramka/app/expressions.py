"""Hands the policy expressions to the gateway: their compiler as it wants it."""

from bramka.domain.clock import Chance, Clock
from bramka.expressions import Surroundings
from bramka.expressions.sources import expression_compiler as compiler_in
from bramka.gateway.workshop import CompileExpression


def expression_compiler(clock: Clock, chance: Chance) -> CompileExpression:
    """A compiler for a gateway with this time and chance."""
    return compiler_in(Surroundings(clock, chance))
