"""One client connection: HTTP/1.1 in, events out, with pipelining and back-pressure.

A `Call` is one request on the connection. The process that answers gives a subclass
of Call and overrides its four events; everything about framing, order of answers,
limits and time-outs is here, once for the gateway and for the services.

Rules this file keeps:
- Calls of one connection are answered in order. A call that arrives while another is
  being answered waits, its body with it, and reading is paused; so does a refusal. No
  call begins while the client leaves earlier answers unread.
- What a parser could read in two ways is refused with 400 and the connection closed
  (llhttp is left in its strict mode).
- After a refusal that did not read the body, a little of the body is drained, so that
  the client can read the answer; more than that closes the connection.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import cast

import httptools

from bramka.wire.call import Call, Limits, Link, Owner
from bramka.wire.fields import ENCODING, LENGTH, field_of, read_request

__all__ = ["Call", "Connection", "Limits", "Link", "Owner"]

MOST_DRAINED = 256 * 1024
MOST_FRAMING = 16
"""Bytes of chunk sizes and extensions that each byte of a body may bring along."""


class _Refusal(Call):
    """Stands in line for a request that cannot be understood."""

    method = b"-"
    request_ended = True

    def __init__(self, connection: "Connection", status: int, message: str) -> None:
        super().__init__(connection)
        self.stash = []
        self._status = status
        self._message = message

    def started(self) -> None:
        self.connection.refuse_current(self._status, self._message)


class Connection(asyncio.Protocol):
    """A client connection; lives until either side closes it."""

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

    # --- asyncio ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        name = transport.get_extra_info("peername")
        self.peer = name[0] if isinstance(name, tuple) else ""
        self.forwarded = self.forwarded_fields(b"")
        self.deadline = self.server.now + self.server.limits.head_seconds
        self.server.connections.add(self)
        if self.server.stopping:
            self.transport.close()

    def forwarded_fields(self, before: bytes) -> bytes:
        """The X-Forwarded fields; `before` is what was forwarded for already."""
        peer, scheme = self.peer.encode("latin-1"), self.scheme.encode()
        return b"X-Forwarded-For: %b%b\r\nX-Forwarded-Proto: %b\r\n" % (
            before,
            peer,
            scheme,
        )

    def connection_lost(self, _error: Exception | None) -> None:
        self.server.connections.discard(self)
        self.closing = True
        call, self.current, self.receiving = self.current, None, None
        self.queue.clear()
        if call is not None and not call.answered:
            call.answered = True
            call.lost()

    def eof_received(self) -> bool:
        """A client may close its sending half and still read the answer."""
        half, self.receiving = self.receiving, None
        if half is not None and half in self.queue:
            self.queue.remove(half)
        last = self.queue[-1] if self.queue else self.current
        if last is None:
            return False
        if not last.request_ended and not last.answered:
            # The body will never be complete; nobody may act on half of it.
            self.abort()
            return False
        last.keep_alive = False
        self.half_closed = self.server.now + self.server.limits.half_closed_seconds
        return not last.answered

    def data_received(self, data: bytes) -> None:
        if self.closing or self.refused:
            return
        if self.current is None and self.receiving is None:
            data = self._take_plain(data)
            if not data:
                return
        self._feed(data)

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

    def _take_plain(self, data: bytes) -> bytes:
        """Take the plain, whole requests that `data` begins with; gives the rest.

        llhttp stands between two messages here, so a request it never sees changes
        nothing for it.
        """
        server = self.server
        while data and self.current is None and not (self.closing or self.clogged):
            end = data.find(b"\r\n\r\n")
            if end < 0 or end > server.limits.head_bytes:
                return data
            text = data[:end]
            head = server.heads.get(text)
            if head is None:
                head = read_request(text)
                if head is None:
                    return data
                server.keep_head(text, head)
            start = end + 4
            end = start + head.length
            if len(data) < end:
                return data
            call = self.current = server.make_call(self)
            call.head = head
            call.method = head.method
            call.target = head.target
            call.fields = head.fields
            call.request_ended = True
            call.body = data[start:end]
            call.started()
            data = data[end:]
        return data

    def pause_writing(self) -> None:
        self.clogged = True
        self.deadline = self.server.now + self.server.limits.write_seconds
        if self.current is not None:
            self.current.pause()

    def resume_writing(self) -> None:
        self.clogged = False
        if self.current is not None:
            self.current.resume()
        elif self.queue:
            self._next()

    # --- httptools ---

    def on_message_begin(self) -> None:
        if self.closing or self.refused:
            return
        self.receiving = self.server.make_call(self)
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

    # --- towards the answering side ---

    def write(self, data: bytes) -> None:
        if not self.closing:
            self.transport.write(data)

    def advance(self, call: Call) -> None:
        """`call` is answered: close, drain its body, or go on with the next."""
        if self.closing or call is not self.current:
            return
        if not call.keep_alive or self.server.stopping:
            self.close()
        elif call.request_ended:
            if self.queue or self.paused or self._advancing:
                self._next()
            else:
                self.current = None
                self.deadline = self.server.now + self.server.limits.idle_seconds
        elif call.expects_continue:
            # The client never got its 100, and may or may not send the body now.
            self.close()

    def _next(self) -> None:
        """Start the calls that waited, one after the other."""
        self.current = None
        self.deadline = self.server.now + self.server.limits.idle_seconds
        if self._advancing:
            return
        self._advancing = True
        while (
            self.queue and self.current is None and not (self.closing or self.clogged)
        ):
            call = self.queue.popleft()
            stash, call.stash = call.stash or [], None
            self.current = call
            call.started()
            for piece in stash:
                if not call.answered:
                    call.received(piece)
            if call.request_ended:
                if call.answered:
                    self.current = None
                else:
                    call.ended()
        self._advancing = False
        self.resume_reading()

    def pause_reading(self) -> None:
        """Let the client wait with its body; its time-out waits too."""
        if not self.paused and not self.closing:
            self.paused = True
            self.transport.pause_reading()

    def resume_reading(self) -> None:
        """Read on."""
        # Behind a queue there is nothing that the call in progress could want.
        if self.paused and not self.closing and not self.queue:
            self.paused = False
            self.deadline = self.server.now + self.server.limits.body_seconds
            self.transport.resume_reading()

    def hand_over(self, to: asyncio.Protocol) -> None:
        """Give the transport to another protocol; this one is done with it."""
        self.server.connections.discard(self)
        self.closing = True
        self.current = self.receiving = None
        self.transport.set_protocol(to)

    def refuse(self, status: int, message: str, call: Call | None) -> None:
        """Answer a request that cannot be understood, and close.

        `call` is the one that is at fault, as far as it has become a call.
        """
        if self.closing or self.refused:
            return
        current = self.current
        if call is self.receiving:
            self.receiving = None
        if (current is not None or self.queue) and current is not call:
            # Those that came before it are answered first.
            if call in self.queue:
                self.queue.remove(call)  # type: ignore[arg-type] # None is in no queue
            self.refused = True
            self.queue.append(_Refusal(self, status, message))
            return
        self.refuse_current(status, message)

    def refuse_current(self, status: int, message: str) -> None:
        """Refuse instead of the answer that is due now, and close."""
        current = self.current
        if current is None or not current.answered:
            if current is not None:
                current.answered = True
                current.lost()
                if current.begun:
                    self.abort()
                    return
            self.write(self.server.refusal(status, message))
        self.close()

    def wind_down(self) -> None:
        """Close unless a call is in progress; then it closes at its end."""
        if self.current is None:
            self.close()

    def close(self) -> None:
        """Close after everything written is sent."""
        if not self.closing:
            self.closing = True
            self.deadline = self.server.now + self.server.limits.write_seconds
            self.transport.close()

    def abort(self) -> None:
        """Cut at once; the peer sees a broken connection."""
        self.closing = True
        self.transport.abort()

    def tick(self, now: float) -> None:
        """Enforce the time-outs; called about once a second."""
        if self.current is not None:
            self.current.tick(now)
        if self.half_closed and now > self.half_closed and not self._is_answering():
            # It is hardly waiting for the answer, which may be dear to make.
            self.abort()
            return
        if now < self.deadline:
            return
        if self.closing or self.clogged:
            # The client does not take what it asked for.
            self.abort()
        elif self.paused:
            return
        elif self.receiving is not None:
            self.refuse(408, "the request did not arrive in time", self.receiving)
        elif self.current is None:
            self.close()
        else:
            # Waiting for the answer: that has its own time-out, elsewhere.
            self.deadline = now + self.server.limits.body_seconds

    def _is_answering(self) -> bool:
        """Whether an answer is on its way: if nobody takes it, that will be seen."""
        return self.current is not None and self.current.begun

    # --- upgrades ---

    def _upgraded(self, rest: bytes) -> None:
        """llhttp stopped at an upgrade, which nobody took, or has not taken yet."""
        # What follows is the next request: a caller who waits for our 101 is silent.
        self.parser = httptools.HttpRequestParser(self)
        if rest:
            self.data_received(rest)
