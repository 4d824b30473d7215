"""One client connection: HTTP/1.1 in, events out, with pipelining and back-pressure.

A `Call` is one request on the connection. The process that answers gives a subclass
of Call and overrides its four events; framing, order, limits and time-outs are here.

Rules this file keeps:
- Calls of one connection are answered in order. A call that arrives while another is
  being answered waits, its body with it, and reading is paused; so does a refusal. No
  call begins while the client leaves earlier answers unread.
- After a refusal that did not read the body, a little of the body is drained, so that
  the client can read the answer; more than that closes the connection.
"""

import asyncio
from typing import cast

from bramka.wire.call import Call, Limits, Link, Owner
from bramka.wire.cutting import cut
from bramka.wire.leaving import has_ended, was_reset
from bramka.wire.plain_heads import read_request
from bramka.wire.reading import Reading

__all__ = ["Call", "Connection", "Limits", "Link", "Owner"]


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


class Connection(Reading):
    """A client connection; lives until either side closes it."""

    __slots__ = ()

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

    def _new_call(self) -> Call:
        return self.server.make_call(self)

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
        current = self.current
        # What is wrong behind a call does not answer that call.
        if self.closing or (self.refused and (call is None or call is not current)):
            return
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

    def reset(self) -> None:
        """Cut so that nobody takes what came for a whole answer."""
        self.closing = True
        cut(self.transport)

    def tick(self, now: float) -> None:
        """Enforce the time-outs; called about once a second."""
        if self.current is not None:
            self.current.tick(now)
        if self.paused and not self.half_closed and not self.closing:
            self._look_after_client(now)
        if self.half_closed and now > self.half_closed and not self._is_answering():
            # It is hardly waiting for the answer, which may be dear to make.
            self.abort()
            return
        if now < self.deadline:
            return
        if self.closing or self.clogged:
            # The client does not take what it asked for.
            self.reset()
        elif self.paused:
            return
        elif self.receiving is not None:
            self.refuse(408, "the request did not arrive in time", self.receiving)
        elif self.current is None:
            self.close()
        else:
            # Waiting for the answer: that has its own time-out, elsewhere.
            self.deadline = now + self.server.limits.body_seconds

    def _look_after_client(self, now: float) -> None:
        """See whether the client has gone: nothing is read, so nothing tells."""
        call = self.current
        if was_reset(self.transport):
            self.abort()
        elif call is not None and call.request_ended and has_ended(self.transport):
            self.half_closed = now + self.server.limits.half_closed_seconds

    def _is_answering(self) -> bool:
        """Whether an answer is on its way: if nobody takes it, that will be seen."""
        return self.current is not None and self.current.begun
