"""Expressions as the sources of values that policies read."""

from collections.abc import Callable

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.policy_text import Expression
from bramka.domain.traffic.site import Source
from bramka.domain.traffic.step import StepFailure
from bramka.expressions.compile import Compiled, compile_expression
from bramka.expressions.failures import EvaluationFailure
from bramka.expressions.surroundings import Surroundings
from bramka.expressions.values.text import text_of
from bramka.expressions.values.units import whole

LONG = 1024
"""Characters of an expression that is worth remembering."""
MOST_KEPT = 256


class ExpressionSource(Source):
    """A value that an expression gives, printed as C# prints it."""

    __slots__ = ()

    def __init__(self, compiled: Compiled, surroundings: Surroundings) -> None:
        run = compiled.evaluate

        def evaluate(exchange: Exchange) -> object:
            try:
                value = run(exchange, surroundings)
                return whole(value) if isinstance(value, str) else value
            except EvaluationFailure as failure:
                raise StepFailure("", failure.code, failure.message) from failure

        super().__init__(
            None,
            evaluate,
            compiled.place,
            reads_request_body=compiled.reads_request_body,
            reads_response_body=compiled.reads_response_body,
            type=compiled.type,
        )

    def text(self, exchange: Exchange) -> str:
        value = self.evaluate(exchange)
        return value if isinstance(value, str) else whole(text_of(value))


def expression_compiler(surroundings: Surroundings) -> Callable[[Expression], Source]:
    """A compiler of expressions; raises Invalid with line and column.

    Long ones are remembered: they may be compiled beforehand, in another thread.
    """
    kept: dict[Expression, Compiled] = {}

    def compile_source(expression: Expression) -> Source:
        compiled = kept.get(expression)
        if compiled is None:
            compiled = compile_expression(
                expression.source, is_block=expression.is_block, place=expression.place
            )
            if len(expression.source) >= LONG:
                if len(kept) >= MOST_KEPT:
                    kept.clear()
                kept[expression] = compiled
        return ExpressionSource(compiled, surroundings)

    return compile_source
