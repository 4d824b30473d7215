"""What comes back from the backend, by callbacks.

The last part of the middle of the walk that `direct.py` begins: `answer_whole`, or
`answer_began → answer_piece … → answer_ended`, or `answer_broken`.
"""

from collections.abc import Sequence

from bramka.domain.traffic.exchange import FailedAt, Headers, LastError, Response
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.step import run_row
from bramka.gateway import heads
from bramka.gateway.answering import AnsweringCall
from bramka.gateway.backends import retry_after
from bramka.gateway.consumer import Consumer
from bramka.wire.fields import DATE, Field, Fields, pairs
from bramka.wire.plain_heads import AnswerHead


class ReturningCall(AnsweringCall):
    """One call, as far as its way back from the backend goes."""

    consumer: Consumer | None = None
    """Who is told of the backend's answer, when it is not this call itself."""
    answer_trailers: Sequence[Field] = ()
    """Fields that came behind the answer's body."""
    _seen = -1
    """Bytes of the answer at the last tick; see `tick`."""
    _moved = 0.0

    def note_answer(self, status: int, fields: Fields) -> None:
        """Tell the backend's breaker what came of the call."""
        if self._place is not None and self._place.breaker is not None:
            now = self.engine.monotonic()
            wait = retry_after(fields, now + self.engine.epoch)
            self._place.breaker.note(now, status, retry_after=wait)

    # --- 7. the answer comes --------------------------------------------------------

    def answer_whole(self, head: AnswerHead, body: bytes) -> None:
        """The backend's whole answer is here: what mostly happens, in one go."""
        self.upstream = None
        status = head.status
        rows, exchange = self.rows, self.exchange
        assert rows is not None, "only admitted calls are forwarded"
        if (
            rows.outbound.runs
            or not self.keep_alive
            or not self.minor
            or exchange.answer_headers is not None
            or exchange.watches_answer
            or (status >= 400 and self.forwarding.fail_on_error_status_code)
        ):
            self._answer_in_steps(head, body)
            return
        self._backend_done = self.engine.monotonic()
        self._status = status
        exchange.response_size = len(body)
        connection = self.connection
        if not connection.closing:
            sent = head.ended or b"%b%b\r\n" % (head.passed, self.server.date)
            connection.transport.write(sent + body)
        self._over(self._backend_done)
        self.answered = True
        connection.advance(self)

    def _answer_in_steps(self, head: AnswerHead, body: bytes) -> None:
        self.answer_began(head.status, head.reason, head.fields, len(body))
        if self.answered_or_lost:
            return
        # The call may have left the direct way: then somebody else waits for the rest.
        consumer = self.consumer or self
        if body:
            consumer.answer_piece(body)
        consumer.answer_ended()

    def answer_began(
        self, status: int, reason: bytes, fields: Fields, length: int | None
    ) -> None:
        """The backend's head is here: outbound policies run, then it is sent on."""
        length = self._due(length)
        self.note_answer(status, fields)
        rows = self.rows
        assert rows is not None, "only admitted calls are forwarded"
        self._deadline = 0.0
        self._backend_done = self.engine.monotonic()
        self._backend_status = status
        exchange = self.exchange
        if (
            not rows.outbound.runs
            and not exchange.watches_answer
            and (status < 400 or not self.forwarding.fail_on_error_status_code)
        ):
            lines = [field.line for field in fields]
            if not any(field.kind == DATE for field in fields):
                lines.append(self.server.date)
            self._send_head(status, reason, lines, length)
            return
        headers = Headers(pairs(fields))
        exchange.response = Response(status, reason.decode("latin-1"), headers, None)
        if self.forwarding.fail_on_error_status_code and status >= 400:
            exchange.response.error = _error_status(status)
            self._drop_upstream()
            self._stop(exchange.response, FailedAt.BACKEND_RESPONSE)
            return
        exchange.section = Section.OUTBOUND
        if (
            rows.outbound.waits
            or rows.outbound.reads_response_body
            or exchange.hears_answer is not None
        ):
            self._leave_with_answer(rows, length)
            return
        try:
            outcome = run_row(rows.outbound, exchange)
        except Exception as error:
            outcome = self.failed(error)
        if outcome is not None:
            self._drop_upstream()
            self._stop(outcome, FailedAt.OUTBOUND)
            return
        self._send_response_head(exchange.response, length)

    def answer_piece(self, data: bytes) -> None:
        exchange = self.exchange
        exchange.response_size += len(data)
        if exchange.tap is not None:
            exchange.tap(data)
        if self._streams_chunked:
            data = b"%x\r\n%b\r\n" % (len(data), data)
        elif self.method == b"HEAD":
            return
        if self._held:
            data, self._held = self._held + data, b""
        self.send(data)

    def answer_ended(self) -> None:
        upstream, self.upstream = self.upstream, None
        if upstream is not None and self.connection.clogged:
            # Its connection may serve another call, which must not find it paused.
            upstream.transport.resume_reading()
        data, self._held = self._held, b""
        if self._streams_chunked:
            if upstream is not None:
                self.answer_trailers = upstream.trailers
            data += heads.last_chunk(self.answer_trailers)
        if data:
            self.send(data)
        self._over()
        self.finish()

    def answer_broken(self, reason: str, *, stale: bool) -> None:
        """The backend went away; the request may be sent again if nothing was lost."""
        self.upstream = None
        if self._status:
            # A part of the answer is on its way: the caller must see it is not whole.
            self.exchange.failed_at = FailedAt.BACKEND_RESPONSE
            self._warn(f"its answer broke off: {reason}")
            self._over()
            if self._answer_length is None and not self._streams_chunked:
                # Its end alone would tell the caller that it is whole.
                self.connection.reset()
            self.abort()
            return
        if not (stale and self._send_again()):
            self._stop(self._unreachable(reason), FailedAt.BACKEND_CONNECT)

    def pause_request(self) -> None:
        self.connection.pause_reading()

    def resume_request(self) -> None:
        self.connection.resume_reading()

    def tick(self, now: float) -> None:
        super().tick(now)
        if self.upstream is None or self._deadline or self.connection.clogged:
            self._seen = -1
        elif self._seen != self.exchange.response_size:
            self._seen, self._moved = self.exchange.response_size, now
        elif now > self._moved + self.server.limits.backend_idle_seconds:
            upstream, self.upstream = self.upstream, None
            consumer, upstream.consumer = upstream.consumer, None
            upstream.transport.abort()
            if consumer is not None:
                consumer.answer_broken("the backend fell silent", stale=False)

    def pause(self) -> None:
        if self.upstream is not None:
            self.upstream.transport.pause_reading()

    def resume(self) -> None:
        if self.upstream is not None:
            self.upstream.transport.resume_reading()

    def _send_again(self) -> bool:
        raise AssertionError("only forwarded calls come back: see ForwardingCall")


def _error_status(status: int) -> LastError:
    message = f"The backend answered {status}."
    return LastError("forward-request", "BackendErrorStatusCode", message)
