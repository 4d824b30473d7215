"""Hands the policy expressions to the gateway: their compiler as it wants it."""

from bramka.domain.clock import Chance, Clock
from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.policy_text import Expression
from bramka.domain.traffic.step import Source, StepFailure
from bramka.expressions import (
    EvaluationFailure,
    Surroundings,
    compile_expression,
    text_of,
)
from bramka.gateway.documents import CompileExpression


class _Computed(Source):
    """A source that an expression computes; prints values as C# does."""

    __slots__ = ()

    def text(self, exchange: Exchange) -> str:
        return text_of(self.evaluate(exchange))


def expression_compiler(clock: Clock, chance: Chance) -> CompileExpression:
    """A compiler for a gateway with this time and chance."""
    around = Surroundings(clock, chance)

    def compile_for_gateway(expression: Expression) -> Source:
        compiled = compile_expression(
            expression.source, is_block=expression.is_block, place=expression.place
        )

        def evaluate(exchange: Exchange) -> object:
            try:
                return compiled.evaluate(exchange, around)
            except EvaluationFailure as failure:
                raise StepFailure("", failure.code, failure.message) from failure

        return _Computed(
            None,
            evaluate,
            expression.place,
            reads_request_body=compiled.reads_request_body,
            reads_response_body=compiled.reads_response_body,
        )

    return compile_for_gateway
