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
    RawHeaders,
    Request,
    Response,
    Url,
)
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.step import Forwarding, Row, StepFailure, run_row
from bramka.gateway import access, heads
from bramka.gateway.engine import LONGEST_URL, Engine
from bramka.gateway.forwarder import Pool, Upstream
from bramka.gateway.heads import FIELD
from bramka.gateway.plan import ApiPlan, Found, Plan, Rows, Target
from bramka.wire.connection import Call, Connection
from bramka.wire.server import Server

log = logging.getLogger(__name__)

MOST_PENDING = 64 * 1024
_IDEMPOTENT = frozenset((b"GET", b"HEAD", b"OPTIONS", b"PUT", b"DELETE", b"TRACE"))


class DirectCall(Call):
    """One call, as far as it need not wait."""

    __slots__ = (
        "_answer_length",
        "_backend_done",
        "_backend_started",
        "_deadline",
        "_forwarded_for",
        "_held",
        "_host_pair",
        "_key_pair",
        "_key_query",
        "_length",
        "_over_already",
        "_pending",
        "_pending_size",
        "_request_head",
        "_rest",
        "_retried",
        "_status",
        "_streams_chunked",
        "api",
        "base",
        "body_chunked",
        "engine",
        "exchange",
        "forwarding",
        "rows",
        "server",
        "upstream",
    )

    def __init__(self, engine: Engine, server: Server, connection: Connection) -> None:
        super().__init__(connection)
        self.engine = engine
        self.server = server
        self.upstream: Upstream | None = None
        self.rows: Rows | None = None
        self.body_chunked = False
        self._length = 0
        """Content-Length of the request; 0 too when it has none."""
        self._pending: list[bytes] | None = None
        """Request body that waits for a connection to the backend; None = none may."""
        self._pending_size = 0
        self._host_pair: object = None
        self._key_pair: object = None
        self._key_query = ""
        self._forwarded_for = b""
        self._deadline = 0.0
        self._held = b""
        """The answer's head, until there is a piece of body to send with it."""
        self._streams_chunked = False
        self._status = 0
        self._backend_started = 0.0
        self._backend_done = -1.0
        self._retried = False
        self._over_already = False

    # --- 1. the head is read ------------------------------------------------------

    def started(self) -> None:  # noqa: C901, PLR0912 one pass over the fields, inline: hot
        engine = self.engine
        engine.in_flight += 1
        kept: RawHeaders = []
        host: bytes | None = None
        default_key: tuple[bytes, bytes] | None = None
        hop_by_hop: bytes | None = None
        fields = heads.REQUEST_FIELDS
        for pair in self.headers:
            name = pair[0].lower()
            kind = fields.get(name)
            if kind is None:
                kept.append(pair)
                if name == b"ocp-apim-subscription-key" and default_key is None:
                    default_key = pair
            elif kind == heads.HOST:
                if host is not None:
                    self._malformed("a request needs exactly one Host header")
                    return
                host = pair[1]
                kept.append(pair)
                self._host_pair = pair
            elif kind == heads.LENGTH:
                self._length = int(pair[1])
            elif kind == heads.ENCODING:
                self.body_chunked = True
            elif kind == heads.CONNECTION:
                hop_by_hop = pair[1]
            elif kind == heads.EXPECT:
                self.expects_continue = pair[1].lower() == b"100-continue"
            elif kind == heads.FORWARDED:
                self._forwarded_for += pair[1] + b", "
        if hop_by_hop is not None or not self.keep_alive or host is None:
            version = self.connection.parser.get_http_version()
            self.minor = 1 if version == "1.1" else 0
            if host is None and self.minor:
                self._malformed("a request needs exactly one Host header")
                return
            if hop_by_hop is not None:
                named = heads.named_by_connection(hop_by_hop)
                if not named <= {b"close", b"keep-alive", b"host"}:
                    kept = heads.without_fields(kept, named - {b"host"})
        self._find(kept, host or b"", default_key)

    def _malformed(self, message: str, status: int = 400) -> None:
        self.engine.in_flight -= 1
        self._over_already = True
        self.connection.refuse(status, message)

    # --- 2. the URL leads to an operation -----------------------------------------

    def _find(
        self, kept: RawHeaders, host: bytes, default_key: tuple[bytes, bytes] | None
    ) -> None:
        engine = self.engine
        target = self.target.decode("latin-1")
        if target[:1] != "/":
            target = _origin_form(target)
            if not target:
                self._malformed("the request target is neither a path nor a URL")
                return
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
            Headers(kept),
            self.connection.peer,
        )
        started = engine.monotonic()
        exchange = Exchange(request, engine.request_id(), started + engine.epoch)
        exchange.started = started
        self.exchange = exchange
        plan = engine.plan
        if plan is None:
            self._not_ready()
            return
        found = plan.find(request.method, path, query, kept)
        if found is None:
            exchange.failed_at = FailedAt.ROUTING
            self._refuse(access.not_found(), plan.error_row)
            return
        exchange.api = found.api.api
        if found.operation is None:
            exchange.failed_at = FailedAt.ROUTING
            self._refuse(access.not_found(), found.api.error_rows)
            return
        exchange.operation = found.operation.operation
        request.matched_parameters = found.parameters
        self._admit(plan, found, kept, default_key)

    def _not_ready(self) -> None:
        message = "The gateway has no configuration yet. Try again in a moment."
        headers = Headers([*access.JSON, (b"Retry-After", b"1")])
        body = access.gateway_body(503, message)
        self.reply(Response(503, "Service Unavailable", headers, body))

    # --- 3. the key opens it ------------------------------------------------------

    def _admit(
        self,
        plan: Plan,
        found: Found,
        kept: RawHeaders,
        default_key: tuple[bytes, bytes] | None,
    ) -> None:
        exchange, api, operation = self.exchange, found.api, found.operation
        assert operation is not None, "only found operations are admitted to"
        self.api = api
        self.base = api.target
        self._rest = found.rest
        key = self._key(api, kept, default_key)
        if key is not None:
            grant = plan.grant(key)
            if grant is None or not grant.opens(api.id):
                self._deny(api, access.INVALID_KEY, "SubscriptionKeyInvalid")
                return
            exchange.subscription = grant.subscription
            exchange.product = grant.product
            exchange.user = grant.user
            exchange.subscription_key = key.decode("latin-1")
        elif api.open_product is not None:
            exchange.product = api.open_product
        elif api.api.subscription_required:
            self._deny(api, access.MISSING_KEY, "SubscriptionKeyNotFound")
            return
        context = None if exchange.product is None else exchange.product.id
        rows = self.rows = operation.rows[context]
        exchange.request.url_source = self._make_url
        if not operation.direct[context]:
            self._leave(rows)
            return
        # --- 4. inbound policies ---
        try:
            outcome = run_row(rows.inbound, exchange)
        except Exception as error:
            outcome = self.failed(error)
        if outcome is not None:
            self._stop(outcome, FailedAt.INBOUND)
            return
        assert rows.backend.forwarding is not None, "direct rows forward"
        self._forward(rows.backend.forwarding)

    def _key(
        self,
        api: ApiPlan,
        kept: RawHeaders,
        default_key: tuple[bytes, bytes] | None,
    ) -> bytes | None:
        """The subscription key of the call, from the header or else the query."""
        pair = default_key
        if api.key_header != b"ocp-apim-subscription-key":
            wanted = api.key_header
            pair = next((one for one in kept if one[0].lower() == wanted), None)
        if pair is not None:
            if api.strips_key:
                self._key_pair = pair
            return pair[1]
        query = self.exchange.request.query
        if query and api.key_query in query:
            for name, value in self.exchange.request.original_url.pairs():
                if name == api.key_query:
                    if api.strips_key:
                        self._key_query = name
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
        try:
            target, path = self._destination()
        except BramkaError as error:
            self._stop(self._unreachable(error.message), FailedAt.BACKEND_CONNECT)
            return
        self._request_head = self._write_head(target, path)
        self._backend_started = self.engine.monotonic()
        self._deadline = self._backend_started + forwarding.timeout
        pool = self.engine.pool(target)
        self.want_body()
        upstream = pool.take()
        if upstream is None:
            self._pending = []
            self.server.spawn(self._connect(pool))
        else:
            self._use(upstream)

    def _destination(self) -> tuple[Target, str]:
        """The backend and the path with query there; Invalid if it cannot be."""
        exchange, target = self.exchange, self.base
        request = exchange.request
        plan = self.engine.plan
        if exchange.backend_url is not None:
            target = self.engine.target_of(exchange.backend_url)
        elif exchange.backend_id is not None and plan is not None:
            target = plan.backends.get(exchange.backend_id)
        if target is None:
            raise _no_backend(exchange)
        if request.url_was_made:
            url = request.url
            path = url.path
            if self.base is not None and target is not self.base:
                path = target.path + path.removeprefix(self.base.path)
            return target, f"{path}?{url.query}" if url.query else path
        query = self._query()
        path = target.path + self._rest
        return target, f"{path}?{query}" if query else path

    def _query(self) -> str:
        """The query as it goes on: without the key, unless the API keeps it."""
        query = self.exchange.request.query
        if not self._key_query:
            return query
        name = self._key_query
        kept = [part for part in query.split("&") if part.partition("=")[0] != name]
        return "&".join(kept)

    def _make_url(self) -> Url:
        """The URL at the backend, for a policy that asks for it."""
        base = self.base
        if base is None:
            return self.exchange.request.original_url.copy()
        port = (
            None if base.port == (443 if base.scheme == "https" else 80) else base.port
        )
        return Url(base.scheme, base.host, port, base.path + self._rest, self._query())

    def _write_head(self, target: Target, path: str) -> bytes:
        request = self.exchange.request
        host_pair, key_pair = self._host_pair, self._key_pair
        host = request.host_override or target.authority
        lines = [
            b"%b %b HTTP/1.1\r\nHost: %b\r\n"
            % (request.method.encode("latin-1"), path.encode("latin-1"), host)
        ]
        lines += [
            FIELD % pair
            for pair in request.headers.raw
            if pair is not host_pair and pair is not key_pair
        ]
        peer = self.connection.peer.encode("latin-1")
        lines.append(
            b"X-Forwarded-For: %b%b\r\nX-Forwarded-Proto: %b\r\n"
            % (self._forwarded_for, peer, self.connection.scheme.encode())
        )
        body = request.body
        if body.content is not None and (body.replaced or self.request_ended):
            lines.append(b"Content-Length: %d\r\n\r\n" % len(body.content))
            lines.append(body.content)
        elif self.body_chunked:
            lines.append(b"Transfer-Encoding: chunked\r\n\r\n")
        elif self._length or self.method in (b"POST", b"PUT", b"PATCH"):
            lines.append(b"Content-Length: %d\r\n\r\n" % self._length)
        else:
            lines.append(b"\r\n")
        return b"".join(lines)

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
        upstream.begin(self, bodiless=self.method == b"HEAD")
        pending, self._pending = self._pending, None
        if pending:
            upstream.transport.write(self._request_head + b"".join(pending))
        else:
            upstream.transport.write(self._request_head)
        if self.request_ended or self.exchange.request.body.content is not None:
            upstream.request_done = True
        self.connection.resume_reading()

    # --- 6. the request body passes ------------------------------------------------

    def received(self, data: bytes) -> None:
        self.exchange.request_size += len(data)
        if self.exchange.request_size > self.server.limits.body_bytes:
            limit = self.server.limits.body_bytes
            self.connection.refuse(413, f"the body is longer than {limit} bytes")
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

    def answer_began(self, status: int, reason: bytes, headers: RawHeaders) -> None:
        """The backend's head is here: outbound policies run, then it is sent on."""
        rows = self.rows
        assert rows is not None, "only admitted calls are forwarded"
        exchange = self.exchange
        self._deadline = 0.0
        self._backend_done = self.engine.monotonic()
        length, kept = self._read_answer(status, headers)
        if not rows.outbound.runs and status < 400:
            self._send_head(status, reason, kept, length)
            return
        exchange.response = Response(
            status, reason.decode("latin-1"), Headers(kept), None
        )
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

    def _send_response_head(self, response: Response, length: int | None) -> None:
        """Send the head that policies may have changed; the body still streams."""
        if response.body.replaced:
            self._drop_upstream()
            self.reply(response)
            return
        reason = response.reason.encode("latin-1", "replace")
        self._send_head(response.status, reason, response.headers.raw, length)

    def _read_answer(
        self, status: int, headers: RawHeaders
    ) -> tuple[int | None, RawHeaders]:
        """The body's length (None when unknown), and the fields to send on."""
        kept: RawHeaders = []
        length: int | None = None
        chunked = False
        fields = heads.ANSWER_FIELDS
        for pair in headers:
            kind = fields.get(pair[0].lower())
            if kind is None:
                kept.append(pair)
            elif kind == heads.LENGTH:
                length = int(pair[1])
            elif kind == heads.ENCODING:
                chunked = True
            elif kind == heads.DATE:
                kept.append(pair)
            elif kind == heads.CONNECTION and pair[1].lower() not in (
                b"keep-alive",
                b"close",
            ):
                named = heads.named_by_connection(pair[1])
                headers = heads.without_fields(headers, named)
                return self._read_answer(status, headers)
        if heads.has_no_body(status):
            length = 0 if length is None else length
        elif length is None and not chunked and self.upstream is not None:
            self.upstream.read_until_close()
        return length, kept

    def _send_head(
        self, status: int, reason: bytes, headers: RawHeaders, length: int | None
    ) -> None:
        """Write the head of the answer; it is sent with the first piece of body."""
        self._status = status
        phrase = reason or heads.REASONS.get(status, b"")
        lines = [b"HTTP/1.1 %d %b\r\n" % (status, phrase)]
        dated = False
        for pair in headers:
            lines.append(FIELD % pair)
            if len(pair[0]) == 4 and pair[0].lower() == b"date":
                dated = True
        if not dated:
            lines.append(self.server.date)
        extra = self.exchange.answer_headers
        if extra is not None:
            lines += [FIELD % pair for pair in extra]
        self._answer_length = length
        lines.append(self._framing(status, length))
        if not self.keep_alive:
            lines.append(b"Connection: close\r\n")
        elif not self.minor:
            lines.append(b"Connection: keep-alive\r\n")
        lines.append(b"\r\n")
        self._held = b"".join(lines)
        if length is None and not self.forwarding.buffer_response:
            # Server-sent events: the head must not wait for the first event.
            self.send(self._held)
            self._held = b""

    def _framing(self, status: int, length: int | None) -> bytes:
        """The field that tells where the body ends."""
        if length is not None:
            if length or not heads.has_no_body(status):
                return b"Content-Length: %d\r\n" % length
            return b""
        if self.minor:
            self._streams_chunked = self.method != b"HEAD"
            return b"Transfer-Encoding: chunked\r\n"
        self.keep_alive = False
        return b""

    def answer_piece(self, data: bytes) -> None:
        self.exchange.response_size += len(data)
        if self._streams_chunked:
            data = b"%x\r\n%b\r\n" % (len(data), data)
        if self._held:
            data, self._held = self._held + data, b""
        self.send(data)

    def answer_ended(self) -> None:
        self.upstream = None
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
        if (
            stale
            and not self._retried
            and self.method in _IDEMPOTENT
            and not self.exchange.request_size
        ):
            self._retried = True
            self._pending = []
            target, _ = self._destination()
            self.server.spawn(self._connect(self.engine.pool(target)))
            return
        self._stop(self._unreachable(reason), FailedAt.BACKEND_CONNECT)

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

    def _unreachable(self, reason: str) -> Response:
        log.warning("call %s: %s", self.exchange.request_id, reason)
        last = LastError("forward-request", "BackendConnectionFailure", reason)
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
        headers = heads.without_fields(response.headers.raw, {b"content-length"})
        self._streams_chunked = False
        self.forwarding = _WHOLE
        self._send_head(response.status, reason, headers, len(content))
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
            response = self._unreachable(f"no answer within {seconds:g} seconds")
            assert response.error is not None, "unreachable answers carry an error"
            response.error.reason = "Timeout"
            self._stop(response, FailedAt.BACKEND_TIMEOUT)

    def _drop_upstream(self) -> None:
        upstream, self.upstream = self.upstream, None
        if upstream is not None:
            upstream.abort()

    def _over(self) -> None:
        """Note the call, once."""
        if self._over_already:
            return
        self._over_already = True
        backend = -1.0
        if self._backend_done >= 0.0:
            backend = self._backend_done - self._backend_started
        self.engine.over(self.exchange, self._status, self.engine.monotonic(), backend)

    # --- where calls that must wait leave this way: see detour.py ---------------------

    def _leave(self, rows: Rows) -> None:
        raise AssertionError("a detour is needed: see Passage")

    def _leave_with_answer(self, rows: Rows, length: int | None) -> None:
        raise AssertionError("a detour is needed: see Passage")

    def _leave_on_error(self, row: Row) -> None:
        raise AssertionError("a detour is needed: see Passage")


_WHOLE = Forwarding()


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
            _, slash, rest = target[len(scheme) :].partition("/")
            return slash + rest if slash else "/"
    return ""
