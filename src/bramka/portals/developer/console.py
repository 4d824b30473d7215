"""`/developer/console/send`: calls of the test console, passed on to our gateway only.

A browser may not call the gateway from a page of another origin, nor read all of its
answer; so the console calls, and tells everything.
"""

import base64
from collections.abc import Callable
from urllib.parse import urlsplit

import anyio
import anyio.to_thread
import httpcore2
import msgspec
from msgspec import Struct
from sqlalchemy import func
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bramka.domain.errors import BramkaError, Forbidden, Invalid, Unavailable
from bramka.domain.traffic.relayed import HEADER, caller_token
from bramka.domain.traffic.self_hosted import MANAGED
from bramka.domain.traffic.trace import DebugCredentials
from bramka.portals.developer.door import JSON, Place, read_body
from bramka.portals.developer.reader import Reader, admitted
from bramka.portals.developer.sent_call import (
    LARGEST_BODY,
    LARGEST_CALL,
    Headers,
    Sent,
    body_of,
    own_headers,
    own_target,
)
from bramka.store.api import APIS
from bramka.store.debug_recall import epoch_of
from bramka.store.transaction import Transaction

SECONDS = 60.0
TRACE_SECONDS = 120
AT_ONCE = 16
_TIMEOUT = {"connect": 5.0, "read": SECONDS, "write": SECONDS, "pool": 5.0}


class Answer(Struct, frozen=True, rename="camel", kw_only=True, omit_defaults=True):
    """What came back."""

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body_base64: str
    milliseconds: float
    trace_id: str | None = None


class Relay:
    """Passes calls on, a few at a time."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._home = urlsplit(place.gateway)
        self._limiter = anyio.Semaphore(AT_ONCE)

    def routes(self) -> list[Route]:
        return [Route("/developer/console/send", self.answer, methods=["POST"])]

    async def answer(self, request: Request) -> Response:
        try:
            body = await read_body(request, LARGEST_CALL)
            call = await anyio.to_thread.run_sync(self._prepared, request, body)
            answer = await self._send(call)
        except Exception as error:  # the edge: every error has one shape
            return self._place.refuse(error)
        headers = {"Cache-Control": "no-store"}
        return Response(msgspec.json.encode(answer), headers=headers, media_type=JSON)

    def _prepared(self, request: Request, body: bytes) -> httpcore2.Request:
        with self._place.store.reading() as transaction:
            reader = admitted(transaction, request, self._place.reader_of)
            try:
                sent = msgspec.json.decode(body, type=Sent)
            except msgspec.MsgspecError as error:
                raise Invalid(f"The call cannot be used: {error}") from None
            target = own_target(self._home, sent.url)
            caller = _caller(transaction, request)
            token = (
                _debug_token(transaction, reader, sent, target) if sent.trace else ""
            )
        return self._request(sent, target, token, caller)

    def _request(
        self, sent: Sent, target: bytes, token: str, caller: Headers
    ) -> httpcore2.Request:
        home = self._home
        headers = [(b"Host", home.netloc.encode("ascii")), *own_headers(sent.headers)]
        headers += caller
        if token:
            headers.append((b"Apim-Debug-Authorization", token.encode()))
        body = body_of(sent.body_base64)
        if body or sent.method.upper() not in ("GET", "HEAD", "OPTIONS"):
            headers.append((b"Content-Length", b"%d" % len(body)))
        url = httpcore2.URL(
            scheme=home.scheme.encode(),
            host=(home.hostname or "").encode("idna"),
            port=home.port,
            target=target,
        )
        return httpcore2.Request(
            sent.method.upper().encode(),
            url,
            headers=headers,
            content=body,
            extensions={"timeout": _TIMEOUT},
        )

    async def _send(self, call: httpcore2.Request) -> Answer:
        try:
            self._limiter.acquire_nowait()
        except anyio.WouldBlock:
            raise Unavailable(
                "Too many calls are being tried out at once; try again in a moment."
            ) from None
        try:
            with anyio.fail_after(SECONDS):
                return await _exchange(call, self._place.store.clock.monotonic)
        except (TimeoutError, httpcore2.TimeoutException):
            raise _unanswered(f"did not answer within {SECONDS:.0f} seconds") from None
        except httpcore2.NetworkError:
            raise _unanswered("cannot be reached") from None
        except httpcore2.ProtocolError:
            raise _unanswered("broke off its answer") from None
        finally:
            self._limiter.release()


async def _exchange(call: httpcore2.Request, now: Callable[[], float]) -> Answer:
    # A connection each: what one caller did to it is nothing to the next.
    async with httpcore2.AsyncConnectionPool() as pool:
        began = now()
        response = await pool.handle_async_request(call)
        try:
            body = bytearray()
            async for piece in response.aiter_stream():
                body += piece
                if len(body) > LARGEST_BODY:
                    raise Invalid(
                        f"The answer is larger than {LARGEST_BODY} bytes; call the "
                        "gateway directly."
                    )
        finally:
            await response.aclose()
        took = now() - began
    headers = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in response.headers]
    found = (value for name, value in headers if name.lower() == "apim-trace-id")
    reason = response.extensions.get("reason_phrase", b"")
    return Answer(
        status=response.status,
        reason=bytes(reason).decode("latin-1"),
        headers=headers,
        body_base64=base64.b64encode(body).decode(),
        milliseconds=round(took * 1000, 1),
        trace_id=next(found, None),
    )


def _caller(transaction: Transaction, request: Request) -> Headers:
    """Who called us: as any proxy tells it, and signed for our gateway."""
    if request.client is None:
        return []
    address = request.client.host
    token = caller_token(address, transaction.now, transaction.vault.pepper)
    return [
        (b"X-Forwarded-For", address.encode()),
        (HEADER.encode(), token.encode()),
    ]


def _debug_token(
    transaction: Transaction, reader: Reader, sent: Sent, target: bytes
) -> str:
    """Credentials that trace this call; Forbidden for who only uses the APIs."""
    if reader.role not in ("editor", "owner"):
        raise Forbidden("Only editors and owners may trace calls.", target="trace")
    api = sent.api_id or _api_at(transaction, target)
    APIS.get(transaction, api)
    until = int(transaction.now) + TRACE_SECONDS
    credentials = DebugCredentials(
        api=api.partition(";rev=")[0],
        gateway=MANAGED,
        until=until,
        epoch=epoch_of(transaction, MANAGED),
    )
    return credentials.token(transaction.vault.pepper)


def _api_at(transaction: Transaction, target: bytes) -> str:
    """The API with the longest path that the call's path begins with."""
    segments = target.decode().partition("?")[0].lower().strip("/").split("/")
    paths = ["/".join(segments[:count]) for count in range(len(segments) + 1)]
    path = func.lower(APIS.column.path)
    found = APIS.all(transaction, path.in_(paths), APIS.column.is_current)
    if not found:
        raise Invalid(
            "No API answers there, so nothing can be traced; name one in apiId.",
            target="url",
        )
    return max((one.noun for one in found), key=lambda api: len(api.path)).id


def _unanswered(what: str) -> BramkaError:
    return Unavailable(f"The gateway {what}.")
