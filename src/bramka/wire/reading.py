"""The reading half of a connection: what llhttp makes of what a client sends.

What a parser could read in two ways is refused with 400 and the connection closed
(llhttp is left in its strict mode).
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import cast

import httptools

from bramka.wire.call import Call, Owner
from bramka.wire.fields import ENCODING, LENGTH, field_of

MOST_DRAINED = 256 * 1024
MOST_FRAMING = 16
"""Bytes of chunk sizes and extensions that each byte of a body may bring along."""


class Reading(asyncio.Protocol):
    """What a connection knows of its client, and how it reads it."""

    __slots__ = (
        "_advancing",
        "_carried",
        "_overhead",
        "_pieces",
        "_stage",
        "certificate",
        "clogged",
        "closing",
        "current",
        "deadline",
        "forwarded",
        "half_closed",
        "head_size",
        "parser",
        "paused",
        "peer",
        "queue",
        "receiving",
        "refused",
        "scheme",
        "server",
        "transport",
    )

    def __init__(self, server: Owner, scheme: str) -> None:
        self.server = server
        self.scheme = scheme
        self.transport = cast("asyncio.Transport", None)
        self.parser = httptools.HttpRequestParser(self)
        self.current: Call | None = None
        """The call being answered."""
        self.receiving: Call | None = None
        """The call whose request is being read; often the same."""
        self.queue: deque[Call] = deque()
        self.head_size = 0
        self.deadline = 0.0
        self.peer = ""
        self.forwarded = b""
        """The X-Forwarded fields for a request that had none."""
        self.certificate: Callable[[], object] | None = None
        """Gives the certificate that the client showed; None when it showed none."""
        self.closing = False
        self.paused = False
        """The answering side asked not to read on for now."""
        self.half_closed = 0.0
        """Until when a client that sends no more is answered; 0: it may send."""
        self.clogged = False
        """The client leaves unread what was sent."""
        self.refused = False
        """A refusal is waiting in the queue; nothing more is read."""
        self._stage = 0
        """Goes up with each message and each body that begins."""
        self._overhead = 0
        """Bytes of this stage that were neither body nor a whole field."""
        self._carried = 0
        """Bytes of body in this message."""
        self._advancing = False
        self._pieces: list[bytes] = []
        """Body of the call in progress that came in one go, in many chunks perhaps."""

    def forwarded_fields(self, before: bytes) -> bytes:
        """The X-Forwarded fields; `before` is what was forwarded for already."""
        peer, scheme = self.peer.encode("latin-1"), self.scheme.encode()
        return b"X-Forwarded-For: %b%b\r\nX-Forwarded-Proto: %b\r\n" % (
            before,
            peer,
            scheme,
        )

    # --- what the other half does ---

    def _new_call(self) -> Call:
        """The call of a request that begins to arrive."""
        raise NotImplementedError

    def _next(self) -> None:
        """Start the calls that waited, one after the other."""
        raise NotImplementedError

    def refuse(self, status: int, message: str, call: Call | None) -> None:
        """Answer a request that cannot be understood, and close."""
        raise NotImplementedError

    def pause_reading(self) -> None:
        """Let the client wait."""
        raise NotImplementedError

    def close(self) -> None:
        """Close after everything written is sent."""
        raise NotImplementedError

    # --- httptools ---

    def _feed(self, data: bytes) -> None:
        """Read what is not plain, or belongs to a message that has begun."""
        stage, carried = self._stage, self._carried
        try:
            self.parser.feed_data(data)
            if self._pieces:
                self._give_pieces(self.receiving)
        except httptools.HttpParserUpgrade as upgrade:
            self._upgraded(data[upgrade.args[0] :])
        except httptools.HttpParserCallbackError as error:
            raise error.__context__ or error from None
        except httptools.HttpParserError as error:
            reason = f"the request is malformed: {error}"
            self.refuse(400, reason, self.receiving)
            return
        if stage != self._stage:
            self._overhead = 0
        elif self.receiving is not None:
            self._overhead += len(data) - (self._carried - carried)
            self._check_overhead(self.receiving)
        if self.queue:
            self.pause_reading()

    def _check_overhead(self, call: Call) -> None:
        """Refuse a field, or chunks with extensions, that go on and on."""
        most = self.server.limits.head_bytes + MOST_FRAMING * self._carried
        if self._overhead > most:
            self._refuse_long(call)

    def _refuse_long(self, call: Call) -> None:
        limit = self.server.limits.head_bytes
        self.refuse(431, f"the request head is longer than {limit} bytes", call)

    def on_message_begin(self) -> None:
        if self.closing or self.refused:
            return
        self.receiving = self._new_call()
        self.receiving.fields = []
        self.head_size = 0
        self._stage += 1
        self.deadline = self.server.now + self.server.limits.head_seconds

    def on_url(self, url: bytes) -> None:
        if self.receiving is not None:
            self.receiving.target += url
            self.head_size += len(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        call = self.receiving
        if call is None:
            return
        self.head_size += len(name) + len(value) + 4
        if self.head_size > self.server.limits.head_bytes:
            self._refuse_long(call)
            return
        field = field_of(name, value)
        if call.method:
            if call.trailers is None:
                call.trailers = []
            call.trailers.append(field)
        else:
            call.fields.append(field)

    def on_headers_complete(self) -> None:
        call = self.receiving
        if call is None:
            return
        parser = self.parser
        self._stage += 1
        self._carried = self.head_size = 0
        fault = self._fault(call)
        if fault:
            self.refuse(*fault, call)
            return
        call.method = parser.get_method()
        call.keep_alive = parser.should_keep_alive()
        self.deadline = self.server.now + self.server.limits.body_seconds
        if self.current is None and not self.clogged:
            self.current = call
            call.started()
        else:
            call.stash = []
            self.queue.append(call)

    def _fault(self, call: Call) -> tuple[int, str] | None:
        """What llhttp lets through, but others could read in another way."""
        version = self.parser.get_http_version()
        if version not in ("1.1", "1.0"):
            return 505, f"HTTP/{version} is not spoken here"
        length = b""
        for field in call.fields:
            if field.kind == ENCODING:
                if field.value.lower() != b"chunked" or version == "1.0":
                    return 400, "the only Transfer-Encoding is chunked, of HTTP/1.1"
                length = b"chunked"
            elif field.kind == LENGTH:
                length = field.value.strip(b"0")
        if length and self.parser.should_upgrade():
            return 400, "an Upgrade request with a body is not supported"
        return None

    def on_body(self, data: bytes) -> None:
        call = self.receiving
        if call is None:
            return
        self._carried += len(data)
        self.deadline = self.server.now + self.server.limits.body_seconds
        if call.stash is not None:
            call.stash.append(data)
        elif not call.answered:
            self._pieces.append(data)
        else:
            call.drained += len(data)
            if call.drained > MOST_DRAINED:
                self.close()

    def _give_pieces(self, call: Call | None) -> None:
        """Give a call its body as it came, and not chunk by chunk."""
        pieces, self._pieces = self._pieces, []
        if call is not None and not call.answered:
            call.received(pieces[0] if len(pieces) == 1 else b"".join(pieces))

    def on_message_complete(self) -> None:
        if self._pieces:
            self._give_pieces(self.receiving)
        call, self.receiving = self.receiving, None
        self._stage += 1
        if call is None:
            return
        call.request_ended = True
        if call.stash is not None:
            return
        if call.answered:
            self._next()
        else:
            call.ended()

    def _upgraded(self, rest: bytes) -> None:
        """llhttp stopped at an upgrade, which nobody took, or has not taken yet."""
        # What follows is the next request: a caller who waits for our 101 is silent.
        self.parser = httptools.HttpRequestParser(self)
        if rest:
            self.data_received(rest)
