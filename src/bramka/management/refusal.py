"""The one shape of every error of the console."""

import logging
from http import HTTPStatus

import msgspec
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bramka.domain import errors

LOG = logging.getLogger(__name__)

STATUS: dict[type[errors.BramkaError], int] = {
    errors.Invalid: 400,
    errors.Unsupported: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.Missing: 404,
    errors.Conflict: 409,
    errors.IllegalStep: 409,
    errors.Stale: 412,
    errors.TooMany: 429,
    errors.Unavailable: 503,
}
JSON = "application/json; charset=utf-8"


def refuse(error: Exception) -> Response:
    """The answer that tells an error; what is not one of ours is a 500, logged."""
    if isinstance(error, errors.BramkaError):
        return _answer(STATUS.get(type(error), 500), error)
    if isinstance(error, OperationalError | InterfaceError):
        LOG.error("the database is away: %s", type(error).__name__)
        away = errors.Unavailable("The database is away; try again in a moment.")
        return _answer(503, away)
    if isinstance(error, NoConnection):
        LOG.error("no connection to the database came free: %s", error)
        busy = errors.Unavailable("The database is busy; try again in a moment.")
        return _answer(503, busy)
    if isinstance(error, DataError):
        unfit = errors.Invalid(
            "A text holds a character that cannot be stored; leave out U+0000."
        )
        return _answer(400, unfit)
    if isinstance(error, RecursionError | OverflowError):
        unfit = errors.Invalid("The body nests too deeply or holds a number too large.")
        return _answer(400, unfit)
    if isinstance(error, UnicodeDecodeError):
        return _answer(400, errors.Invalid("The body is not UTF-8."))
    LOG.error("a call failed", exc_info=error)
    failed = errors.BramkaError("Something went wrong here; the log says what.")
    return _answer(500, failed)


def refuse_again(code: str, message: str) -> Response:
    """The answer that tells an error of which only these words were kept."""
    kept = errors.BramkaError(message)
    kept.code = code
    statuses = {kind.code: status for kind, status in STATUS.items()}
    return _answer(statuses.get(code, 500), kept)


def refuse_http(_request: Request, error: Exception) -> Response:
    """What the framework itself refuses: an unknown path, a wrong method."""
    assert isinstance(error, HTTPException), "registered for these only"
    phrase = HTTPStatus(error.status_code).phrase
    body = {"error": {"code": phrase.replace(" ", ""), "message": f"{phrase}."}}
    return Response(
        msgspec.json.encode(body),
        error.status_code,
        dict(error.headers or {}),
        media_type=JSON,
    )


def not_allowed(method: str) -> Response:
    """There is such a thing, but this is not done to it."""
    told = {"code": "MethodNotAllowed", "message": f"{method} is not possible here."}
    body = msgspec.json.encode({"error": told})
    return Response(body, 405, media_type=JSON)


def _answer(status: int, error: errors.BramkaError) -> Response:
    told: dict[str, object] = {"code": error.code, "message": error.message}
    if error.target:
        told["target"] = error.target
    if error.details:
        told["details"] = [
            {"code": one.code, "target": one.target, "message": one.message}
            for one in error.details
        ]
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    if isinstance(error, errors.TooMany):
        headers = {"Retry-After": str(error.seconds)}
    body = msgspec.json.encode({"error": told})
    return Response(body, status, headers, media_type=JSON)
