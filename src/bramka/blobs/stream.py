"""Bytes of a blob, read piece by piece and sent with back-pressure."""

import os
from collections.abc import AsyncIterator

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bramka.blobs.exchange import Exchange
from bramka.blobs.ranges import Span
from bramka.blobs.rows import Part

CHUNK = 1024 * 1024


async def chunks(
    exchange: Exchange, parts: list[Part], span: Span
) -> AsyncIterator[bytes]:
    """The bytes of the span, in chunks of at most 1 MiB."""
    begin = 0
    for part in parts:
        end = begin + part.piece.size
        first, last = max(span.start, begin), min(span.end, end)
        if first < last:
            piece = await exchange.run(exchange.depot.pieces.open, part.piece.name)
            try:
                for offset in range(first - begin, last - begin, CHUNK):
                    size = min(CHUNK, last - begin - offset)
                    yield await exchange.run(_read, piece, size, offset)
            finally:
                os.close(piece)
        begin = end


def _read(piece: int, size: int, offset: int) -> bytes:
    content = os.pread(piece, size, offset)
    if len(content) != size:
        raise OSError(f"A piece ends {size - len(content)} bytes too early.")
    return content


class BlobStream(Response):
    """An answer that streams a span of a blob; nobody removes it meanwhile."""

    def __init__(
        self,
        exchange: Exchange,
        parts: list[Part],
        span: Span,
        headers: dict[str, str],
        reader: object,
    ) -> None:
        super().__init__(None, 206 if span.partial else 200, headers)
        self._exchange = exchange
        self._parts = parts
        self._span = span
        self._reader = reader

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await send(
                {
                    "type": "http.response.start",
                    "status": self.status_code,
                    "headers": self.raw_headers,
                }
            )
            async for chunk in chunks(self._exchange, self._parts, self._span):
                await send(
                    {"type": "http.response.body", "body": chunk, "more_body": True}
                )
                if await self._exchange.request.is_disconnected():
                    return
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._exchange.depot.pieces.end_reading(self._reader)
