"""Gateways share what they keep in the external cache of the configuration."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.gateway.conftest import OpenBackend
from tests.gateway.rig import Gate, Seen, api, configure, document, make_gateway, plain
from tests.redis_server import RedisServer

from bramka.app.clock import SystemClock
from bramka.domain.traffic.cache import Caches
from bramka.domain.traffic.configuration import Change, Configuration, Update, apply
from bramka.domain.traffic.shared_cache import SharedCache, redis_url
from bramka.expressions.freezing import freeze, thaw
from bramka.gateway.memory_cache import MemoryCache
from bramka.gateway.redis_cache import RedisCache

Opened = Callable[[Configuration], Awaitable[Gate]]
ATTRIBUTES = 'vary-by-developer="false" vary-by-developer-groups="false"'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"), "--requirepass", "hush")
    server.start()
    yield server
    assert server.process is not None
    server.process.terminate()
    server.process.wait(90)


@pytest.fixture
async def open_one(tmp_path: Path) -> AsyncIterator[Opened]:
    gates: list[Gate] = []
    dialled: list[RedisCache] = []

    def dial(text: str) -> RedisCache:
        dialled.append(RedisCache(redis_url(text)))
        return dialled[-1]

    async def open_gate(known: Configuration) -> Gate:
        caches = Caches(MemoryCache(SystemClock()), None, freeze, thaw, dial)
        gateway = make_gateway(tmp_path / f"{len(gates)}", caches=caches)
        gateway.take(known)
        gates.append(Gate(gateway, await gateway.listen("127.0.0.1", 0)))
        return gates[-1]

    yield open_gate
    for gate in gates:
        await gate.gateway.stop(grace=0.2)
    for cache in dialled:
        await cache.close()


def caching(url: str, kind: str, *caches: SharedCache) -> Configuration:
    text = document(
        inbound=f'<base /><cache-lookup {ATTRIBUTES} caching-type="{kind}" />',
        outbound='<base /><cache-store duration="60" />',
    )
    return configure(
        [api(service_url=url)],
        policies={"apis/echo": text},
        caches={one.id: one for one in caches},
    )


def numbering() -> Callable[[Seen], bytes]:
    count = 0

    def reply(_: Seen) -> bytes:
        nonlocal count
        count += 1
        return plain(f"{count}".encode())

    return reply


async def bodies(path: str, *gates: Gate) -> list[bytes]:
    return [(await gate.get(path)).body for gate in gates]


@pytest.mark.parametrize("kind", ["external", "prefer-external"])
async def test_what_one_gateway_keeps_another_finds(
    kind: str, server: RedisServer, open_one: Opened, open_backend: OpenBackend
) -> None:
    backend = await open_backend(numbering())
    string = f"127.0.0.1:{server.port},password=hush,abortConnect=False"
    cache = SharedCache(id="default", connection_string=string)
    known = caching(backend.url, kind, cache)
    gates = [await open_one(known), await open_one(known)]
    assert await bodies(f"/echo/{kind}", *gates, *gates) == [b"1"] * 4


@pytest.mark.parametrize(
    ("kind", "given", "found"),
    [
        ("internal", {}, [b"1", b"2", b"1", b"2"]),
        ("external", {"use_from_location": "elsewhere"}, [b"1", b"2", b"3", b"4"]),
        (
            "prefer-external",
            {"use_from_location": "elsewhere"},
            [b"1", b"2", b"1", b"2"],
        ),
        ("external", {"use_from_location": "Local"}, [b"1", b"1", b"1", b"1"]),
    ],
)
async def test_only_who_means_the_cache_of_the_place_shares(
    kind: str,
    given: dict[str, Any],
    found: list[bytes],
    server: RedisServer,
    open_one: Opened,
    open_backend: OpenBackend,
) -> None:
    backend = await open_backend(numbering())
    string = f"127.0.0.1:{server.port},password=hush,defaultDatabase=1"
    cache = SharedCache(id="own", connection_string=string, **given)
    known = caching(backend.url, kind, cache)
    gates = [await open_one(known), await open_one(known)]
    assert await bodies("/echo/place", *gates, *gates) == found


async def test_a_cache_comes_and_goes_with_the_configuration(
    server: RedisServer, open_one: Opened, open_backend: OpenBackend
) -> None:
    backend = await open_backend(numbering())
    known = caching(backend.url, "prefer-external")
    gates = [await open_one(known), await open_one(known)]
    assert await bodies("/echo/comes", *gates) == [b"1", b"2"]
    string = f"127.0.0.1:{server.port},password=hush,defaultDatabase=2"
    cache = SharedCache(id="default", connection_string=string)
    for version, noun, found in ((2, cache, [b"3", b"3"]), (3, None, [b"1", b"2"])):
        change = Change(table="caches", key="default", noun=noun)
        update = Update(version=version, changes=(change,))
        known = apply(known, update)
        for gate in gates:
            await gate.gateway.take_in_turns(known, update)
        assert await bodies("/echo/comes", *gates) == found


async def test_calls_do_without_a_cache_that_is_away_or_cannot_be_read(
    open_one: Opened, open_backend: OpenBackend
) -> None:
    backend = await open_backend(numbering())
    for string in ("127.0.0.1:1", "http://nonsense"):
        cache = SharedCache(id="default", connection_string=string)
        gate = await open_one(caching(backend.url, "external", cache))
        assert (await gate.get("/echo/away")).status == 200
