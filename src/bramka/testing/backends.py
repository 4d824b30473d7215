"""Backends in memory: they answer as told and note what they were asked."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import cast

import httptools

from bramka.gateway.forwarder import Upstream
from bramka.gateway.target import Target

Fields = Sequence[tuple[str, str]]


class Message:
    """What calls and replies have in common."""

    headers: Fields
    body: bytes

    def header(self, name: str) -> str | None:
        """The values of a header joined by a comma; None without the header."""
        values = self.headers_of(name)
        return ",".join(values) if values else None

    def headers_of(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(frozen=True)
class Call(Message):
    """A request that reached a backend."""

    method: str
    host: str
    """Where the connection went; the Host header may say something else."""
    target: str
    headers: Fields = ()
    body: bytes = b""

    @property
    def url(self) -> str:
        return f"{self.host}{self.target}"


@dataclass(frozen=True)
class Reply(Message):
    """An answer, a backend's or the gateway's."""

    status: int = 200
    body: bytes = b""
    headers: Fields = ()
    reason: str = ""
    delay: float = field(default=0.0, compare=False)
    """Seconds that the backend takes."""

    def written(self, *, head_only: bool = False) -> bytes:
        reason = self.reason or HTTPStatus(self.status).phrase
        lines = [f"HTTP/1.1 {self.status} {reason}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        lines += [f"Content-Length: {len(self.body)}", "", ""]
        body = b"" if head_only else self.body
        return "\r\n".join(lines).encode("latin-1") + body


Answer = Callable[[Call], Reply]
"""How a backend answers; an OSError it raises breaks the connection."""


class FakeBackends:
    """Hosts by name; gives the gateway the connections it dials."""

    def __init__(self, hosts: Mapping[str, Reply | Answer] | None = None) -> None:
        self.hosts = dict(hosts or {})
        self.calls: list[Call] = []
        """Every request that reached a backend, in order."""
        self.dialled: list[Target] = []
        """Every connection that was asked for."""

    async def __call__(self, target: Target, make: Callable[[], Upstream]) -> Upstream:
        """Dial `target`."""
        self.dialled.append(target)
        if target.host not in self.hosts:
            raise OSError(f"there is no host {target.host}")
        loop = asyncio.get_running_loop()
        upstream = make()
        connect(loop, upstream, _Backend(self, target.host))
        return upstream

    def reply(self, call: Call) -> Reply:
        self.calls.append(call)
        answer = self.hosts[call.host]
        return answer if isinstance(answer, Reply) else answer(call)


class _Backend(asyncio.Protocol):
    """The backend's end of one connection."""

    def __init__(self, backends: FakeBackends, host: str) -> None:
        self._backends = backends
        self._host = host
        self._parser = httptools.HttpRequestParser(self)
        self._transport: Pipe | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("Pipe", transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self._target = b""
        self._fields: list[tuple[str, str]] = []
        self._body = b""

    def on_url(self, url: bytes) -> None:
        self._target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._fields.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_body(self, data: bytes) -> None:
        self._body += data

    def on_message_complete(self) -> None:
        assert self._transport is not None, "bytes come over a connection"
        method = self._parser.get_method().decode()
        target = self._target.decode("latin-1")
        call = Call(method, self._host, target, self._fields, self._body)
        try:
            reply = self._backends.reply(call)
        except OSError:
            self._transport.abort()
            return
        data = reply.written(head_only=method == "HEAD")
        if reply.delay:
            self._transport.loop.call_later(reply.delay, self._transport.write, data)
        else:
            self._transport.write(data)


class Pipe(asyncio.Transport):
    """One end of a connection in memory."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__({"peername": ("192.0.2.1", 50_000)})
        self.loop = loop
        self.peer: Pipe | None = None
        self.protocol = cast("asyncio.Protocol", None)
        self._closing = False
        self._paused = False
        self._held: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        peer = self.peer
        if not self._closing and peer is not None:
            self.loop.call_soon(peer._take, bytes(data))  # noqa: SLF001 the other end

    def writelines(self, pieces: object) -> None:
        self.write(b"".join(cast("list[bytes]", pieces)))

    def pause_reading(self) -> None:
        self._paused = True

    def resume_reading(self) -> None:
        self._paused = False
        held, self._held = self._held, []
        for data in held:
            self.loop.call_soon(self._take, data)

    def is_reading(self) -> bool:
        return not self._paused

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            self.loop.call_soon(self.protocol.connection_lost, None)
            if self.peer is not None:
                self.loop.call_soon(self.peer.close)

    def abort(self) -> None:
        self.close()

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(
        self, high: int | None = None, low: int | None = None
    ) -> None:
        """Nothing is ever held up here."""

    def _take(self, data: bytes) -> None:
        if self._paused:
            self._held.append(data)
        elif not self._closing:
            self.protocol.data_received(data)


def connect(
    loop: asyncio.AbstractEventLoop, one: asyncio.Protocol, other: asyncio.Protocol
) -> None:
    """Connect two protocols with each other."""
    ends = Pipe(loop), Pipe(loop)
    ends[0].peer, ends[1].peer = ends[1], ends[0]
    ends[0].protocol, ends[1].protocol = one, other
    other.connection_made(ends[1])
    one.connection_made(ends[0])
