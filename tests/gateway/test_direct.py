"""What a proxied call costs on the direct way: no parse, no task, two writes a side."""

import asyncio
import re
from collections import Counter
from xml.parsers import expat

import pytest
from tests.gateway.conftest import OpenBackend, OpenGate
from tests.gateway.rig import Gate, api, configure, document, subscription

from bramka.domain.traffic.product import Product
from bramka.gateway.forwarder import Upstream
from bramka.wire.connection import Connection

LIMITS = (
    '<rate-limit calls="1000" renewal-period="60" />'
    '<quota calls="1000" renewal-period="86400" />'
)
SET = '<set-header name="X-A" exists-action="override"><value>1</value></set-header>'
CALLS = 50
GET = b"GET /echo/%d HTTP/1.1\r\nHost: h\r\nOcp-Apim-Subscription-Key: k\r\n\r\n"
POST = (
    b"POST /echo/%d HTTP/1.1\r\nHost: h\r\nOcp-Apim-Subscription-Key: k\r\n"
    b"Content-Length: 5\r\n\r\nhello"
)
CHUNKED = (
    b"POST /echo/%d HTTP/1.1\r\nHost: h\r\nOcp-Apim-Subscription-Key: k\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
)


class Written:
    """A transport that counts what is written to it."""

    def __init__(self, real: asyncio.Transport, name: str, count: Counter[str]) -> None:
        self._real, self._name, self._count = real, name, count

    def write(self, data: bytes) -> None:
        self._count[self._name] += 1
        self._real.write(data)

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)


@pytest.fixture
def count(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts parses, compiles, tasks and writes of whatever runs meanwhile."""
    found: Counter[str] = Counter()

    def counted(name: str, of: object, attribute: str) -> None:
        real = getattr(of, attribute)

        def run(*args: object, **options: object) -> object:
            found[name] += 1
            return real(*args, **options)

        monkeypatch.setattr(of, attribute, run)

    counted("parse", expat, "ParserCreate")
    counted("compile", re, "_compile")
    for protocol, name in ((Connection, "answer"), (Upstream, "request")):
        real = protocol.connection_made

        def made(
            self: asyncio.Protocol,
            transport: asyncio.BaseTransport,
            real: object = real,
            name: str = name,
        ) -> None:
            assert callable(real)
            real(self, Written(transport, name, found))  # type: ignore[arg-type]

        monkeypatch.setattr(protocol, "connection_made", made)
    return found


@pytest.fixture
async def gate(
    count: Counter[str], open_backend: OpenBackend, open_gate: OpenGate
) -> Gate:
    backend = await open_backend()
    return await open_gate(
        configure(
            [api(service_url=backend.url, subscription_required=True)],
            products=[Product(id="gold", display_name="gold", apis=("echo",))],
            subscriptions=[subscription("s", "/products/gold", b"k")],
            policies={
                "products/gold": document(inbound=f"{LIMITS}<base />", outbound=SET)
            },
        )
    )


@pytest.mark.parametrize(("text", "most"), [(GET, 1), (POST, 1), (CHUNKED, 3)])
async def test_a_call_costs_no_parse_no_task_and_few_writes(
    text: bytes, most: int, gate: Gate, count: Counter[str]
) -> None:
    loop = asyncio.get_running_loop()
    caller = await gate.call()
    tasks = 0

    def make(
        loop: asyncio.AbstractEventLoop, work: object, **options: object
    ) -> "asyncio.Task[object]":
        nonlocal tasks
        tasks += 1
        return asyncio.Task(work, loop=loop, **options)  # type: ignore[arg-type]

    await caller.say(text % 0)
    assert (await caller.hear()).status == 200
    count.clear()
    loop.set_task_factory(make)  # type: ignore[arg-type]
    for number in range(CALLS):
        # Never the same head twice: each is looked up anew.
        caller.writer.write(text % number)
        answer = await caller.hear()
        assert answer.values("X-A") == ["1"]
    loop.set_task_factory(None)
    assert (count["parse"], count["compile"], tasks) == (0, 0, 0)
    assert count["answer"] <= 2 * CALLS
    assert count["request"] == most * CALLS


async def test_a_plain_call_is_one_write_a_side(
    gate: Gate, count: Counter[str]
) -> None:
    caller = await gate.call()
    for number in range(3):
        count.clear()
        await caller.say(GET % number)
        assert (await caller.hear()).status == 200
        assert (count["request"], count["answer"]) == (1, 1)
