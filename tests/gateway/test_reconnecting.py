"""Backends that are asked to be reached over new connections."""

import asyncio

from tests.gateway.conftest import OpenBackend, OpenGate
from tests.gateway.rig import Backend, api, configure, plain, until

from bramka.domain.traffic import backend as traffic
from bramka.domain.traffic.configuration import Configuration
from bramka.gateway.engine import FORGOTTEN_SECONDS
from bramka.testing import FakeClock


def asked(place: Backend, moment: float | None) -> Configuration:
    """The backend is to be connected to anew at `moment`."""
    backends = {"b": traffic.Backend(id="b", url=place.url, reconnect_at=moment)}
    return configure([api(service_url=place.url)], backends=backends)


async def test_each_moment_ends_what_is_idle_once(
    open_backend: OpenBackend, open_gate: OpenGate
) -> None:
    backend, clock = await open_backend(), FakeClock()
    gate = await open_gate(asked(backend, clock.now() + 5), clock=clock)
    for _ in range(2):
        await gate.get("/echo/a")
    gate.gateway.engine.tick()
    await gate.get("/echo/a")
    assert backend.connections == 1
    clock.advance(6)  # less than what ends idle connections anyhow
    gate.gateway.engine.tick()
    await gate.get("/echo/a")
    assert backend.connections == 2
    other = clock.now() - 0.5
    gate.gateway.take(asked(backend, other))
    gate.gateway.engine.tick()
    for _ in range(3):
        # The same moment comes with each later configuration: it is over.
        await gate.get("/echo/a")
        gate.gateway.take(asked(backend, other))
        gate.gateway.engine.tick()
    assert backend.connections == 3


async def test_a_call_in_flight_ends_and_leaves_no_old_connection(
    open_backend: OpenBackend, open_gate: OpenGate
) -> None:
    answered = asyncio.Event()

    async def converse(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while True:
            await backend.take(reader)
            await answered.wait()
            writer.write(plain())

    clock = FakeClock()
    backend = await open_backend(script=converse)
    gate = await open_gate(asked(backend, None), clock=clock)
    waiting = asyncio.ensure_future(gate.get("/echo/a"))
    await until(lambda: len(backend.seen) == 1)
    gate.gateway.take(asked(backend, clock.now()))
    gate.gateway.engine.tick()
    answered.set()
    assert (await waiting).status == 200
    assert (await gate.get("/echo/a")).status == 200
    assert backend.connections == 2


async def test_a_target_that_nobody_needs_is_forgotten(
    open_backend: OpenBackend, open_gate: OpenGate
) -> None:
    backend, clock = await open_backend(), FakeClock()
    gate = await open_gate(asked(backend, None), clock=clock)
    engine = gate.gateway.engine
    target = engine.target_of(backend.url)
    kept = engine.pool(target)
    for _ in range(20):
        await gate.get("/echo/a")
        clock.advance(20)
        engine.tick()
    assert engine.pool(target) is kept
    assert backend.connections == 1
    for _ in range(2):
        clock.advance(FORGOTTEN_SECONDS + 1)
        engine.tick()
    assert engine.pool(target) is not kept
