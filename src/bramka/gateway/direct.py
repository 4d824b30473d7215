"""A call on the direct way through the gateway: read, find, admit, forward, answer.

The walk, in the order of the methods below:

    started → _find → _admit → inbound      here
            → _forward → … → answer_ended   in forwarding.py
            → _over                         in answering.py

Every step is a plain call out of a socket's callback: no task, no future. A call whose
policies wait, or need a body, leaves this way for `detour.py` at `_leave`.
"""

from bramka.domain.traffic.exchange import (
    Exchange,
    FailedAt,
    Headers,
    Request,
    Response,
)
from bramka.domain.traffic.step import Row, run_row, run_until_wait
from bramka.gateway import access, heads
from bramka.gateway.engine import LONGEST_URL
from bramka.gateway.forwarding import ForwardingCall
from bramka.gateway.hosts import HEALTH_PATH
from bramka.gateway.memo import Memo
from bramka.gateway.plan import ApiPlan, OperationPlan, Plan, Rows
from bramka.gateway.relayed import take_caller
from bramka.gateway.tracing import begin_trace
from bramka.gateway.unrouted import answer_unrouted
from bramka.wire.fields import (
    CONNECTION,
    ENCODING,
    EXPECT,
    FORWARDED,
    HOST,
    LENGTH,
    TRACE,
    Field,
    is_host,
)
from bramka.wire.message import Answer

_USUAL_CONNECTION = frozenset((b"", b"close", b"keep-alive", b"host", b"upgrade"))


class DirectCall(ForwardingCall):
    """One call, as far as it need not wait."""

    asks_for_trace = False

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
            elif field.kind == TRACE:
                self.asks_for_trace = True
        if connection or host is None or not self.keep_alive:
            self.minor = 1 if version == "1.1" else 0
        if host is None and self.minor:
            self._malformed("a request needs exactly one Host, a valid one")
        self._leave_here(heads.named_by_connection(connection) - _USUAL_CONNECTION)
        return host

    def _leave_here(self, named: set[bytes]) -> None:
        """Read, and do not pass on, the fields that are meant for this hop."""
        if b"te" in named and self.minor:
            self.takes_trailers = heads.takes_trailers(self.fields)
        if named:
            self.fields = [field for field in self.fields if field.lower not in named]

    def _malformed(self, message: str, status: int = 400) -> None:
        self.engine.in_flight -= 1
        self._over_already = True
        self.connection.refuse(status, message, self)

    # --- 2. the URL leads to an operation -----------------------------------------

    def _find(self, host: bytes) -> None:
        engine = self.engine
        target = self.target.decode("latin-1")
        if target[:1] != "/":
            target, host = _origin_form(target)
            if not target:
                self._malformed("the request target is neither a path nor a URL")
                return
        # A fragment is the caller's own affair; the backend must not guess.
        target = target.partition("#")[0]
        if self._is_too_long(target):
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
        if self.asks_for_trace:
            take_caller(exchange, self.fields, plan)
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

    def _is_too_long(self, target: str) -> bool:
        """Refuse a URL or a body that nobody can mean."""
        limit = self.server.limits.body_bytes
        if len(target) > LONGEST_URL:
            self._malformed(f"the URL is longer than {LONGEST_URL} characters", 414)
        elif self._length > limit:
            self._malformed(f"the body is longer than {limit} bytes", 413)
        else:
            return False
        return True

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
        elif self.asks_for_trace and begin_trace(
            exchange, self.fields, plan, self.engine
        ):
            self._leave(rows)
            return
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
        row = rows.inbound
        try:
            outcome = (run_until_wait if row.waits else run_row)(row, exchange)
        except Exception as error:
            outcome = self.failed(error)
        if isinstance(outcome, Row):
            self._leave(rows, outcome)
            return
        if outcome is not None:
            self._stop(outcome, FailedAt.INBOUND)
            return
        assert rows.backend.forwarding is not None, "direct rows forward"
        self._forward(rows.backend.forwarding)

    def _key(self, api: ApiPlan) -> bytes | None:
        """The subscription key of the call, from the header or else the query."""
        wanted, found = api.key_header, b""
        for field in self.fields:
            if field.lower == wanted:
                if api.strips_key:
                    self._key_field = field if field.value else self._key_field or field
                    # One in the query as well is not read, and goes no further.
                    self.exchange.request.key_query = api.key_query
                if field.value and field.value != found:
                    # Two keys are none, as a list of them is: only one is stripped.
                    found = b"%b,%b" % (found, field.value) if found else field.value
        if found:
            return found
        query = self.exchange.request.query
        if query and api.key_query in query:
            for name, value in self.exchange.request.original_url.pairs():
                if name == api.key_query:
                    if api.strips_key:
                        self.exchange.request.key_query = name
                    # An empty key is none.
                    return value.encode("latin-1", "replace") or None
        return None

    def _deny(self, api: ApiPlan, message: str, reason: str) -> None:
        self.exchange.failed_at = FailedAt.ACCESS
        challenge = api.challenge(self.exchange.request.host)
        self._refuse(access.denied(message, reason, challenge), api.error_rows)


def _origin_form(target: str) -> tuple[str, bytes]:
    """The path with query of an absolute request target, and its host; "" when it is
    none. The host counts instead of the field Host (RFC 9112, 3.2.2).
    """
    for scheme in ("http://", "https://"):
        if target.lower().startswith(scheme):
            place, mark, query = target[len(scheme) :].partition("?")
            host, _, path = place.partition("/")
            if is_host(host.encode("latin-1")):
                return f"/{path}{mark}{query}", host.encode("latin-1")
    return "", b""
