"""A server of whole messages on a real socket: bad HTTP, limits, stopping."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from tests.gateway.rig import Caller, until
from tests.gateway.test_conformance import KINDS, POST, SMALL, SMUGGLED, finished
from tests.wire.listening import Listening, echo

from bramka.app.clock import SystemClock
from bramka.wire.message import Answer, Request
from bramka.wire.server import Server, whole_server

GATEWAY_ONLY = {
    "asterisk",
    "CONNECT",
    "CONNECT and more",
    "other scheme",
    "URL too long",
}
"""What a request target may be is for the handler to say."""
GET = b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n"


@pytest.fixture
def seen() -> list[Request]:
    return []


@pytest.fixture
async def server(seen: list[Request]) -> AsyncIterator[Server]:
    async def note(request: Request) -> Answer:
        seen.append(request)
        await asyncio.sleep(0.01)
        return echo(request)

    listening = whole_server(note, clock=SystemClock(), limits=SMALL)
    yield listening
    await listening.stop(grace=0.5)


async def call(server: Server) -> Caller:
    port = await server.listen("127.0.0.1", 0)
    return Caller(*await asyncio.open_connection("127.0.0.1", port, limit=1 << 22))


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - GATEWAY_ONLY))
async def test_bad_http_is_refused_and_changes_nothing_for_the_call_before(
    kind: str, server: Server, seen: list[Request]
) -> None:
    request, status = KINDS[kind]
    caller = await call(server)
    good = POST + b"Content-Length: 4\r\n\r\ngood"
    await caller.say(good + finished(request) + SMUGGLED)
    answers = [await caller.hear(), await caller.hear()]
    assert [answer.status for answer in answers] == [200, status]
    assert answers[1].values("Connection") == ["close"]
    assert await caller.rest() == b""
    assert [one.body for one in seen] == [b"good"]
    caller.close()


async def test_a_target_with_scheme_and_host_is_its_path(
    server: Server, seen: list[Request]
) -> None:
    caller = await call(server)
    await caller.say(GET.replace(b"/a", b"http://h/a?b=http://c") + GET)
    assert (await caller.hear()).status == (await caller.hear()).status == 200
    assert [(one.path, one.query) for one in seen] == [
        ("/a", "b=http://c"),
        ("/a", ""),
    ]
    caller.close()


async def test_head_has_the_length_and_no_body(server: Server) -> None:
    caller = await call(server)
    await caller.say(GET.replace(b"GET", b"HEAD") + GET)
    answer = await caller.hear(bodiless=True)
    assert int(answer.values("Content-Length")[0]) > 0
    assert (await caller.hear()).status == 200
    caller.close()


async def test_nothing_stands_behind_an_answer_that_has_no_body() -> None:
    listening = Listening(lambda _: Answer(204, b"too much")).feed([GET])
    assert listening.wire.sent.endswith(b"\r\n\r\n")


async def test_stopping_lets_calls_end_and_closes_the_rest(
    server: Server, seen: list[Request]
) -> None:
    busy, idle = await call(server), await call(server)
    await busy.say(GET)
    await until(lambda: bool(seen))
    await server.stop(grace=90.0)
    assert (await busy.hear()).status == 200
    assert await busy.rest() == b""
    assert await idle.rest() == b""
    assert server.connections == set()
    busy.close()
    idle.close()
