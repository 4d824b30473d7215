"""The article's text service, and a running services process around it, for tests."""

import asyncio
import json
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import mmh3
import polars as pl
import uvloop
from sqlalchemy import Engine

from bramka.app.clock import SystemClock
from bramka.domain.clock import Clock
from bramka.domain.learning.endpoint import Digests, Endpoint, Keys, draw_key
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.service import (
    Column,
    Definition,
    GlobalParameter,
    Port,
    ScoringFunction,
)
from bramka.domain.learning.table import Table
from bramka.domain.traffic.subscription import key_digest
from bramka.scoring.doors import Doors
from bramka.scoring.execute import Execute
from bramka.scoring.front import Front
from bramka.scoring.invocations import invocation_routes
from bramka.scoring.ledger import Ledger
from bramka.scoring.open_inference import OpenInference
from bramka.scoring.registry import Registry
from bramka.scoring.site import service_routes
from bramka.scoring.watching import watching_routes
from bramka.testing import FakeChance, FakeClock
from bramka.wire.connection import Limits
from bramka.wire.message import Answer, Request
from bramka.wire.server import whole_server

TEXT = Column(name="Col2")
HASHES = tuple(Column(name=f"Col2_HashingFeature.{i}", type="Int32") for i in range(8))
PEPPER = b"p" * 32
WORKSPACE = "a" * 32
OTHER_WORKSPACE = "b" * 32
KEYS = Keys(primary=draw_key(FakeChance(1)), secondary=draw_key(FakeChance(2)))
DIGESTS = Digests(
    primary=key_digest(KEYS.primary.encode(), PEPPER),
    secondary=key_digest(KEYS.secondary.encode(), PEPPER),
)


class HashingFunction:
    """Feature hashing with three bits and word pairs, as the article publishes it."""

    row_wise = True

    def __init__(self) -> None:
        self.definition = Definition(
            name="SimpleFeatureHashingExperiment",
            inputs=(Port(name="input1", columns=(TEXT,), samples=(("a",), ("b",))),),
            outputs=(Port(name="output1", columns=(TEXT, *HASHES)),),
        )

    def score(
        self, inputs: Mapping[str, Table], parameters: Mapping[str, Any]
    ) -> Mapping[str, Table]:
        texts = inputs["input1"].frame["Col2"].to_list()
        counts = [_counts(text or "") for text in texts]
        frame = pl.DataFrame(
            counts, schema={column.name: pl.Int32 for column in HASHES}, orient="row"
        )
        return {"output1": inputs["input1"].append(Table.of(frame))}


def _counts(text: str) -> list[int]:
    hashed = [mmh3.hash(word, signed=False) for word in text.split()]
    pairs = [a * 27942141 + b for a, b in pairwise(hashed)]
    counts = [0] * 8
    for number in hashed + pairs:
        counts[number & 7] += 1
    return counts


class EchoFunction:
    """Gives each input back as an output of the same columns."""

    row_wise = True

    def __init__(
        self,
        *ports: tuple[Column, ...],
        parameters: tuple[GlobalParameter, ...] = (),
    ) -> None:
        inputs = [Port(name=f"input{i}", columns=p) for i, p in enumerate(ports, 1)]
        outputs = [Port(name=f"output{i}", columns=p) for i, p in enumerate(ports, 1)]
        self.definition = Definition(
            name="Echo",
            inputs=tuple(inputs),
            outputs=tuple(outputs),
            parameters=parameters,
        )
        self.parameters: list[Mapping[str, Any]] = []

    def score(
        self, inputs: Mapping[str, Table], parameters: Mapping[str, Any]
    ) -> Mapping[str, Table]:
        self.parameters.append(parameters)
        return {
            name.replace("input", "output"): table for name, table in inputs.items()
        }


class RefusingFunction(EchoFunction):
    """Raises what it was made with."""

    def __init__(self, error: Exception) -> None:
        super().__init__((TEXT,))
        self.error = error

    def score(
        self, inputs: Mapping[str, Table], parameters: Mapping[str, Any]
    ) -> Mapping[str, Table]:
        raise self.error


def script_failed() -> ModuleError:
    return ModuleError(85, "The script failed.", module="Execute Python Script")


TYPED = (
    Column(name="whole", type="Int32"),
    Column(name="real", type="Double"),
    Column(name="flag", type="Boolean"),
    Column(name="day", type="DateTime"),
    Column(name="text"),
)


def endpoint(package: str = "hashing", **others: Any) -> Endpoint:
    known: dict[str, Any] = {
        "id": "e" * 32,
        "service_id": "5" * 32,
        "workspace_id": WORKSPACE,
        "service_name": "SimpleFeatureHashingExperiment",
        "digests": DIGESTS,
    }
    return Endpoint(package=package, **{**known, **others})


def registry_of(
    function: ScoringFunction,
    *,
    loads: bool = True,
    clock: Clock | None = None,
    **others: Any,
) -> Registry:
    """One published service; a second workspace has nothing."""

    def load(package: str) -> ScoringFunction:
        if not loads:
            raise ValueError(f"{package} is damaged")
        return function

    registry = Registry(load, clock or FakeClock())
    registry.renew([WORKSPACE, OTHER_WORKSPACE], [endpoint(**others)])
    return registry


def front_of(
    function: ScoringFunction | None = None,
    *,
    threads: Executor | None = None,
    clock: Clock | None = None,
    longest_seconds: float = 100.0,
    usage: Engine | None = None,
    process: str = "one",
    **others: Any,
) -> Front:
    """The whole services process but its sockets."""
    clock = clock or FakeClock()
    registry = registry_of(function or HashingFunction(), clock=clock, **others)
    execute = Execute(clock, threads or ThreadPoolExecutor(1), longest_seconds)
    ledger = Ledger(usage, registry, clock, process) if usage else None
    return front_with(registry, execute, clock, ledger)


def front_with(
    registry: Registry,
    execute: Execute | None = None,
    clock: Clock | None = None,
    ledger: Ledger | None = None,
) -> Front:
    """The same around a registry that is there."""
    clock = clock or FakeClock()
    execute = execute or Execute(clock, ThreadPoolExecutor(1))
    doors = Doors(registry, PEPPER)
    routes = service_routes(doors, registry, execute, "http://127.0.0.1:8070")
    routes += OpenInference(doors, registry, execute).routes()
    routes += invocation_routes(doors, execute)
    if ledger is not None:
        routes += watching_routes(doors, registry, ledger, clock, "")
    return Front(routes, FakeChance())


SERVICE = f"/workspaces/{WORKSPACE}/services/{'e' * 32}"
ARTICLE = {
    "Inputs": {"input1": {"ColumnNames": ["Col2"], "Values": [["This is a good day"]]}},
    "GlobalParameters": {},
}


def request(
    body: object = ARTICLE,
    *,
    path: str = f"{SERVICE}/execute",
    query: str = "api-version=2.0&details=true",
    authorization: str | None = f"Bearer {KEYS.primary}",
    method: str = "POST",
    content_type: str = "application/json",
) -> Request:
    """A call; a body that is not bytes is sent as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = [(b"content-type", content_type.encode())]
    if authorization is not None:
        headers.append((b"authorization", authorization.encode()))
    return Request(method, path, query, headers, content, "127.0.0.1")


def answered(front: Front, asked: Request) -> Answer:
    """The answer, whether it comes at once or from a thread."""
    outcome = front(asked)
    if isinstance(outcome, Answer):
        return outcome

    async def wait() -> Answer:
        return await outcome

    return asyncio.run(wait())


def answer_to(body: object = ARTICLE, front: Front | None = None, **how: Any) -> Any:
    """The content of a 200."""
    answer = answered(front or front_of(), request(body, **how))
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


def error_of(
    body: object = ARTICLE, front: Front | None = None, **how: Any
) -> tuple[int, str, str, str]:
    """Status, code, and the code and message of the only detail of a refusal."""
    answer = answered(front or front_of(), request(body, **how))
    error = json.loads(answer.body)["error"]
    assert set(error) == {"code", "message", "details"}
    (detail,) = error["details"]
    assert set(detail) == {"code", "target", "message"}
    return answer.status, error["code"], detail["code"], detail["message"]


@contextmanager
def served(front: Front) -> Iterator[str]:
    """A real server of `front` on a free port; gives its address."""
    started: Future[tuple[int, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        server = whole_server(
            front,
            clock=SystemClock(),
            limits=Limits(body_bytes=1_000_000),
            refuse=front.refuse,
        )
        port = await server.listen("127.0.0.1", 0)
        stopping = asyncio.Event()
        started.set_result((port, asyncio.get_running_loop(), stopping))
        await stopping.wait()
        await server.stop(grace=1)

    thread = threading.Thread(target=uvloop.run, args=(serve(),))
    thread.start()
    port, loop, stopping = started.result(90)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        loop.call_soon_threadsafe(stopping.set)
        thread.join()
