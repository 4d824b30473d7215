"""How bodies and calls end: trailers, callers that leave, backends that fall silent."""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.gateway.conftest import OpenBackend, OpenGate
from tests.gateway.rig import (
    Backend,
    Gate,
    api,
    configure,
    document,
    make_gateway,
    plain,
    read_head,
    subscription,
    until,
)

from bramka.gateway.dial import real_dial
from bramka.gateway.forwarder import Upstream
from bramka.gateway.target import Target
from bramka.wire.connection import Connection, Limits

HOST = b"Host: gate.example\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
ROWS = {
    "direct": document(),
    "outbound policies": document(
        outbound='<set-header name="X-Out"><value>1</value></set-header>'
    ),
    "detour": document(
        backend="<retry condition='false' count='1' interval='0'>"
        "<forward-request /></retry>"
    ),
}


@pytest.fixture
async def backend(open_backend: OpenBackend) -> Backend:
    return await open_backend()


@pytest.fixture
async def gate(backend: Backend, open_gate: OpenGate) -> Gate:
    return await open_gate(configure([api(service_url=backend.url)]))


async def read_raw(reader: asyncio.StreamReader) -> bytes:
    """A chunked body as it is on the wire, to its last line."""
    raw = b""
    while not raw.endswith(b"\r\n0\r\n\r\n") and b"\r\n0\r\n" not in raw:
        raw += await reader.readline()
    while not raw.endswith(b"\r\n\r\n"):
        raw += await reader.readline()
    return raw


# --- trailers -----------------------------------------------------------------------


async def test_trailers_of_a_request_pass_and_those_that_may_not_stay(
    open_backend: OpenBackend, open_gate: OpenGate
) -> None:
    seen: list[bytes] = []

    async def script(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await read_head(reader)
        seen.append(await read_raw(reader))
        writer.write(plain())

    backend = await open_backend(script=script)
    gate = await open_gate(
        configure(
            [api(service_url=backend.url, subscription_required=True)],
            subscriptions=[subscription("s", "/apis", b"key")],
        )
    )
    caller = await gate.call()
    await caller.say(
        b"POST /echo HTTP/1.1\r\nOcp-Apim-Subscription-Key: key\r\n"
        + HOST
        + CHUNKED
        + b"3\r\nabc\r\n0\r\nX-Sum: 9\r\nAuthorization: x\r\n"
        b"ocp-apim-subscription-key: key\r\nHost: other\r\nx-two: b\r\n\r\n"
    )
    assert (await caller.hear()).status == 200
    assert seen[0].endswith(b"0\r\nX-Sum: 9\r\nx-two: b\r\n\r\n")


@pytest.mark.parametrize("kind", ["direct", "outbound policies"])
async def test_trailers_of_an_answer_pass(
    kind: str, backend: Backend, open_gate: OpenGate
) -> None:
    backend.reply = lambda _: (
        b"HTTP/1.1 200 OK\r\n"
        + CHUNKED
        + b"3\r\nabc\r\n0\r\nX-Sum: 9\r\nSet-Cookie: a=b\r\n\r\n"
    )
    policies = {"apis/echo": ROWS[kind]}
    gate = await open_gate(configure([api(service_url=backend.url)], policies=policies))
    caller = await gate.call()
    for _ in range(2):
        await caller.say(b"GET /echo HTTP/1.1\r\n" + HOST + b"\r\n")
        await read_head(caller.reader)
        assert (await read_raw(caller.reader)).endswith(b"0\r\nX-Sum: 9\r\n\r\n")


async def test_trailers_do_not_stay_for_the_next_answer(
    backend: Backend, gate: Gate
) -> None:
    end = [b"X-Sum: 9\r\n", b""]
    backend.reply = lambda _: (
        b"HTTP/1.1 200 OK\r\n" + CHUNKED + b"3\r\nabc\r\n0\r\n" + end.pop(0) + b"\r\n"
    )
    caller = await gate.call()
    for last in (b"0\r\nX-Sum: 9\r\n\r\n", b"0\r\n\r\n"):
        await caller.say(b"GET /echo HTTP/1.1\r\n" + HOST + b"\r\n")
        await read_head(caller.reader)
        assert (await read_raw(caller.reader)).endswith(last)


async def test_many_chunks_that_came_together_go_on_as_one(
    open_backend: OpenBackend, open_gate: OpenGate
) -> None:
    seen: list[bytes] = []

    async def script(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await read_head(reader)
        seen.append(await read_raw(reader))
        writer.write(plain())

    backend = await open_backend(script=script)
    gate = await open_gate(configure([api(service_url=backend.url)]))
    caller = await gate.call()
    request = b"POST /echo HTTP/1.1\r\n" + HOST + CHUNKED + b"1\r\na\r\n" * 200
    await caller.say(request + b"0\r\n\r\n")
    assert (await caller.hear()).status == 200
    assert seen[0] == b"c8\r\n" + b"a" * 200 + b"\r\n0\r\n\r\n"


# --- callers that leave -------------------------------------------------------------


async def waiting_backend(open_backend: OpenBackend, left: asyncio.Event) -> Backend:
    async def watch(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        with contextlib.suppress(ConnectionResetError):
            await reader.read()
        left.set()

    return await open_backend(script=watch)


@pytest.mark.parametrize("kind", ["direct", "detour"])
async def test_a_caller_that_hangs_up_properly_frees_the_backend(
    kind: str, open_backend: OpenBackend, open_gate: OpenGate
) -> None:
    left = asyncio.Event()
    backend = await waiting_backend(open_backend, left)
    gate = await open_gate(
        configure([api(service_url=backend.url)], policies={"apis/echo": ROWS[kind]}),
        limits=Limits(half_closed_seconds=0.5),
    )
    caller = await gate.call()
    await caller.say(b"GET /echo HTTP/1.1\r\n" + HOST + b"\r\n")
    await until(lambda: backend.connections == 1)
    caller.close()
    await until(left.is_set)
    await until(lambda: gate.gateway.engine.in_flight == 0)


@pytest.mark.parametrize("goodbye", ["reset", "close"])
async def test_a_caller_that_hangs_up_while_nothing_is_read_frees_the_backend(
    goodbye: str, open_backend: OpenBackend, open_gate: OpenGate
) -> None:
    left = asyncio.Event()
    backend = await waiting_backend(open_backend, left)
    gate = await open_gate(
        configure([api(service_url=backend.url)]),
        limits=Limits(half_closed_seconds=0.5),
    )
    caller = await gate.call()
    # Behind one call that waits, the next is not read.
    await caller.say((b"GET /echo HTTP/1.1\r\n" + HOST + b"\r\n") * 2)
    await until(lambda: backend.connections == 1)
    getattr(caller, goodbye)()
    await until(left.is_set)
    await until(lambda: gate.gateway.engine.in_flight == 0)


async def test_a_caller_that_leaves_as_the_backend_is_reached_leaves_no_task(
    open_backend: OpenBackend, tmp_path: Path
) -> None:
    reach = real_dial()

    async def dial(target: Target, make: Callable[[], Upstream]) -> Upstream:
        upstream = await reach(target, make)
        for link in tuple(gateway.server.connections):
            assert isinstance(link, Connection)
            link.connection_lost(None)
        return upstream

    backend = await open_backend()
    gateway = make_gateway(tmp_path, dial=dial)
    shaken = api(service_url=f"ws://127.0.0.1:{backend.port}", type="websocket")
    gateway.take(configure([shaken]))
    gate = Gate(gateway, await gateway.listen("127.0.0.1", 0))
    caller = await gate.call()
    await caller.say(
        b"GET /echo HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZQ==\r\n"
        + HOST
        + b"\r\n"
    )
    await until(lambda: backend.connections == 1)
    await until(lambda: not gateway.server.tasks)
    caller.close()
    await gateway.stop(grace=0.1)


async def test_a_caller_that_only_stops_sending_is_answered_for_a_while(
    open_backend: OpenBackend, open_gate: OpenGate
) -> None:
    async def late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        await asyncio.sleep(1.2)
        writer.write(plain())

    backend = await open_backend(script=late)
    gate = await open_gate(configure([api(service_url=backend.url)]))
    caller = await gate.call()
    await caller.say(b"GET /echo HTTP/1.1\r\n" + HOST + b"\r\n")
    caller.writer.write_eof()
    assert (await caller.hear()).status == 200


async def test_an_answer_that_has_begun_goes_on_to_who_only_stopped_sending(
    open_backend: OpenBackend, open_gate: OpenGate
) -> None:
    async def slowly(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na")
        await asyncio.sleep(2.5)
        writer.write(b"bc")

    backend = await open_backend(script=slowly)
    gate = await open_gate(
        configure([api(service_url=backend.url)]),
        limits=Limits(half_closed_seconds=0.5),
    )
    caller = await gate.call()
    await caller.say(b"GET /echo HTTP/1.1\r\n" + HOST + b"\r\n")
    caller.writer.write_eof()
    assert (await caller.hear()).body == b"abc"


# --- backends that do not go on -----------------------------------------------------


async def test_an_answer_that_stalls_breaks_off(
    open_backend: OpenBackend, open_gate: OpenGate
) -> None:
    async def stall(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
        await reader.read()

    backend = await open_backend(script=stall)
    gate = await open_gate(
        configure([api(service_url=backend.url)]),
        limits=Limits(backend_idle_seconds=0.5),
    )
    caller = await gate.call()
    await caller.say(b"GET /echo HTTP/1.1\r\n" + HOST + b"\r\n")
    assert (await caller.rest()).endswith(b"\r\n\r\nabc")


async def test_a_connection_that_is_not_made_in_time_is_given_up(
    open_gate: OpenGate,
) -> None:
    with contextlib.ExitStack() as held:
        # Nobody accepts, and its queue is full: what else comes is left waiting.
        deaf = held.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(2):
            one = held.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(deaf.getsockname())
        gate = await open_gate(
            configure([api(service_url=f"http://127.0.0.1:{deaf.getsockname()[1]}")]),
            limits=Limits(connect_seconds=0.2),
        )
        # Long before the caller gives up.
        assert (await gate.get("/echo")).status == 500


# --- empty keys ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("required", "path", "status"),
    [
        (True, "/echo", 401),
        (True, "/echo?subscription-key=", 401),
        (True, "/echo?subscription-key=key", 200),
        (False, "/echo", 200),
    ],
)
async def test_an_empty_key_is_no_key(
    *, required: bool, path: str, status: int, backend: Backend, open_gate: OpenGate
) -> None:
    gate = await open_gate(
        configure(
            [api(service_url=backend.url, subscription_required=required)],
            subscriptions=[subscription("s", "/apis", b"key")],
        )
    )
    answer = await gate.get(path, "Ocp-Apim-Subscription-Key:")
    assert answer.status == status
    assert (b"missing subscription key" in answer.body) == (status == 401)
