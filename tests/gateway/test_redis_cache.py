"""The cache in a real Redis; without one, a refusal that is soon over."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.ports import free_port

from bramka.domain.errors import Unavailable
from bramka.domain.traffic.cache import MOST_IN_ONE
from bramka.gateway import redis_cache
from bramka.gateway.redis_cache import RedisCache

SERVER = shutil.which("redis-server") or shutil.which("valkey-server")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    assert SERVER, "these tests need redis-server or valkey-server"
    port, folder = free_port(), tmp_path_factory.mktemp("redis")
    process = _start(port, folder)
    yield f"redis://127.0.0.1:{port}"
    process.terminate()
    process.wait(90)


def _start(port: int, folder: Path) -> "subprocess.Popen[bytes]":
    assert SERVER
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    return subprocess.Popen(
        [SERVER, *options, "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )


async def answers(cache: RedisCache) -> bool:
    try:
        await cache.get("ready")
    except Unavailable:
        return False
    return True


@pytest.fixture
async def cache(url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[RedisCache]:
    # A machine that stands still for a moment is no cache that hangs.
    monkeypatch.setattr(redis_cache, "PATIENCE", 60.0)
    made = RedisCache(url)
    async with asyncio.timeout(90):
        while not await answers(made):  # noqa: ASYNC110 it is another process
            await asyncio.sleep(0.05)
    yield made
    await made.close()


async def test_a_value_is_found_until_it_is_removed(cache: RedisCache) -> None:
    assert await cache.get("a") is None
    await cache.put("a", b"\x00\xff", 60)
    assert await cache.get("a") == b"\x00\xff"
    await cache.remove("a")
    assert await cache.get("a") is None


async def test_a_value_goes_when_its_time_is_over(cache: RedisCache) -> None:
    await cache.put("b", b"1", 0.02)
    await asyncio.sleep(0.05)
    assert await cache.get("b") is None


async def test_a_value_too_long_is_not_kept(cache: RedisCache) -> None:
    await cache.put("c", bytes(MOST_IN_ONE + 1), 60)
    assert await cache.get("c") is None


async def test_a_server_that_is_away_is_told() -> None:
    cache = RedisCache(f"redis://127.0.0.1:{free_port()}")
    with pytest.raises(Unavailable, match="cannot be asked"):
        await cache.get("a")
    with pytest.raises(Unavailable):
        await cache.put("a", b"1", 60)
    with pytest.raises(Unavailable):
        await cache.remove("a")
    await cache.close()
