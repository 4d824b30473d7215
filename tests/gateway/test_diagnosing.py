"""Diagnostics: what is logged of calls, where to, and what stays hidden."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from tests.gateway.conftest import OpenBackend, OpenGate
from tests.gateway.rig import Gate, Seen, api, configure, document, plain, subscription

from bramka.domain.traffic.configuration import Change, Configuration, Update, apply
from bramka.domain.traffic.diagnostic import (
    Body,
    Diagnostic,
    Logger,
    Mask,
    Masking,
    Message,
    Sampling,
    Side,
)
from bramka.domain.traffic.logged_request import LoggedRequest
from bramka.gateway.request_log import RequestLog

FILE = Logger(id="file", logger_type="logFile", credentials={"name": "calls"})
KEY = b"a-key-nobody-may-read"


def diagnostic(api_id: str = "", name: str = "local", **fields: Any) -> Diagnostic:
    return Diagnostic(api_id=api_id, id=name, logger_id="file", **fields)


def configuration(url: str, *known: Diagnostic, **more: Any) -> Configuration:
    return configure(
        [api(service_url=url), api("other", service_url=url)],
        diagnostics={f"{one.api_id}/{one.id}": one for one in known},
        loggers={"file": FILE} | more.pop("loggers", {}),
        **more,
    )


def lines(gate: Gate) -> list[dict[str, Any]]:
    """What is in the log file."""
    folder: Path = gate.gateway.log_files._folder
    path = folder / "calls.log"
    text = path.read_text("utf-8") if path.exists() else ""
    return [json.loads(line) for line in text.splitlines()]


async def requests_of(gate: Gate) -> tuple[LoggedRequest, ...]:
    assert gate.gateway.journal.requests is not None
    return gate.gateway.journal.requests.cut()


async def test_a_call_is_told_with_what_is_wanted_of_both_sides(
    open_gate: OpenGate, open_backend: OpenBackend
) -> None:
    def reply(seen: Seen) -> bytes:
        return plain(b"0123456789", b"HTTP/1.1 201 Created\r\nX-Shelf: 7")

    backend = await open_backend(reply)
    wanted = Side(
        request=Message(headers=("X-Shop", "Accept"), body=Body(bytes=4)),
        response=Message(headers=("X-Shelf", "X-Mine"), body=Body(bytes=3)),
    )
    text = document(
        inbound='<base /><set-header name="X-Shop" exists-action="override">'
        "<value>inner</value></set-header>",
        outbound='<base /><set-header name="X-Shelf" exists-action="delete" />'
        '<set-header name="X-Mine"><value>yes</value></set-header>',
    )
    told = diagnostic(frontend=wanted, backend=wanted, log_client_ip=True)
    known = configuration(backend.url, told, policies={"apis/echo": text})
    gate = await open_gate(known)
    answer = await gate.ask(
        b"POST /echo/books?x=1 HTTP/1.1\r\nHost: gate.example\r\nX-Shop: outer\r\n"
        b"Content-Length: 6\r\n\r\nabcdef"
    )
    assert (answer.status, answer.body) == (201, b"0123456789")
    (line,) = lines(gate)
    assert line["url"] == "http://gate.example/echo/books?x=1"
    assert (line["responseCode"], line["backendResponseCode"]) == (201, 201)
    assert (line["requestSize"], line["responseSize"]) == (6, 10)
    assert (line["apiId"], line["operationId"]) == ("echo", "POST_any")
    assert (line["callerIpAddress"], line["level"]) == ("127.0.0.1", "information")
    assert line["requestHeaders"] == {"X-Shop": "outer"}
    assert line["backendRequestHeaders"] == {"X-Shop": "inner"}
    assert line["responseHeaders"] == {"X-Mine": "yes"}
    assert line["backendResponseHeaders"] == {"X-Shelf": "7"}
    assert (line["requestBody"], line["backendRequestBody"]) == ("abcd", "abcd")
    assert (line["responseBody"], line["backendResponseBody"]) == ("012", "012")


async def test_the_sample_is_as_large_as_it_says(
    open_gate: OpenGate, open_backend: OpenBackend
) -> None:
    backend = await open_backend()
    gate = await open_gate(
        configuration(backend.url, diagnostic(sampling=Sampling(percentage=25)))
    )
    caller = await gate.call()
    for _ in range(400):
        await caller.say(b"GET /echo/x HTTP/1.1\r\nHost: h\r\n\r\n")
        await caller.hear()
    assert 65 <= len(lines(gate)) <= 135


@pytest.mark.parametrize(
    ("fields", "logged"),
    [
        ({"sampling": Sampling(percentage=0)}, []),
        ({"sampling": Sampling(percentage=0), "always_log": "allErrors"}, [503]),
        ({"verbosity": "error"}, [503]),
        ({}, [200, 503]),
    ],
)
async def test_errors_may_always_be_logged_or_alone(
    fields: dict[str, Any],
    logged: list[int],
    open_gate: OpenGate,
    open_backend: OpenBackend,
) -> None:
    def reply(seen: Seen) -> bytes:
        fails = "/fails" in seen.line
        return plain(b"", b"HTTP/1.1 503 Busy" if fails else b"HTTP/1.1 200 OK")

    backend = await open_backend(reply)
    gate = await open_gate(configuration(backend.url, diagnostic(**fields)))
    gate.gateway.journal.requests = RequestLog(10)
    await gate.get("/echo/works")
    await gate.get("/echo/fails")
    assert [line["responseCode"] for line in lines(gate)] == logged
    assert [one.response_code for one in await requests_of(gate)] == logged


async def test_an_api_says_otherwise_than_all(
    open_gate: OpenGate, open_backend: OpenBackend
) -> None:
    backend = await open_backend()
    silent = diagnostic("echo", sampling=Sampling(percentage=0))
    gate = await open_gate(
        configuration(backend.url, diagnostic(log_client_ip=True), silent)
    )
    gate.gateway.journal.requests = RequestLog(10)
    for path in ("/echo/x", "/other/x", "/nowhere"):
        await gate.get(path)
    assert [line.get("apiId") for line in lines(gate)] == ["other", None]
    noted = await requests_of(gate)
    assert [(one.api, one.ip_address) for one in noted] == [
        ("other", "127.0.0.1"),
        ("", "127.0.0.1"),
    ]


async def test_calls_without_a_key_are_told_once_with_the_reason(
    open_gate: OpenGate, open_backend: OpenBackend
) -> None:
    backend = await open_backend()
    hosts = Message(headers=("Host",))
    known = configure(
        [api(service_url=backend.url, subscription_required=True)],
        diagnostics={"/local": diagnostic(backend=Side(request=hosts))},
        loggers={"file": FILE},
    )
    gate = await open_gate(known)
    assert (await gate.get("/echo/x")).status == 401
    (line,) = lines(gate)
    assert line["lastErrorReason"] == "SubscriptionKeyNotFound"
    assert (line["responseCode"], line["level"]) == (401, "error")
    assert line["apiRevision"] == "1"
    assert not [name for name in line if name.startswith("backend")]


async def test_nothing_secret_is_told(
    open_gate: OpenGate, open_backend: OpenBackend
) -> None:
    backend = await open_backend()
    names = ("Ocp-Apim-Subscription-Key", "Authorization", "X-Pin", "X-Gone", "X-Plain")
    masking = Masking(
        headers=(Mask(value="x-pin"), Mask(value="X-Gone", mode="Hide")),
        query_params=(Mask(value="pin"), Mask(value="gone", mode="Hide")),
    )
    front = Side(request=Message(headers=names, data_masking=masking))
    known = configure(
        [api(service_url=backend.url, subscription_required=True)],
        subscriptions=[subscription("mine", "/apis", KEY)],
        diagnostics={"/local": diagnostic(frontend=front)},
        loggers={"file": FILE},
    )
    gate = await open_gate(known)
    key = KEY.decode()
    for query, fields in (
        ("?pin=12&gone=34&x=1", [f"Ocp-Apim-Subscription-Key: {key}"]),
        (f"?subscription-key={key}", []),
    ):
        secrets = ("Authorization: Bearer s3cret", "X-Pin: 1234", "X-Gone: 5678")
        path = f"/echo/x{query}"
        answer = await gate.get(path, *fields, *secrets, "X-Plain: seen")
        assert answer.status == 200
    first, second = lines(gate)
    assert first["url"].endswith("/echo/x?pin=***&x=1")
    assert second["url"].endswith("/echo/x?subscription-key=***")
    assert first["requestHeaders"] == {
        "Ocp-Apim-Subscription-Key": "***",
        "Authorization": "***",
        "X-Pin": "***",
        "X-Plain": "seen",
    }
    assert first["apimSubscriptionId"] == "mine"


@pytest.mark.parametrize(
    ("protocol", "given", "name", "sent"),
    [
        (
            "W3C",
            "traceparent: 00-" + "a" * 32 + "-" + "b" * 16 + "-01",
            "traceparent",
            "00-" + "a" * 32,
        ),
        ("W3C", "X-None: 1", "traceparent", "00-"),
        ("Legacy", "Request-Id: |root.1.", "Request-Id", "|root.1."),
        ("Legacy", "X-None: 1", "Request-Id", "|"),
    ],
)
async def test_backends_are_told_which_call_it_belongs_to(
    protocol: str,
    given: str,
    name: str,
    sent: str,
    open_gate: OpenGate,
    open_backend: OpenBackend,
) -> None:
    backend = await open_backend()
    told = diagnostic(http_correlation_protocol=protocol)
    gate = await open_gate(configuration(backend.url, told))
    await gate.get("/echo/x", given)
    (value,) = backend.seen[0].values(name)
    (line,) = lines(gate)
    assert value.startswith(sent)
    assert value != given.partition(": ")[2]
    assert line["traceId"] in value
    assert line["spanId"] in value
    assert ("parentId" in line) == (not given.startswith("X-None"))


@pytest.mark.parametrize(
    ("verbosity", "told"),
    [("error", []), (None, ["heard"]), ("verbose", ["heard", "whispered"])],
)
async def test_what_policies_trace_is_told_as_far_as_wanted(
    verbosity: Any, told: list[str], open_gate: OpenGate, open_backend: OpenBackend
) -> None:
    backend = await open_backend(lambda _: plain(b"", b"HTTP/1.1 500 Oh"))
    text = document(
        inbound='<base /><trace source="shop" severity="information">'
        "<message>heard</message></trace>"
        '<trace source="shop"><message>whispered</message></trace>'
    )
    known = configuration(
        backend.url, diagnostic(verbosity=verbosity), policies={"apis/echo": text}
    )
    gate = await open_gate(known)
    await gate.get("/echo/x")
    (line,) = lines(gate)
    assert [one["message"] for one in line.get("traceRecords", [])] == told


async def test_a_webhook_is_told_as_json(
    open_gate: OpenGate, open_backend: OpenBackend
) -> None:
    told = asyncio.Event()

    def reply(_: Seen) -> bytes:
        told.set()
        return plain()

    backend, listener = await open_backend(), await open_backend(reply)
    hook = Logger(
        id="file",
        logger_type="webhook",
        credentials={"url": f"{listener.url}/calls", "X-Secret": "s"},
    )
    known = configuration(backend.url, diagnostic(), loggers={"file": hook})
    gate = await open_gate(known)
    await gate.get("/echo/x")
    async with asyncio.timeout(90):
        await told.wait()
    (seen,) = listener.seen
    assert seen.line == "POST /calls HTTP/1.1"
    assert seen.values("Content-Type") == ["application/json"]
    assert seen.values("X-Secret") == ["s"]
    assert json.loads(seen.body)["url"] == "http://gate.example/echo/x"


async def test_it_begins_and_ends_with_the_configuration(
    open_gate: OpenGate, open_backend: OpenBackend
) -> None:
    backend = await open_backend()
    known = configuration(backend.url)
    gate = await open_gate(known)
    told = diagnostic("echo")
    for version, noun in ((2, told), (3, None)):
        change = Change(table="diagnostics", key="echo/local", noun=noun)
        update = Update(version=version, changes=(change,))
        known = apply(known, update)
        await gate.gateway.take_in_turns(known, update)
        await gate.get("/echo/x")
        await gate.get("/other/x")
    assert [line["apiId"] for line in lines(gate)] == ["echo"]
    moved = structs.replace(FILE, credentials={"name": "elsewhere"})
    for change in (
        Change(table="diagnostics", key="/local", noun=diagnostic()),
        Change(table="loggers", key="file", noun=moved),
    ):
        update = Update(version=4, changes=(change,))
        known = apply(known, update)
        await gate.gateway.take_in_turns(known, update)
        await gate.get("/other/x")
    assert [line["apiId"] for line in lines(gate)] == ["echo", "other"]


async def test_without_diagnostics_a_call_has_no_step_of_theirs(
    open_gate: OpenGate, open_backend: OpenBackend
) -> None:
    backend = await open_backend()
    gate = await open_gate(configuration(backend.url, diagnostic("other")))
    plan = gate.gateway.engine.plan
    assert plan is not None
    assert plan.apis["echo"].rows[None].inbound.runs == ()
    assert plan.apis["echo"].rows[None].direct
    assert len(plan.apis["other"].rows[None].inbound.runs) == 1
    assert plan.apis["other"].rows[None].direct
