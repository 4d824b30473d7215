"""The file of quotas: what is told of it, and setting a quota exactly once."""

import errno
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.redis_server import redis_server

from bramka.app.clock import SystemChance, SystemClock
from bramka.domain.traffic.demand import QuotaDemand
from bramka.domain.traffic.quota_counter import (
    QuotaCount,
    QuotaCounter,
    QuotaSetting,
)
from bramka.gateway.allowances import LocalAllowances
from bramka.gateway.allowances_remote import RemoteAllowances
from bramka.gateway.allowances_share import Share
from bramka.gateway.allowances_shared import SharedAllowances
from bramka.gateway.ledger import Ledger
from bramka.gateway.ledger_news import LedgerNews
from bramka.gateway.limit_store import LimitStore
from bramka.gateway.quota_store import StoredQuotas
from bramka.gateway.rings import Rings

HOUR = 3600.0
NOW = 5 * HOUR + 1
COUNTER = QuotaCounter(place="place", key="key", anchor=0.0, period=HOUR)
SETTING = QuotaSetting(id=COUNTER.id, start=5 * HOUR, calls=1, calls_number=7)


@pytest.fixture(params=[LocalAllowances, SharedAllowances])
def allowances(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[LocalAllowances | SharedAllowances]:
    made = allowances_of(request.param, tmp_path)
    yield made
    made.close()


def allowances_of(kind: type, folder: Path) -> LocalAllowances | SharedAllowances:
    ledger = Ledger(folder / "quotas")
    if kind is LocalAllowances:
        return LocalAllowances(ledger)
    return SharedAllowances(Rings(folder / "windows"), ledger)


def admitted(
    allowances: LocalAllowances | SharedAllowances, calls: int, now: float = NOW
) -> int:
    """How many of some calls fit into a quota of three."""
    quotas = allowances.quotas(COUNTER.place)
    waits = [quotas.take(COUNTER.key, now, 0.0, HOUR, 3) for _ in range(calls)]
    return waits.count(0.0)


def test_a_setting_is_done_once_by_all_who_hear_of_it(
    allowances: LocalAllowances | SharedAllowances, tmp_path: Path
) -> None:
    assert admitted(allowances, 5) == 3
    allowances.correct([SETTING])
    allowances.correct([SETTING])
    assert admitted(allowances, 5) == 2
    allowances.correct([SETTING])
    # Another process, or the same one after a restart.
    other = allowances_of(type(allowances), tmp_path)
    other.correct([SETTING])
    assert admitted(other, 5) == 0
    assert admitted(other, 5, NOW + HOUR) == 3
    other.close()


def test_a_setting_of_a_period_that_is_over_is_not_done(
    allowances: LocalAllowances | SharedAllowances,
) -> None:
    assert admitted(allowances, 5, NOW + HOUR) == 3
    allowances.correct([SETTING])
    assert admitted(allowances, 5, NOW + HOUR) == 0


def test_a_quota_that_was_never_counted_is_set(
    allowances: LocalAllowances | SharedAllowances,
) -> None:
    allowances.correct([SETTING])
    assert admitted(allowances, 5) == 2


def test_news_are_told_until_they_are_taken(tmp_path: Path) -> None:
    allowances = LocalAllowances(Ledger(tmp_path / "quotas"))
    news = LedgerNews(tmp_path / "quotas")
    assert news.look({}) == []
    admitted(allowances, 2)
    wanted = QuotaCount(id=COUNTER.id, start=5 * HOUR, calls=2, until=6 * HOUR)
    assert [one for _, _, one in news.look({})] == [wanted]
    found = news.look({})
    admitted(allowances, 1)
    news.told(found)
    assert [one.calls for _, _, one in news.look({})] == [3]
    news.told(news.look({}))
    assert news.look({}) == []
    allowances.correct([SETTING])
    (told,) = [one for _, _, one in news.look({SETTING.id: SETTING})]
    assert (told.calls, told.number) == (1, 7)
    allowances.close()


def test_many_counters_are_told_in_turns(tmp_path: Path) -> None:
    allowances = LocalAllowances(Ledger(tmp_path / "quotas"))
    quotas = allowances.quotas(COUNTER.place)
    for number in range(2_500):
        quotas.take(str(number), NOW, 0.0, HOUR, 3)
    news, told = LedgerNews(tmp_path / "quotas"), set[str]()
    while found := news.look({}, most=700):
        assert len(found) <= 700
        told |= {one.id for _, _, one in found}
        news.told(found)
    assert len(told) == 2_500
    allowances.close()


async def test_counters_of_many_nodes_are_read_and_set_in_their_store(
    tmp_path: Path,
) -> None:
    with redis_server(tmp_path) as server:
        limits = LimitStore(server.url)
        node = RemoteAllowances(
            limits,
            name="node",
            share=Share(tmp_path / "limits"),
            clock=SystemClock(),
            chance=SystemChance(),
        )
        console = StoredQuotas(server.url)
        demand = QuotaDemand("place", "key", 0.0, HOUR, 3)

        async def taken(calls: int) -> int:
            found = [(await node.take([[demand]]))[0].wait for _ in range(calls)]
            return found.count(0.0)

        assert console.counts([COUNTER]) == {}
        assert await taken(5) == 3
        assert console.counts([COUNTER])[COUNTER.id].calls == 3
        console.set([COUNTER], SystemClock().now(), 1, None)
        assert await taken(5) == 2
        console.set([COUNTER], SystemClock().now() - 2 * HOUR, 0, 0)
        assert await taken(5) == 0
        await node.stop()
        await limits.close()


def test_a_file_that_finds_no_room_is_named(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, before[1]))
    try:
        with pytest.raises(OSError, match=str(tmp_path / "quotas")) as raised:
            Ledger(tmp_path / "quotas")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert raised.value.errno == errno.EFBIG
