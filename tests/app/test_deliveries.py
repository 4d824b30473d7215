"""Deliveries to console: whatever goes wrong with one, the next is made."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from msgspec import json
from tests.gateway.rig import make_gateway

from bramka.app.gateway.deliveries import Deliveries
from bramka.app.lasting import for_ever
from bramka.domain.traffic.usage import Batch
from bramka.gateway.gateway import Gateway

READ = json.Decoder(Batch)


class Console:
    """A console that takes counts; `trouble` comes before it does."""

    def __init__(self) -> None:
        self.calls = 0
        self.asked = 0
        self.trouble: Callable[[], None] = lambda: None
        self.status = 200

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/gateway/usage":
            self.asked += 1
            self.trouble()
            if self.status != 200:
                return httpx2.Response(self.status, text="the token is revoked")
            batch = READ.decode(request.content)
            self.calls += sum(row.calls for row in batch.rows)
        return httpx2.Response(200)

    @asynccontextmanager
    async def fed_by(self, gateway: Gateway) -> AsyncIterator[None]:
        """While a gateway delivers to it."""
        transport = httpx2.MockTransport(self.answer)
        async with httpx2.AsyncClient(
            base_url="http://console", transport=transport
        ) as client:
            deliveries = asyncio.ensure_future(Deliveries(gateway, "g", client).go_on())
            try:
                yield
            finally:
                deliveries.cancel()
                await asyncio.gather(deliveries, return_exceptions=True)

    async def until(self, done: Callable[[], bool]) -> None:
        async with asyncio.timeout(90):
            while not done():  # noqa: ASYNC110 it looks at what others count
                await asyncio.sleep(0.01)


def note(gateway: Gateway, calls: int = 1) -> None:
    for _ in range(calls):
        gateway.journal.note(("echo", "get"), ("", "", ""), 200, 1, 60.0, 900, -1)


async def test_counts_survive_a_console_that_fails_in_a_way_nobody_foresaw(
    tmp_path: Path,
) -> None:
    gateway, console = make_gateway(tmp_path, None, None), Console()

    def fail() -> None:
        raise RuntimeError("not an error of HTTP")

    console.trouble = fail
    async with console.fed_by(gateway):
        note(gateway, 3)
        await console.until(lambda: console.asked >= 1)
        console.trouble = lambda: None
        note(gateway, 4)
        await console.until(lambda: console.calls == 7)
    await gateway.stop(grace=0.0)


async def test_counts_survive_a_disk_that_refuses_and_a_count_that_is_strange(
    tmp_path: Path,
) -> None:
    gateway, console = make_gateway(tmp_path, None, None), Console()
    spool = tmp_path / "spool"
    spool.rmdir()
    spool.write_text("in the way")

    def refuse() -> None:
        raise httpx2.ConnectError("away")

    console.trouble = refuse
    async with console.fed_by(gateway):
        note(gateway, 2)
        gateway.journal.note(("echo", "\ud800"), ("", "", ""), 200, 1, 60.0, 900, -1)
        await console.until(lambda: console.asked >= 1)
        console.trouble = lambda: None
        note(gateway, 5)
        await console.until(lambda: console.calls == 7)
    spool.unlink()
    spool.mkdir()
    await gateway.stop(grace=0.0)


async def test_what_fails_the_same_way_again_is_said_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tries, enough = 0, asyncio.Event()

    async def work() -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise ValueError("unforeseen")
        if tries == 9:
            enough.set()

    with caplog.at_level(logging.ERROR):
        doing = asyncio.ensure_future(for_ever(work, 0.0, retry=0.001))
        await asyncio.wait_for(enough.wait(), 90)
        doing.cancel()
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "work failed" in caplog.text


async def test_a_refused_token_is_told_once_and_the_counts_wait(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gateway, console = make_gateway(tmp_path, None, None), Console()
    console.status = 401
    async with console.fed_by(gateway):
        note(gateway, 3)
        await console.until(lambda: console.asked >= 3)
        console.status = 200
        await console.until(lambda: console.calls == 3)
    told = [each for each in caplog.messages if "the token is revoked" in each]
    assert len(told) == 1
    await gateway.stop(grace=0.0)
