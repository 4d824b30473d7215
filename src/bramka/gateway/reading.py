"""Bodies that policies read, and answers that wait for policies, on the detour."""

import asyncio

from bramka.domain.traffic.exchange import Headers, LastError, Response
from bramka.domain.traffic.step import Outcome, Row
from bramka.gateway import access
from bramka.gateway.direct import DirectCall
from bramka.gateway.forwarding import MOST_PENDING
from bramka.wire.fields import Fields, pairs
from bramka.wire.plain_heads import AnswerHead

MOST_BUFFERED = 64 * 1024 * 1024
"""Bytes of a body that policies may have read into memory."""


class ReadingCall(DirectCall):
    """One call, as far as its bodies are held and read."""

    _body_parts: list[bytes] | None = None
    """The request body read so far, when a policy needs it."""
    _body_size = 0
    _body_done: "asyncio.Future[None] | None" = None
    _head_done: "asyncio.Future[Outcome] | None" = None
    """Resolves when the backend's head is here, or it failed."""
    _pieces: list[bytes] | None = None
    """The answer's body, held until policies let it go."""
    _piece_size = 0
    _pieces_done: "asyncio.Future[bool] | None" = None

    @property
    def _backend_reads(self) -> bool:
        """Whether policies of the backend section look into the answer's body."""
        return self.rows is not None and self.rows.backend.reads_response_body

    def _outbound_reads(self, row: Row) -> bool:
        """Whether the answer's body is wanted whole before outbound runs."""
        response = self.exchange.response
        if row.reads_response_body or self.exchange.hears_answer is None:
            return row.reads_response_body
        kind = None if response is None else response.headers.get(b"content-type")
        # Events are for the caller as they come; nobody may hold them back.
        return not (kind or b"").lower().startswith(b"text/event-stream")

    # --- bodies ---

    async def _read_request_body(self) -> bool:
        """Wait for the whole request body; False when the call ended meanwhile."""
        self.want_body()
        self.connection.resume_reading()
        if not self.request_ended:
            self._body_done = asyncio.get_running_loop().create_future()
            await self._body_done
        if self.answered_or_lost:
            return False
        parts = self._body_parts or [self.body or b""]
        self.exchange.request.body.content = b"".join(parts)
        self.exchange.request_size = len(self.exchange.request.body.content)
        self._body_parts = None
        return True

    def received(self, data: bytes) -> None:
        if self._body_parts is None:
            super().received(data)
            return
        self.exchange.request_size += len(data)
        self._body_size += len(data)
        if self._body_done is None:
            # Inbound runs while the body comes; it goes on once a backend is chosen.
            framed = b"%x\r\n%b\r\n" % (len(data), data)
            self._body_parts.append(framed if self.body_chunked else data)
            if self._body_size > MOST_PENDING:
                self.connection.pause_reading()
            return
        if self._body_size > MOST_BUFFERED:
            self._body_done.set_result(None)
            self._body_done = None
            message = f"The body is longer than {MOST_BUFFERED} bytes."
            body = access.gateway_body(413, message)
            headers = Headers([*access.JSON])
            self.reply(Response(413, "Payload Too Large", headers, body))
            return
        self._body_parts.append(data)

    def ended(self) -> None:
        if self._body_done is not None:
            if not self._body_done.done():
                self._body_done.set_result(None)
        elif self._body_parts is None and not self.exchange.request.body_is_known:
            super().ended()

    async def _read_answer_body(self, response: Response) -> Outcome:
        """Wait for the whole body of the answer; an error when it never comes."""
        done = self._pieces_done
        assert done is not None, "an answer without content is still coming"
        if self.upstream is not None:
            self.upstream.transport.resume_reading()
        if not await done:
            error = LastError(
                "forward-request",
                "BackendConnectionFailure",
                "The backend's answer broke off or is too long to be read.",
            )
            return access.internal_error(self.exchange.request_id, error)
        response.body.content = b"".join(self._pieces or ())
        self._pieces = None
        return None

    # --- the upstream's events ---

    def head_came(
        self, status: int, reason: bytes, fields: Fields, length: int | None
    ) -> None:
        """The backend's head, for whoever waits for it."""
        self.note_answer(status, fields)
        self._deadline = 0.0
        self._backend_done = self.engine.monotonic()
        self._backend_status = status
        self._answer_length = self._due(length)
        headers = Headers(pairs(fields))
        response = Response(status, reason.decode("latin-1"), headers, None)
        self.exchange.response = response
        if self.exchange.trace is not None:
            self.exchange.trace.answered(response)
        outcome: Outcome = None
        if self.forwarding.fail_on_error_status_code and status >= 400:
            message = f"The backend answered {status}."
            response.error = LastError(
                "forward-request", "BackendErrorStatusCode", message
            )
            response.body.content = b""
            outcome = response
        if self._head_done is not None and not self._head_done.done():
            self._head_done.set_result(outcome)

    def piece_came(self, data: bytes) -> None:
        """A piece of the answer's body: held, or sent on once policies let it go."""
        if self._pieces is None:
            self.answer_piece(data)
            return
        self._pieces.append(data)
        self._piece_size += len(data)
        row = None if self.rows is None else self.rows.outbound
        if (row is not None and self._outbound_reads(row)) or self._backend_reads:
            if self._piece_size > MOST_BUFFERED:
                self._drop_upstream()
                self._pieces_over(whole=False)
        elif self.upstream is not None:
            self.upstream.transport.pause_reading()

    def end_came(self) -> None:
        """The answer is complete."""
        upstream, self.upstream = self.upstream, None
        if upstream is not None:
            self.answer_trailers = upstream.trailers
            # Its connection may be waiting for the next call already.
            upstream.transport.resume_reading()
        if self._pieces is None:
            self.answer_ended()
        else:
            self._pieces_over(whole=True)

    def break_came(self, reason: str, *, stale: bool) -> None:
        """The backend went away."""
        self.upstream = None
        if self._head_done is not None and not self._head_done.done():
            if not (stale and self._send_again()):
                self._head_done.set_result(self._unreachable(reason))
        elif self._pieces is not None:
            self._pieces_over(whole=False)
        else:
            self.answer_broken(reason, stale=stale)

    def _pieces_over(self, *, whole: bool) -> None:
        if self._pieces_done is not None and not self._pieces_done.done():
            self._pieces_done.set_result(whole)


class Waiting:
    """Tells a call on a detour of the backend's answer."""

    def __init__(self, call: ReadingCall) -> None:
        self.answer_began = call.head_came
        self.answer_piece = call.piece_came
        self.answer_ended = call.end_came
        self.answer_broken = call.break_came
        self.pause_request = call.pause_request
        self.resume_request = call.resume_request

    def answer_whole(self, head: AnswerHead, body: bytes) -> None:
        self.answer_began(head.status, head.reason, head.fields, len(body))
        if body:
            self.answer_piece(body)
        self.answer_ended()
