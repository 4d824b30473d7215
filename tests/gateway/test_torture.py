"""Bytes that other servers were fooled by: each has one reading here, or none.

After RFC 9112 and 9110, and what differential testing of servers has found. What is
refused is refused alone, and behind a good call; what is taken is taken as written,
and the request behind it is the next call.
"""

import asyncio
import re
import socket
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest
from tests.gateway.serving import Serving, open_api, read_body, read_head

HOST = b"Host: gate.example\r\n"
GET = b"GET /echo/a HTTP/1.1\r\n" + HOST
POST = b"POST /echo/a HTTP/1.1\r\n" + HOST
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
NEXT = b"GET /echo/next HTTP/1.1\r\n" + HOST + b"\r\n"
GOOD = POST + b"Content-Length: 4\r\n\r\ngood"


class Noting(Serving):
    """A gateway whose backend notes what reaches it whole."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[bytes, bytes]] = []
        self.fields: dict[bytes, bytes] = {}
        backend = f"http://127.0.0.1:{self.backend(self._note)}"
        self.take(open_api("echo", backend))

    async def _note(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError, ValueError):
            while True:
                line, self.fields = await read_head(reader)
                self.seen.append((line, await read_body(reader, self.fields)))
                body = b"" if line.startswith(b"HEAD") else b"ok"
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + body)

    def say(self, said: bytes) -> list[int]:
        """The statuses that the caller hears who says this and no more."""
        self.seen.clear()
        heard = b""
        caller = socket.create_connection(("127.0.0.1", self.port), timeout=90)
        with closing(caller), suppress(ConnectionError):
            caller.sendall(said)
            caller.shutdown(socket.SHUT_WR)
            while piece := caller.recv(65536):
                heard += piece
        return [int(one) for one in re.findall(rb"HTTP/1\.1 (\d{3}) ", heard)]


@pytest.fixture(scope="module")
def noting() -> Iterator[Noting]:
    with Noting() as serving:
        yield serving


def get(*lines: bytes) -> bytes:
    return GET + b"".join(line + b"\r\n" for line in lines) + b"\r\n"


def post(*lines: bytes) -> bytes:
    return POST + b"".join(line + b"\r\n" for line in lines) + b"\r\n"


def first(line: bytes) -> bytes:
    return line + b"\r\n" + HOST + b"\r\n"


def hosted(host: bytes) -> bytes:
    return b"GET /echo/a HTTP/1.1\r\nHost: " + host + b"\r\n\r\n"


REFUSED: dict[str, bytes] = {
    # Lengths are digits and nothing else (RFC 9110, 8.6).
    "length -0": post(b"Content-Length: -0"),
    "length 1_0": post(b"Content-Length: 1_0") + b"x" * 10,
    "length in octal": post(b"Content-Length: 0o5") + b"hello",
    "length as a float": post(b"Content-Length: 5e0") + b"hello",
    "length in wide digits": post(b"Content-Length: \xef\xbc\x95") + b"hello",
    "length quoted": post(b'Content-Length: "5"') + b"hello",
    "length with a parameter": post(b"Content-Length: 5;") + b"hello",
    "differing lengths": post(b"Content-Length: 5, 6") + b"hello",
    "length behind a comma": post(b"Content-Length: ,5") + b"hello",
    "length above 2^64": post(b"Content-Length: 18446744073709551621") + b"hello",
    # The only coding is chunked, once, spelled so (RFC 9112, 6.1 and 6.3).
    "coding behind a comma": post(b"Transfer-Encoding: ,chunked") + b"0\r\n\r\n",
    "coding before a comma": post(b"Transfer-Encoding: chunked,") + b"0\r\n\r\n",
    "no coding": post(b"Transfer-Encoding: ") + b"0\r\n\r\n",
    "no coding, a length": post(b"Transfer-Encoding: ", b"Content-Length: 5"),
    "coding with a parameter": post(b"Transfer-Encoding: chunked;q=1") + b"0\r\n\r\n",
    "coding behind a form feed": post(b"Transfer-Encoding: \x0cchunked"),
    "coding and NUL": post(b"Transfer-Encoding: chunked\0") + b"0\r\n\r\n",
    "coding and a high byte": post(b"Transfer-Encoding: chunked\xff"),
    "coding in two words": post(b"Transfer-Encoding: ch unked") + b"0\r\n\r\n",
    "space before its colon": post(b"Transfer-Encoding : chunked") + b"0\r\n\r\n",
    "chunked, then identity": post(
        b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity"
    ),
    "identity, then chunked": post(
        b"Transfer-Encoding: identity", b"Transfer-Encoding: chunked"
    ),
    "coding behind a bare LF": POST + b"X: y\nTransfer-Encoding: chunked\r\n\r\n",
    "coding behind a bare CR": POST + b"X: \rTransfer-Encoding: chunked\r\n\r\n",
    # Chunks (RFC 9112, 7.1).
    "extension without a name": CHUNKED + b"5;\r\nhello\r\n0\r\n\r\n",
    "extension that opens a quote": CHUNKED + b'5;a="\r\nhello\r\n0\r\n\r\n',
    "extension with NUL": CHUNKED + b"5;a\0b\r\nhello\r\n0\r\n\r\n",
    "extension with CR": CHUNKED + b"5;a\rb\r\nhello\r\n0\r\n\r\n",
    "extension behind a space": CHUNKED + b"5 ;a=b\r\nhello\r\n0\r\n\r\n",
    "chunk size ends in CR": CHUNKED + b"5\rhello\r\n0\r\n\r\n",
    "chunk size 1_0": CHUNKED + b"1_0\r\n" + b"x" * 16 + b"\r\n0\r\n\r\n",
    "chunk size behind a space": CHUNKED + b" 5\r\nhello\r\n0\r\n\r\n",
    "chunk size before a tab": CHUNKED + b"5\t\r\nhello\r\n0\r\n\r\n",
    "chunk size +5": CHUNKED + b"+5\r\nhello\r\n0\r\n\r\n",
    "chunk size 5h": CHUNKED + b"5h\r\nhello\r\n0\r\n\r\n",
    "chunk size above 2^64": CHUNKED + b"10000000000000005\r\nhello\r\n0\r\n\r\n",
    "last chunk 0x0": CHUNKED + b"5\r\nhello\r\n0x0\r\n\r\n",
    "nothing behind a chunk": CHUNKED + b"5\r\nhello0\r\n\r\n",
    "LF behind a chunk": CHUNKED + b"5\r\nhello\n0\r\n\r\n",
    "CR and more behind a chunk": CHUNKED + b"5\r\nhello\rX0\r\n\r\n",
    "any two bytes behind a chunk": CHUNKED + b"5\r\nhelloXX0\r\n\r\n",
    "LF ends the trailers": CHUNKED + b"5\r\nhello\r\n0\r\n\n",
    "folded trailer": CHUNKED + b"0\r\nX: a\r\n b\r\n\r\n",
    "trailer ends in LF": CHUNKED + b"0\r\nX: a\n\r\n",
    "trailer without a colon": CHUNKED + b"0\r\nX\r\n\r\n",
    "trailer with NUL": CHUNKED + b"0\r\nX: a\0\r\n\r\n",
    "length as a trailer": CHUNKED + b"0\r\nContent-Length: 50\r\n\r\n",
    "coding as a trailer": CHUNKED + b"0\r\nTransfer-Encoding: chunked\r\n\r\n",
    "request as a trailer": CHUNKED + b"0\r\n" + NEXT,
    # Hosts (RFC 9112, 3.2): one, and a valid one.
    "empty host": hosted(b""),
    "port alone": hosted(b":80"),
    "two hosts in one": hosted(b"a, b"),
    "two hosts without a space": hosted(b"a,b"),
    "port in letters": hosted(b"a:b"),
    "two ports": hosted(b"a:1:2"),
    "open bracket": hosted(b"[::1"),
    "host with a fragment": hosted(b"a#b"),
    "host with a query": hosted(b"a?b"),
    "host with a backslash": hosted(b"a\\b"),
    "host in UTF-8": hosted(b"\xc3\xa4.example"),
    "folded host": b"GET /echo/a HTTP/1.1\r\nHost:\r\n a\r\n\r\n",
    "two hosts in HTTP/1.0": b"GET /echo/a HTTP/1.0\r\n" + HOST + HOST + b"\r\n",
    "URL with a user": first(b"GET http://u:p@a/echo/a HTTP/1.1"),
    "URL with a port in letters": first(b"GET http://a:x/echo/a HTTP/1.1"),
    "URL without a host": first(b"GET http:///echo/a HTTP/1.1"),
    # First lines (RFC 9112, 2.3 and 3).
    "HTTP/1": first(b"GET /echo/a HTTP/1"),
    "HTTP/01.1": first(b"GET /echo/a HTTP/01.1"),
    "HTTP/1.01": first(b"GET /echo/a HTTP/1.01"),
    "HTTP/ 1.1": first(b"GET /echo/a HTTP/ 1.1"),
    "http/1.1": first(b"GET /echo/a http/1.1"),
    "space behind the version": first(b"GET /echo/a HTTP/1.1 "),
    "HTTPS/1.1": first(b"GET /echo/a HTTPS/1.1"),
    "tabs for spaces": first(b"GET\t/echo/a\tHTTP/1.1"),
    "form feed for a space": first(b"GET\x0c/echo/a HTTP/1.1"),
    "space before the method": first(b" GET /echo/a HTTP/1.1"),
    "no target": first(b"GET HTTP/1.1"),
    "asterisk with GET": first(b"GET * HTTP/1.1"),
    "endless method": first(b"A" * 5_000 + b" /echo/a HTTP/1.1"),
    "method with a bracket": first(b"G(T /echo/a HTTP/1.1"),
    "lines end in CR": b"GET /echo/a HTTP/1.1\rHost: a\r\r",
    "lines end in CR CR LF": b"GET /echo/a HTTP/1.1\r\r\n" + HOST + b"\r\n",
    "a line of spaces": b"   \r\n\r\n",
    "NUL before all": b"\0" + get(),
    "byte order mark": b"\xef\xbb\xbf" + get(),
    "DEL in the URL": first(b"GET /echo/\x7f HTTP/1.1"),
    "CONNECT with a body": b"CONNECT a:1 HTTP/1.1\r\n"
    + HOST
    + b"Content-Length: 1\r\n",
    # Fields (RFC 9110, 5.5 and 5.6.2).
    "vertical tab in a value": get(b"X-A: a\x0bb"),
    "DEL in a value": get(b"X-A: a\x7fb"),
    "bracket in a name": get(b"[X]: a"),
    "parenthesis in a name": get(b"X(: a"),
    "quote in a name": get(b'"X": a'),
    "at sign in a name": get(b"X@: a"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_it_is_refused_alone_and_behind_a_good_call(kind: str, noting: Noting) -> None:
    said = REFUSED[kind]
    said += b"" if said.endswith(b"\r\n\r\n") or b"\r\n\r\n" in said else b"\r\n"
    assert noting.say(said) == [400]
    assert noting.seen == []
    assert noting.say(GOOD + said + NEXT) == [200, 400]
    assert noting.seen == [(b"POST /a HTTP/1.1", b"good")]


HELLO = (b"POST /a HTTP/1.1", b"hello")
NOTHING = (b"POST /a HTTP/1.1", b"")
TAKEN: dict[str, tuple[bytes, tuple[bytes, bytes]]] = {
    "length with zeros": (post(b"Content-Length: 0005") + b"hello", HELLO),
    "length 00": (post(b"Content-Length: 00"), NOTHING),
    "length in 400 digits": (
        post(b"Content-Length: " + b"0" * 400 + b"5") + b"hello",
        HELLO,
    ),
    "length between blanks": (post(b"Content-Length:\t 5 \t") + b"hello", HELLO),
    "length without a blank": (post(b"Content-Length:5") + b"hello", HELLO),
    "coding in capitals": (
        post(b"TRANSFER-ENCODING: CHUNKED") + b"5\r\nhello\r\n0\r\n\r\n",
        HELLO,
    ),
    "coding between blanks": (
        post(b"Transfer-Encoding:\tchunked ") + b"5\r\nhello\r\n0\r\n\r\n",
        HELLO,
    ),
    "extensions": (
        CHUNKED + b'5;a=b;c="d;e"\r\nhello\r\n0;z\r\n\r\n',
        HELLO,
    ),
    "sizes with zeros": (CHUNKED + b"0" * 40 + b"5\r\nhello\r\n000\r\n\r\n", HELLO),
    "a host behind the body": (
        CHUNKED + b"5\r\nhello\r\n0\r\nHost: evil\r\n\r\n",
        HELLO,
    ),
    "length named by Connection": (
        post(b"Connection: content-length", b"Content-Length: 5") + b"hello",
        HELLO,
    ),
    "coding named by Connection": (
        post(b"Connection: transfer-encoding", b"Transfer-Encoding: chunked")
        + b"5\r\nhello\r\n0\r\n\r\n",
        HELLO,
    ),
    "GET with a body": (
        get(b"Content-Length: 5") + b"hello",
        (b"GET /a HTTP/1.1", b"hello"),
    ),
    "HEAD with a body": (
        get(b"Content-Length: 5").replace(b"GET", b"HEAD") + b"hello",
        (b"HEAD /a HTTP/1.1", b"hello"),
    ),
    "a length that is none": (post(b"Content_Length: 80"), NOTHING),
    "a coding that is none": (post(b"Transfer_Encoding: chunked"), NOTHING),
    "an upgrade to HTTP/2": (
        get(b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c"),
        (b"GET /a HTTP/1.1", b""),
    ),
    "a WebSocket by POST": (
        post(b"Connection: Upgrade", b"Upgrade: websocket"),
        NOTHING,
    ),
    "an IPv6 host": (hosted(b"[::1]:80"), (b"GET /a HTTP/1.1", b"")),
    "dots that go up": (
        first(b"GET /other/../echo/a HTTP/1.1"),
        (b"GET /a HTTP/1.1", b""),
    ),
    "encoded line ends": (
        first(b"GET /echo/a%0d%0aX:y HTTP/1.1"),
        (b"GET /a%0d%0aX:y HTTP/1.1", b""),
    ),
    "all of a name": (get(b"X!#$%&'*+-.^_`|~9: a"), (b"GET /a HTTP/1.1", b"")),
    "HTTP/1.0 that goes on": (
        b"GET /echo/a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        (b"GET /a HTTP/1.1", b""),
    ),
}


@pytest.mark.parametrize("kind", TAKEN)
def test_it_is_taken_as_it_is_and_the_next_behind_it(kind: str, noting: Noting) -> None:
    said, seen = TAKEN[kind]
    assert noting.say(said + NEXT) == [200, 200]
    assert noting.seen == [seen, (b"GET /next HTTP/1.1", b"")]


@pytest.mark.parametrize(
    "said",
    [
        get(b"Connection: CLOSE"),
        get(b"Connection: close, keep-alive"),
        get(b"Connection: keep-alive", b"Connection: close"),
        first(b"GET /echo/a HTTP/1.0"),
    ],
)
def test_nothing_is_read_behind_the_last_call(said: bytes, noting: Noting) -> None:
    assert noting.say(said + NEXT) == [200]
    assert len(noting.seen) == 1


def test_the_host_of_a_url_counts_and_not_the_field(noting: Noting) -> None:
    policy = """<policies><inbound /><backend><forward-request /></backend><outbound>
      <set-header name="Seen"><value>@(context.Request.OriginalUrl.Host)</value>
      </set-header></outbound><on-error /></policies>"""
    backend = f"http://127.0.0.1:{noting.backend(noting._note)}"
    noting.take(open_api("echo", backend), policy=policy)
    with closing(socket.create_connection(("127.0.0.1", noting.port), 10)) as caller:
        caller.sendall(first(b"GET http://own.example/echo/a HTTP/1.1"))
        assert b"\r\nSeen: own.example\r\n" in caller.recv(65536)


@pytest.mark.parametrize(
    "name", [b"X_Forwarded_For", b"Content_Length", b"transfer_encoding", b"Te"]
)
def test_no_field_of_ours_reaches_the_backend_by_another_spelling(
    name: bytes, noting: Noting
) -> None:
    assert noting.say(get(name + b": 203.0.113.9")) == [200]
    assert name.lower() not in noting.fields
