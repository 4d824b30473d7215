"""A gateway as it runs: on uvloop, on real sockets, with backends beside it."""

import asyncio
import tempfile
import threading
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import Future
from pathlib import Path
from shutil import rmtree
from typing import Any, Self, TypeVar

import uvloop

from bramka import policies
from bramka.app.clock import SystemChance, SystemClock
from bramka.domain.traffic.api import Api
from bramka.domain.traffic.certificate import Certificate
from bramka.domain.traffic.configuration import Configuration, Instance
from bramka.domain.traffic.operation import Operation
from bramka.domain.traffic.policy import PolicyDocument
from bramka.domain.traffic.subscription import Subscription, key_digest
from bramka.expressions.sources import expression_compiler
from bramka.expressions.surroundings import Surroundings
from bramka.gateway.dial import real_dial
from bramka.gateway.gateway import Gateway
from bramka.wire.connection import Limits

T = TypeVar("T")
KEY = "the-key"
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE")
BOTH = ("http", "https")
Ask = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Serving:
    """One gateway in a thread of its own; its backends share the loop."""

    def __init__(self, limits: Limits | None = None, hosts: Sequence[str] = ()) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="bramka-serving-"))
        self.loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        self._backends: list[asyncio.Server] = []
        self._stopping: Future[None] | None = None
        self.gateway = self.run(self._open(limits, hosts))
        self.port = self.run(self.gateway.listen("127.0.0.1", 0))

    async def _open(self, limits: Limits | None, hosts: Sequence[str]) -> Gateway:
        clock, chance = SystemClock(), SystemChance()
        around = Surroundings(clock, chance)
        return Gateway(
            name="tested",
            folder=self._folder,
            shelf=policies.shelf(),
            expressions=expression_compiler(around),
            served=around.settle,
            dial=real_dial(),
            clock=clock,
            chance=chance,
            limits=limits,
            hosts=hosts,
            holds_schemes=True,
        )

    def run(self, work: Coroutine[Any, Any, T], seconds: float = 90.0) -> T:
        """Run `work` in the gateway's loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(seconds)

    def do(self, work: Callable[[], T]) -> T:
        async def later() -> T:
            return work()

        return self.run(later())

    def backend(self, ask: Ask) -> int:
        """A backend that answers each connection with `ask`; gives its port."""

        async def answer(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter
        ) -> None:
            try:
                await ask(reader, writer)
            finally:
                writer.close()

        async def open_backend() -> int:
            server = await asyncio.start_server(answer, "127.0.0.1", 0)
            self._backends.append(server)
            return int(server.sockets[0].getsockname()[1])

        return self.run(open_backend())

    def take(
        self,
        *apis: Api,
        policy: str = "",
        scope: str = "",
        certificates: Sequence[Certificate] = (),
        distrusted: tuple[str, ...] = (),
    ) -> None:
        """Serve these APIs, each with the usual operations, and one key for all."""
        operations = [
            Operation(
                id=f"{api.id}-{method.lower()}",
                api_id=api.id,
                display_name=method,
                method=method,
                url_template="/*",
            )
            for api in apis
            if api.type == "http"
            for method in METHODS
        ]
        subscription = Subscription(
            id="all",
            scope="/apis",
            created_date=0.0,
            primary_digest=key_digest(KEY.encode(), b""),
        )
        documents = [PolicyDocument(scope=scope, text=policy)] if policy else []
        configuration = Configuration(
            version=1,
            instance=Instance(name="tested", distrusted=distrusted),
            apis={api.id: api for api in apis},
            operations={one.id: one for one in operations},
            subscriptions={"all": subscription},
            policies={one.scope: one for one in documents},
            certificates={one.id: one for one in certificates},
        )
        self.do(lambda: self.gateway.take(configuration))

    def stop(self, grace: float) -> "Future[None]":
        """Begin to stop the gateway; the first time counts."""
        if self._stopping is None:
            work = self.gateway.stop(grace=grace)
            self._stopping = asyncio.run_coroutine_threadsafe(work, self.loop)
        return self._stopping

    async def _end_tasks(self) -> None:
        """Backends may be in the middle of something."""
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0.02)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._backends:
            self.do(server.close)
        self.stop(grace=0.2).result(90)
        self.run(self._end_tasks())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(90)
        self.loop.close()
        rmtree(self._folder)


def open_api(name: str, service_url: str, **more: Any) -> Api:
    """An API at `/name` that needs no key."""
    usual: dict[str, Any] = {
        "path": name,
        "protocols": BOTH,
        "subscription_required": False,
    }
    return Api(id=name, display_name=name, service_url=service_url, **(usual | more))


async def read_head(reader: asyncio.StreamReader) -> tuple[bytes, dict[bytes, bytes]]:
    """The first line of a message and its fields, names in lower case."""
    lines = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
    pairs = (line.partition(b":") for line in lines[1:] if line)
    return lines[0], {name.lower(): value.strip() for name, _, value in pairs}


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A backend that tells the request's first line and gives its body back."""
    try:
        while True:
            line, fields = await read_head(reader)
            body = await read_body(reader, fields)
            told = b"%s|%s" % (line, body)
            length = b"Content-Length: %d\r\n" % len(told)
            sent = b"" if line.startswith(b"HEAD ") else told
            writer.write(b"HTTP/1.1 200 OK\r\n" + length + b"\r\n" + sent)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def read_body(reader: asyncio.StreamReader, fields: dict[bytes, bytes]) -> bytes:
    """The body of a message, with any trailers behind a bar."""
    if b"chunked" not in fields.get(b"transfer-encoding", b""):
        return await reader.readexactly(int(fields.get(b"content-length", b"0")))
    body = b""
    while size := int((await reader.readline()).split(b";")[0], 16):
        body += (await reader.readexactly(size + 2))[:-2]
    trailers = b""
    while (line := await reader.readline()) != b"\r\n":
        trailers += line.strip()
    return body + (b"|" + trailers if trailers else b"")
