"""The log names the backend that fails, and how; nothing that a caller sent."""

import asyncio
import logging
from pathlib import Path

import httpx2
import pytest
from tests.gateway.conftest import OpenBackend, OpenGate
from tests.gateway.rig import api, configure, read_head, until

from bramka.app.gateway.following import Following


def told(caplog: pytest.LogCaptureFixture) -> str:
    (record,) = (
        one for one in caplog.records if one.name == "bramka.gateway.answering"
    )
    assert record.levelno == logging.WARNING
    # Lines with the same mark are spared when there are many.
    assert getattr(record, "sparing", "") in record.getMessage()
    assert "hush" not in record.getMessage()
    return record.getMessage()


async def test_a_backend_that_is_not_there_is_named(
    open_gate: OpenGate, caplog: pytest.LogCaptureFixture
) -> None:
    gate = await open_gate(configure([api(service_url="http://127.0.0.1:1/hush")]))
    await gate.get("/echo?sig=hush")
    assert told(caplog).startswith("API 'echo', backend http://127.0.0.1:1: [Errno ")


async def test_a_backend_that_stops_in_mid_body_is_named(
    open_backend: OpenBackend, open_gate: OpenGate, caplog: pytest.LogCaptureFixture
) -> None:
    async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhush")

    backend = await open_backend(script=half)
    gate = await open_gate(configure([api(service_url=backend.url)]))
    caller = await gate.call()
    await caller.say(b"GET /echo HTTP/1.1\r\nHost: gate.example\r\n\r\n")
    await caller.rest()
    assert told(caplog).startswith(
        f"API 'echo', backend {backend.url}: its answer broke off: the backend closed"
    )


async def test_a_console_that_is_away_is_named_with_what_is_served_meanwhile(
    open_gate: OpenGate, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gate = await open_gate(configure([api()]))
    file = tmp_path / "configuration.json"
    following = Following(gate.gateway, file, writes=False, lacks_https=False)
    async with httpx2.AsyncClient(base_url="http://127.0.0.1:1") as console:
        task = asyncio.ensure_future(following.follow(console))
        await until(lambda: any("is away" in one for one in caplog.messages))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    told = "console at http://127.0.0.1:1 is away, so nothing is served until it is"
    assert any(one.startswith(told) for one in caplog.messages)
