"""A call's answer: written, sent, given up, noted; and what ends a call otherwise.

The last part of the walk that `direct.py` begins.
"""

import logging

from bramka.domain.traffic.exchange import (
    Ended,
    Exchange,
    FailedAt,
    Headers,
    LastError,
    Response,
)
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.step import Forwarding, Row, StepFailure, run_row
from bramka.gateway import access, heads
from bramka.gateway.backends import Place
from bramka.gateway.engine import Engine
from bramka.gateway.forwarder import Upstream
from bramka.gateway.heads import FIELD
from bramka.gateway.plan import ApiPlan, Rows
from bramka.gateway.pool import Pool
from bramka.gateway.request_log import cache_use
from bramka.wire.connection import Call, Connection
from bramka.wire.fields import (
    Field,
)
from bramka.wire.server import Server

log = logging.getLogger(__name__)


class AnsweringCall(Call):
    """One call, as far as answering it goes."""

    api: ApiPlan
    exchange: Exchange
    forwarding: Forwarding
    upstream: Upstream | None = None
    _pool: Pool | None = None
    """Connections to where the call was sent last."""
    rows: Rows | None = None
    _what = ("", "")
    _who = ("", "", "")
    _deadline = 0.0
    _held = b""
    """The answer's head, until there is a piece of body to send with it."""
    _answer_length: int | None = None
    _streams_chunked = False
    _status = 0
    _backend_started = 0.0
    _backend_done = -1.0
    _backend_status = 0
    """What the backend answered, where the caller may get something else."""
    _place: Place | None = None
    """The backend chosen by id, for this try."""
    _over_already = False

    def __init__(self, engine: Engine, server: Server, connection: Connection) -> None:
        self.connection = connection
        self.engine = engine
        self.server = server

    @property
    def answered_or_lost(self) -> bool:
        return self._over_already or self.answered

    # --- sending an answer ---

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
        lines = lines_of(response.headers, None)
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

    # --- answers of our own, and other ends ---

    def failed(self, error: Exception) -> Response:
        """What a step that raised answers; the reason is for on-error and the log."""
        if isinstance(error, StepFailure):
            last = LastError(error.source, error.reason, error.message)
            last.scope, last.section = error.scope, error.section
            last.path, last.policy_id = error.path, error.policy_id
        else:
            log.error(
                "a policy failed in call %s",
                self.exchange.request_id,
                exc_info=error,
                extra={"sparing": self._what[0]},
            )
            last = LastError("", "InternalError", "A policy failed unexpectedly.")
        return access.internal_error(self.exchange.request_id, last)

    def _unreachable(
        self, reason: str, cause: str = "BackendConnectionFailure"
    ) -> Response:
        self._warn(reason)
        if self._place is not None and self._place.breaker is not None:
            self._place.breaker.note(self.engine.monotonic(), None, cause)
        last = LastError("forward-request", cause, reason)
        last.section = Section.BACKEND
        return access.internal_error(self.exchange.request_id, last)

    def _warn(self, reason: str) -> None:
        """Tell the log of a backend that fails: which, for whom, and how."""
        api = self.exchange.api
        whose = f"API '{api.id}'" if api is not None else "no API"
        if self._pool is not None:
            target = self._pool.target
            whose += f", backend {target.scheme}://{target.host}:{target.port}"
        log.warning(
            "%s: %s (call %s)",
            whose,
            reason,
            self.exchange.request_id,
            extra={"sparing": whose},
        )

    def _refuse(self, response: Response, row: Row) -> None:
        """Answer a call that reached no operation; wider on-error policies run."""
        self._answer_error(response, row)

    def _stop(self, response: Response, where: FailedAt) -> None:
        """Answer what a policy or the gateway itself answers."""
        if response.error is None:
            if response.is_cached and self.rows is not None:
                self._stop_with_kept(response, self.rows)
            else:
                self.reply(response)
            return
        if self.exchange.failed_at == FailedAt.NOWHERE:
            self.exchange.failed_at = where
        assert self.rows is not None, "only admitted calls are stopped"
        self._answer_error(response, self.rows.on_error)

    def _stop_with_kept(self, response: Response, rows: Rows) -> None:
        """Answer from the cache: what stands behind cache-store still runs."""
        row = rows.behind_store
        if row is None:
            self.reply(response)
            return
        self.exchange.response = response
        if row.waits:
            self._leave_with_kept(row)
            return
        self.exchange.section = Section.OUTBOUND
        try:
            outcome = run_row(row, self.exchange)
        except Exception as error:
            outcome = self.failed(error)
        if outcome is None:
            self.reply(self.exchange.response or response)
        else:
            self._stop(outcome, FailedAt.OUTBOUND)

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
        micros, journal = int((done - exchange.started) * 1e6), engine.journal
        places = engine.places
        journal.note(
            self._what,
            self._who,
            self._status,
            exchange.request_size + exchange.response_size,
            exchange.timestamp,
            micros,
            backend,
            "" if places is None else places(exchange.request.ip_address),
            "none" if exchange.cache_place is None else cache_use(exchange),
        )
        if journal.requests is None and exchange.afterwards is None:
            return
        backend_status = self._backend_status or (self._status if backend >= 0 else 0)
        if journal.requests is not None:
            journal.requests.note(
                exchange,
                self._what,
                self._who,
                (self._status, backend_status),
                (micros, backend),
            )
        if exchange.afterwards is not None:
            exchange.ended = Ended(self._status, backend_status, micros, backend)
            for work in exchange.afterwards:
                work(exchange)

    # --- where calls that must wait leave this way: see detour.py ---------------------

    def _leave(self, rows: Rows, left: Row | None = None) -> None:
        """Go on there: with all of inbound, or what is `left` of it."""
        raise AssertionError("a detour is needed: see Passage")

    def _leave_with_answer(self, rows: Rows, length: int | None) -> None:
        raise AssertionError("a detour is needed: see Passage")

    def _leave_with_kept(self, row: Row) -> None:
        raise AssertionError("a detour is needed: see Passage")

    def _leave_on_error(self, row: Row) -> None:
        raise AssertionError("a detour is needed: see Passage")


_WHOLE = Forwarding()


def lines_of(headers: Headers, key: Field | None) -> list[bytes]:
    """Field lines of headers that policies may have changed; `key` is left out.

    Fields of framing are the gateway's own, and so is Host.
    """
    left_out = (None, b"") if key is None else (key.lower, key.value)
    return [
        FIELD % pair
        for pair in headers.raw
        if pair[0].lower() not in heads.OWNED and (pair[0].lower(), pair[1]) != left_out
    ]
