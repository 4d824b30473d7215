"""A call on its way to the backend, by callbacks.

The middle of the walk that `direct.py` begins: `_forward → received … → ended`. What
comes back is for `returning.py`.
"""

import asyncio

from bramka.domain.errors import BramkaError, Missing
from bramka.domain.traffic.exchange import (
    Exchange,
    FailedAt,
)
from bramka.domain.traffic.step import Forwarding
from bramka.gateway import heads
from bramka.gateway.answering import lines_of
from bramka.gateway.backends import CircuitOpen, Place, circuit_open
from bramka.gateway.forwarder import Upstream
from bramka.gateway.memo import Memo, is_untouched
from bramka.gateway.pool import Pool
from bramka.gateway.returning import ReturningCall
from bramka.gateway.target import Target
from bramka.wire.fields import (
    DATE,
    Field,
)

MOST_PENDING = 64 * 1024
TAKES_TRAILERS = b"TE: trailers\r\nConnection: TE\r\n"
_HAVE_BODIES = frozenset((b"POST", b"PUT", b"PATCH"))
"""Methods whose requests say that their body is empty, when it is."""
_IDEMPOTENT = frozenset((b"GET", b"HEAD", b"OPTIONS", b"PUT", b"DELETE", b"TRACE"))


class ForwardingCall(ReturningCall):
    """One call, as far as its way to the backend goes."""

    body_chunked = False
    forwarded_for = b""
    """What X-Forwarded-For said, with a comma behind."""
    takes_trailers = False
    """The caller said that it takes fields behind the answer's body."""
    memo: Memo | None = None
    """What this very head led to before, or will be remembered to lead to."""
    _length = 0
    """Content-Length of the request; 0 too when it has none."""
    _pending: list[bytes] | None = None
    """Request body that waits for a connection to the backend; None = none may."""
    _pending_size = 0
    _key_field: Field | None = None
    _request_head = b""
    _retried = False

    # --- 5. on to the backend -----------------------------------------------------

    def _forward(self, forwarding: Forwarding) -> None:
        """Send the request on; the answer comes by callbacks."""
        self.forwarding = forwarding
        if self._place is not None:
            self._place = None
        engine, memo = self.engine, self.memo
        target: Target | None = None
        if (
            memo is not None
            and memo.forwarded == self.connection.forwarded
            and is_untouched(self.exchange, memo.method)
        ):
            target, self._request_head = memo.target, memo.sent
        if target is None:
            target = self._write_request()
            if target is None:
                return
        self._backend_started = now = engine.monotonic()
        self._deadline = now + forwarding.timeout
        if self.expects_continue:
            self.want_body()
        pool = self._pool = engine.pool(target)
        upstream = pool.take() if pool.idle else None
        if upstream is None:
            self._pending = []
            self.server.spawn(self._connect(pool))
        else:
            self._use(upstream)

    def _write_request(self) -> Target | None:
        """Write the head of what goes to the backend; None if the call stopped here."""
        memo, connection = self.memo, self.connection
        if memo is not None and not is_untouched(self.exchange, memo.method):
            memo = None
        if memo is not None and memo.target is not None:
            target, written = memo.target, memo.written
        else:
            try:
                target, path = self._destination()
            except CircuitOpen as error:
                self._stop(circuit_open(error), FailedAt.BACKEND_CONNECT)
                return None
            except BramkaError as error:
                self._stop(self._unreachable(error.message), FailedAt.BACKEND_CONNECT)
                return None
            written = self._write_head(target, path)
            if self.takes_trailers and not self._reads_answer():
                written += TAKES_TRAILERS
        forwarded = connection.forwarded
        if self.forwarded_for:
            forwarded = connection.forwarded_fields(self.forwarded_for)
        self._request_head = written + forwarded + self._request_framing()
        if memo is not None:
            memo.target, memo.written = target, written
            memo.forwarded, memo.sent = connection.forwarded, self._request_head
        return target

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

    def _reads_answer(self) -> bool:
        """Whether a policy reads the answer's body; trailers do not outlive that."""
        rows = self.rows
        return rows is not None and rows.outbound.reads_response_body

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


def _no_backend(exchange: Exchange) -> BramkaError:
    name = exchange.backend_id
    if name is not None:
        return Missing(f"there is no backend '{name}'", target="backend-id")
    api = exchange.api
    shown = "" if api is None else api.id
    return Missing(f"the API '{shown}' has no web service URL", target="serviceUrl")
