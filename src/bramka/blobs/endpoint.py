"""The embedded Blob endpoint: an Azure-Blob-compatible ASGI app over a folder."""

import errno
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from xml.sax.saxutils import escape

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bramka.blobs.access import Accounts, authenticate
from bramka.blobs.call import Call, check, parse_path, parse_query
from bramka.blobs.depot import Depot
from bramka.blobs.exchange import Exchange, markup
from bramka.blobs.fault import Fault
from bramka.blobs.moment import iso
from bramka.blobs.operations import operation_of
from bramka.domain.clock import Chance, Clock

LOG = logging.getLogger(__name__)
THREADS = 16
FULL = {errno.ENOSPC, errno.EDQUOT}


def make_app(
    folder: Path,
    accounts: Accounts,
    clock: Clock,
    chance: Chance,
    *,
    quota: int | None = None,
) -> ASGIApp:
    """The endpoint for the folder's blobs; `quota` bounds all bytes stored in it."""
    endpoint = Endpoint(Depot(folder, clock, chance, quota), accounts, clock, chance)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        endpoint.close()

    routes = [Route("/health", _health), Mount("/", endpoint)]
    return Starlette(routes=routes, lifespan=lifespan)


async def _health(_request: Request) -> Response:
    return PlainTextResponse("OK")


class Endpoint:
    """Answers calls of the Blob protocol; `http://host/{account}/{container}/{blob}`."""

    def __init__(
        self, depot: Depot, accounts: Accounts, clock: Clock, chance: Chance
    ) -> None:
        self._depot = depot
        self._accounts = accounts
        self._clock = clock
        self._chance = chance
        self._threads = ThreadPoolExecutor(THREADS, "blobs")

    def close(self) -> None:
        self._threads.shutdown()
        self._depot.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        request_id = self._chance.hex(16)
        try:
            response = await self.answer(
                lambda: parse_call(request), request, request_id
            )
        except ClientDisconnect:
            return
        response.headers["x-ms-request-id"] = request_id
        response.headers["x-ms-version"] = request.headers.get(
            "x-ms-version", request.query_params.get("sv", "2009-09-19")
        )
        if client_id := request.headers.get("x-ms-client-request-id"):
            response.headers["x-ms-client-request-id"] = client_id
        await response(scope, receive, send)

    async def answer(
        self, make_call: Callable[[], Call], request: Request, request_id: str
    ) -> Response:
        """The answer to a call; every refusal in Azure's XML."""
        try:
            return await self._perform(make_call(), request, request_id)
        except Fault as fault:
            return self._refuse(fault, request_id)
        except ClientDisconnect:
            raise
        except Exception as problem:
            # Errors of files hold a path of ours, never a credential of the caller.
            LOG.exception("The blob store met an error of its own or of its disk.")
            return self._refuse(_fault_of(problem), request_id)

    async def _perform(self, call: Call, request: Request, request_id: str) -> Response:
        check(call)
        prove = partial(authenticate, accounts=self._accounts, now=self._clock.now())
        grant = prove(call)
        operation = operation_of(call)
        operation.check(grant)
        return await operation.run(
            Exchange(
                call=call,
                grant=grant,
                request=request,
                depot=self._depot,
                threads=self._threads,
                request_id=request_id,
                authenticate=prove,
                answer=lambda part: self.answer(lambda: part, request, request_id),
            )
        )

    def _refuse(self, fault: Fault, request_id: str) -> Response:
        headers = {"x-ms-error-code": fault.code}
        if fault.status == 304:
            return Response(status_code=304, headers=headers)
        message = (
            f"{fault.message}\nRequestId:{request_id}\nTime:{iso(self._clock.now())}"
        )
        response = markup(
            f"<Error><Code>{fault.code}</Code>"
            f"<Message>{escape(message)}</Message></Error>",
            headers,
        )
        response.status_code = fault.status
        return response


def _fault_of(problem: Exception) -> Fault:
    if isinstance(problem, OSError) and problem.errno in FULL:
        return Fault("InsufficientStorage")
    if isinstance(problem, sqlite3.Error) and "full" in str(problem):
        return Fault("InsufficientStorage")
    return Fault("InternalError")


def parse_call(request: Request) -> Call:
    """A request as a call; names are checked later, when they can be answered."""
    scope = request.scope
    raw_path = scope["raw_path"].decode("latin-1")
    return Call(
        method=request.method,
        scheme=scope["scheme"],
        peer=request.client.host if request.client else "",
        raw_path=raw_path,
        place=parse_path(raw_path),
        query=parse_query(scope["query_string"].decode("latin-1")),
        headers=dict(request.headers),
    )
