"""The Studio REST: finds the way of a call, admits the caller, and does it."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from bramka.domain.errors import Invalid, Unauthenticated
from bramka.studio_rest import admission
from bramka.studio_rest.call import Call, Signed, Site
from bramka.studio_rest.refusal import refuse, unknown_path

LARGEST_BODY = 32 << 20
Do = Callable[[Call], Response]
Stream = Callable[[Call, Request], Awaitable[Response]]


@dataclass(frozen=True)
class Way:
    """One method on one pattern of paths; `{name}` stands for one part of it.

    `stream` reads the body itself. `endpoint_key` says that a key of the endpoint in
    the path opens the way as well.
    """

    method: str
    pattern: str
    do: Do | None = None
    stream: Stream | None = None
    endpoint_key: bool = False
    open: bool = False
    """Whether anybody may call."""
    viewers: bool = False
    """Whether those may who only read elsewhere; what is done sees to the rest."""
    expression: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        text = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.pattern)
        object.__setattr__(self, "expression", re.compile(text))


class Studio:
    """Answers every call under `/api` and `/workspaces` of the console."""

    def __init__(self, site: Site, ways: Sequence[Way]) -> None:
        self._site = site
        self._ways = ways

    def __repr__(self) -> str:
        return f"<Studio: {len(self._ways)} ways>"

    async def answer(self, request: Request) -> Response:
        try:
            response = await self._answer(request)
        except Exception as error:
            # The edge: every error has one shape.
            response = refuse(error)
        response.headers["x-ms-request-id"] = self._site.chance.hex(16)
        # A proxy in front must not keep for others what a session opened.
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    async def _answer(self, request: Request) -> Response:
        # Matched before decoding: an encoded slash is part of a name.
        raw = request.scope["raw_path"].decode("ascii", "replace")
        path = re.sub("/+", "/", raw).strip("/")
        fitting = [
            (way, match)
            for way in self._ways
            if (match := way.expression.fullmatch(path))
        ]
        if not fitting:
            return unknown_path()
        method = "GET" if request.method == "HEAD" else request.method
        for way, match in fitting:
            if way.method == method:
                parts = {
                    name: unquote(text) for name, text in match.groupdict().items()
                }
                return await self._go(way, parts, request)
        return unknown_path(405)

    async def _go(self, way: Way, parts: dict[str, str], request: Request) -> Response:
        workspace = parts.get("workspace", "")
        signed = await anyio.to_thread.run_sync(
            self._admitted, way, parts, workspace, request
        )
        body = b"" if way.stream else await _body(request)
        call = Call(
            site=self._site,
            workspace=workspace,
            who=signed.email,
            role=signed.role,
            parts=parts,
            query=dict(request.query_params),
            body=body,
            everywhere=signed.everywhere,
        )
        if way.stream is not None:
            return await way.stream(call, request)
        assert way.do is not None, "a way does something"
        return await anyio.to_thread.run_sync(way.do, call)

    def _admitted(
        self, way: Way, parts: dict[str, str], workspace: str, request: Request
    ) -> Signed:
        if way.open:
            return Signed("viewer", "")
        with self._site.store.reading() as transaction:
            try:
                signed = admission.caller(self._site, request, transaction, workspace)
            except Unauthenticated:
                if way.endpoint_key and admission.holds_endpoint_key(
                    transaction,
                    admission.token_of(request),
                    workspace,
                    parts["service"],
                    parts["endpoint"],
                ):
                    return Signed("editor", "endpoint key")
                raise
        if not way.viewers:
            admission.admit(signed.role, request.method)
        return signed


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_BODY:
            raise Invalid(f"The body is larger than {LARGEST_BODY >> 20} MiB.")
    return bytes(body)
