"""A plan is swapped in mid-traffic: what flies lands, what was spent stays spent."""

import asyncio

import pytest
from tests.gateway.conftest import OpenBackend, OpenGate
from tests.gateway.rig import (
    Backend,
    Seen,
    api,
    configure,
    document,
    plain,
    read_head,
    subscription,
)

from bramka.domain.errors import Invalid
from bramka.domain.traffic.configuration import Configuration
from bramka.domain.traffic.product import Product

KEY = "Ocp-Apim-Subscription-Key: k"
LIMITS = {
    "rate-limit": ('<rate-limit calls="3" renewal-period="60" />', 429),
    "quota": ('<quota calls="3" renewal-period="86400" />', 403),
}


def limited(backend: Backend, policy: str, version: int = 1) -> Configuration:
    return configure(
        [api(service_url=backend.url)],
        products=[Product(id="gold", display_name="gold", apis=("echo",))],
        subscriptions=[subscription("s", "/products/gold", b"k")],
        policies={"products/gold": document(inbound=f"{policy}<base />")},
        version=version,
    )


@pytest.fixture
async def backend(open_backend: OpenBackend) -> Backend:
    return await open_backend()


@pytest.mark.parametrize("kind", LIMITS)
async def test_what_is_spent_stays_spent_over_plans(
    kind: str, backend: Backend, open_gate: OpenGate
) -> None:
    policy, status = LIMITS[kind]
    gate = await open_gate(limited(backend, policy))
    statuses = []
    for version in range(2, 7):
        statuses.append((await gate.get("/echo", KEY)).status)
        gate.gateway.take(limited(backend, policy, version))
    assert statuses == [200, 200, 200, status, status]
    assert len(backend.seen) == 3


@pytest.mark.parametrize("kind", LIMITS)
async def test_no_schedule_of_callers_gets_more_than_allowed(
    kind: str, backend: Backend, open_gate: OpenGate
) -> None:
    policy, status = LIMITS[kind]
    gate = await open_gate(limited(backend, policy))
    answers = await asyncio.gather(*(gate.get("/echo", KEY) for _ in range(20)))
    assert sorted(answer.status for answer in answers) == [200] * 3 + [status] * 17
    assert len(backend.seen) == 3


async def test_a_call_in_flight_ends_on_the_plan_it_began_with(
    open_backend: OpenBackend, open_gate: OpenGate
) -> None:
    began, go = asyncio.Event(), asyncio.Event()

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        began.set()
        await go.wait()
        writer.write(plain(b"old"))

    old = await open_backend(script=slow)
    new = await open_backend(lambda _seen: plain(b"new"))
    mark = '<base /><set-header name="X-Plan"><value>{}</value></set-header>'
    texts = [{"apis/echo": document(outbound=mark.format(one))} for one in ("a", "b")]
    gate = await open_gate(configure([api(service_url=old.url)], policies=texts[0]))
    call = asyncio.ensure_future(gate.get("/echo"))
    await began.wait()
    gate.gateway.take(
        configure([api(service_url=new.url)], policies=texts[1], version=2)
    )
    later = await gate.get("/echo")
    go.set()
    first = await call
    assert (first.body, first.values("X-Plan")) == (b"old", ["a"])
    assert (later.body, later.values("X-Plan")) == (b"new", ["b"])


BROKEN = {
    "a policy that is none": {"": "<policies><inbound><nope /></inbound></policies>"},
    "not well-formed": {"apis/echo": "<policies><inbound></policies>"},
    "a setting that is none": {
        "apis/echo": document(inbound='<rate-limit calls="x" renewal-period="1" />')
    },
    "an unknown named value": {
        "apis/echo": document(
            inbound='<set-header name="{{gone}}"><value>1</value></set-header>'
        )
    },
    "a place it cannot stand in": {
        "apis/echo": document(inbound="<forward-request />")
    },
}


@pytest.mark.parametrize("kind", BROKEN)
async def test_a_configuration_that_does_not_compile_leaves_the_old_plan(
    kind: str, backend: Backend, open_gate: OpenGate
) -> None:
    gate = await open_gate(configure([api(service_url=backend.url)]))
    plan = gate.gateway.engine.plan
    broken = configure([api(service_url=backend.url)], policies=BROKEN[kind], version=2)
    with pytest.raises(Invalid) as caught:
        gate.gateway.take(broken)
    assert "line" in caught.value.details[0].message
    assert gate.gateway.engine.plan is plan
    assert (await gate.get("/echo")).status == 200
    gate.gateway.take(configure([api(service_url=backend.url)], version=3))
    assert (await gate.get("/echo")).status == 200


async def test_swaps_under_load_fail_no_call(
    backend: Backend, open_gate: OpenGate
) -> None:
    def told(seen: Seen) -> bytes:
        return plain(seen.line.encode())

    backend.reply = told
    gate = await open_gate(configure([api(service_url=backend.url)]))
    statuses: list[int] = []

    async def load() -> None:
        caller = await gate.call()
        for number in range(100):
            await caller.say(b"GET /echo/%d HTTP/1.1\r\nHost: h\r\n\r\n" % number)
            answer = await caller.hear()
            assert answer.body == b"GET /%d HTTP/1.1" % number
            statuses.append(answer.status)

    async def edit() -> None:
        for version in range(2, 22):
            gate.gateway.take(
                configure([api(service_url=backend.url)], version=version)
            )
            await asyncio.sleep(0.005)

    await asyncio.gather(load(), load(), edit())
    assert statuses == [200] * 200
