"""The same walk as a coroutine, for calls whose policies wait or need a body."""

import asyncio

from bramka.domain.errors import BramkaError
from bramka.domain.traffic.exchange import FailedAt, Headers, Response
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.step import Forwarding, Outcome, Row, run_waiting_row
from bramka.gateway.backends import CircuitOpen, circuit_open
from bramka.gateway.handshake import (
    SWITCH,
    asks_for_websocket,
    not_a_handshake,
    too_many_tunnels,
)
from bramka.gateway.heads import FIELD
from bramka.gateway.plan import Rows
from bramka.gateway.reading import ReadingCall, Waiting
from bramka.gateway.tunnel import Tunnel
from bramka.wire.fields import Fields, pairs


class Passage(ReadingCall):
    """One call, waiting where it must."""

    _task: "asyncio.Task[None] | None" = None
    _switched: bytes | None = None
    """What came behind the backend's 101; None: it did not switch protocols."""

    # --- leaving the direct way ---

    def _leave(self, rows: Rows, left: Row | None = None) -> None:
        if self.api.is_websocket and not self._may_shake_hands():
            return
        self._body_parts = []
        self._task = self.server.spawn(self._travel(rows, left or rows.inbound))

    def _leave_with_answer(self, rows: Rows, length: int | None) -> None:
        self._pieces = []
        self._pieces_done = asyncio.get_running_loop().create_future()
        waiting = self.consumer = Waiting(self)
        if self.upstream is not None:
            self.upstream.consumer = waiting
        self._task = self.server.spawn(self._finish_with(rows.outbound, length))

    def _leave_with_kept(self, row: Row) -> None:
        self._task = self.server.spawn(self._finish_with(row, None))

    def _leave_on_error(self, row: Row) -> None:
        self._task = self.server.spawn(self._finish_on_error(row))

    # --- the walk ---

    async def _travel(self, rows: Rows, inbound: Row) -> None:
        exchange = self.exchange
        exchange.state = self
        if rows.reads_request_body and not await self._read_request_body():
            return
        outcome = await self._run(inbound)
        where = FailedAt.INBOUND
        if outcome is None:
            exchange.section, where = Section.BACKEND, FailedAt.BACKEND_CONNECT
            outcome = await self._run(rows.backend)
        if outcome is not None:
            self._drop_upstream()
            if outcome.is_cached and rows.behind_store is not None:
                exchange.response = outcome
                await self._finish_with(rows.behind_store, None)
            else:
                await self._end(outcome, where, rows)
            return
        if exchange.response is None:
            # No forward-request in the backend section: an empty 200, as in Azure.
            exchange.response = Response(200, "OK")
        await self._finish_with(rows.outbound, self._answer_length)

    async def forward(self, forwarding: Forwarding) -> Outcome:
        """Send the request on and wait for the head of the answer.

        For forward-request: gives None with `exchange.response` set, or a response
        with an error.
        """
        self._drop_upstream()
        self._status = 0
        self.consumer = Waiting(self)
        self._pieces = []
        self._piece_size = 0
        loop = asyncio.get_running_loop()
        self._pieces_done = loop.create_future()
        head_done = self._head_done = loop.create_future()
        if self.api.is_websocket:
            self._body_parts = None
            await self._ask_to_switch(forwarding)
        elif self._body_parts:
            # What arrived before the backend was chosen goes first.
            parts, self._body_parts = self._body_parts, None
            self._forward(forwarding)
            for part in parts:
                super()._pass_on(part)
        else:
            self._body_parts = None
            self._forward(forwarding)
        if self.request_ended and self.body is None:
            self.ended()
        if self.exchange.trace is not None and not head_done.done():
            self.exchange.trace.sent(self._request_head, self.address())
        if self.answered_or_lost:
            # `wait_for` loses a cancellation where the connection was made just then.
            head_done.cancel()
        outcome: Outcome = await head_done
        self._head_done = None
        response = self.exchange.response
        if outcome is None and response is not None and self._backend_reads:
            outcome = await self._read_answer_body(response)
        return outcome

    def address(self) -> str:
        """The URL the request goes to, as far as policies have decided."""
        target, path = self._destination()
        return f"{target.scheme}://{target.authority.decode()}{path}"

    async def _finish_with(self, row: Row, length: int | None) -> None:
        """Outbound policies, then the answer."""
        exchange = self.exchange
        exchange.state = self
        response = exchange.response
        assert response is not None, "there is an answer before outbound runs"
        if self._outbound_reads(row) and response.body.content is None:
            broken = await self._read_answer_body(response)
            if self.answered_or_lost:
                return
            if broken is not None:
                assert self.rows is not None, "only admitted calls get here"
                await self._end(broken, FailedAt.BACKEND_RESPONSE, self.rows)
                return
        if exchange.hears_answer is not None:
            exchange.hears_answer(exchange)
        exchange.section = Section.OUTBOUND
        outcome = await self._run(row)
        if outcome is not None:
            self._drop_upstream()
            assert self.rows is not None, "only admitted calls get here"
            await self._end(outcome, FailedAt.OUTBOUND, self.rows)
            return
        if self.answered_or_lost:
            return
        response = exchange.response or response
        if self._switched is not None and response.status == 101:
            self._open_tunnel(response, self._switched)
            return
        if response.body.content is not None:
            self._drop_upstream()
            self.reply(response)
            return
        self._let_go(response, length)

    def _let_go(self, response: Response, length: int | None) -> None:
        """Send the head and what was held of the body; the rest streams by itself."""
        pieces, self._pieces = self._pieces or [], None
        done = self._pieces_done
        self._send_response_head(response, length)
        for piece in pieces:
            self.answer_piece(piece)
        if done is not None and done.done():
            if done.result():
                self.answer_ended()
            else:
                self.answer_broken("the backend's answer broke off", stale=False)
        elif self.upstream is not None:
            self.upstream.transport.resume_reading()

    async def _end(self, response: Response, where: FailedAt, rows: Rows) -> None:
        if response.error is None:
            self.reply(response)
            return
        if self.exchange.failed_at == FailedAt.NOWHERE:
            self.exchange.failed_at = where
        exchange = self.exchange
        exchange.last_error, response.error = response.error, None
        exchange.response = response
        await self._finish_on_error(rows.on_error)

    async def _finish_on_error(self, row: Row) -> None:
        exchange = self.exchange
        exchange.state = self
        exchange.section = Section.ON_ERROR
        before = exchange.response
        outcome = await self._run(row)
        answer = outcome or exchange.response or before
        assert answer is not None, "on-error begins with an answer"
        answer.error = None
        self.reply(answer)

    async def _run(self, row: Row) -> Outcome:
        try:
            return await run_waiting_row(row, self.exchange)
        except Exception as error:
            return self.failed(error)

    # --- WebSocket ---

    def _may_shake_hands(self) -> bool:
        # HTTP/1.0 knows no upgrade (RFC 9110, 7.8).
        if not (self.minor and asks_for_websocket(self.method, self.fields)):
            self.exchange.answer_header(b"Connection", b"Upgrade")
            self.exchange.answer_header(b"Upgrade", b"websocket")
            self.reply(not_a_handshake())
            return False
        if self.engine.tunnels >= self.server.limits.tunnels:
            self.reply(too_many_tunnels())
            return False
        return True

    async def _ask_to_switch(self, forwarding: Forwarding) -> None:
        """Pass the handshake on, over a connection of its own."""
        self.forwarding = forwarding
        self._place = None
        try:
            target, path = self._destination()
        except CircuitOpen as error:
            self._stop(circuit_open(error), FailedAt.BACKEND_CONNECT)
            return
        except BramkaError as error:
            self._stop(self._unreachable(error.message), FailedAt.BACKEND_CONNECT)
            return
        forwarded = self.connection.forwarded_fields(self.forwarded_for)
        self._request_head = self._write_head(target, path) + forwarded + SWITCH
        self._backend_started = now = self.engine.monotonic()
        self._deadline = now + forwarding.timeout
        self._switched = None
        self.consumer = _Switching(self)
        await self._connect(self.engine.pool(target))
        # What the caller says next is for the backend, once that agreed.
        self.connection.pause_reading()

    def switched(self, fields: Fields, rest: bytes) -> None:
        """The backend agreed to the handshake."""
        self._deadline = 0.0
        self._backend_done = self.engine.monotonic()
        self._switched = rest
        self.note_answer(101, fields)
        if self.upstream is not None:
            self.upstream.transport.pause_reading()
        headers = Headers(pairs(fields))
        self.exchange.response = Response(101, "Switching Protocols", headers)
        if self._head_done is not None and not self._head_done.done():
            self._head_done.set_result(None)

    def _open_tunnel(self, response: Response, first: bytes) -> None:
        connection, upstream = self.connection, self.upstream
        self._status = 101
        if upstream is None or upstream.transport.is_closing() or connection.queue:
            # The backend is gone, or the caller did not wait for its turn to speak.
            self._drop_upstream()
            self._over()
            self.abort()
            return
        self.upstream = None
        extra = self.exchange.answer_headers or ()
        lines = [*self._lines(response), *(FIELD % pair for pair in extra)]
        self.send(b"HTTP/1.1 101 Switching Protocols\r\n" + b"".join(lines) + SWITCH)
        self.engine.tunnels += 1
        self.answered = True
        Tunnel(connection, upstream.transport, self._tunnel_over).begin(first)

    def _tunnel_over(self, sent: int, received: int) -> None:
        self.engine.tunnels -= 1
        self.exchange.request_size, self.exchange.response_size = sent, received
        # How long people kept it open says nothing of how fast it was.
        self._over(self._backend_done)

    def _stop(self, response: Response, where: FailedAt) -> None:
        if self._head_done is not None and not self._head_done.done():
            self._head_done.set_result(response)
        else:
            super()._stop(response, where)

    def lost(self) -> None:
        task = self._task
        super().lost()
        if task is not None:
            task.cancel()

    def _over(self, now: float = 0.0) -> None:
        super()._over(now)
        # Cycles would wait for the collector, which stalls other calls meanwhile.
        if self._task is not None or self.consumer is not None:
            self.consumer = self._task = None
        if self.exchange.state is not None:
            self.exchange.state = None


class _Switching(Waiting):
    """The same for a call that asked the backend to switch protocols."""

    def __init__(self, passage: Passage) -> None:
        super().__init__(passage)
        self.answer_switched = passage.switched
