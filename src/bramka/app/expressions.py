"""Hands the policy expressions to the gateway: their compiler as it wants it."""

from bramka.domain.clock import Chance, Clock
from bramka.domain.traffic.policy_text import Expression, refuse
from bramka.domain.traffic.step import Source
from bramka.gateway.documents import CompileExpression


def expression_compiler(clock: Clock, chance: Chance) -> CompileExpression:
    """A compiler for a gateway with this time and chance."""

    def compile_expression(expression: Expression) -> Source:
        return refuse("expressions cannot be compiled yet", expression.place)

    return compile_expression
