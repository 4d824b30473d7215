"""A relay on uvloop that reads nothing: what sockets alone cost in Python.

Run as a script with its own port and the upstream's. Every caller has a connection to
the upstream of its own, and what comes goes on as it is.
"""

import asyncio
import sys
from typing import cast

import uvloop


class Upstream(asyncio.Protocol):
    """The upstream's side of one caller's connection."""

    transport: asyncio.Transport

    def __init__(self, caller: asyncio.Transport) -> None:
        self.caller = caller

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self.caller.write(data)

    def connection_lost(self, error: Exception | None) -> None:
        del error
        self.caller.close()


class Caller(asyncio.Protocol):
    """One caller's connection."""

    transport: asyncio.Transport

    def __init__(self, upstream_port: int) -> None:
        self.upstream_port = upstream_port
        self.upstream: Upstream | None = None
        self.waiting = b""
        self.dialling: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.dialling = asyncio.get_running_loop().create_task(self.dial())

    async def dial(self) -> None:
        """Connect to the upstream, and send it what came meanwhile."""
        loop = asyncio.get_running_loop()
        _, self.upstream = await loop.create_connection(
            lambda: Upstream(self.transport), "127.0.0.1", self.upstream_port
        )
        if self.waiting:
            self.upstream.transport.write(self.waiting)

    def data_received(self, data: bytes) -> None:
        if self.upstream is None:
            self.waiting += data
        else:
            self.upstream.transport.write(data)

    def connection_lost(self, error: Exception | None) -> None:
        del error
        if self.upstream is not None:
            self.upstream.transport.close()


async def relay(port: int, upstream_port: int) -> None:
    """Serve until ended."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Caller(upstream_port), "127.0.0.1", port, backlog=1024
    )
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(relay(int(sys.argv[1]), int(sys.argv[2])))
