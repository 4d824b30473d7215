"""The one shape of every error of the console."""

from http import HTTPStatus

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bramka.domain.errors import BramkaError, TooMany, status_of
from bramka.store.failure import refusal_of

JSON = "application/json; charset=utf-8"


def refuse(error: Exception) -> Response:
    """The answer that tells an error; what is not one of ours is a 500, logged."""
    return _answer(refusal_of(error))


def refuse_again(code: str, message: str) -> Response:
    """The answer that tells an error of which only these words were kept."""
    kept = BramkaError(message)
    kept.code, kept.status = code, status_of(code)
    return _answer(kept)


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


def _answer(error: BramkaError) -> Response:
    told: dict[str, object] = {"code": error.code, "message": error.message}
    if error.target:
        told["target"] = error.target
    if error.details:
        told["details"] = [
            {"code": one.code, "target": one.target, "message": one.message}
            for one in error.details
        ]
    headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else {}
    if isinstance(error, TooMany):
        headers = {"Retry-After": str(error.seconds)}
    body = msgspec.json.encode({"error": told})
    return Response(body, error.status, headers, media_type=JSON)
