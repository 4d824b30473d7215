"""The one shape of every error that the old clients read; its details never empty."""

import logging
from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.responses import Response

from bramka.domain import errors

LOG = logging.getLogger(__name__)
JSON = "application/json; charset=utf-8"
STATUS: dict[type[errors.BramkaError], int] = {
    errors.Invalid: 400,
    errors.Unsupported: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.Missing: 404,
    errors.Conflict: 409,
    errors.IllegalStep: 409,
    errors.Stale: 412,
    errors.Unavailable: 503,
}


def refuse(error: Exception) -> Response:
    """The answer that tells an error; what is not one of ours is a 500, logged."""
    if isinstance(error, OperationalError | InterfaceError):
        LOG.error("the database is away: %s", type(error).__name__)
        error = errors.Unavailable("The database is away; try again in a moment.")
    elif isinstance(error, NoConnection):
        LOG.error("no connection to the database came free: %s", error)
        error = errors.Unavailable("The database is busy; try again in a moment.")
    elif isinstance(error, RecursionError | OverflowError):
        error = errors.Invalid("The body nests too deeply or holds too large a number.")
    elif isinstance(error, UnicodeDecodeError):
        error = errors.Invalid("The body is not UTF-8.")
    elif not isinstance(error, errors.BramkaError):
        LOG.error("a call failed", exc_info=error)
        error = errors.BramkaError("Something went wrong here; the log says what.")
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    details = error.details or (errors.Detail(error.code, error.target, error.message),)
    told = {
        "code": error.code,
        "message": error.message,
        "target": error.target,
        "details": [
            {"code": one.code, "target": one.target, "message": one.message}
            for one in details
        ],
    }
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return Response(_encoded(told), status, headers, media_type=JSON)


def unknown_path(status: int = 404) -> Response:
    """There is nothing under this address, or not for this method."""
    phrase = HTTPStatus(status).phrase
    code = phrase.replace(" ", "")
    message = (
        "Nothing answers under this address; the Studio REST is under "
        "/api/workspaces/{workspace}, web services under /workspaces/{workspace}."
        if status == 404
        else "This method is not possible here."
    )
    told = {
        "code": code,
        "message": message,
        "details": [{"code": code, "target": "", "message": message}],
    }
    return Response(_encoded(told), status, media_type=JSON)


def _encoded(told: Mapping[str, object]) -> bytes:
    return msgspec.json.encode({"error": told})
