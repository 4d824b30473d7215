"""Refusals in the one shape that clients of Studio (classic) know."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from bramka.domain.errors import (
    BramkaError,
    Conflict,
    Detail,
    IllegalStep,
    Invalid,
    Missing,
    Unavailable,
)
from bramka.domain.learning.module import ModuleError
from bramka.wire.message import Answer, RawHeaders

Code = Literal[
    "BadArgument",
    "BadUserArgument",
    "InvalidOperation",
    "LibraryExecutionError",
    "ModuleExecutionError",
    "WebServicePackageError",
    "Unauthorized",
    "NotFound",
    "MethodNotAllowed",
    "RequestTimeout",
    "Conflict",
    "MemoryQuotaViolation",
    "InternalError",
    "ModelPackageFormatError",
    "ServiceUnavailable",
    "GatewayTimeout",
]

CODES: dict[Code, tuple[int, str]] = {
    "BadArgument": (400, "Invalid argument provided."),
    "BadUserArgument": (400, "Invalid user argument provided."),
    "InvalidOperation": (400, "The request is invalid in the current context."),
    "LibraryExecutionError": (
        400,
        "Module execution encountered an internal library error.",
    ),
    "ModuleExecutionError": (400, "Module execution encountered an error."),
    "WebServicePackageError": (
        400,
        "Invalid web service package. Verify the web service package provided is correct and try again.",  # noqa: E501
    ),
    "Unauthorized": (401, "Request is unauthorized to access resource."),
    "NotFound": (404, "Resource not found."),
    "MethodNotAllowed": (405, "The method is not allowed for the resource."),
    "RequestTimeout": (
        408,
        "The operation could not be completed within the permitted time.",
    ),
    "Conflict": (409, "Resource already exists."),
    "MemoryQuotaViolation": (
        413,
        "The model had exceeded the memory quota assigned to it.",
    ),
    "InternalError": (500, "Execution encountered an internal error."),
    "ModelPackageFormatError": (
        500,
        "Invalid model package. Verify the model package provided is correct and try again.",  # noqa: E501
    ),
    "ServiceUnavailable": (503, "Service is temporarily unavailable."),
    "GatewayTimeout": (
        504,
        "The operation could not be completed within the permitted time.",
    ),
}
"""The status and the sentence of each top-level code."""

Headers = Sequence[tuple[bytes, bytes]]
JSON_TYPE: RawHeaders = [(b"Content-Type", b"application/json; charset=utf-8")]


class Refusal(BramkaError):
    """A call that is not answered; `code` decides the status."""

    def __init__(self, code: Code, *details: Detail, headers: Headers = ()) -> None:
        super().__init__(CODES[code][1], details=details)
        self.headers = headers
        self.code: Code = code


def refuse(
    code: Code, detail: str, message: str, target: str = "", *, headers: Headers = ()
) -> Refusal:
    """A refusal for one reason."""
    reason = Detail(code=detail, target=target, message=message)
    return Refusal(code, reason, headers=headers)


def refusal_for(error: BramkaError) -> Refusal:
    """An error of any room as a refusal of ours."""
    if isinstance(error, Refusal):
        return error
    code, detail = next(
        (pair for kind, pair in _OF_ERRORS if isinstance(error, kind)),
        ("InternalError", "UnknownError"),
    )
    whole = Detail(code=detail, target=error.target, message=error.message)
    return Refusal(code, *(error.details or (whole,)))


_OF_ERRORS: tuple[tuple[type[BramkaError], tuple[Code, str]], ...] = (
    (ModuleError, ("ModuleExecutionError", "ModuleExecutionError")),
    (Invalid, ("BadArgument", "UserParameterInvalid")),
    (Missing, ("NotFound", "ResourceNotFound")),
    (IllegalStep, ("InvalidOperation", "CannotStartJob")),
    (Conflict, ("Conflict", "Conflict")),
    (Unavailable, ("ServiceUnavailable", "NoMoreResources")),
)


def answer_of(refusal: Refusal) -> Answer:
    """The refusal as HTTP."""
    status, message = CODES[refusal.code]
    details = [
        {"code": each.code, "target": each.target, "message": each.message}
        for each in refusal.details
    ]
    body = {"error": {"code": refusal.code, "message": message, "details": details}}
    return Answer(status, _ENCODER.encode(body), [*JSON_TYPE, *refusal.headers])


_ENCODER = msgspec.json.Encoder()


def wire_refusal(status: int, message: str) -> Answer:
    """The answer to a request that broke a limit or HTTP itself."""
    code, detail = _WIRE.get(status, ("BadArgument", "RequestBodyInvalid"))
    answer = answer_of(refuse(code, detail, message[:1].upper() + message[1:] + "."))
    return Answer(status, answer.body, answer.headers)


_WIRE: dict[int, tuple[Code, str]] = {
    404: ("NotFound", "ResourceNotFound"),
    408: ("RequestTimeout", "RequestCanceled"),
    413: ("BadArgument", "RequestBodyInvalid"),
    500: ("InternalError", "UnknownError"),
    503: ("ServiceUnavailable", "NoMoreResources"),
}
