"""A server of whole messages fed by hand: no socket, time stands still."""

import asyncio
from collections.abc import Iterable
from typing import Any

import httptools

from bramka.testing import FakeClock
from bramka.wire.connection import Connection, Limits
from bramka.wire.message import Answer, Handler, Request
from bramka.wire.server import Server, whole_server


class Wire(asyncio.Transport):
    """What a connection writes to; keeps it, and what was asked of it."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""
        self.closed = False
        self.aborted = False
        self.paused = False

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return ("192.0.2.7", 50_000) if name == "peername" else default

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self.closed, "nothing may be written after the end"
        self.sent += bytes(data)

    def get_write_buffer_size(self) -> int:
        return 0

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = self.aborted = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False


def echo(request: Request) -> Answer:
    """Answers with what was understood."""
    names = b",".join(name for name, _ in request.headers)
    first = f"{request.method} {request.path}?{request.query} ".encode("latin-1")
    return Answer(200, first + names + b" " + request.body)


class Listening:
    """One connection to a server, and the requests it has handed on."""

    def __init__(self, handler: Handler = echo, limits: Limits | None = None) -> None:
        self.clock = FakeClock()
        self.requests: list[Request] = []

        def note(request: Request) -> Any:
            self.requests.append(request)
            return handler(request)

        self.server: Server = whole_server(
            note, clock=self.clock, limits=limits or Limits()
        )
        self.wire = Wire()
        self.connection = Connection(self.server, "http")
        self.connection.connection_made(self.wire)

    def feed(self, pieces: Iterable[bytes]) -> "Listening":
        for piece in pieces:
            if self.wire.closed:
                break
            self.connection.data_received(piece)
        return self

    def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.server.now = self.clock.monotonic()
        for connection in tuple(self.server.connections):
            connection.tick(self.server.now)

    @property
    def statuses(self) -> list[int]:
        return [status for status, _ in answers_in(self.wire.sent)]


class _Answers:
    def __init__(self) -> None:
        self.found: list[tuple[int, bytes]] = []
        self.parser = httptools.HttpResponseParser(self)

    def on_headers_complete(self) -> None:
        if self.parser.get_status_code() >= 200:
            self.found.append((self.parser.get_status_code(), b""))

    def on_body(self, data: bytes) -> None:
        status, body = self.found.pop()
        self.found.append((status, body + data))


def answers_in(sent: bytes) -> list[tuple[int, bytes]]:
    """Status and body of every answer, as a strict client reads them."""
    reading = _Answers()
    reading.parser.feed_data(sent)
    return reading.found
