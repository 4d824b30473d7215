"""The metrics door: who may read, and what a Prometheus finds there."""

import asyncio
import json
import re
import resource
from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.gateway.conftest import OpenBackend, OpenGate
from tests.gateway.rig import Answer, Caller, Gate, api, configure

from bramka.app.clock import SystemClock
from bramka.domain.traffic.backend import (
    Backend,
    BreakerRule,
    CircuitBreaker,
    FailureCondition,
    StatusRange,
)
from bramka.domain.traffic.demand import WindowDemand
from bramka.domain.traffic.diagnostic import Diagnostic
from bramka.domain.traffic.metric import Metrics
from bramka.gateway.allowances_remote import RemoteAllowances
from bramka.gateway.allowances_share import Share
from bramka.gateway.limit_script import StoreAway
from bramka.gateway.metrics import metrics_server
from bramka.gateway.status import status_of
from bramka.testing import FakeChance
from bramka.wire.message import Request
from bramka.wire.watching import may_read

LINE = re.compile(
    r"(# TYPE [a-zA-Z_:][\w:]* (counter|gauge|summary|histogram))"
    r'|([a-zA-Z_:][\w:]*(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [-+\w.]+)'
)


async def scraped(gate: Gate, *lines: str, token: str = "", path: str = "") -> Answer:
    server = metrics_server(gate.gateway, token)
    port = await server.listen("127.0.0.1", 0)
    caller = Caller(*await asyncio.open_connection("127.0.0.1", port))
    head = [f"GET {path or '/metrics'} HTTP/1.1", "Host: h", *lines, "", ""]
    await caller.say("\r\n".join(head).encode())
    answer = await caller.hear()
    caller.close()
    server.close()
    return answer


@pytest.fixture
async def gate(open_backend: OpenBackend, open_gate: OpenGate) -> Gate:
    backend = await open_backend()
    failing = FailureCondition(
        interval="PT1M", count=1, status_code_ranges=(StatusRange(min=500, max=599),)
    )
    rule = BreakerRule(name="r", failure_condition=failing, trip_duration="PT1M")
    kept = Backend(
        id="b1",
        url=backend.url,
        protocol="http",
        circuit_breaker=CircuitBreaker(rules=(rule,)),
    )
    return await open_gate(
        configure([api(service_url=backend.url)], backends={"b1": kept}, version=7)
    )


async def test_what_it_tells_is_what_happened(gate: Gate) -> None:
    for path in ("/echo", "/echo", "/nowhere"):
        await gate.get(path)
    gate.gateway.journal.cut()
    await gate.get("/echo")
    gate.gateway.journal.cut()
    text = (await scraped(gate)).body.decode()
    assert all(LINE.fullmatch(line) for line in text.splitlines()), text
    for line in (
        'bramka_calls_total{code="2xx"} 3',
        'bramka_calls_total{code="4xx"} 1',
        "bramka_call_seconds_count 4",
        'bramka_call_seconds_bucket{le="+Inf"} 4',
        'bramka_call_seconds_bucket{le="60"} 4',
        "bramka_configuration_version 7",
        "bramka_in_flight_calls 0",
        'bramka_circuit_open{backend="b1"} 0',
    ):
        assert line in text.splitlines()


async def test_an_api_whose_diagnostic_wants_metrics_is_told_apart(
    gate: Gate,
) -> None:
    plan = gate.gateway.engine.plan
    assert plan is not None
    before = (await scraped(gate)).body
    known = Diagnostic(api_id="", id="local", logger_id="", metrics=True)
    (name,) = plan.configuration.apis
    own = Diagnostic(api_id=name, id="local", logger_id="", metrics=False)
    # What the API says itself stands before what is said of all.
    for diagnostics in (
        {"/local": known},
        {"/local": known, f"{name}/local": own},
    ):
        gate.gateway.take(replace(plan.configuration, diagnostics=diagnostics))
        assert (await gate.get("/echo")).status == 200
        gate.gateway.journal.cut()
        text = (await scraped(gate)).body.decode()
        assert all(LINE.fullmatch(line) for line in text.splitlines()), text
        assert f'bramka_api_calls_total{{api="{name}",code="2xx"}} 1' in text
        assert f'bramka_api_call_seconds_count{{api="{name}"}} 1' in text
    assert b"bramka_api_calls" not in before


async def test_what_policies_count_is_there_too(gate: Gate) -> None:
    metrics = gate.gateway.workshop.state.keep(("", "metrics"), Metrics)
    metrics.add("shop", "orders", (("kind", "a"),), 2.0)
    text = (await scraped(gate)).body.decode()
    assert 'shop_orders_sum{kind="a"} 2.0' in text


async def test_a_breaker_that_is_open_is_told(gate: Gate) -> None:
    plan = gate.gateway.engine.plan
    assert plan is not None
    breaker = plan.backends["b1"].breaker  # type: ignore[union-attr] # it is no pool
    assert breaker is not None
    breaker.note(gate.gateway.engine.monotonic(), 503)
    assert b'bramka_circuit_open{backend="b1"} 1' in (await scraped(gate)).body


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ([], 403),
        (["Authorization: Bearer wrong"], 403),
        (["Authorization: Bearer sesame"], 200),
    ],
)
async def test_a_token_opens_where_there_is_one(
    gate: Gate, lines: list[str], status: int
) -> None:
    assert (await scraped(gate, *lines, token="sesame")).status == status


@pytest.mark.parametrize(
    ("peer", "status"),
    [("127.0.0.1", 200), ("::1", 200), ("192.0.2.7", 403), ("fe80::1%eth0", 403)],
)
def test_without_a_token_this_machine_reads(peer: str, status: int) -> None:
    request = Request("GET", "/metrics", "", [], b"", peer)
    assert may_read(request, "") == (status == 200)


async def health(gate: Gate) -> list[str]:
    answer = await scraped(gate, path="/health")
    assert answer.status == 200
    told = json.loads(answer.body)
    assert told["version"] == 7
    assert tuple(told["troubles"]) == status_of(gate.gateway, "gate").troubles
    found: list[str] = told["troubles"]
    return found


async def test_what_ails_it_is_told_in_words_and_in_gauges(
    gate: Gate, tmp_path: Path
) -> None:
    assert await health(gate) == []
    text = (await scraped(gate)).body.decode()
    assert "bramka_console_away_seconds 0" in text
    assert "bramka_files_spent 0" in text
    assert "bramka_limit_store_away" not in text
    used, most = (
        int(number) for number in re.findall(r"bramka_(?:most_)?open_files (\d+)", text)
    )
    assert 0 < used < most

    gateway, files = gate.gateway, resource.getrlimit(resource.RLIMIT_NOFILE)
    gateway.console.fell_silent()
    gateway.workshop.store = store = remote(tmp_path)
    await store.take([[WindowDemand("p", "k", 5, 60.0)]])
    resource.setrlimit(resource.RLIMIT_NOFILE, (1, files[1]))
    gateway.descriptors.look(0)
    resource.setrlimit(resource.RLIMIT_NOFILE, files)
    silent, away, spent = await health(gate)
    assert "configuration 7 is served" in silent
    assert "store of limits is away" in away
    assert "no file can be opened" in spent
    text = (await scraped(gate)).body.decode()
    assert all(LINE.fullmatch(line) for line in text.splitlines()), text
    for name in ("files_spent", "limit_store_away"):
        assert f"bramka_{name} 1" in text
    gateway.console.answered()
    assert len(await health(gate)) == 2
    await store.stop()


async def test_a_gateway_without_a_configuration_is_not_well(
    open_gate: OpenGate,
) -> None:
    answer = await scraped(await open_gate(None), path="/health")
    assert answer.status == 503
    assert b"nothing is served" in answer.body


def remote(folder: Path) -> RemoteAllowances:
    """Limits in a store that does not answer."""

    async def run(script: str, keys: Sequence[str], argument: bytes) -> object:
        raise StoreAway("it is away")

    return RemoteAllowances(
        run, name="g", share=Share(folder), clock=SystemClock(), chance=FakeChance()
    )


async def test_nothing_else_is_there(gate: Gate) -> None:
    assert (await scraped(gate, path="/echo")).status == 404
