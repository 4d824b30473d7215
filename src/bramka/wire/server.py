"""Listening: connections, limits and time-outs; and a server of whole messages."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from email.utils import formatdate
from functools import partial
from typing import Any, Protocol

from bramka.domain.clock import Clock
from bramka.wire.connection import Call, Connection, Limits, Link
from bramka.wire.fields import EXPECT, HOST, LENGTH
from bramka.wire.message import Answer, Handler, Request
from bramka.wire.plain_heads import RequestHead

log = logging.getLogger(__name__)

MOST_HEADS_KEPT = 4096
LONGEST_HEAD_KEPT = 2048

Refusal = Callable[[int, str], Answer]
"""Makes the answer to a request that broke a limit or the protocol."""


def plain_refusal(status: int, message: str) -> Answer:
    """A refusal in the JSON shape of the gateway."""
    text = message.replace("\\", "\\\\").replace('"', '\\"')
    body = f'{{ "statusCode": {status}, "message": "{text}" }}'.encode()
    return Answer(status, body, [(b"Content-Type", b"application/json")])


class Closable(Protocol):
    """What listens, as far as it is stopped."""

    def close(self) -> None: ...


class Server:
    """A listening socket and its connections."""

    def __init__(
        self,
        make_call: "Callable[[Server, Connection], Call]",
        *,
        clock: Clock,
        limits: Limits,
        refuse: Refusal = plain_refusal,
    ) -> None:
        self.make_call: Callable[[Connection], Call] = partial(make_call, self)
        self.clock = clock
        self.limits = limits
        self.connections: set[Link] = set()
        self.heads: dict[bytes, RequestHead] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.now = clock.monotonic()
        """The monotonic clock, to the second: time-outs need no more."""
        self.date = b""
        """The Date header line, renewed each second."""
        self.stopping = False
        self.refuses_host: Callable[[bytes], int] | None = None
        """The status to refuse a Host with, 0 to let it in; None: all are let in."""
        self._refuse = refuse
        self._listeners: list[Closable] = []
        self._timer: asyncio.TimerHandle | None = None
        self._tick()

    async def listen(
        self,
        host: str,
        port: int,
        *,
        scheme: str = "http",
        reuse_port: bool = False,
    ) -> int:
        """Listen; gives the port, which is a free one when 0 was asked for.

        `scheme` is https when TLS ends in front of this process.
        """
        # Its sockets are a list with uvloop, a tuple by asyncio's types.
        listener: Any = await asyncio.get_running_loop().create_server(
            lambda: Connection(self, scheme),
            host,
            port,
            backlog=self.limits.backlog,
            reuse_port=reuse_port or None,
        )
        self._listeners.append(listener)
        return int(listener.sockets[0].getsockname()[1])

    def close(self) -> None:
        """Stop at once; calls in progress are cut."""
        self.stopping = True
        for listener in self._listeners:
            listener.close()
        for connection in tuple(self.connections):
            connection.abort()
        if self._timer is not None:
            self._timer.cancel()

    def stop_with(self, listener: Closable) -> None:
        """Close `listener` too when the server stops."""
        self._listeners.append(listener)

    def keep_head(self, text: bytes, head: RequestHead) -> None:
        if len(text) <= LONGEST_HEAD_KEPT:
            if len(self.heads) >= MOST_HEADS_KEPT:
                self.heads.clear()
            self.heads[text] = head

    def refusal(self, status: int, message: str) -> bytes:
        """The bytes of a refusal that also closes the connection."""
        return self.write_answer(self._refuse(status, message), keep_alive=False)

    def answer_to_failure(self) -> Answer:
        """What a caller gets when we failed; the log has the reason."""
        return self._refuse(500, "Internal server error")

    def write_answer(
        self, answer: Answer, *, keep_alive: bool, head_only: bool = False
    ) -> bytes:
        """An answer as bytes."""
        lines = [
            b"HTTP/1.1 %d %s\r\n" % (answer.status, answer.reason.encode("latin-1")),
            self.date,
        ]
        lines += [b"%s: %s\r\n" % pair for pair in answer.headers]
        has_body = answer.status >= 200 and answer.status not in (204, 304)
        if has_body:
            lines.append(b"Content-Length: %d\r\n" % len(answer.body))
        lines.append(b"\r\n" if keep_alive else b"Connection: close\r\n\r\n")
        if has_body and not head_only:
            lines.append(answer.body)
        return b"".join(lines)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run `work` beside the connections; the server holds and logs it."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._task_done)
        return task

    def _task_done(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a task failed", exc_info=error)

    async def stop(self, grace: float = 5.0) -> None:
        """Stop listening, let calls in progress end for `grace` seconds, close."""
        self.stopping = True
        for listener in self._listeners:
            listener.close()
        for connection in tuple(self.connections):
            connection.wind_down()
        deadline = self.clock.monotonic() + grace
        # Calls end by themselves; nothing tells when the last one did.
        while self.connections and self.clock.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        for connection in tuple(self.connections):
            connection.abort()
        for task in tuple(self.tasks):
            task.cancel()
        if self._timer is not None:
            self._timer.cancel()

    def _tick(self) -> None:
        self.now = self.clock.monotonic()
        stamp = formatdate(self.clock.now(), usegmt=True)
        self.date = f"Date: {stamp}\r\n".encode()
        for connection in tuple(self.connections):
            connection.tick(self.now)
        try:
            self._timer = asyncio.get_running_loop().call_later(1.0, self._tick)
        except RuntimeError:
            self._timer = None  # Made outside of a loop; listen() has one.


class _WholeCall(Call):
    """Collects the body, asks the handler, sends its answer."""

    def __init__(
        self, server: Server, connection: Connection, handler: Handler
    ) -> None:
        super().__init__(connection)
        self.server = server
        self.handler = handler
        self.parts: list[bytes] = []
        self.size = 0

    def started(self) -> None:
        if self.body is not None and len(self.body) <= self.server.limits.body_bytes:
            self.parts.append(self.body)
            self.ended()
            return
        hosts = 0
        for field in self.fields:
            if field.kind == LENGTH:
                # llhttp lets digits only through.
                if int(field.value) > self.server.limits.body_bytes:
                    self.too_large()
                    return
            elif field.kind == HOST:
                hosts += 1
            elif field.kind == EXPECT:
                expected = field.value.lower()
                version = self.connection.parser.get_http_version()
                self.expects_continue = (expected, version) == (b"100-continue", "1.1")
        if hosts != 1 and self.connection.parser.get_http_version() == "1.1":
            self.connection.refuse(
                400, "a request needs exactly one Host, a valid one", self
            )
            return
        self.want_body()

    def received(self, data: bytes) -> None:
        self.size += len(data)
        if self.size > self.server.limits.body_bytes:
            self.too_large()
        else:
            self.parts.append(data)

    def too_large(self) -> None:
        limit = self.server.limits.body_bytes
        self.parts.clear()
        self.connection.refuse(413, f"the body is longer than {limit} bytes", self)

    def ended(self) -> None:
        parts = self.parts
        target = self.target
        if target[:1] != b"/" and b"://" in target:
            # As proxies are asked; servers have to take it as well.
            target = b"/" + target.partition(b"://")[2].partition(b"/")[2]
        path, _, query = target.partition(b"?")
        request = Request(
            self.method.decode("latin-1"),
            path.decode("latin-1"),
            query.decode("latin-1"),
            [(field.lower, field.value) for field in self.fields],
            parts[0] if len(parts) == 1 else b"".join(parts),
            self.connection.peer,
        )
        try:
            answer = self.handler(request)
        except Exception:
            log.exception("the handler of %s failed", request.path)
            self.reply(self.server.answer_to_failure())
            return
        if isinstance(answer, Answer):
            self.reply(answer)
        else:
            self.server.spawn(self.reply_later(answer, request.path))

    async def reply_later(self, answer: Awaitable[Answer], path: str) -> None:
        try:
            self.reply(await answer)
        except Exception:
            log.exception("the handler of %s failed", path)
            self.reply(self.server.answer_to_failure())

    def reply(self, answer: Answer) -> None:
        if self.answered:
            return
        head_only = self.method == b"HEAD"
        self.send(
            self.server.write_answer(
                answer, keep_alive=self.keep_alive, head_only=head_only
            )
        )
        self.finish()


def whole_server(
    handler: Handler,
    *,
    clock: Clock,
    limits: Limits,
    refuse: Refusal = plain_refusal,
) -> Server:
    """A server that gives `handler` each request with its whole body."""

    def make_call(server: Server, connection: Connection) -> Call:
        return _WholeCall(server, connection, handler)

    return Server(make_call, clock=clock, limits=limits, refuse=refuse)
