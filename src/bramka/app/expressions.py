"""Hands the policy expressions to the gateway: their compiler as it wants it."""

from bramka.domain.clock import Chance, Clock
from bramka.expressions import sources
from bramka.expressions.surroundings import Surroundings
from bramka.gateway.documents import CompileExpression


def expression_compiler(clock: Clock, chance: Chance) -> CompileExpression:
    """A compiler for a gateway with this time and chance."""
    return sources.expression_compiler(Surroundings(clock=clock, chance=chance))
