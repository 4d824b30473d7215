"""The one shape of every error that the old clients read; its details never empty."""

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from starlette.responses import Response

from bramka.domain.errors import Detail, TooMany
from bramka.store.failure import refusal_of

JSON = "application/json; charset=utf-8"


def refuse(error: Exception) -> Response:
    """The answer that tells an error; what is not one of ours is a 500, logged."""
    refusal = refusal_of(error)
    details = refusal.details or (
        Detail(refusal.code, refusal.target, refusal.message),
    )
    told = {
        "code": refusal.code,
        "message": refusal.message,
        "target": refusal.target,
        "details": [
            {"code": one.code, "target": one.target, "message": one.message}
            for one in details
        ],
    }
    headers = {"WWW-Authenticate": "Bearer"} if refusal.status == 401 else {}
    if isinstance(refusal, TooMany):
        headers = {"Retry-After": str(refusal.seconds)}
    return Response(_encoded(told), refusal.status, headers, media_type=JSON)


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
