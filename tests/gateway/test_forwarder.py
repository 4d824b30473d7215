"""What passes between caller and backend: bodies, framing, fields, failures."""

import asyncio
import contextlib
import gc
import tracemalloc
from collections.abc import AsyncIterator

import pytest
from tests.gateway.conftest import OpenBackend, OpenGate
from tests.gateway.rig import (
    WAIT,
    Backend,
    Gate,
    api,
    configure,
    document,
    plain,
    read_head,
    until,
)

MIB = 1 << 20
SIZE = 100 * MIB
PIECE = bytes(64 * 1024)
HOST = b"Host: gate.example\r\n"
SET = '<set-header name="X-Out" exists-action="override"><value>1</value></set-header>'
WAYS = {
    "direct": "",
    "outbound policies": document(outbound=SET),
    "detour": document(
        backend='<limit-concurrency key="all" max-count="100">'
        f"{SET}<forward-request /></limit-concurrency>",
        outbound=SET,
    ),
}


@pytest.fixture
async def backend(open_backend: OpenBackend) -> Backend:
    return await open_backend()


@pytest.fixture(params=WAYS)
async def gate(
    request: pytest.FixtureRequest, backend: Backend, open_gate: OpenGate
) -> Gate:
    return await open_gate(
        configure([api(service_url=backend.url)], policies=texts_of(request.param))
    )


def texts_of(way: str) -> dict[str, str]:
    return {"apis/echo": WAYS[way]} if WAYS[way] else {}


# --- bodies of any size -------------------------------------------------------------


@contextlib.asynccontextmanager
async def little_memory() -> AsyncIterator[None]:
    """At no moment more than 64 MiB more than before."""
    gc.collect()
    tracemalloc.start()
    try:
        yield
        _, peak = tracemalloc.get_traced_memory()
        assert peak < 64 * MIB
    finally:
        tracemalloc.stop()


async def count_body(reader: asyncio.StreamReader, size: int) -> int:
    seen = 0
    while seen < size:
        piece = await reader.read(1 << 18)
        if not piece:
            break
        seen += len(piece)
    return seen


async def test_100_mib_go_to_a_slow_backend_in_little_memory(
    open_backend: OpenBackend, open_gate: OpenGate
) -> None:
    counted = []

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        await asyncio.sleep(0.3)
        counted.append(await count_body(reader, SIZE))
        writer.write(plain())

    backend = await open_backend(script=slow)
    gate = await open_gate(configure([api(service_url=backend.url)]))
    caller = await gate.call()
    async with little_memory():
        line = b"POST /echo HTTP/1.1\r\nContent-Length: %d\r\n" % SIZE
        await caller.say(line + HOST + b"\r\n")
        for _ in range(SIZE // len(PIECE)):
            await caller.say(PIECE)
        assert (await caller.hear()).status == 200
    assert counted == [SIZE]


@pytest.mark.parametrize("way", WAYS)
async def test_100_mib_come_to_a_slow_client_in_little_memory(
    way: str, open_backend: OpenBackend, open_gate: OpenGate
) -> None:
    async def big(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % SIZE)
        for _ in range(SIZE // len(PIECE)):
            writer.write(PIECE)
            await writer.drain()

    backend = await open_backend(script=big)
    gate = await open_gate(
        configure([api(service_url=backend.url)], policies=texts_of(way))
    )
    caller = await gate.call()
    async with little_memory():
        await caller.say(b"GET /echo HTTP/1.1\r\n" + HOST + b"\r\n")
        head = await read_head(caller.reader)
        await asyncio.sleep(0.3)
        assert await count_body(caller.reader, SIZE) == SIZE
    assert b"Content-Length: %d" % SIZE in head


async def test_a_client_that_reads_nothing_stalls_only_its_own_answers(
    open_backend: OpenBackend, open_gate: OpenGate
) -> None:
    body = bytes(150_000)
    backend = await open_backend(lambda _seen: plain(body))
    gate = await open_gate(configure([api(service_url=backend.url)]))
    caller = await gate.call()
    caller.reader._limit = 1  # type: ignore[attr-defined] # asyncio stops reading then
    async with little_memory():
        await caller.say((b"GET /echo HTTP/1.1\r\n" + HOST + b"\r\n") * 2_000)
        await asyncio.sleep(0.5)
        assert (await gate.get("/echo")).status == 200
    assert len(backend.seen) < 200


# --- framing ----------------------------------------------------------------------


async def test_a_body_with_a_length_keeps_it(gate: Gate, backend: Backend) -> None:
    request = b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n\r\nhello"
    assert (await gate.ask(request)).body == b"hello"
    assert backend.seen[0].values("Content-Length") == ["5"]
    assert backend.seen[0].values("Transfer-Encoding") == []


async def test_a_chunked_body_stays_chunked(gate: Gate, backend: Backend) -> None:
    head = b"PUT /echo HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: Chunked\r\n\r\n"
    body = b"5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n"
    assert (await gate.ask(head + body)).body == b"hello world"
    assert backend.seen[0].values("Transfer-Encoding") == ["chunked"]
    assert backend.seen[0].values("Content-Length") == []


async def test_a_post_without_a_body_says_so(gate: Gate, backend: Backend) -> None:
    assert (await gate.get("/echo", method="POST")).status == 200
    assert backend.seen[0].values("Content-Length") == ["0"]


ANSWERS: dict[str, tuple[bytes, bytes]] = {
    "a length": (b"Content-Length: 3\r\n\r\nabc", b"abc"),
    "chunks": (
        b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n2;x\r\nbc\r\n0\r\nX: y\r\n\r\n",
        b"abc",
    ),
    "the end of the connection": (b"Connection: close\r\n\r\nabc", b"abc"),
    "a length and close": (
        b"Content-Length: 3\r\nConnection: close\r\n\r\nabc",
        b"abc",
    ),
    "nothing": (b"Content-Length: 0\r\n\r\n", b""),
    "chunks of nothing": (b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b""),
}


@pytest.mark.parametrize("kind", ANSWERS)
async def test_an_answer_delimited_in_any_way_comes_whole(
    kind: str, gate: Gate, backend: Backend
) -> None:
    text, body = ANSWERS[kind]
    backend.reply = lambda _seen: b"HTTP/1.1 200 Fine\r\nX-A: 1\r\n" + text
    caller = await gate.call()
    for _ in range(2):
        await caller.say(b"GET /echo HTTP/1.1\r\n" + HOST + b"\r\n")
        answer = await caller.hear()
        assert (answer.status, answer.reason, answer.body) == (200, "Fine", body)
        assert answer.values("X-A") == ["1"]
        lengths, codings = (
            answer.values("Content-Length"),
            answer.values("Transfer-Encoding"),
        )
        assert len(lengths) + len(codings) == 1


@pytest.mark.parametrize("kind", ANSWERS)
async def test_an_old_client_gets_no_chunks(
    kind: str, gate: Gate, backend: Backend
) -> None:
    text, body = ANSWERS[kind]
    backend.reply = lambda _seen: b"HTTP/1.1 200 OK\r\n" + text
    caller = await gate.call()
    await caller.say(b"GET /echo HTTP/1.0\r\nHost: h\r\n\r\n")
    answer = await caller.hear()
    assert (answer.status, answer.body) == (200, body)
    assert answer.values("Transfer-Encoding") == []
    assert await caller.rest() == b""


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 300",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0",
    ],
)
async def test_head_is_answered_without_a_body_and_the_connection_goes_on(
    head: bytes, gate: Gate, backend: Backend
) -> None:
    backend.reply = lambda seen: (
        head + b"\r\n\r\n" if seen.line.startswith("HEAD") else plain()
    )
    caller = await gate.call()
    for _ in range(2):
        await caller.say(b"HEAD /echo HTTP/1.1\r\n" + HOST + b"\r\n")
        answer = await caller.hear(bodiless=True)
        assert answer.status == int(head[9:12])
        await caller.say(b"GET /echo HTTP/1.1\r\n" + HOST + b"\r\n")
        assert (await caller.hear()).body == b"ok"
    assert backend.connections == 1


@pytest.mark.parametrize("status", [204, 304])
async def test_answers_without_a_body_have_none(
    status: int, gate: Gate, backend: Backend
) -> None:
    lines = b"ETag: x\r\n" + (b"Content-Length: 9\r\n" if status == 304 else b"")
    backend.reply = lambda _seen: b"HTTP/1.1 %d Empty\r\n%b\r\n" % (status, lines)
    caller = await gate.call()
    for _ in range(2):
        await caller.say(b"GET /echo HTTP/1.1\r\n" + HOST + b"\r\n")
        answer = await caller.hear()
        assert answer.status == status
        assert answer.values("ETag") == ["x"]
        assert answer.values("Transfer-Encoding") == []
        assert answer.values("Content-Length") == (["9"] if status == 304 else [])


async def test_a_204_with_a_length_does_not_pass_it_on(
    gate: Gate, backend: Backend
) -> None:
    backend.reply = lambda _seen: b"HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\n"
    assert (await gate.get("/echo")).values("Content-Length") == []


async def test_early_hints_and_continues_of_the_backend_are_swallowed(
    gate: Gate, backend: Backend
) -> None:
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
    backend.reply = lambda _seen: hints + plain(b"late")
    caller = await gate.call()
    await caller.say(b"GET /echo HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
    heard = await caller.rest()
    assert heard.startswith(b"HTTP/1.1 200 OK\r\n")
    assert heard.count(b"HTTP/1.1") == 1


async def test_a_client_that_waits_for_a_continue_gets_one(
    gate: Gate, backend: Backend
) -> None:
    caller = await gate.call()
    await caller.say(
        b"POST /echo HTTP/1.1\r\n%bExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        % HOST
    )
    assert await read_head(caller.reader) == b"HTTP/1.1 100 Continue"
    await caller.say(b"hi")
    assert (await caller.hear()).body == b"hi"
    assert backend.seen[0].values("Expect") == []


async def test_server_sent_events_pass_one_by_one(
    open_backend: OpenBackend, open_gate: OpenGate
) -> None:
    go = asyncio.Event()

    async def events(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await read_head(reader)
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        for number in range(3):
            await go.wait()
            go.clear()
            writer.write(b"9\r\ndata: %d\n\n\r\n" % number)
        writer.write(b"0\r\n\r\n")

    backend = await open_backend(script=events)
    text = document(backend='<forward-request buffer-response="false" />')
    gate = await open_gate(
        configure([api(service_url=backend.url)], policies={"apis/echo": text})
    )
    caller = await gate.call()
    await caller.say(b"GET /echo HTTP/1.1\r\n" + HOST + b"\r\n")
    async with asyncio.timeout(90):
        head = await read_head(caller.reader)
        assert b"text/event-stream" in head
        for number in range(3):
            go.set()
            event = await caller.reader.readuntil(b"\n\n\r\n")
            assert event == b"9\r\ndata: %d\n\n\r\n" % number


HOP_BY_HOP = (
    "Connection",
    "Keep-Alive",
    "Proxy-Connection",
    "TE",
    "Trailer",
    "Upgrade",
    "X-Private",
    "Content-Length",
    "Transfer-Encoding",
)

# --- fields -----------------------------------------------------------------------


async def test_fields_pass_as_they_are_and_hop_by_hop_ones_stay_behind(
    gate: Gate, backend: Backend
) -> None:
    for _ in range(2):
        await gate.get(
            "/echo/a%20b?q=1&q=2",
            "X-Mixed-Case: Va Lue",
            "Cookie: a=1",
            "Cookie: b=2",
            "Connection: keep-alive, X-Private",
            "X-Private: 1",
            "Keep-Alive: timeout=5",
            "Proxy-Connection: keep-alive",
            "TE: trailers",
            "Trailer: X-Sum",
            "Upgrade: h2c",
            "X-Forwarded-For: 198.51.100.9",
            "X-Forwarded-For: 198.51.100.10",
        )
        seen = backend.seen.pop()
        assert seen.line == "GET /a%20b?q=1&q=2 HTTP/1.1"
        assert b"X-Mixed-Case: Va Lue" in seen.head
        assert seen.values("Cookie") == ["a=1", "b=2"]
        assert seen.values("Host") == [f"127.0.0.1:{backend.port}"]
        assert seen.values("X-Forwarded-For") == [
            "198.51.100.9, 198.51.100.10, 127.0.0.1"
        ]
        for gone in HOP_BY_HOP:
            assert seen.values(gone) == [], gone


async def test_the_caller_and_its_scheme_are_told_to_the_backend(
    gate: Gate, backend: Backend
) -> None:
    await gate.get("/echo")
    assert backend.seen[0].values("X-Forwarded-For") == ["127.0.0.1"]
    assert backend.seen[0].values("X-Forwarded-Proto") == ["http"]


async def test_a_caller_cannot_tell_the_scheme_and_its_date_goes_on(
    gate: Gate, backend: Backend
) -> None:
    date = "Mon, 23 Nov 2026 04:15:25 GMT"
    await gate.get("/echo", "X-Forwarded-Proto: https", f"Date: {date}")
    assert backend.seen[0].values("X-Forwarded-Proto") == ["http"]
    assert backend.seen[0].values("Date") == [date]


@pytest.mark.parametrize(
    "framing", [b"Content-Length: 2\r\n", b"Connection: close\r\n"]
)
async def test_hop_by_hop_fields_of_the_answer_stay_behind(
    framing: bytes, gate: Gate, backend: Backend
) -> None:
    backend.reply = lambda _seen: (
        b"HTTP/1.1 200 OK\r\nServer: old\r\nConnection: X-Hop\r\nX-Hop: 1\r\n"
        b"Keep-Alive: timeout=5\r\nProxy-Connection: x\r\nTrailer: a\r\n"
        b"Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n" + framing + b"\r\nok"
    )
    answer = await gate.get("/echo")
    assert answer.values("Set-Cookie") == ["a=1", "b=2"]
    assert answer.values("Server") == ["old"]
    assert len(answer.values("Date")) == 1
    for gone in ("Connection", "X-Hop", "Keep-Alive", "Proxy-Connection", "Trailer"):
        assert answer.values(gone) == [], gone


async def test_the_date_of_the_backend_is_kept(gate: Gate, backend: Backend) -> None:
    date = "Tue, 15 Nov 1994 08:12:31 GMT"
    head = f"HTTP/1.1 200 OK\r\nDate: {date}".encode()
    backend.reply = lambda _seen: plain(b"", head)
    assert (await gate.get("/echo")).values("Date") == [date]


# --- connections to the backend ------------------------------------------------------


async def test_a_connection_is_used_again(gate: Gate, backend: Backend) -> None:
    for _ in range(5):
        assert (await gate.get("/echo")).status == 200
    assert backend.connections == 1


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
async def test_a_stale_connection_is_replaced_for_idempotent_calls(
    method: str, gate: Gate, backend: Backend
) -> None:
    await leave_a_stale_connection(gate, backend)
    assert (await gate.get("/echo/again", method=method)).status == 200
    assert [seen.line for seen in backend.seen[1:]] == [f"{method} /again HTTP/1.1"]
    assert backend.connections == 2


@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_a_stale_connection_fails_calls_that_may_have_had_an_effect(
    method: str, gate: Gate, backend: Backend
) -> None:
    await leave_a_stale_connection(gate, backend)
    assert (await gate.get("/echo/again", method=method)).status == 500
    assert len(backend.seen) == 1
    assert (await gate.get("/echo/again", method=method)).status == 200


async def leave_a_stale_connection(gate: Gate, backend: Backend) -> None:
    """The backend closes on the next request, without an answer."""
    once = [True]

    async def stale(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if once:
            once.clear()
            await backend.take(reader)
            writer.write(plain())
            await reader.read(1)
        else:
            await backend.converse(reader, writer)

    backend.script = stale
    assert (await gate.get("/echo")).status == 200


async def test_a_put_whose_body_is_here_is_sent_again(
    gate: Gate, backend: Backend
) -> None:
    await leave_a_stale_connection(gate, backend)
    put = b"PUT /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 4\r\n\r\nhalf"
    assert (await gate.ask(put)).body == b"half"
    assert [seen.body for seen in backend.seen] == [b"", b"half"]


async def test_a_put_whose_body_is_gone_is_not_sent_again(
    gate: Gate, backend: Backend
) -> None:
    await leave_a_stale_connection(gate, backend)
    caller = await gate.call()
    await caller.say(b"PUT /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 4\r\n\r\nha")
    await until(lambda: not backend.open)
    await caller.say(b"lf")
    assert (await caller.hear()).status == 500
    assert len(backend.seen) == 1


@pytest.mark.parametrize(
    "surplus",
    [
        plain(b"poison"),
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\nX-Poison: ",
        b"x",
        b"\r\n\r\nHTTP/1.1 200 OK\r\n",
    ],
)
@pytest.mark.parametrize(
    "first", [plain(b"good"), b"HTTP/1.1 204 No\r\nContent-Length: 6\r\n\r\n"]
)
async def test_what_a_backend_sends_unasked_reaches_nobody(
    surplus: bytes, first: bytes, gate: Gate, backend: Backend
) -> None:
    backend.reply = lambda seen: (
        first + surplus if "first" in seen.line else plain(seen.line.encode())
    )
    caller = await gate.call()
    ask = b"GET /echo/%b HTTP/1.1\r\n%b\r\n"
    await caller.say(ask % (b"first", HOST) + ask % (b"second", HOST))
    assert (await caller.hear()).body in (b"good", b"")
    assert (await caller.hear()).body == b"GET /second HTTP/1.1"
    assert (await gate.get("/echo/third")).body == b"GET /third HTTP/1.1"


async def test_a_body_that_answers_a_head_request_reaches_nobody(
    gate: Gate, backend: Backend
) -> None:
    backend.reply = lambda seen: plain(seen.line.encode())
    caller = await gate.call()
    await caller.say(b"HEAD /echo HTTP/1.1\r\n" + HOST + b"\r\n")
    assert (await caller.hear(bodiless=True)).status == 200
    await asyncio.sleep(0.05)
    assert (await gate.get("/echo/next")).body == b"GET /next HTTP/1.1"


async def test_an_answer_before_the_body_is_read_is_passed_on(
    open_backend: OpenBackend, gate: Gate, backend: Backend
) -> None:
    async def hasty(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(plain(b"no", b"HTTP/1.1 403 No"))
        await reader.read()

    backend.script = hasty
    caller = await gate.call()
    await caller.say(b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 99\r\n\r\n")
    assert (await caller.hear()).status == 403
    backend.script = None
    await caller.say(b"x" * 99 + b"GET /echo HTTP/1.1\r\n" + HOST + b"\r\n")
    assert (await caller.hear()).status == 200


# --- failures -----------------------------------------------------------------------


def is_internal_error(body: bytes) -> bool:
    return body.startswith(
        b'{ "statusCode": 500, "message": "Internal server error", "activityId": "'
    )


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 20",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n",
    ],
)
async def test_an_answer_that_is_none_is_a_500(
    answer: bytes, gate: Gate, backend: Backend
) -> None:
    async def broken(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await read_head(reader)
        writer.write(answer)

    backend.script = broken
    caller = await gate.call()
    for _ in range(2):
        await caller.say(b"GET /echo HTTP/1.1\r\n" + HOST + b"\r\n")
        found = await caller.hear()
        assert found.status == 500
        assert is_internal_error(found.body)


@pytest.mark.parametrize(
    "start",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\n",
    ],
)
async def test_an_answer_that_breaks_off_is_seen_to_break_off(
    start: bytes, gate: Gate, backend: Backend
) -> None:
    async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(start)

    backend.script = half
    caller = await gate.call()
    await caller.say(b"GET /echo HTTP/1.1\r\n" + HOST + b"\r\n")
    heard = await caller.rest()
    assert not heard.endswith(b"0\r\n\r\n")
    assert b"500" not in heard
    assert heard.count(b"HTTP/1.1") <= 1
    assert gate.gateway.engine.in_flight == 0


async def test_who_takes_no_chunks_sees_that_an_answer_broke_off(
    gate: Gate, backend: Backend
) -> None:
    async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf")

    backend.script = half
    caller = await gate.call()
    await caller.say(b"GET /echo HTTP/1.0\r\n\r\n")
    async with asyncio.timeout(WAIT):
        with pytest.raises(ConnectionResetError):
            await caller.reader.read()


async def test_a_backend_that_is_not_there_is_a_500(open_gate: OpenGate) -> None:
    gate = await open_gate(configure([api(service_url="http://127.0.0.1:1")]))
    caller = await gate.call()
    for method in (b"GET", b"POST"):
        await caller.say(method + b" /echo HTTP/1.1\r\n" + HOST + b"\r\n")
        answer = await caller.hear()
        assert (answer.status, answer.reason) == (500, "Internal Server Error")
        assert is_internal_error(answer.body)


async def test_metadata_addresses_are_not_dialled(open_gate: OpenGate) -> None:
    gate = await open_gate(configure([api(service_url="http://169.254.169.254")]))
    assert is_internal_error((await gate.get("/echo")).body)


async def test_an_api_without_a_backend_is_a_500(open_gate: OpenGate) -> None:
    gate = await open_gate(configure([api()]))
    assert is_internal_error((await gate.get("/echo")).body)


async def test_a_backend_that_never_answers_is_a_500_in_time(
    open_backend: OpenBackend, open_gate: OpenGate
) -> None:
    async def silent(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.read()

    backend = await open_backend(script=silent)
    text = document(backend='<forward-request timeout-ms="100" />')
    gate = await open_gate(
        configure([api(service_url=backend.url)], policies={"apis/echo": text})
    )
    # Without the policy it would be 300 s, and the caller gives up before.
    assert is_internal_error((await gate.get("/echo")).body)


async def test_a_caller_that_leaves_frees_the_backend(
    open_backend: OpenBackend, open_gate: OpenGate
) -> None:
    left = asyncio.Event()

    async def watch(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        with contextlib.suppress(ConnectionResetError):
            await reader.read()
        left.set()

    backend = await open_backend(script=watch)
    gate = await open_gate(configure([api(service_url=backend.url)]))
    caller = await gate.call()
    await caller.say(b"GET /echo HTTP/1.1\r\n" + HOST + b"\r\n")
    await until(lambda: backend.connections == 1)
    caller.reset()
    await until(left.is_set)
    await until(lambda: gate.gateway.engine.in_flight == 0)
