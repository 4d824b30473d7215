"""A traced call as one line of JSON, with what looks like a secret left out."""

import re
from typing import Any

import msgspec

from bramka.domain.errors import BramkaError
from bramka.domain.learning.endpoint import Endpoint
from bramka.gateway.masking import MASK, without_credentials
from bramka.scoring.history import moment
from bramka.scoring.refusal import answer_of, refusal_for
from bramka.wire.message import Answer, Request

MOST_BYTES = 64 * 1024
"""A longer body is told by its length only."""
CALL_ID = b"x-bramka-call"
"""The front writes the id of a call here; ours is the last one of that name."""
_SECRET = re.compile(
    r"pass(word|phrase|wd)|secret|token|credential|connection.?string|"
    r"(api|account|access|shared|storage|private|subscription).?key|^sas|^pwd$",
    re.IGNORECASE,
)
_KEYS = re.compile(r"(?i)((?:accountkey|sharedaccesskey|password|pwd|sig)=)[^;&\s\"]+")

Told = dict[str, Any]


def line_of(
    endpoint: Endpoint,
    request: Request,
    ended: Answer | Exception,
    *,
    seconds: float,
    now: float,
) -> bytes:
    """What is written of a call; no header of it, for keys stand there."""
    answer, code = _answer(ended)
    told: Told = {
        "Time": moment(now),
        "RequestId": _call_id(request),
        "Workspace": endpoint.workspace_id,
        "Service": endpoint.service_name,
        "Endpoint": endpoint.name,
        "EndpointId": endpoint.id,
        "Version": endpoint.version,
        "Method": request.method,
        "Path": request.path[:1024],
        "Status": answer.status,
        "Code": code,
        "ElapsedMilliseconds": round(seconds * 1000, 3),
        "RequestBytes": len(request.body),
        "ResponseBytes": len(answer.body),
        "Request": shown(request.body),
        "Response": shown(answer.body),
    }
    return msgspec.json.encode(told) + b"\n"


def _answer(ended: Answer | Exception) -> tuple[Answer, str]:
    """What the caller got, and the code of a refusal."""
    if isinstance(ended, Answer):
        return ended, ""
    if isinstance(ended, BramkaError):
        refusal = refusal_for(ended)
        return answer_of(refusal), refusal.code
    return Answer(500), "InternalError"


def _call_id(request: Request) -> str:
    for name, value in reversed(request.headers):
        if name == CALL_ID:
            return value.decode("latin-1")
    return ""


def shown(body: bytes) -> object:
    """A body as it may be kept: JSON with its secrets masked; None if it is not."""
    if not body or len(body) > MOST_BYTES:
        return None
    try:
        return _shown(msgspec.json.decode(body))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        # Not JSON: names do not say which parts are secret, so nothing is kept.
        return None


def _shown(value: Any) -> Any:
    if isinstance(value, str):
        return without_credentials(_KEYS.sub(rf"\1{MASK}", value))
    if isinstance(value, list):
        return [_shown(each) for each in value]
    if not isinstance(value, dict):
        return value
    names, rows = value.get("ColumnNames"), value.get("Values")
    if isinstance(names, list) and isinstance(rows, list):
        secret = {place for place, name in enumerate(names) if _secret(name)}
        return {**value, "Values": [_row(row, secret) for row in rows]}
    return {
        name: MASK if _secret(name) and each is not None else _shown(each)
        for name, each in value.items()
    }


def _row(row: Any, secret: set[int]) -> Any:
    if not isinstance(row, list):
        return _shown(row)
    return [MASK if place in secret else _shown(cell) for place, cell in enumerate(row)]


def _secret(name: object) -> bool:
    return isinstance(name, str) and _SECRET.search(name) is not None
