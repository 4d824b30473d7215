"""A gateway and a backend on real sockets, and a caller that speaks raw bytes."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bramka import policies
from bramka.app.clock import SystemClock
from bramka.domain.clock import Clock
from bramka.domain.traffic.apart import Apart
from bramka.domain.traffic.api import Api
from bramka.domain.traffic.cache import Caches
from bramka.domain.traffic.configuration import Configuration, Instance
from bramka.domain.traffic.operation import Operation
from bramka.domain.traffic.policy import PolicyDocument
from bramka.domain.traffic.policy_text import Expression, refuse
from bramka.domain.traffic.product import Product
from bramka.domain.traffic.site import Source
from bramka.domain.traffic.subscription import Subscription, key_digest
from bramka.domain.traffic.user import User
from bramka.gateway.dial import real_dial
from bramka.gateway.gateway import Gateway
from bramka.gateway.pool import Dial
from bramka.gateway.workshop import in_a_thread
from bramka.testing import FakeChance
from bramka.wire.connection import Limits

PEPPER = b"pepper"
KEY = b"0123456789abcdef"
WAIT = 90.0
"""Seconds for what takes a moment: a shared machine may stand still for many."""


async def until(look: Callable[[], bool]) -> None:
    async with asyncio.timeout(WAIT):
        while not look():  # noqa: ASYNC110 what is waited for happens elsewhere
            await asyncio.sleep(0.01)


@dataclass
class Seen:
    """A request as it came to the backend."""

    head: bytes
    body: bytes

    @property
    def line(self) -> str:
        return self.head.split(b"\r\n", 1)[0].decode("latin-1")

    def values(self, name: str) -> list[str]:
        lines = self.head.decode("latin-1").split("\r\n")[1:]
        pairs = [line.partition(": ") for line in lines]
        return [value for key, _, value in pairs if key.lower() == name.lower()]


@dataclass
class Answer:
    """An answer as it came to the caller."""

    status: int
    reason: str
    head: bytes
    body: bytes = b""

    def values(self, name: str) -> list[str]:
        return Seen(self.head, b"").values(name)


async def read_head(reader: asyncio.StreamReader) -> bytes:
    return (await reader.readuntil(b"\r\n\r\n"))[:-4]


async def read_body(reader: asyncio.StreamReader, head: bytes) -> bytes:
    """The body as its own fields delimit it; nothing when there are none."""
    message = Seen(head, b"")
    if message.values("Transfer-Encoding") == ["chunked"]:
        parts = []
        while size := int(await reader.readuntil(b"\r\n"), 16):
            parts.append((await reader.readexactly(size + 2))[:-2])
        while await reader.readuntil(b"\r\n") != b"\r\n":
            pass  # Trailers: see those who look at them.
        return b"".join(parts)
    lengths = message.values("Content-Length")
    return await reader.readexactly(int(lengths[0])) if lengths else b""


Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Backend:
    """Notes what reaches it and answers as told."""

    reply: Callable[[Seen], bytes]
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0
    script: Script | None = None
    port: int = 0
    open: set[asyncio.StreamWriter] = field(default_factory=set)
    problems: list[BaseException] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.connections += 1
        self.open.add(writer)
        try:
            await (self.script or self.converse)(reader, writer)
        except (asyncio.IncompleteReadError, OSError):
            pass  # The gateway hung up; the test sees that by what it got.
        except BaseException as error:
            self.problems.append(error)
        finally:
            writer.close()
            self.open.discard(writer)

    async def converse(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while True:
            seen = await self.take(reader)
            answer = self.reply(seen)
            writer.write(answer)
            await writer.drain()
            if b"connection: close" in answer.lower():
                return

    async def take(self, reader: asyncio.StreamReader) -> Seen:
        head = await read_head(reader)
        seen = Seen(head, await read_body(reader, head))
        self.seen.append(seen)
        return seen

    def hang_up(self) -> None:
        """Close the connections that are open, as a restart would."""
        for writer in tuple(self.open):
            writer.close()


def plain(body: bytes = b"ok", head: bytes = b"HTTP/1.1 200 OK") -> bytes:
    return b"%b\r\nContent-Length: %d\r\n\r\n%b" % (head, len(body), body)


def echoed(seen: Seen) -> bytes:
    return plain(seen.body or seen.line.encode("latin-1"))


class Caller:
    """A client connection on which a test says exactly what it wants."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.reader = reader
        self.writer = writer

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def hear(self, *, bodiless: bool = False) -> Answer:
        """The next answer, after those of the kind 1xx."""
        async with asyncio.timeout(WAIT):
            head = await read_head(self.reader)
            version, status, *reason = head.split(b"\r\n")[0].split(b" ", 2)
            assert version == b"HTTP/1.1"
            if int(status) < 200:
                return await self.hear(bodiless=bodiless)
            answer = Answer(int(status), b"".join(reason).decode("latin-1"), head)
            if not bodiless and answer.status not in (204, 304):
                answer.body = await self.hear_body(answer)
            return answer

    async def hear_body(self, answer: Answer) -> bytes:
        framed = answer.values("Content-Length") + answer.values("Transfer-Encoding")
        if framed:
            return await read_body(self.reader, answer.head)
        return await self.reader.read()

    async def rest(self) -> bytes:
        """Everything until the gateway closes."""
        async with asyncio.timeout(WAIT):
            try:
                return await self.reader.read()
            except ConnectionResetError:
                return b""

    def close(self) -> None:
        self.writer.close()

    def reset(self) -> None:
        """Go without a goodbye."""
        raw = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


@dataclass
class Gate:
    """A listening gateway."""

    gateway: Gateway
    port: int
    callers: list[Caller] = field(default_factory=list)

    async def call(self) -> Caller:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self.port, limit=1 << 22
        )
        caller = Caller(reader, writer)
        self.callers.append(caller)
        return caller

    async def ask(self, request: bytes) -> Answer:
        """One request on a connection of its own."""
        caller = await self.call()
        await caller.say(request)
        answer = await caller.hear(bodiless=request.startswith(b"HEAD "))
        caller.close()
        return answer

    async def get(self, path: str, *lines: str, method: str = "GET") -> Answer:
        head = [f"{method} {path} HTTP/1.1", "Host: gate.example", *lines, "", ""]
        return await self.ask("\r\n".join(head).encode("latin-1"))


def no_expressions(expression: Expression) -> Source:
    return refuse("expressions are tested elsewhere", expression.place)


def make_gateway(
    folder: Path,
    clock: Clock | None = None,
    limits: Limits | None = None,
    caches: Caches | None = None,
    dial: Dial | None = None,
    apart: Apart = in_a_thread,
) -> Gateway:
    return Gateway(
        name="gate",
        folder=folder,
        shelf=policies.shelf(),
        expressions=no_expressions,
        dial=dial or real_dial(),
        clock=clock or SystemClock(),
        chance=FakeChance(),
        limits=limits,
        caches=caches,
        apart=apart,
    )


def api(name: str = "echo", **fields: Any) -> Api:
    given: dict[str, Any] = {"path": name, "subscription_required": False, **fields}
    given.setdefault("protocols", ("http", "https"))
    return Api(id=name, display_name=name, **given)


def operation(
    method: str = "GET", template: str = "/*", of: str = "echo", name: str = ""
) -> Operation:
    label = name or f"{method}{template}".replace("/", "_").replace("*", "any")
    return Operation(
        id=label, api_id=of, display_name=label, method=method, url_template=template
    )


EVERY_METHOD = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE")


def subscription(name: str, scope: str, key: bytes, **fields: Any) -> Subscription:
    digest = key_digest(key, PEPPER)
    return Subscription(id=name, scope=scope, primary_digest=digest, **fields)


def user(name: str, **fields: Any) -> User:
    return User(
        id=name, first_name="A", last_name="B", email=f"{name}@example.com", **fields
    )


def configure(
    apis: Iterable[Api],
    *,
    operations: Iterable[Operation] | None = None,
    products: Iterable[Product] = (),
    subscriptions: Iterable[Subscription] = (),
    users: Iterable[User] = (),
    policies: dict[str, str] | None = None,
    version: int = 1,
    **tables: Any,
) -> Configuration:
    """A configuration; without `operations` every API takes everything."""
    apis = list(apis)
    if operations is None:
        operations = [
            operation(method, "/*", one.id) for one in apis for method in EVERY_METHOD
        ]
    return Configuration(
        version=version,
        instance=Instance(name="test", pepper=PEPPER),
        apis={one.id: one for one in apis},
        operations={f"{one.api_id}/{one.id}": one for one in operations},
        products={one.id: one for one in products},
        subscriptions={one.id: one for one in subscriptions},
        users={one.id: one for one in users},
        policies={
            scope: PolicyDocument(scope=scope, text=text)
            for scope, text in (policies or {}).items()
        },
        **tables,
    )


def document(**sections: str) -> str:
    """A policy document that inherits where it is told nothing else."""
    names = ("inbound", "backend", "outbound", "on-error")
    parts = [
        f"<{name}>{sections.get(name.replace('-', '_'), '<base />')}</{name}>"
        for name in names
    ]
    return f"<policies>{''.join(parts)}</policies>"
