"""The proxy that one writes in an afternoon: FastAPI before, aiohttp behind.

UPSTREAM_PORT=… CALLERS=… uvicorn --factory benchmarks.rivals.fastapi_application:proxy
"""

import os
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

from aiohttp import ClientSession, TCPConnector
from fastapi import Depends, FastAPI, Header, HTTPException, Request, Response
from msgspec import Struct

_PERIOD = 60


class Caller(Struct):
    """One caller with the limits of its product and what it has spent."""

    name: str
    calls: int
    quota: int
    window: int = 0
    in_window: int = 0
    in_quota: int = 0


def read_callers(path: Path) -> dict[str, Caller]:
    """The callers by key; each line holds id, key, calls and quota."""
    rows = (line.split() for line in path.read_text().splitlines())
    return {
        key: Caller(name, int(calls), int(quota)) for name, key, calls, quota in rows
    }


def proxy() -> FastAPI:
    """The application: key check, fixed-window limit, quota and a usage counter."""
    upstream = f"http://127.0.0.1:{os.environ['UPSTREAM_PORT']}/"
    callers = read_callers(Path(os.environ["CALLERS"]))
    usage: Counter[str] = Counter()

    @asynccontextmanager
    async def lifespan(application: FastAPI) -> AsyncIterator[None]:
        async with ClientSession(connector=TCPConnector(limit=64)) as session:
            application.state.session = session
            yield

    async def admit(ocp_apim_subscription_key: Annotated[str, Header()] = "") -> Caller:
        caller = callers.get(ocp_apim_subscription_key)
        if caller is None:
            raise HTTPException(401, "Access denied due to invalid subscription key.")
        window = int(time.time()) // _PERIOD
        if caller.window != window:
            caller.window, caller.in_window = window, 0
        if caller.in_window >= caller.calls:
            raise HTTPException(429, "Rate limit is exceeded.")
        if caller.in_quota >= caller.quota:
            raise HTTPException(403, "Out of call volume quota.")
        caller.in_window += 1
        caller.in_quota += 1
        return caller

    application = FastAPI(lifespan=lifespan)

    @application.get("/-/counted")
    async def counted() -> int:
        return usage.total()

    @application.get("/{path:path}")
    async def forward(
        path: str, request: Request, caller: Annotated[Caller, Depends(admit)]
    ) -> Response:
        session: ClientSession = request.app.state.session
        async with session.get(upstream + path) as answer:
            body = await answer.read()
        usage[caller.name] += 1
        return Response(body, answer.status, media_type=answer.content_type)

    return application
