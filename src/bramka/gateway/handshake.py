"""The handshake of a WebSocket: its one operation, and what is refused at once."""

from msgspec.structs import replace

from bramka.domain.traffic.api import Api
from bramka.domain.traffic.exchange import Headers, Response
from bramka.domain.traffic.operation import HANDSHAKE, Operation
from bramka.gateway import access
from bramka.wire.fields import CONNECTION, UPGRADE, Fields

SWITCH = b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"


def handshake_of(api: Api, operations: dict[str, Operation]) -> dict[str, Operation]:
    """The operations of a WebSocket API, whatever else is listed there."""
    known = operations.get(HANDSHAKE) or Operation(
        id=HANDSHAKE,
        api_id=api.id,
        display_name=HANDSHAKE,
        method="GET",
        url_template="/*",
    )
    return {HANDSHAKE: replace(known, method="GET", url_template="/*")}


def asks_for_websocket(method: bytes, fields: Fields) -> bool:
    """Whether a request is the handshake of a WebSocket."""
    named = b",".join(field.value for field in fields if field.kind == CONNECTION)
    return method == b"GET" and _has(named, b"upgrade") and is_websocket(fields)


def is_websocket(fields: Fields) -> bool:
    """Whether Upgrade names it."""
    named = b",".join(field.value for field in fields if field.kind == UPGRADE)
    return _has(named, b"websocket")


def _has(values: bytes, word: bytes) -> bool:
    return word in (value.strip().lower() for value in values.split(b","))


def not_a_handshake() -> Response:
    """A 426 for a plain request to a WebSocket API."""
    message = "This API speaks WebSocket: the request must be its handshake."
    body = access.gateway_body(426, message)
    return Response(426, "Upgrade Required", Headers([*access.JSON]), body)


def too_many_tunnels() -> Response:
    """A 503 while as many tunnels are open as may be."""
    message = "Too many WebSocket connections are open. Try again later."
    headers = Headers([*access.JSON, (b"Retry-After", b"10")])
    body = access.gateway_body(503, message)
    return Response(503, "Service Unavailable", headers, body)
