"""Connections to backends: kept alive, shared, and streaming in both directions.

An `Upstream` is one connection; a `Pool` (pool.py) keeps the idle ones of one target.
Whoever forwards (see direct.py) takes an upstream, writes the request to it and is told
of the answer by callbacks: `answer_whole`, or `answer_began`, `answer_piece` …,
`answer_ended`, or at any moment `answer_broken`. Fields given on are those that do not
end at this hop.
"""

import asyncio
from typing import TYPE_CHECKING, cast

import httptools

from bramka.gateway.consumer import Consumer, Switcher
from bramka.gateway.handshake import is_websocket
from bramka.gateway.heads import has_no_body, named_by_connection
from bramka.wire.fields import (
    CONNECTION,
    DATE,
    ENCODING,
    EXPECT,
    FORWARDED,
    HOST,
    LENGTH,
    PLAIN,
    SCHEME,
    TRACE,
    Fields,
    field_of,
)
from bramka.wire.plain_heads import read_answer

if TYPE_CHECKING:
    from bramka.gateway.pool import Pool

MOST_HEAD = 256 * 1024
"""Bytes of an answer that are no body: of its head, and those of backends that think.
"""
MOST_FRAMING = 16
"""How many more each byte of body may bring along, as sizes of chunks do."""
MOST_TRAILERS = 64
"""Fields behind an answer's body; more are left out."""


class Upstream(asyncio.Protocol):
    """One connection to a backend."""

    __slots__ = (
        "_carried",
        "_informational",
        "_keeps",
        "_over",
        "_overhead",
        "_parser",
        "_reason",
        "_started",
        "_surplus",
        "_until_close",
        "_untouched",
        "bodiless",
        "consumer",
        "fields",
        "idle_since",
        "pool",
        "request_done",
        "reused",
        "trailers",
        "transport",
    )

    def __init__(self, pool: "Pool") -> None:
        self.pool = pool
        self.transport = cast("asyncio.Transport", None)
        self.consumer: Consumer | None = None
        self.reused = False
        self.request_done = False
        """The request is sent whole, so the connection may be used again."""
        self.bodiless = False
        """The request is a HEAD: its answer has no body, whatever its length says."""
        self.fields: Fields = []
        self.trailers: Fields = []
        self.idle_since = 0.0
        self._parser = httptools.HttpResponseParser(self)
        self._reason = b""
        self._started = False
        self._informational = False
        self._until_close = False
        self._over = False
        """The present answer is complete."""
        self._keeps = False
        """The backend lets the connection stay open after the present answer."""
        self._surplus = False
        """Something came behind the answer, which nobody asked for."""
        self._untouched = True
        """The parser has seen nothing of the present answer."""
        self._overhead = 0
        """Bytes of it that were no body."""
        self._carried = 0
        """Those that were."""

    # --- the forwarding side ---

    def begin(self, consumer: Consumer, *, bodiless: bool) -> None:
        """Use the connection for one request."""
        if self._over and self.bodiless:
            # The parser still waits for a body.
            self._parser = httptools.HttpResponseParser(self)
        self._over = self._surplus = False
        self.consumer = consumer
        self.bodiless = bodiless
        self.request_done = False
        self._started = False
        self._untouched = True

    def abort(self) -> None:
        """Give the request up; the connection cannot be used again."""
        self.consumer = None
        self.transport.abort()

    # --- asyncio ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self.consumer is None:
            # Nobody asked: an answer to no request.
            self.transport.abort()
            return
        if self._untouched and not self.bodiless and self._take_plain(data):
            return
        if self._untouched:
            self._overhead = self._carried = 0
        self._untouched = False
        carried = self._carried
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._switched(data[upgrade.args[0] :])
        except httptools.HttpParserCallbackError as error:
            raise error.__context__ or error from None
        except httptools.HttpParserError as error:
            self._surplus = True
            if not self._over:
                self._broken(f"the backend's answer is malformed: {error}")
        if self._over:
            self._complete()
        else:
            self._overhead += len(data) - (self._carried - carried)
            if self._overhead > MOST_HEAD + MOST_FRAMING * self._carried:
                self._broken("the head of the backend's answer has no end")

    def _switched(self, rest: bytes) -> None:
        """The backend speaks another protocol from here on."""
        consumer = self.consumer
        if not isinstance(consumer, Switcher):
            self._broken("the backend switched protocols unasked")
            return
        if not is_websocket(self.fields):
            self._broken("the backend switched to a protocol nobody asked for")
            return
        self.consumer = None
        fields, _, _ = _end_to_end(self.fields)
        consumer.answer_switched(fields, rest)

    def _take_plain(self, data: bytes) -> bool:
        """Take an answer that is plain and whole in `data`, past the parser."""
        head = read_answer(data)
        if head is None:
            return False
        start = head.start
        if len(data) - start != head.length:
            return False
        consumer, self.consumer = self.consumer, None
        assert consumer is not None, "checked by the caller"
        if self.request_done and head.keep_alive:
            self.pool.release(self)
        else:
            self.transport.close()
        consumer.answer_whole(head, data[start:])
        return True

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, error: Exception | None) -> None:
        self.pool.forget(self)
        consumer = self.consumer
        if consumer is None:
            return
        self.consumer = None
        if self._started and self._until_close and error is None:
            consumer.answer_ended()
            return
        stale = self.reused and not self._started
        reason = f": {error}" if error else ""
        consumer.answer_broken(
            f"the backend closed the connection{reason}", stale=stale
        )

    def pause_writing(self) -> None:
        if self.consumer is not None:
            self.consumer.pause_request()

    def resume_writing(self) -> None:
        if self.consumer is not None:
            self.consumer.resume_request()

    # --- httptools ---

    def on_message_begin(self) -> None:
        if self._over:
            self._surplus = True
            return
        self._reason = b""
        self.fields = []
        self.trailers = []
        self._informational = False

    def on_status(self, reason: bytes) -> None:
        self._reason += reason

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._started:
            self.fields.append(field_of(name, value))
        elif len(self.trailers) < MOST_TRAILERS:
            self.trailers.append(field_of(name, value))

    def on_headers_complete(self) -> None:
        consumer = self.consumer
        if consumer is None or self._over:
            return
        status = self._parser.get_status_code()
        if 100 <= status < 200:
            self._informational = True
            return
        if status < 100 or _is_coded(self.fields):
            # Its body could not be told from the next answer, or not be read.
            self._broken("the backend's answer has a status or a coding that is none")
            return
        self._started = True
        fields, length, chunked = _end_to_end(self.fields)
        if has_no_body(status):
            length = length or 0
        self._until_close = length is None and not chunked
        consumer.answer_began(status, self._reason, fields, length)
        if self.bodiless:
            self._over, self._keeps = True, self._parser.should_keep_alive()

    def on_body(self, data: bytes) -> None:
        self._carried += len(data)
        if self._over:
            self._surplus = True
        elif self.consumer is not None:
            self.consumer.answer_piece(data)

    def on_message_complete(self) -> None:
        if not self._informational and not self._over:
            self._over, self._keeps = True, self._parser.should_keep_alive()

    def _complete(self) -> None:
        """The answer is read; the connection is free, unless more came behind it.

        Only now, that nothing is left to parse, may another call begin on it.
        """
        consumer, self.consumer = self.consumer, None
        if self._surplus:
            self.transport.abort()
        elif consumer is None:
            return
        elif self.request_done and self._keeps:
            self.pool.release(self)
        else:
            self.transport.close()
        if consumer is not None:
            consumer.answer_ended()

    def _broken(self, reason: str) -> None:
        consumer, self.consumer = self.consumer, None
        self.transport.abort()
        if consumer is not None:
            consumer.answer_broken(reason, stale=False)


_PASS = frozenset((PLAIN, DATE, HOST, EXPECT, FORWARDED, SCHEME, TRACE))
"""Fields that mean nothing to this hop in an answer."""


def _is_coded(fields: Fields) -> bool:
    """Whether a body is coded in another way than in chunks, which nobody asked for."""
    codings = [field.value.lower() for field in fields if field.kind == ENCODING]
    return bool(codings) and codings != [b"chunked"]


def _end_to_end(fields: Fields) -> tuple[Fields, int | None, bool]:
    """The fields that go on; the body's length, None when unknown; if it is chunked."""
    kept: Fields = []
    length: int | None = None
    chunked = False
    named: set[bytes] = set()
    for field in fields:
        if field.kind in _PASS:
            kept.append(field)
        elif field.kind == LENGTH:
            length = int(field.value)
        elif field.kind == ENCODING:
            chunked = True
        elif field.kind == CONNECTION:
            named |= named_by_connection(field.value)
    if named:
        kept = [field for field in kept if field.lower not in named]
    return kept, None if chunked else length, chunked
