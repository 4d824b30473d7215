"""Backends and gateways that a test opens; closed when it is over."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Protocol

import pytest
import uvloop
from tests.gateway.rig import Backend, Gate, Script, Seen, echoed, make_gateway

from bramka.domain.clock import Clock
from bramka.domain.traffic.configuration import Configuration
from bramka.wire.connection import Limits


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop that the gateway's process runs on."""
    return {"uvloop": uvloop.new_event_loop}


class OpenBackend(Protocol):
    """Opens a backend."""

    def __call__(
        self, reply: Callable[[Seen], bytes] = echoed, script: Script | None = None
    ) -> Awaitable[Backend]: ...


class OpenGate(Protocol):
    """Opens a gateway that serves a configuration."""

    def __call__(
        self,
        configuration: Configuration | None,
        *,
        limits: Limits | None = None,
        clock: Clock | None = None,
    ) -> Awaitable[Gate]: ...


@pytest.fixture
async def open_backend() -> AsyncIterator[OpenBackend]:
    opened: list[tuple[Backend, asyncio.Server]] = []

    async def open_one(
        reply: Callable[[Seen], bytes] = echoed, script: Script | None = None
    ) -> Backend:
        backend = Backend(reply, script=script)
        server = await asyncio.start_server(
            backend.connected, "127.0.0.1", 0, limit=1 << 22
        )
        backend.port = server.sockets[0].getsockname()[1]
        opened.append((backend, server))
        return backend

    yield open_one
    for backend, server in opened:
        server.close()
        backend.hang_up()
        await asyncio.sleep(0)
        assert not backend.problems


@pytest.fixture
async def open_gate(tmp_path: Path) -> AsyncIterator[OpenGate]:
    opened: list[Gate] = []

    async def open_one(
        configuration: Configuration | None,
        *,
        limits: Limits | None = None,
        clock: Clock | None = None,
    ) -> Gate:
        folder = tmp_path / f"gate{len(opened)}"
        gateway = make_gateway(folder, clock, limits)
        if configuration is not None:
            gateway.take(configuration)
        opened.append(Gate(gateway, await gateway.listen("127.0.0.1", 0)))
        return opened[-1]

    yield open_one
    for gate in opened:
        for caller in gate.callers:
            caller.close()
        await gate.gateway.stop(grace=0.2)
