"""What goes wrong while an expression runs: .NET's exceptions as one Python class."""

from collections.abc import Iterable
from dataclasses import dataclass

from bramka.domain.errors import BramkaError
from bramka.domain.traffic.policy_text import Place

FILE_NAME = "<policy expression>"
"""File name of the compiled code; frames of it tell where a failure happened."""

PARENTS = {
    "Exception": "",
    "SystemException": "Exception",
    "ApplicationException": "Exception",
    "AggregateException": "Exception",
    "ArgumentException": "SystemException",
    "ArgumentNullException": "ArgumentException",
    "ArgumentOutOfRangeException": "ArgumentException",
    "ArithmeticException": "SystemException",
    "DivideByZeroException": "ArithmeticException",
    "OverflowException": "ArithmeticException",
    "FormatException": "SystemException",
    "UriFormatException": "FormatException",
    "IndexOutOfRangeException": "SystemException",
    "InvalidCastException": "SystemException",
    "InvalidOperationException": "SystemException",
    "KeyNotFoundException": "SystemException",
    "NotImplementedException": "SystemException",
    "NotSupportedException": "SystemException",
    "NullReferenceException": "SystemException",
    "TimeoutException": "SystemException",
    "TimeZoneNotFoundException": "Exception",
    "CryptographicException": "SystemException",
    "XmlException": "SystemException",
    "JsonException": "Exception",
    "JsonReaderException": "JsonException",
    "JsonSerializationException": "JsonException",
}
"""Exceptions an expression can name, each with its base class."""


@dataclass(slots=True, eq=False)
class Problem:
    """A .NET exception as C# code sees it: `e.Message`, `e.InnerException`."""

    kind: str
    message: str
    inner: "Problem | None" = None

    def is_a(self, kind: str) -> bool:
        found = self.kind
        while found and found != kind:
            found = PARENTS[found]
        return found == kind


class Thrown(Exception):
    """A .NET exception on its way up; `catch` may take it."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.problem = Problem(kind, message)


class Exhausted(Exception):
    """A budget is spent; no `catch` of the expression can take this."""


class EvaluationFailure(BramkaError):
    """An expression failed; the gateway answers 500 or runs on-error.

    `kind` is .NET's exception type, or `BudgetExceeded`.
    """

    code = "ExpressionValueEvaluationFailure"

    def __init__(self, kind: str, reason: str, place: Place) -> None:
        where = f"line {place.line}, column {place.column}"
        super().__init__(f"Expression evaluation failed at {where}: {kind}: {reason}")
        self.kind = kind
        self.reason = reason
        self.place = place


NULL_REFERENCE = "Object reference not set to an instance of an object."
DIVIDE_BY_ZERO = "Attempted to divide by zero."
CATCHABLE = (
    Thrown,
    ArithmeticError,
    LookupError,
    TypeError,
    AttributeError,
    ValueError,
)
"""What compiled `catch` clauses look at: never a spent budget."""


def problem_of(error: BaseException) -> Problem:
    """The .NET exception that `error` stands for."""
    if isinstance(error, Thrown):
        return error.problem
    if isinstance(error, ZeroDivisionError):
        return Problem("DivideByZeroException", DIVIDE_BY_ZERO)
    if isinstance(error, ArithmeticError):
        return Problem("OverflowException", "Value was either too large or too small.")
    if isinstance(error, KeyError):
        key = error.args[0] if error.args else ""
        text = f"The given key '{key}' was not present in the dictionary."
        return Problem("KeyNotFoundException", text)
    if isinstance(error, IndexError):
        text = "Index was outside the bounds of the array."
        return Problem("IndexOutOfRangeException", text)
    if isinstance(error, TypeError | AttributeError):
        if "NoneType" in str(error):
            return Problem("NullReferenceException", NULL_REFERENCE)
        return Problem("InvalidCastException", "Specified cast is not valid.")
    if isinstance(error, ValueError):
        return Problem("FormatException", "Input string was not in a correct format.")
    if isinstance(error, NameError):
        return Problem(
            "InvalidOperationException", "A local was read before it was set."
        )
    text = f"{type(error).__name__} inside the gateway; please report the expression."
    return Problem("InvalidOperationException", text)


def failure_of(error: BaseException, fallback: Place) -> EvaluationFailure:
    """The failure that the gateway reports for `error`, with its place."""
    place = _place_of(error) or fallback
    if isinstance(error, RecursionError):
        text = "calls of functions and lambdas are nested too deep"
        return EvaluationFailure("BudgetExceeded", text, place)
    if isinstance(error, MemoryError):
        return EvaluationFailure("BudgetExceeded", "a value is too large", place)
    if isinstance(error, Exhausted):
        return EvaluationFailure("BudgetExceeded", str(error), place)
    problem = problem_of(error)
    return EvaluationFailure(problem.kind, problem.message, place)


def _place_of(error: BaseException) -> Place | None:
    """Line and column of the innermost step of the expression that failed."""
    found: Place | None = None
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename == FILE_NAME:
            positions = list(code.co_positions())
            line, _, column, _ = positions[trace.tb_lasti // 2]
            if line is not None and column is not None:
                found = Place(line, column + 1)
        trace = trace.tb_next
    return found


def argument_null(name: str) -> Thrown:
    text = f"Value cannot be null. (Parameter '{name}')"
    return Thrown("ArgumentNullException", text)


def out_of_range(name: str) -> Thrown:
    text = (
        f"Specified argument was out of the range of valid values. (Parameter '{name}')"
    )
    return Thrown("ArgumentOutOfRangeException", text)


def bad_format(text: str) -> Thrown:
    shown = text if len(text) <= 80 else text[:80] + "…"
    message = f"The input string '{shown}' was not in a correct format."
    return Thrown("FormatException", message)


def bad_cast(found: str, wanted: str) -> Thrown:
    message = f"Unable to cast object of type '{found}' to type '{wanted}'."
    return Thrown("InvalidCastException", message)


def require(**arguments: object) -> None:
    """Raise ArgumentNullException for the first argument that is null."""
    for name, value in arguments.items():
        if value is None:
            raise argument_null(name)


def kinds() -> Iterable[str]:
    return PARENTS.keys()
