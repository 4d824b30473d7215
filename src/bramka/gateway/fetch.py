"""Requests that the gateway makes itself, over the same connections as calls."""

import asyncio
from contextlib import suppress
from urllib.parse import urlsplit

from bramka.domain.errors import Invalid, Unavailable
from bramka.domain.traffic.dialling import Dialling
from bramka.domain.traffic.exchange import Headers, Response
from bramka.domain.traffic.site import Outgoing
from bramka.gateway import heads
from bramka.gateway.engine import Engine
from bramka.gateway.forwarder import Upstream
from bramka.gateway.pool import Pool
from bramka.gateway.target import Target
from bramka.wire.fields import Fields, pairs
from bramka.wire.plain_heads import AnswerHead

MOST_COLLECTED = 16 * 1024 * 1024
_HAVE_BODIES = frozenset(("POST", "PUT", "PATCH"))


class Fetcher:
    """Fetches with the pools of an engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def __call__(self, outgoing: Outgoing) -> Response:
        """The whole answer; see `Fetch` for what else may happen."""
        parts = urlsplit(outgoing.url)
        if any(one <= " " or one > "~" for one in outgoing.url):
            raise Invalid("an address holds characters that no URL has", target="url")
        base = f"{parts.scheme}://{parts.netloc}"
        target = self._engine.target_of(base, outgoing.dialling)
        path = target.path + (parts.path or "/")
        message = _message(outgoing, target, f"{path}?{parts.query}".rstrip("?"))
        try:
            async with asyncio.timeout(outgoing.timeout):
                return await self._ask(self._engine.pool(target), outgoing, message)
        except OSError as error:
            if isinstance(error, TimeoutError):
                raise
            raise Unavailable(f"{base} cannot be reached: {error}") from error

    async def _ask(self, pool: Pool, outgoing: Outgoing, message: bytes) -> Response:
        """Ask over an idle connection; once more over a new one if that was dead."""
        upstream = pool.take()
        if upstream is not None:
            with suppress(_Stale):
                return await _collect(upstream, outgoing, message)
        return await _collect(await pool.connect(), outgoing, message)


class _Stale(OSError):
    """A kept connection was closed by the other side before it was used again."""


async def _collect(upstream: Upstream, outgoing: Outgoing, message: bytes) -> Response:
    collector = Collector(upstream)
    upstream.begin(collector, bodiless=outgoing.method == "HEAD")
    upstream.transport.write(message)
    upstream.request_done = True
    try:
        return await collector.done
    except BaseException:
        if upstream.consumer is collector:
            upstream.abort()
        raise


class Collector:
    """Takes one answer into memory."""

    def __init__(self, upstream: Upstream) -> None:
        self.done: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        self._upstream = upstream
        self._response = Response(502)
        self._pieces: list[bytes] = []
        self._size = 0

    def answer_whole(self, head: AnswerHead, body: bytes) -> None:
        self.answer_began(head.status, head.reason, head.fields, len(body))
        self._pieces.append(body)
        self.answer_ended()

    def answer_began(
        self, status: int, reason: bytes, fields: Fields, length: int | None
    ) -> None:
        del length
        headers = Headers(pairs(fields))
        self._response = Response(status, reason.decode("latin-1"), headers)

    def answer_piece(self, data: bytes) -> None:
        self._pieces.append(data)
        self._size += len(data)
        if self._size > MOST_COLLECTED:
            self._upstream.abort()
            self.answer_broken(
                f"the answer is longer than {MOST_COLLECTED} bytes", stale=False
            )

    def answer_ended(self) -> None:
        self._response.body.content = b"".join(self._pieces)
        if not self.done.done():
            self.done.set_result(self._response)

    def answer_broken(self, reason: str, *, stale: bool) -> None:
        if not self.done.done():
            error = _Stale(reason) if stale else OSError(reason)
            self.done.set_exception(error)

    def pause_request(self) -> None:
        """The request was written whole; there is nothing to hold back."""

    def resume_request(self) -> None:
        """See pause_request."""


def _message(outgoing: Outgoing, target: Target, path: str) -> bytes:
    """The request as bytes."""
    method = outgoing.method.upper()
    host = target.authority
    lines = [f"{method} {path} HTTP/1.1\r\n".encode("latin-1")]
    for name, value in outgoing.headers:
        if name.lower() == b"host":
            host = value
        elif name.lower() not in heads.OWNED:
            lines.append(heads.FIELD % (name, value))
    lines.insert(1, b"Host: %b\r\n" % host)
    lines += _proxy_fields(outgoing.dialling, target)
    if outgoing.body or method in _HAVE_BODIES:
        lines.append(b"Content-Length: %d\r\n" % len(outgoing.body))
    return b"".join([*lines, b"\r\n", outgoing.body])


def _proxy_fields(dialling: Dialling | None, target: Target) -> list[bytes]:
    """What the proxy itself wants to read, when there is no tunnel."""
    if dialling is None or target.scheme == "https":
        return []
    value = dialling.proxy_authorization
    return [b"Proxy-Authorization: %b\r\n" % value] if value else []
