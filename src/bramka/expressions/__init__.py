"""C# policy expressions compiled to Python code with a closed member table."""

from bramka.expressions.compile import Compiled, compile_expression
from bramka.expressions.failures import EvaluationFailure
from bramka.expressions.surroundings import Surroundings
from bramka.expressions.values.text import text_of

__all__ = [
    "Compiled",
    "EvaluationFailure",
    "Surroundings",
    "compile_expression",
    "text_of",
]
