"""Answers that fool proxies: none reaches a caller but as one whole answer, or none."""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, suppress

import pytest
from tests.gateway.serving import Serving, open_api, read_head

OK = b"HTTP/1.1 200 OK\r\n"
FIVE = b"Content-Length: 5\r\n\r\nhello"
EVIL = b"HTTP/1.1 200 OK\r\nX-Evil: 1\r\nContent-Length: 4\r\n\r\nevil"
ASK = b"GET /echo/a HTTP/1.1\r\nHost: h\r\n\r\n"
Say = Callable[[asyncio.StreamWriter], Awaitable[None]]


class Lying(Serving):
    """A gateway whose backend says what it is told to say, and closes."""

    def __init__(self) -> None:
        super().__init__()
        self.answer: bytes | Say = b""
        self.take(open_api("echo", f"http://127.0.0.1:{self.backend(self._lie)}"))

    async def _lie(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            await read_head(reader)
            if isinstance(self.answer, bytes):
                writer.write(self.answer)
                await writer.drain()
            else:
                await self.answer(writer)

    def heard(self, answer: bytes | Say) -> bytes:
        """All that the caller of two calls hears, if the first is answered so."""
        self.answer = answer
        heard = b""
        caller = socket.create_connection(("127.0.0.1", self.port), timeout=90)
        with closing(caller), suppress(ConnectionError):
            caller.sendall(ASK)
            caller.shutdown(socket.SHUT_WR)
            while piece := caller.recv(65536):
                heard += piece
        return heard


@pytest.fixture(scope="module")
def lying() -> Iterator[Lying]:
    with Lying() as serving:
        yield serving


NONE = {
    "status below 100": b"HTTP/1.1 099 X\r\nContent-Length: %d\r\n\r\n" % len(EVIL)
    + EVIL,
    "status 0": b"HTTP/1.1 000 X\r\n" + FIVE,
    "status of four digits": b"HTTP/1.1 1000 X\r\n" + FIVE,
    "status of two digits": b"HTTP/1.1 20 X\r\n" + FIVE,
    "another protocol": b"ICY 200 OK\r\n\r\nhello",
    "version 1.2": b"HTTP/1.2 200 X\r\n" + FIVE,
    "no head": b"hello",
    "CR in the reason": b"HTTP/1.1 200 O\rK\r\n" + FIVE,
    "length and chunks": OK + b"Transfer-Encoding: chunked\r\n" + FIVE,
    "two equal lengths": OK + b"Content-Length: 5\r\n" + FIVE,
    "a list of lengths": OK + b"Content-Length: 5, 5\r\n\r\nhello",
    "length -1": OK + b"Content-Length: -1\r\n\r\nhello",
    "length +5": OK + b"Content-Length: +5\r\n\r\nhello",
    "length above 2^64": OK + b"Content-Length: 99999999999999999999\r\n\r\nhello",
    "space behind its name": OK + b"Content-Length : 5\r\n\r\nhello",
    "coded by gzip": OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "chunks, then gzip": OK + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    "chunks of chunks": OK + b"Transfer-Encoding: chunked\r\n" * 2 + b"\r\n0\r\n\r\n",
    "coded by nothing": OK + b"Transfer-Encoding: identity\r\n\r\nhello",
    "unknown coding": OK + b"Transfer-Encoding: x\r\n\r\nhello",
    "folded field": OK + b"X-A: a\r\n b\r\n" + FIVE,
    "lines end in LF": b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
    "CR in a value": OK + b"X-A: a\rb\r\n" + FIVE,
    "NUL in a value": OK + b"X-A: a\0b\r\n" + FIVE,
    "no colon": OK + b"X-A\r\n" + FIVE,
    "space in a name": OK + b"X A: b\r\n" + FIVE,
    "chunk of no size": OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello",
}


@pytest.mark.parametrize("kind", NONE)
def test_what_is_no_answer_is_an_error_and_nothing_of_it_passes(
    kind: str, lying: Lying
) -> None:
    heard = lying.heard(NONE[kind])
    assert b"hello" not in heard
    assert b"evil" not in heard.lower()
    statuses = re.findall(rb"HTTP/1\.1 (\d+)", heard)
    # A body that breaks off breaks the connection off: its head may have gone out.
    assert statuses in ([b"500"], [])
    assert statuses or kind == "chunk of no size"


ONE = {
    "more than its length": (OK + FIVE + EVIL, 200, b"hello"),
    "a body of a 204": (b"HTTP/1.1 204 X\r\n\r\n" + EVIL, 204, b""),
    "a length of a 204": (b"HTTP/1.1 204 X\r\n" + FIVE, 204, b""),
    "a body of a 304": (b"HTTP/1.1 304 X\r\n" + FIVE, 304, b""),
    "many that think": (
        b"HTTP/1.1 103 X\r\nA: b\r\n\r\n" * 99 + OK + FIVE,
        200,
        b"hello",
    ),
    "an odd one first": (b"HTTP/1.1 199 X\r\n\r\n" + OK + FIVE, 200, b"hello"),
    "empty lines first": (b"\r\n\r\n" + OK + FIVE, 200, b"hello"),
    "no reason": (b"HTTP/1.1 200\r\n" + FIVE, 200, b"hello"),
    "a status of tomorrow": (b"HTTP/1.1 599 X\r\n" + FIVE, 599, b"hello"),
}


@pytest.mark.parametrize("kind", ONE)
def test_what_is_an_answer_is_one_answer(kind: str, lying: Lying) -> None:
    answer, status, body = ONE[kind]
    head, _, told = lying.heard(answer).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert told == body


def endless(start: bytes, piece: bytes) -> Say:
    async def say(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        # Should nobody hang up, there is an end all the same.
        for _ in range(256):
            writer.write(piece)
            await writer.drain()

    return say


MUCH = b"a" * 65536
CHUNKS = OK + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (OK + b"X-A: ", MUCH),
        (OK, b"X-A: b\r\n" * 8192),
        (b"", b"HTTP/1.1 103 X\r\n\r\n" * 4096),
        (b"HTTP/1.1 200 ", MUCH),
    ],
    ids=["value", "fields", "thinking", "reason"],
)
def test_a_head_without_end_is_an_error(
    start: bytes, piece: bytes, lying: Lying
) -> None:
    assert lying.heard(endless(start, piece)).startswith(b"HTTP/1.1 500 ")


@pytest.mark.parametrize(
    ("start", "piece"),
    [(CHUNKS + b"5;", MUCH), (CHUNKS + b"0\r\nX-A: ", MUCH)],
    ids=["extension", "trailer"],
)
def test_framing_without_end_breaks_the_answer_off(
    start: bytes, piece: bytes, lying: Lying
) -> None:
    assert not lying.heard(endless(start, piece)).endswith(b"0\r\n\r\n")
    assert lying.heard(OK + FIVE).endswith(b"hello")


def test_many_small_chunks_are_a_body(lying: Lying) -> None:
    chunks = CHUNKS + b"1\r\nx\r\n" * 70_000 + b"0\r\n\r\n"
    heard = lying.heard(chunks)
    assert heard.endswith(b"0\r\n\r\n")
    assert heard.count(b"x") >= 70_000
