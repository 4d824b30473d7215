"""A call on its way to the backend and back, by callbacks.

The middle of the walk that `direct.py` begins:

    _forward → received … → ended, and from the backend answer_whole, or
    answer_began → answer_piece … → answer_ended, or answer_broken
"""

import asyncio
from collections.abc import Sequence

from bramka.domain.errors import BramkaError, Missing
from bramka.domain.traffic.exchange import (
    Exchange,
    FailedAt,
    Headers,
    LastError,
    Response,
)
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.step import Forwarding, run_row
from bramka.gateway import heads
from bramka.gateway.answering import AnsweringCall, lines_of
from bramka.gateway.backends import CircuitOpen, Place, circuit_open, retry_after
from bramka.gateway.forwarder import Consumer, Pool, Upstream
from bramka.gateway.memo import Memo, is_untouched
from bramka.gateway.target import Target
from bramka.wire.fields import (
    DATE,
    AnswerHead,
    Field,
    Fields,
    pairs,
)

MOST_PENDING = 64 * 1024
_HAVE_BODIES = frozenset((b"POST", b"PUT", b"PATCH"))
"""Methods whose requests say that their body is empty, when it is."""
_IDEMPOTENT = frozenset((b"GET", b"HEAD", b"OPTIONS", b"PUT", b"DELETE", b"TRACE"))


class ForwardingCall(AnsweringCall):
    """One call, as far as its backend goes."""

    consumer: Consumer | None = None
    """Who is told of the backend's answer, when it is not this call itself."""
    body_chunked = False
    forwarded_for = b""
    """What X-Forwarded-For said, with a comma behind."""
    memo: Memo | None = None
    """What this very head led to before, or will be remembered to lead to."""
    _length = 0
    """Content-Length of the request; 0 too when it has none."""
    _pending: list[bytes] | None = None
    """Request body that waits for a connection to the backend; None = none may."""
    _pending_size = 0
    _key_field: Field | None = None
    answer_trailers: Sequence[Field] = ()
    """Fields that came behind the answer's body."""
    _request_head = b""
    _retried = False
    _seen = -1
    """Bytes of the answer at the last tick; see `tick`."""
    _moved = 0.0

    # --- 5. on to the backend -----------------------------------------------------

    def _forward(self, forwarding: Forwarding) -> None:
        """Send the request on; the answer comes by callbacks."""
        self.forwarding = forwarding
        self._place = None
        engine, memo = self.engine, self.memo
        if memo is not None and not is_untouched(self.exchange, memo.method):
            memo = None
        if memo is not None and memo.target is not None:
            target, written = memo.target, memo.written
        else:
            try:
                target, path = self._destination()
            except CircuitOpen as error:
                self._stop(circuit_open(error), FailedAt.BACKEND_CONNECT)
                return
            except BramkaError as error:
                self._stop(self._unreachable(error.message), FailedAt.BACKEND_CONNECT)
                return
            written = self._write_head(target, path)
            if memo is not None:
                memo.target, memo.written = target, written
        forwarded = self.connection.forwarded
        if self.forwarded_for:
            forwarded = self.connection.forwarded_fields(self.forwarded_for)
        self._request_head = written + forwarded + self._request_framing()
        self._backend_started = now = engine.monotonic()
        self._deadline = now + forwarding.timeout
        if self.expects_continue:
            self.want_body()
        pool = engine.pool(target)
        upstream = pool.take() if pool.idle else None
        if upstream is None:
            self._pending = []
            self.server.spawn(self._connect(pool))
        else:
            self._use(upstream)

    def _destination(self) -> tuple[Target, str]:
        """The backend and the path with query there; Invalid if it cannot be."""
        exchange = self.exchange
        request = exchange.request
        base, target = request.base, self.api.target
        if exchange.backend_url is not None:
            target = self.engine.target_of(exchange.backend_url)
        elif exchange.backend_id is not None and self.engine.plan is not None:
            place = self._place = self._place or self._choose(exchange.backend_id)
            target = None if place is None else place.target
        if target is None:
            raise _no_backend(exchange)
        if exchange.dialling is not None:
            target = target.dialled(exchange.dialling)
        if target.dialling is not None:
            target.introduce(exchange)
        if request.made_url is not None:
            path, query = request.made_url.path, request.made_url.query
            if base is not None and target is not base:
                path = target.path + path.removeprefix(base.path)
        else:
            path = target.path + request.rest
            query = request.query_without_key() if request.query else ""
        if self._place is not None:
            query = self._place.asked(query)
        return target, f"{path}?{query}" if query else path

    def _choose(self, backend_id: str) -> Place | None:
        """The backend of that id, or the member of a pool whose turn it is."""
        engine = self.engine
        assert engine.plan is not None, "calls come when there is a plan"
        choice = engine.plan.backends.get(backend_id)
        if choice is None:
            return None
        place = choice.choose(engine.monotonic(), engine.chance.random())
        if place.breaker is not None:
            self.exchange.watches_answer = True
        return place

    def note_answer(self, status: int, fields: Fields) -> None:
        """Tell the backend's breaker what came of the call."""
        if self._place is not None and self._place.breaker is not None:
            now = self.engine.monotonic()
            wait = retry_after(fields, now + self.engine.epoch)
            self._place.breaker.note(now, status, retry_after=wait)

    def _write_head(self, target: Target, path: str) -> bytes:
        """The request line and the caller's fields, as the backend gets them."""
        request = self.exchange.request
        key = self._key_field
        host = request.host_override or target.authority
        lines = [
            b"%b %b HTTP/1.1\r\nHost: %b\r\n"
            % (request.method.encode("latin-1"), path.encode("latin-1"), host)
        ]
        if self._place is not None and self._place.introduces:
            lines += lines_of(self._place.introduced(request.headers), key)
        elif request.made_headers is not None:
            lines += lines_of(request.made_headers, key)
        else:
            lines += [
                field.line
                for field in self.fields
                if field.kind <= DATE and field is not key
            ]
        return b"".join(lines)

    def _request_framing(self) -> bytes:
        """The end of the head, and the body if it is known."""
        request = self.exchange.request
        if request.made_body is not None and request.made_body.content is not None:
            content = request.made_body.content
            return b"Content-Length: %d\r\n\r\n%b" % (len(content), content)
        if self.body_chunked:
            return b"Transfer-Encoding: chunked\r\n\r\n"
        if self._length or self.method in _HAVE_BODIES:
            return b"Content-Length: %d\r\n\r\n" % self._length
        return b"\r\n"

    async def _connect(self, pool: Pool) -> None:
        most = min(self.forwarding.timeout, self.server.limits.connect_seconds)
        try:
            upstream = await asyncio.wait_for(pool.connect(), most)
        except (OSError, BramkaError, TimeoutError) as error:
            if not self.answered_or_lost:
                late = f"the connection was not made within {most:g} seconds"
                reason = str(error) or late
                self.answer_broken(reason, stale=False)
            return
        if self.answered_or_lost:
            pool.release(upstream)
            return
        self._use(upstream)

    def _use(self, upstream: Upstream) -> None:
        self.upstream = upstream
        bodiless = self.exchange.request.method == "HEAD"
        if not bodiless and self.method == b"HEAD":
            # A policy asks with another method; the caller gets the head alone.
            self.exchange.watches_answer = True
        upstream.begin(self.consumer or self, bodiless=bodiless)
        body = self.body
        if body is not None and self.exchange.request.made_body is None:
            # The request is whole: nothing of it is still to come.
            upstream.transport.write(self._request_head + body)
            upstream.request_done = True
            self.exchange.request_size = len(body)
            return
        pending, self._pending = self._pending, None
        if pending:
            upstream.transport.write(self._request_head + b"".join(pending))
        else:
            upstream.transport.write(self._request_head)
        if self.request_ended or self.exchange.request.body_is_known:
            upstream.request_done = True
        if self.connection.paused:
            self.connection.resume_reading()

    # --- 6. the request body passes ------------------------------------------------

    def received(self, data: bytes) -> None:
        self.exchange.request_size += len(data)
        if self.exchange.request_size > self.server.limits.body_bytes:
            limit = self.server.limits.body_bytes
            self.connection.refuse(413, f"the body is longer than {limit} bytes", self)
            return
        self._pass_on(
            b"%x\r\n%b\r\n" % (len(data), data) if self.body_chunked else data
        )

    def _pass_on(self, data: bytes) -> None:
        if self._pending is not None:
            self._pending.append(data)
            self._pending_size += len(data)
            if self._pending_size > MOST_PENDING:
                self.connection.pause_reading()
        elif self.upstream is not None:
            self.upstream.transport.write(data)

    def ended(self) -> None:
        if self.body_chunked:
            left_out = self.api.key_header
            self._pass_on(heads.last_chunk(self.trailers or (), left_out))
        if self.upstream is not None:
            self.upstream.request_done = True

    def pause_request(self) -> None:
        self.connection.pause_reading()

    def resume_request(self) -> None:
        self.connection.resume_reading()

    # --- 7. the answer comes --------------------------------------------------------

    def answer_whole(self, head: AnswerHead, body: bytes) -> None:
        """The backend's whole answer is here: what mostly happens, in one go."""
        self.upstream = None
        line, status, fields, dated, _, _, _ = head
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
        lines = [field.line for field in fields]
        if not dated:
            lines.append(self.server.date)
        lines.append(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        connection = self.connection
        if not connection.closing:
            connection.transport.write(line + b"".join(lines))
        self._over(self._backend_done)
        self.answered = True
        connection.advance(self)

    def _answer_in_steps(self, head: AnswerHead, body: bytes) -> None:
        line, status, fields, _, _, _, _ = head
        self.answer_began(status, line[len("HTTP/1.1 200 ") : -2], fields, len(body))
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
            self._over()
            self.abort()
            return
        if not (stale and self._send_again()):
            self._stop(self._unreachable(reason), FailedAt.BACKEND_CONNECT)

    def _send_again(self) -> bool:
        """Try once more, on a new connection, what the old one surely did not do."""
        kept = self.body is not None or not self.exchange.request_size
        if self._retried or self.method not in _IDEMPOTENT or not kept:
            return False
        self._retried = True
        self._pending = []
        target, _ = self._destination()
        self.server.spawn(self._connect(self.engine.pool(target)))
        return True

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


def _error_status(status: int) -> LastError:
    message = f"The backend answered {status}."
    return LastError("forward-request", "BackendErrorStatusCode", message)


def _no_backend(exchange: Exchange) -> BramkaError:
    name = exchange.backend_id
    if name is not None:
        return Missing(f"there is no backend '{name}'", target="backend-id")
    api = exchange.api
    shown = "" if api is None else api.id
    return Missing(f"the API '{shown}' has no web service URL", target="serviceUrl")
