"""WebSockets at their worst: odd handshakes open nothing, odd frames pass unread."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import closing

import pytest
from tests.gateway.serving import Serving, open_api, read_head

UPGRADE = b"Upgrade: websocket\r\n"
AGREED = b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\n" + UPGRADE
HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: h\r\n\r\n"


class Raw(Serving):
    """A gateway with a WebSocket API; its backend says `answer`, then repeats all."""

    def __init__(self) -> None:
        super().__init__()
        self.answer = AGREED + b"\r\n"
        url = f"ws://127.0.0.1:{self.backend(self._repeat)}"
        self.take(open_api("echo", url, type="websocket", protocols=("ws", "wss")))

    async def _repeat(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await read_head(reader)
        writer.write(self.answer)
        while data := await reader.read(65536):
            writer.write(data)

    def caller(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=90)


@pytest.fixture(scope="module")
def raw() -> Iterator[Raw]:
    with Raw() as serving:
        yield serving


def shake(
    *more: bytes,
    line: bytes = b"GET /echo/x HTTP/1.1",
    connection: bytes = b"Connection: Upgrade\r\n",
    upgrade: bytes = UPGRADE,
) -> bytes:
    key = (
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    )
    return b"".join(
        (line, b"\r\nHost: h\r\n", connection, upgrade, key, *more, b"\r\n")
    )


def head_of(caller: socket.socket) -> bytes:
    """What comes until the end of a head."""
    heard = b""
    while not heard.endswith(b"\r\n\r\n"):
        heard += caller.recv(1)
    return heard


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (shake(line=b"GET /echo/x HTTP/1.0"), 426),
        (shake(connection=b""), 426),
        (shake(connection=b"Connection: close\r\n"), 426),
        (shake(upgrade=b""), 426),
        (shake(upgrade=b"Upgrade: h2c\r\n"), 426),
        (shake(upgrade=b"Upgrade: websockets\r\n"), 426),
        (shake(line=b"POST /echo/x HTTP/1.1"), 404),
        (shake(b"Content-Length: 5\r\n") + b"hello", 400),
        (shake(b"Transfer-Encoding: chunked\r\n") + b"0\r\n\r\n", 400),
    ],
)
def test_what_is_no_handshake_opens_nothing(raw: Raw, said: bytes, status: int) -> None:
    with closing(raw.caller()) as caller:
        caller.sendall(said)
        assert head_of(caller).startswith(b"HTTP/1.1 %d " % status)
    assert raw.do(lambda: raw.gateway.engine.tunnels) == 0


@pytest.mark.parametrize(
    "said",
    [
        shake(upgrade=b"Upgrade: h2c, WebSocket\r\n"),
        shake(b"Upgrade: h2c\r\n"),
        shake(connection=b"Connection: keep-alive, UPGRADE\r\n"),
        shake(b"Content-Length: 0\r\n"),
    ],
)
def test_a_handshake_is_one_in_any_spelling(raw: Raw, said: bytes) -> None:
    with closing(raw.caller()) as caller:
        caller.sendall(said)
        head = head_of(caller)
        assert head.startswith(b"HTTP/1.1 101 ")
        assert b"\r\nUpgrade: websocket\r\n" in head


@pytest.fixture
def answering(raw: Raw) -> Iterator[Raw]:
    before = raw.answer
    yield raw
    raw.answer = before


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b"HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno", 426),
        (b"HTTP/1.1 200 OK\r\n" + UPGRADE + b"Content-Length: 2\r\n\r\nno", 200),
        (b"HTTP/1.1 101 Odd\r\n\r\n", 500),
        (b"HTTP/1.1 101 Odd\r\n" + UPGRADE + b"\r\n", 500),
        (AGREED.replace(b"websocket", b"h2c") + b"\r\n", 500),
        (AGREED + b"X: a\rb\r\n\r\n", 500),
        (b"\x81\x02hi", 500),
    ],
)
def test_nothing_is_hidden_behind_a_handshake_that_failed(
    answering: Raw, answer: bytes, status: int
) -> None:
    answering.answer = answer
    with closing(answering.caller()) as caller:
        caller.sendall(shake())
        assert head_of(caller).startswith(b"HTTP/1.1 %d " % status)
        if status != 500:
            # The next request is one more for the gateway, not for the backend.
            caller.sendall(HIDDEN)
            assert caller.recv(2) == b"no"
            assert head_of(caller).startswith(b"HTTP/1.1 404 ")
    assert answering.do(lambda: answering.gateway.engine.tunnels) == 0


FRAMES = {
    "not masked": b"\x81\x05hello",
    "masked with zeros": b"\x81\x85\0\0\0\0hello",
    "ping in two frames": b"\x09\x80\0\0\0\0" + b"\x80\x80\0\0\0\0",
    "ping of 126 bytes": b"\x89\xfe\0\x7e\0\0\0\0" + b"p" * 126,
    "length longer than need be": b"\x81\xff" + b"\0" * 7 + b"\x05" + b"\0\0\0\0hello",
    "length of 2^63": b"\x82\xff\x80" + b"\0" * 7 + b"\0\0\0\0",
    "unknown opcodes": b"\x83\x80\0\0\0\0\x8b\x80\0\0\0\0",
    "reserved bits": b"\xf1\x80\0\0\0\0",
    "continuation of nothing": b"\x80\x81\0\0\0\0x",
    "text within text": b"\x01\x81\0\0\0\0x\x81\x81\0\0\0\0y",
    "text that is not UTF-8": b"\x81\x82\0\0\0\0\xc0\xaf",
    "close of one byte": b"\x88\x81\0\0\0\0\x03",
    "close 1005": b"\x88\x82\0\0\0\0\x03\xed",
    "close 65535": b"\x88\x82\0\0\0\0\xff\xff",
    "frames behind a close": b"\x88\x80\0\0\0\0\x81\x81\0\0\0\0z",
    "a request of HTTP": HIDDEN,
}


def test_frames_of_all_kinds_pass_unread(raw: Raw) -> None:
    with closing(raw.caller()) as caller:
        caller.sendall(shake())
        head_of(caller)
        for kind, frame in FRAMES.items():
            caller.sendall(frame)
            heard = b""
            while len(heard) < len(frame):
                heard += caller.recv(65536)
            assert heard == frame, kind
