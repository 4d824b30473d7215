"""Request bodies: streamed into a piece, or short ones read whole."""

import base64
import hashlib
from collections.abc import Callable
from typing import TypeVar

from bramka.blobs.exchange import Exchange
from bramka.blobs.fault import Fault
from bramka.blobs.heading import parse_md5
from bramka.blobs.pieces import Piece, Writing

BUFFER = 1024 * 1024
LONGEST_DOCUMENT = 16 * 1024 * 1024
"""A block list of 50,000 longest IDs has about 7 MB."""

Made = TypeVar("Made")


class Upload:
    """A body that has arrived and lies on disk, not yet part of anything."""

    def __init__(self, writing: Writing | None, md5: str) -> None:
        self._writing = writing
        self.md5 = md5

    @property
    def is_empty(self) -> bool:
        return self._writing is None

    def discard(self) -> None:
        """Forget the bytes."""
        if self._writing is not None:
            self._writing.abandon()

    def settle(self, commit: Callable[[Piece | None], Made]) -> Made:
        """Make the bytes durable and commit them; without success they go."""
        try:
            return commit(None if self._writing is None else self._writing.finish())
        except BaseException:
            self.discard()
            raise


def body_length(exchange: Exchange, limit: int) -> int:
    """The announced length of the body, refused when missing or above the limit."""
    text = exchange.call.headers.get("content-length", "")
    if not text.isdecimal():
        raise Fault("MissingContentLengthHeader")
    if "x-ms-structured-body" in exchange.call.headers:
        raise Fault("InvalidHeaderValue", "x-ms-structured-body is not supported here.")
    if int(text) > limit:
        raise Fault("RequestBodyTooLarge", f"{text} bytes; at most {limit}.")
    return int(text)


async def receive(exchange: Exchange, limit: int) -> Upload:
    """Stream the body to disk in bounded memory, checking its Content-MD5."""
    length = body_length(exchange, limit)
    wanted = parse_md5(exchange.call.headers.get("content-md5", "").strip())
    writing = exchange.depot.pieces.begin() if length else None
    try:
        md5 = await _store(exchange, writing)
        if wanted and wanted != md5:
            raise Fault("Md5Mismatch", f"Received {md5}, announced {wanted}.")
    except BaseException:
        if writing is not None:
            writing.abandon()
        raise
    return Upload(writing, md5)


async def _store(exchange: Exchange, writing: Writing | None) -> str:
    digest = hashlib.md5(usedforsecurity=False)

    def keep(content: bytearray) -> None:
        digest.update(content)
        if writing is not None:
            writing.write(content)

    buffer = bytearray()
    async for chunk in exchange.request.stream():
        buffer += chunk
        if len(buffer) >= BUFFER:
            await exchange.run(keep, buffer)
            buffer = bytearray()
    await exchange.run(keep, buffer)
    return base64.b64encode(digest.digest()).decode()


async def read_document(exchange: Exchange) -> bytes:
    """A short body, whole; its Content-MD5 checked."""
    body_length(exchange, LONGEST_DOCUMENT)
    body = await exchange.request.body()
    wanted = parse_md5(exchange.call.headers.get("content-md5", "").strip())
    digest = hashlib.md5(body, usedforsecurity=False).digest()
    if wanted and wanted != base64.b64encode(digest).decode():
        raise Fault("Md5Mismatch")
    return body
