"""Whether trailers are welcome is told to the backend as the caller told it to us."""

import pytest
from tests.gateway.conftest import OpenBackend, OpenGate
from tests.gateway.rig import Backend, Gate, api, configure

READS_BODY = """<policies><inbound /><backend><forward-request /></backend>
  <outbound><find-and-replace from="a" to="b" /></outbound><on-error /></policies>"""


@pytest.fixture
async def backend(open_backend: OpenBackend) -> Backend:
    return await open_backend()


@pytest.fixture
async def gate(open_gate: OpenGate, backend: Backend) -> Gate:
    return await open_gate(configure([api(service_url=backend.url)]))


def told(backend: Backend) -> tuple[list[str], list[str]]:
    seen = backend.seen.pop()
    return seen.values("TE"), seen.values("Connection")


@pytest.mark.parametrize(
    ("fields", "passed"),
    [
        (("Connection: TE", "TE: trailers"), True),
        (("Connection: keep-alive, te", "TE: gzip;q=0.5, Trailers"), True),
        (("Connection: TE", "TE: deflate", "TE: trailers;q=1"), True),
        (("TE: trailers",), False),  # meant for one hop, but not said so
        (("Connection: TE", "TE: gzip"), False),
        (("Connection: TE", "TE: x-trailers"), False),
        (("Connection: TE", "TE: "), False),
        (("Connection: TE",), False),
    ],
)
async def test_the_backend_is_told_that_trailers_are_welcome(
    gate: Gate, backend: Backend, fields: tuple[str, ...], *, passed: bool
) -> None:
    assert (await gate.get("/echo", *fields)).status == 200
    assert told(backend) == ((["trailers"], ["TE"]) if passed else ([], []))
    # The next call on the same connection to the backend says nothing of it.
    await gate.get("/echo")
    assert told(backend) == ([], [])


async def test_a_caller_of_the_old_protocol_takes_no_trailers(
    gate: Gate, backend: Backend
) -> None:
    caller = await gate.call()
    await caller.say(
        b"GET /echo HTTP/1.0\r\nHost: a\r\nConnection: TE\r\nTE: trailers\r\n\r\n"
    )
    assert (await caller.hear()).status == 200
    assert told(backend) == ([], [])


async def test_where_a_policy_reads_the_answer_trailers_would_be_lost(
    backend: Backend, open_gate: OpenGate
) -> None:
    policies = {"apis/echo": READS_BODY}
    gate = await open_gate(configure([api(service_url=backend.url)], policies=policies))
    answer = await gate.get("/echo", "Connection: TE", "TE: trailers")
    assert answer.status == 200
    assert told(backend) == ([], [])
