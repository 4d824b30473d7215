"""HTTP/1.1 spoken badly: refused with a 4xx, closed, and nothing slips through."""

import asyncio
import socket

import pytest
from tests.gateway.conftest import OpenBackend, OpenGate
from tests.gateway.rig import Backend, Gate, api, configure

from bramka.domain.errors import Invalid
from bramka.wire.connection import Limits

HOST = b"Host: gate.example\r\n"
GET = b"GET /echo/a HTTP/1.1\r\n" + HOST
POST = b"POST /echo/a HTTP/1.1\r\n" + HOST
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
SMUGGLED = b"GET /echo/smuggled HTTP/1.1\r\n" + HOST + b"\r\n"
SMALL = Limits(head_bytes=32 * 1024, body_bytes=64 * 1024)


def post(*lines: bytes) -> bytes:
    return POST + b"".join(line + b"\r\n" for line in lines) + b"\r\n"


KINDS: dict[str, tuple[bytes, int]] = {
    # Two ways to tell where the body ends.
    "length and chunked": (
        post(b"Content-Length: 5", b"Transfer-Encoding: chunked") + b"0\r\n\r\n",
        400,
    ),
    "chunked and length": (
        post(b"Transfer-Encoding: chunked", b"Content-Length: 5") + b"0\r\n\r\n",
        400,
    ),
    "two equal lengths": (post(b"Content-Length: 5", b"Content-Length: 5"), 400),
    "two lengths": (post(b"Content-Length: 5", b"Content-Length: 50"), 400),
    "a list of lengths": (post(b"Content-Length: 5, 5"), 400),
    "length with plus": (post(b"Content-Length: +5"), 400),
    "length with minus": (post(b"Content-Length: -5"), 400),
    "length in hex": (post(b"Content-Length: 0x5"), 400),
    "length with a point": (post(b"Content-Length: 5.0"), 400),
    "length without digits": (post(b"Content-Length: "), 400),
    "length with a space": (post(b"Content-Length: 1 2"), 400),
    "length overflows": (post(b"Content-Length: 18446744073709551616"), 400),
    "underscore for hyphen": (
        post(b"Content-Length: 0", b"Content-Length : 44"),
        400,
    ),
    # Codings.
    "TE xchunked": (post(b"Transfer-Encoding: xchunked") + b"0\r\n\r\n", 400),
    "TE chunked twice": (post(b"Transfer-Encoding: chunked, chunked"), 400),
    "two TE fields": (
        post(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"),
        400,
    ),
    "TE identity": (post(b"Transfer-Encoding: identity"), 400),
    "TE gzip and chunked": (post(b"Transfer-Encoding: gzip, chunked"), 400),
    "TE chunked and gzip": (post(b"Transfer-Encoding: chunked, gzip"), 400),
    "TE vertical tab": (post(b"Transfer-Encoding: \x0bchunked"), 400),
    "TE quoted": (post(b'Transfer-Encoding: "chunked"'), 400),
    "TE in HTTP/1.0": (CHUNKED.replace(b"1.1", b"1.0") + b"0\r\n\r\n", 400),
    "TE folded": (post(b"Transfer-Encoding:\r\n chunked") + b"0\r\n\r\n", 400),
    "upgrade with a body": (
        post(b"Connection: upgrade", b"Upgrade: x", b"Content-Length: 60") + SMUGGLED,
        400,
    ),
    # Fields.
    "space before colon": (post(b"Content-Length : 5") + b"hello", 400),
    "tab before colon": (post(b"X-A\t: 5"), 400),
    "folded field": (post(b"X-A: 1", b" 2"), 400),
    "space before the first field": (b"GET /echo HTTP/1.1\r\n " + HOST + b"\r\n", 400),
    "bare CR in a value": (post(b"X-A: 1\rX-B: 2"), 400),
    "bare LF after a field": (GET + b"X-A: 1\nX-B: 2\r\n\r\n", 400),
    "bare LF after all": (GET.replace(b"\r\n", b"\n") + b"\n", 400),
    "NUL in a value": (post(b"X-A: a\0b"), 400),
    "NUL in a name": (post(b"X\0A: b"), 400),
    "control character": (post(b"X-A: a\x01b"), 400),
    "no name": (post(b": b"), 400),
    "no colon": (post(b"X-A"), 400),
    "name with a space": (post(b"X A: b"), 400),
    "name beyond ASCII": (post(b"X-\xe9: b"), 400),
    # Chunks.
    "chunk size none": (CHUNKED + b"\r\nhello\r\n0\r\n\r\n", 400),
    "chunk size 0x5": (CHUNKED + b"0x5\r\nhello\r\n0\r\n\r\n", 400),
    "chunk size -5": (CHUNKED + b"-5\r\nhello\r\n0\r\n\r\n", 400),
    "chunk size overflows": (CHUNKED + b"f" * 17 + b"\r\nhello\r\n0\r\n\r\n", 400),
    "chunk size with a space": (CHUNKED + b"5 \r\nhello\r\n0\r\n\r\n", 400),
    "chunk size ends in LF": (CHUNKED + b"5\nhello\r\n0\r\n\r\n", 400),
    "chunk longer than told": (CHUNKED + b"5\r\nhello!\r\n0\r\n\r\n", 400),
    "LF in an extension": (CHUNKED + b"5;a\nb\r\nhello\r\n0\r\n\r\n", 400),
    "extension without end": (CHUNKED + b"5;" + b"e" * 900_000, 431),
    "trailers without end": (CHUNKED + b"0\r\n" + b"X-A: 1\r\n" * 90_000, 431),
    "trailer with a space": (CHUNKED + b"0\r\nX A: 1\r\n\r\n", 400),
    # Hosts.
    "no host": (b"GET /echo HTTP/1.1\r\n\r\n", 400),
    "two hosts": (GET + HOST + b"\r\n", 400),
    "two different hosts": (GET + b"Host: other\r\n\r\n", 400),
    "host with a space": (b"GET /echo HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
    "host with a path": (b"GET /echo HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
    "host with a quote": (b'GET /echo HTTP/1.1\r\nHost: a"b\r\n\r\n', 400),
    "host with a user": (b"GET /echo HTTP/1.1\r\nHost: u@a\r\n\r\n", 400),
    # First lines.
    "asterisk": (b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "CONNECT": (b"CONNECT a.example:443 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "CONNECT and more": (
        b"CONNECT a.example:443 HTTP/1.1\r\n" + HOST + b"\r\n" + SMUGGLED,
        400,
    ),
    "no path": (b"GET echo HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "other scheme": (b"GET ftp://a/echo HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "method in lower case": (b"get /echo HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "unknown method": (b"BREW /echo HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "NUL in the URL": (b"GET /echo\0 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "raw byte in the URL": (b"GET /echo\xe9 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "space in the URL": (b"GET /echo a HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "HTTP/0.9": (b"GET /echo\r\n\r\n", 505),
    "HTTP/1.2": (b"GET /echo HTTP/1.2\r\n" + HOST + b"\r\n", 400),
    "HTTP/2.0": (b"GET /echo HTTP/2.0\r\n" + HOST + b"\r\n", 505),
    "HTTP/2 preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    # Sizes.
    "head too long": (GET + b"X-A: " + b"a" * 40_000 + b"\r\n\r\n", 431),
    "head too long and open": (GET + b"X-A: " + b"a" * 400_000, 431),
    "too many fields": (GET + b"X-A: 1\r\n" * 5_000 + b"\r\n", 431),
    "URL too long": (b"GET /echo/" + b"u" * 20_000 + b" HTTP/1.1\r\n" + HOST, 414),
    "body too long": (post(b"Content-Length: 65537"), 413),
    "chunks too long": (
        CHUNKED + (b"4000\r\n" + b"b" * 0x4000 + b"\r\n") * 5 + b"0\r\n\r\n",
        413,
    ),
}
STARTS_A_BODY = {
    *(kind for kind in KINDS if kind.startswith(("chunk ", "trailer", "chunks"))),
    "LF in an extension",
    "extension without end",
}
"""Kinds whose head is good: the backend may see the call begin, never complete."""


@pytest.fixture
async def backend(open_backend: OpenBackend) -> Backend:
    return await open_backend()


@pytest.fixture
async def gate(backend: Backend, open_gate: OpenGate) -> Gate:
    configuration = configure([api(service_url=backend.url)])
    return await open_gate(configuration, limits=SMALL)


def finished(request: bytes) -> bytes:
    return request + b"\r\n" if request.endswith(HOST) else request


@pytest.mark.parametrize("kind", KINDS)
async def test_it_is_refused_and_the_connection_closed(
    kind: str, gate: Gate, backend: Backend
) -> None:
    request, status = KINDS[kind]
    caller = await gate.call()
    await caller.say(finished(request))
    answer = await caller.hear()
    assert answer.status == status
    assert answer.body.startswith(b'{ "statusCode": %d, "message": "' % status)
    assert answer.values("Connection") == ["close"]
    assert await caller.rest() == b""
    assert backend.seen == []
    assert bool(backend.connections) <= (kind in STARTS_A_BODY)


@pytest.mark.parametrize("kind", KINDS)
async def test_behind_a_good_call_it_changes_nothing_for_that(
    kind: str, gate: Gate, backend: Backend
) -> None:
    request, status = KINDS[kind]
    good = POST + b"Content-Length: 4\r\n\r\ngood"
    caller = await gate.call()
    await caller.say(good + finished(request) + SMUGGLED)
    answers = [await caller.hear(), await caller.hear()]
    assert [answer.status for answer in answers] == [200, status]
    assert answers[0].body == b"good"
    assert await caller.rest() == b""
    assert [seen.body for seen in backend.seen] == [b"good"]


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        (b"GET http://gate.example/echo/a?b HTTP/1.1\r\n", "GET /a?b HTTP/1.1"),
        (b"GET HTTPS://other/echo HTTP/1.1\r\n", "GET / HTTP/1.1"),
        (b"GET /echo/a#b HTTP/1.1\r\n", "GET /a HTTP/1.1"),
        (b"GET  /echo/a  HTTP/1.1\r\n", "GET /a HTTP/1.1"),
    ],
)
async def test_odd_but_clear_first_lines_are_understood(
    said: bytes, seen: str, gate: Gate, backend: Backend
) -> None:
    answer = await gate.ask(said + HOST + b"\r\n")
    assert answer.status == 200
    assert [one.line for one in backend.seen] == [seen]


async def test_an_absolute_url_without_a_path_keeps_its_query(
    gate: Gate, backend: Backend
) -> None:
    line = b"GET http://a?b=/echo HTTP/1.1\r\n"
    assert (await gate.ask(line + HOST + b"\r\n")).status == 404
    assert backend.seen == []


async def test_empty_lines_before_a_request_are_skipped(gate: Gate) -> None:
    assert (await gate.ask(b"\r\n\r\n" + GET + b"\r\n")).status == 200


@pytest.mark.parametrize("size", [1, 7, 64])
async def test_a_call_in_tiny_pieces_is_the_same_call(
    size: int, gate: Gate, backend: Backend
) -> None:
    whole = (
        CHUNKED + b"5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n" + SMUGGLED
    )
    caller = await gate.call()
    raw = caller.writer.get_extra_info("socket")
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for start in range(0, len(whole), size):
        await caller.say(whole[start : start + size])
        await asyncio.sleep(0)
    assert (await caller.hear()).body == b"hello world"
    assert (await caller.hear()).status == 200
    assert [seen.body for seen in backend.seen] == [b"hello world", b""]


@pytest.mark.parametrize("start", [GET[:20], POST + b"Content-Length: 9\r\n\r\nhalf"])
async def test_a_slow_request_is_answered_408(
    start: bytes, open_gate: OpenGate, backend: Backend
) -> None:
    limits = Limits(head_seconds=0.5, body_seconds=0.5)
    gate = await open_gate(configure([api(service_url=backend.url)]), limits=limits)
    caller = await gate.call()
    await caller.say(start)
    answer = await caller.hear()
    assert answer.status == 408
    assert await caller.rest() == b""
    assert backend.seen == []


async def test_a_client_that_only_stops_sending_gets_all_its_answers(
    gate: Gate,
) -> None:
    caller = await gate.call()
    await caller.say((GET + b"\r\n") * 3)
    caller.writer.write_eof()
    assert [(await caller.hear()).status for _ in range(3)] == [200] * 3
    assert await caller.rest() == b""


async def test_a_client_that_goes_in_mid_body_leaves_nothing_behind(
    gate: Gate, backend: Backend
) -> None:
    caller = await gate.call()
    await caller.say(POST + b"Content-Length: 9\r\n\r\nhalf")
    await asyncio.sleep(0.05)
    caller.reset()
    await asyncio.sleep(0.05)
    assert gate.gateway.engine.in_flight == 0
    assert backend.seen == []
    assert (await gate.ask(GET + b"\r\n")).status == 200


async def test_many_pipelined_calls_come_back_in_order(
    gate: Gate, backend: Backend
) -> None:
    caller = await gate.call()
    numbers = range(200)
    await caller.say(
        b"".join(b"GET /echo/%d HTTP/1.1\r\n%b\r\n" % (one, HOST) for one in numbers)
    )
    bodies = [(await caller.hear()).body for _ in numbers]
    assert bodies == [b"GET /%d HTTP/1.1" % one for one in numbers]
    assert len(backend.seen) == 200
    assert backend.connections == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://[",
        "ftp://a",
        "http://a:b",
        "http://",
        "x",
        "http://a..b",
        f"http://{'a' * 64}.b",
        "http://a:0x1",
    ],
)
async def test_a_backend_address_that_is_none_is_refused_at_once(
    url: str, open_gate: OpenGate
) -> None:
    gate = await open_gate(configure([api(service_url="http://127.0.0.1:1")]))
    with pytest.raises(Invalid):
        gate.gateway.take(configure([api(service_url=url)]))
