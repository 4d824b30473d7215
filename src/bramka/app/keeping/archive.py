"""The configuration as one ZIP file, for browsers: what the commands do with a folder.

All reading and writing goes over the management REST as whoever asks, so nobody sees or
changes here what they could not there.
"""

from collections.abc import Awaitable, Callable

import anyio.to_thread
import httpx2
import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bramka.app.calling.calls import Calls, calls_over
from bramka.app.keeping.artifact_import import prune_instance, write_instance
from bramka.app.keeping.artifacts import read_instance
from bramka.domain.errors import Invalid
from bramka.domain.traffic.account_session import CSRF_HEADER
from bramka.domain.traffic.artifact import Files
from bramka.domain.traffic.artifact_change import Change, changes_between
from bramka.management.refusal import refuse
from bramka.portals.archive import pack, unpack

LARGEST = 32 * 1024 * 1024
PASSED_ON = ("authorization", "cookie", CSRF_HEADER.lower())
"""Headers that say who asks."""
JSON = "application/json; charset=utf-8"
Work = Callable[[Request, Calls], Awaitable[Response]]


def archive_routes(console: str) -> list[Route]:
    """Export, difference and import; `console` is the address that browsers use."""
    found = (("GET", "", _export), ("POST", "/export", _export))
    changing = (("POST", "/difference", _difference), ("POST", "/import", _import))
    return [
        Route(f"/configuration{path}", _door(console, work), methods=[method])
        for method, path, work in (*found, *changing)
    ]


def _door(console: str, work: Work) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        headers = {
            name: request.headers[name] for name in PASSED_ON if name in request.headers
        }
        here = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(request.app),
            base_url=console,
            headers={**headers, "If-Match": "*"},
        )
        try:
            async with here:
                response = await work(request, await calls_over(here))
        except Exception as error:  # the edge: every error has one shape
            response = refuse(error)
        response.headers["Cache-Control"] = "no-store"
        return response

    return answer


async def _export(request: Request, calls: Calls) -> Response:
    secrets = request.query_params.get("secrets") == "true"
    if secrets and request.method == "GET":
        raise Invalid("Secrets are told to POST /configuration/export only.")
    files = await read_instance(calls, secrets=secrets)
    packed = await anyio.to_thread.run_sync(pack, files)
    named = {"Content-Disposition": 'attachment; filename="configuration.zip"'}
    return Response(packed, 200, named, media_type="application/zip")


async def _difference(request: Request, calls: Calls) -> Response:
    wanted = await _sent(request)
    there = await read_instance(calls)
    changes = await anyio.to_thread.run_sync(_changes, there, wanted)
    return _tell({"changes": changes, "files": len(wanted)})


def _changes(there: Files, wanted: Files) -> list[Change]:
    return list(changes_between(there, wanted))


async def _import(request: Request, calls: Calls) -> Response:
    files = await _sent(request)
    written = await write_instance(calls, files)
    prune = request.query_params.get("prune") == "true"
    deleted = await prune_instance(calls, files) if prune else []
    return _tell({"written": written, "deleted": deleted})


async def _sent(request: Request) -> Files:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            raise Invalid(f"The archive is larger than {LARGEST} bytes; import parts.")
    return await anyio.to_thread.run_sync(unpack, bytes(body))


def _tell(value: object) -> Response:
    return Response(msgspec.json.encode(value), media_type=JSON)
