"""A call on the direct way through the gateway: read, find, admit, forward, answer.

The walk, in the order of the methods below:

    started → _find → _admit → inbound → _forward → answered → outbound
            → answer_piece … → answer_ended → _over

Every step is a plain call out of a socket's callback: no task, no future. A call whose
policies wait, or need a body, leaves this way for `detour.py` at `_leave`.
"""

import asyncio
import logging

from bramka.domain.errors import BramkaError, Missing
from bramka.domain.traffic.exchange import (
    Exchange,
    FailedAt,
    Headers,
    LastError,
    Request,
    Response,
)
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.step import Forwarding, Row, StepFailure, run_row
from bramka.gateway import access, heads
from bramka.gateway.backends import CircuitOpen, Place, circuit_open, retry_after
from bramka.gateway.engine import LONGEST_URL, Engine
from bramka.gateway.forwarder import Consumer, Pool, Upstream
from bramka.gateway.heads import FIELD
from bramka.gateway.hosts import HEALTH_PATH
from bramka.gateway.memo import Memo, is_untouched
from bramka.gateway.plan import ApiPlan, OperationPlan, Plan, Rows
from bramka.gateway.target import Target
from bramka.gateway.unrouted import answer_unrouted
from bramka.wire.connection import Call, Connection
from bramka.wire.fields import (
    CONNECTION,
    DATE,
    ENCODING,
    EXPECT,
    FORWARDED,
    HOST,
    LENGTH,
    AnswerHead,
    Field,
    Fields,
    pairs,
)
from bramka.wire.message import Answer
from bramka.wire.server import Server

log = logging.getLogger(__name__)

MOST_PENDING = 64 * 1024
_HAVE_BODIES = frozenset((b"POST", b"PUT", b"PATCH"))
"""Methods whose requests say that their body is empty, when it is."""
_USUAL_CONNECTION = frozenset((b"", b"close", b"keep-alive", b"host", b"upgrade"))
_IDEMPOTENT = frozenset((b"GET", b"HEAD", b"OPTIONS", b"PUT", b"DELETE", b"TRACE"))


class DirectCall(Call):
    """One call, as far as it need not wait."""

    api: ApiPlan
    exchange: Exchange
    forwarding: Forwarding
    upstream: Upstream | None = None
    consumer: Consumer | None = None
    """Who is told of the backend's answer, when it is not this call itself."""
    rows: Rows | None = None
    body_chunked = False
    forwarded_for = b""
    """What X-Forwarded-For said, with a comma behind."""
    memo: Memo | None = None
    """What this very head led to before, or will be remembered to lead to."""
    _what = ("", "")
    _who = ("", "", "")
    _length = 0
    """Content-Length of the request; 0 too when it has none."""
    _pending: list[bytes] | None = None
    """Request body that waits for a connection to the backend; None = none may."""
    _pending_size = 0
    _key_field: Field | None = None
    _request_head = b""
    _deadline = 0.0
    _held = b""
    """The answer's head, until there is a piece of body to send with it."""
    _answer_length: int | None = None
    _streams_chunked = False
    _status = 0
    _backend_started = 0.0
    _backend_done = -1.0
    _retried = False
    _place: Place | None = None
    """The backend chosen by id, for this try."""
    _over_already = False

    def __init__(self, engine: Engine, server: Server, connection: Connection) -> None:
        self.connection = connection
        self.target = b""
        self.fields = []
        self.engine = engine
        self.server = server

    # --- 1. the head is read ------------------------------------------------------

    def started(self) -> None:
        self.engine.in_flight += 1
        head = self.head
        if head is not None:
            memo = head.memo
            self._length = head.length
            if isinstance(memo, Memo) and memo.plan is self.engine.plan:
                self._recall(memo)
            else:
                self.forwarded_for = head.forwarded_for
                self._find(head.host)
            return
        host: Field | None = None
        strange = not self.keep_alive
        for field in self.fields:
            kind = field.kind
            if not kind:
                continue
            if kind == HOST:
                if host is not None:
                    self._malformed("a request needs exactly one Host, a valid one")
                    return
                host = field
            elif kind == LENGTH:
                self._length = int(field.value)
            else:
                strange = True
        if strange or host is None:
            host = self._read_strange(host)
            if self._over_already:
                return
        self._find(b"" if host is None else host.value)

    def _read_strange(self, host: Field | None) -> Field | None:
        """Read what most requests do not have: codings, connections, expectations."""
        version = self.connection.parser.get_http_version()
        connection = b""
        for field in self.fields:
            if field.kind == ENCODING:
                self.body_chunked = True
            elif field.kind == CONNECTION:
                connection += field.value + b","
            elif field.kind == EXPECT:
                self.expects_continue = field.value.lower() == b"100-continue"
            elif field.kind == FORWARDED:
                self.forwarded_for += field.value + b", "
        if connection or host is None or not self.keep_alive:
            self.minor = 1 if version == "1.1" else 0
        if host is None and self.minor:
            self._malformed("a request needs exactly one Host, a valid one")
        named = heads.named_by_connection(connection) - _USUAL_CONNECTION
        if named:
            self.fields = [field for field in self.fields if field.lower not in named]
        return host

    def _malformed(self, message: str, status: int = 400) -> None:
        self.engine.in_flight -= 1
        self._over_already = True
        self.connection.refuse(status, message, self)

    # --- 2. the URL leads to an operation -----------------------------------------

    def _find(self, host: bytes) -> None:
        engine = self.engine
        target = self.target.decode("latin-1")
        if target[:1] != "/":
            target = _origin_form(target)
            if not target:
                self._malformed("the request target is neither a path nor a URL")
                return
        # A fragment is the caller's own affair; the backend must not guess.
        target = target.partition("#")[0]
        if len(target) > LONGEST_URL:
            self._malformed(f"the URL is longer than {LONGEST_URL} characters", 414)
            return
        if self._length > self.server.limits.body_bytes:
            limit = self.server.limits.body_bytes
            self._malformed(f"the body is longer than {limit} bytes", 413)
            return
        path, _, query = target.partition("?")
        request = Request(
            self.method.decode("latin-1"),
            self.connection.scheme,
            host.decode("latin-1"),
            path,
            query,
            self.fields,
            self.connection.peer,
        )
        started = engine.monotonic()
        engine.calls += 1
        exchange = self.exchange = Exchange(
            request, (engine.id_prefix, engine.calls), started, started + engine.epoch
        )
        plan = engine.plan
        if plan is None:
            self._not_ready()
            return
        if self.server.refuses_host is not None and self._is_elsewhere(host):
            return
        found = plan.find(request, self.fields)
        if found is None:
            self._lead_nowhere(plan)
            return
        api, operation, parameters, rest = found
        exchange.api = api.api
        if operation is None:
            self._what = (api.api.id, "")
            self._answer_unrouted(plan, api.error_rows)
            return
        exchange.operation = operation.operation
        self._what = operation.usage
        if parameters:
            request.matched_parameters = parameters
        request.base = api.target
        request.rest = rest
        self.api = api
        self._admit(plan, operation)

    def _is_elsewhere(self, host: bytes) -> bool:
        """Refuse a host that is not served, or not over this connection."""
        request, refuses = self.exchange.request, self.server.refuses_host
        request.shown_certificate = self.connection.certificate
        status = 0 if refuses is None else refuses(host)
        if not status or request.path == HEALTH_PATH:
            return False
        self.exchange.failed_at = FailedAt.ROUTING
        self.reply(access.not_found() if status == 404 else access.misdirected())
        return True

    def _lead_nowhere(self, plan: Plan) -> None:
        if self.exchange.request.path == HEALTH_PATH:
            self._answer_watcher()
            return
        self._answer_unrouted(plan, plan.error_row)

    def _answer_unrouted(self, plan: Plan, error_row: Row) -> None:
        """Answer a call that reached no operation."""
        exchange = self.exchange
        try:
            answer = answer_unrouted(plan, exchange, self.fields)
        except Exception as error:
            answer = self.failed(error)
        if answer is not None:
            self.reply(answer)
            return
        exchange.failed_at = FailedAt.ROUTING
        self._refuse(access.not_found(), error_row)

    def _answer_watcher(self) -> None:
        """Answer whoever watches the gateway; it counts as nobody's call."""
        self.engine.in_flight -= 1
        self._over_already = True
        answer = Answer(200, b"", [(b"Cache-Control", b"no-store")])
        head_only = self.method == b"HEAD"
        self.send(
            self.server.write_answer(
                answer, keep_alive=self.keep_alive, head_only=head_only
            )
        )
        self.finish()

    def _not_ready(self) -> None:
        message = "The gateway has no configuration yet. Try again in a moment."
        headers = Headers([*access.JSON, (b"Retry-After", b"1")])
        body = access.gateway_body(503, message)
        self.reply(Response(503, "Service Unavailable", headers, body))

    # --- 3. the key opens it ------------------------------------------------------

    def _admit(self, plan: Plan, operation: OperationPlan) -> None:
        exchange, api = self.exchange, self.api
        context: str | None = None
        key = self._key(api)
        if key is not None:
            grant = plan.grant(key)
            if grant is None or not grant.opens(api.id):
                self._deny(api, access.INVALID_KEY, "SubscriptionKeyInvalid")
                return
            exchange.subscription = grant.subscription
            exchange.user = grant.user
            exchange.subscription_key = key.decode("latin-1")
            self._who = grant.usage
            if grant.product is not None:
                exchange.product = grant.product
                context = grant.product.id
        elif api.open_product is not None:
            exchange.product = api.open_product
            context = api.open_product.id
            self._who = (context, "", "")
        elif api.api.subscription_required:
            self._deny(api, access.MISSING_KEY, "SubscriptionKeyNotFound")
            return
        rows = self.rows = (operation.rows or api.rows)[context]
        if self.head is not None:
            memo = Memo(plan, api, rows)
            memo.learn(exchange)
            memo.what, memo.who, memo.key_field = self._what, self._who, self._key_field
            memo.forwarded_for = self.forwarded_for
            self.head.memo = self.memo = memo
        if rows.direct:
            self._inbound(rows)
        else:
            self._leave(rows)

    def _recall(self, memo: "Memo") -> None:
        """The same head came before under the same plan: it leads to the same."""
        self.memo = memo
        engine = self.engine
        request = memo.request(self.fields, self.connection)
        started = engine.monotonic()
        engine.calls += 1
        exchange = self.exchange = Exchange(
            request, (engine.id_prefix, engine.calls), started, started + engine.epoch
        )
        exchange.api = memo.api.api
        exchange.operation = memo.operation
        exchange.product = memo.product
        exchange.subscription = memo.subscription
        exchange.user = memo.user
        exchange.subscription_key = memo.subscription_key
        self.api = memo.api
        self._what = memo.what
        self._who = memo.who
        self._key_field = memo.key_field
        if memo.forwarded_for:
            self.forwarded_for = memo.forwarded_for
        rows = self.rows = memo.rows
        if rows.direct:
            self._inbound(rows)
        else:
            self._leave(rows)

    # --- 4. inbound policies ------------------------------------------------------

    def _inbound(self, rows: Rows) -> None:
        exchange = self.exchange
        try:
            outcome = run_row(rows.inbound, exchange)
        except Exception as error:
            outcome = self.failed(error)
        if outcome is not None:
            self._stop(outcome, FailedAt.INBOUND)
            return
        assert rows.backend.forwarding is not None, "direct rows forward"
        self._forward(rows.backend.forwarding)

    def _key(self, api: ApiPlan) -> bytes | None:
        """The subscription key of the call, from the header or else the query."""
        wanted = api.key_header
        for field in self.fields:
            if field.lower == wanted:
                if api.strips_key:
                    self._key_field = field
                    # One in the query as well is not read, and goes no further.
                    self.exchange.request.key_query = api.key_query
                return field.value
        query = self.exchange.request.query
        if query and api.key_query in query:
            for name, value in self.exchange.request.original_url.pairs():
                if name == api.key_query:
                    if api.strips_key:
                        self.exchange.request.key_query = name
                    return value.encode("latin-1", "replace")
        return None

    def _deny(self, api: ApiPlan, message: str, reason: str) -> None:
        self.exchange.failed_at = FailedAt.ACCESS
        challenge = api.challenge(self.exchange.request.host)
        self._refuse(access.denied(message, reason, challenge), api.error_rows)

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
            lines += _lines_of(self._place.introduced(request.headers), key)
        elif request.made_headers is not None:
            lines += _lines_of(request.made_headers, key)
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
        try:
            upstream = await asyncio.wait_for(pool.connect(), self.forwarding.timeout)
        except (OSError, BramkaError, TimeoutError) as error:
            if not self.answered_or_lost:
                reason = str(error) or "the connection was not made in time"
                self.answer_broken(reason, stale=False)
            return
        if self.answered_or_lost:
            pool.release(upstream)
            return
        self._use(upstream)

    @property
    def answered_or_lost(self) -> bool:
        return self._over_already or self.answered

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
            self._pass_on(b"0\r\n\r\n")
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
        if rows.outbound.waits or rows.outbound.reads_response_body:
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

    def _due(self, length: int | None) -> int | None:
        """How much body the caller gets: none, where a policy asked with HEAD."""
        asked = self.exchange.request.method == "HEAD" and self.method != b"HEAD"
        return 0 if asked else length

    def _send_response_head(self, response: Response, length: int | None) -> None:
        """Send the head that policies may have changed; the body still streams."""
        if response.body.replaced:
            self._drop_upstream()
            self.reply(response)
            return
        reason = response.reason.encode("latin-1", "replace")
        self._send_head(response.status, reason, self._lines(response), length)

    def _lines(self, response: Response) -> list[bytes]:
        """The field lines of a response that policies made or saw."""
        lines = _lines_of(response.headers, None)
        if b"date" not in response.headers:
            lines.append(self.server.date)
        return lines

    def _send_head(
        self, status: int, reason: bytes, lines: list[bytes], length: int | None
    ) -> None:
        """Write the head of the answer; it is sent with the first piece of body."""
        self._status = status
        phrase = reason or heads.REASONS.get(status, b"")
        head = [b"HTTP/1.1 %d %b\r\n" % (status, phrase), *lines]
        extra = self.exchange.answer_headers
        if extra is not None:
            head = heads.overridden(head, extra)
        self._answer_length = length
        head.append(self._framing(status, length))
        if not self.keep_alive:
            head.append(b"Connection: close\r\n")
        elif not self.minor:
            head.append(b"Connection: keep-alive\r\n")
        head.append(b"\r\n")
        self._held = b"".join(head)
        if length is None and not self.forwarding.buffer_response:
            # Server-sent events: the head must not wait for the first event.
            self.send(self._held)
            self._held = b""

    def _framing(self, status: int, length: int | None) -> bytes:
        """The field that tells where the body ends."""
        if length is not None:
            if not heads.has_no_body(status) or (length and status == 304):
                return b"Content-Length: %d\r\n" % length
            return b""
        if self.minor:
            self._streams_chunked = self.method != b"HEAD"
            return b"Transfer-Encoding: chunked\r\n"
        self.keep_alive = False
        return b""

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
            data += b"0\r\n\r\n"
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

    def pause(self) -> None:
        if self.upstream is not None:
            self.upstream.transport.pause_reading()

    def resume(self) -> None:
        if self.upstream is not None:
            self.upstream.transport.resume_reading()

    # --- 8. other ends ---------------------------------------------------------------

    def failed(self, error: Exception) -> Response:
        """What a step that raised answers; the reason is for on-error and the log."""
        if isinstance(error, StepFailure):
            last = LastError(error.source, error.reason, error.message)
            last.scope, last.section = error.scope, error.section
            last.path, last.policy_id = error.path, error.policy_id
        else:
            log.error(
                "a policy failed in call %s", self.exchange.request_id, exc_info=error
            )
            last = LastError("", "InternalError", "A policy failed unexpectedly.")
        return access.internal_error(self.exchange.request_id, last)

    def _unreachable(
        self, reason: str, cause: str = "BackendConnectionFailure"
    ) -> Response:
        log.warning("call %s: %s", self.exchange.request_id, reason)
        if self._place is not None and self._place.breaker is not None:
            self._place.breaker.note(self.engine.monotonic(), None, cause)
        last = LastError("forward-request", cause, reason)
        last.section = Section.BACKEND
        return access.internal_error(self.exchange.request_id, last)

    def _refuse(self, response: Response, row: Row) -> None:
        """Answer a call that reached no operation; wider on-error policies run."""
        self._answer_error(response, row)

    def _stop(self, response: Response, where: FailedAt) -> None:
        """Answer what a policy or the gateway itself answers."""
        if response.error is None:
            self.reply(response)
            return
        if self.exchange.failed_at == FailedAt.NOWHERE:
            self.exchange.failed_at = where
        assert self.rows is not None, "only admitted calls are stopped"
        self._answer_error(response, self.rows.on_error)

    def _answer_error(self, response: Response, row: Row) -> None:
        exchange = self.exchange
        exchange.last_error, response.error = response.error, None
        if not row.runs:
            self.reply(response)
            return
        exchange.response = response
        exchange.section = Section.ON_ERROR
        if row.waits:
            self._leave_on_error(row)
            return
        try:
            outcome = run_row(row, exchange)
        except Exception as error:
            outcome = self.failed(error)
        self.reply(outcome or exchange.response)

    def reply(self, response: Response) -> None:
        """Send an answer whose body is here, whole."""
        if self.answered_or_lost:
            return
        content = response.body.content or b""
        if self.method == b"HEAD" or heads.has_no_body(response.status):
            body = b""
        else:
            body = content
        reason = response.reason.encode("latin-1", "replace")
        self.exchange.response = response
        self._streams_chunked = False
        self.forwarding = _WHOLE
        self._send_head(response.status, reason, self._lines(response), len(content))
        self.exchange.response_size = len(body)
        data, self._held = self._held + body, b""
        self.send(data)
        self._over()
        self.finish()

    def lost(self) -> None:
        """The caller hung up."""
        self._drop_upstream()
        if not self._over_already:
            self.exchange.failed_at = FailedAt.CLIENT
            self._status = 499
            self._over()

    def tick(self, now: float) -> None:
        if self._deadline and now > self._deadline and not self.answered_or_lost:
            self._deadline = 0.0
            self._drop_upstream()
            seconds = self.forwarding.timeout
            reason = f"no answer within {seconds:g} seconds"
            response = self._unreachable(reason, "Timeout")
            self._stop(response, FailedAt.BACKEND_TIMEOUT)

    def _drop_upstream(self) -> None:
        upstream, self.upstream = self.upstream, None
        if upstream is not None:
            upstream.abort()

    def _over(self, now: float = 0.0) -> None:
        """Note the call, once."""
        if self._over_already:
            return
        self._over_already = True
        engine, exchange, backend = self.engine, self.exchange, -1
        if self._backend_done >= 0.0:
            backend = int((self._backend_done - self._backend_started) * 1e6)
        done = now or engine.monotonic()
        engine.in_flight -= 1
        engine.journal.note(
            self._what,
            self._who,
            self._status,
            exchange.request_size + exchange.response_size,
            exchange.timestamp,
            int((done - exchange.started) * 1e6),
            backend,
        )
        if exchange.afterwards is not None:
            for work in exchange.afterwards:
                work(exchange)

    # --- where calls that must wait leave this way: see detour.py ---------------------

    def _leave(self, rows: Rows) -> None:
        raise AssertionError("a detour is needed: see Passage")

    def _leave_with_answer(self, rows: Rows, length: int | None) -> None:
        raise AssertionError("a detour is needed: see Passage")

    def _leave_on_error(self, row: Row) -> None:
        raise AssertionError("a detour is needed: see Passage")


_WHOLE = Forwarding()


def _lines_of(headers: Headers, key: Field | None) -> list[bytes]:
    """Field lines of headers that policies may have changed; `key` is left out.

    Fields of framing are the gateway's own, and so is Host.
    """
    left_out = (None, b"") if key is None else (key.lower, key.value)
    return [
        FIELD % pair
        for pair in headers.raw
        if pair[0].lower() not in heads.OWNED and (pair[0].lower(), pair[1]) != left_out
    ]


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


def _origin_form(target: str) -> str:
    """The path and query of an absolute request target; "" when it is none."""
    for scheme in ("http://", "https://"):
        if target.lower().startswith(scheme):
            place, mark, query = target[len(scheme) :].partition("?")
            _, _, path = place.partition("/")
            return f"/{path}{mark}{query}"
    return ""
