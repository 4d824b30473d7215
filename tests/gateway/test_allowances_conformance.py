"""The same rules for all three: one process, one machine, many nodes."""

import asyncio
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.redis_server import RedisServer, redis_server

from bramka.app.clock import SystemChance, SystemClock
from bramka.domain.traffic.demand import (
    Demand,
    Demands,
    QuotaDemand,
    TallyDemand,
    Verdict,
    WindowDemand,
)
from bramka.gateway.allowances import LocalAllowances
from bramka.gateway.allowances_remote import RemoteAllowances
from bramka.gateway.allowances_share import Share
from bramka.gateway.allowances_shared import SharedAllowances
from bramka.gateway.ledger import Ledger
from bramka.gateway.limit_store import LimitStore
from bramka.gateway.rings import Rings

CLOCK = "local time = redis.call('TIME')\nlocal now = time[1] * 1000000 + time[2]\n"
"""How the script asks for the time; a test tells it instead."""


class Counters(Protocol):
    """Takes and spends at a moment that the test chooses."""

    def take(self, demands: Demands, now: float) -> Verdict: ...
    def spend(self, demands: Demands, now: float) -> None: ...


class OnThisMachine:
    """Local and shared allowances, whose two clocks are one."""

    def __init__(self, allowances: LocalAllowances | SharedAllowances) -> None:
        self.allowances = allowances

    def take(self, demands: Demands, now: float) -> Verdict:
        return self.allowances.take(demands, now, now)

    def spend(self, demands: Demands, now: float) -> None:
        self.allowances.spend(demands, now, now)


class InTheStore:
    """Remote allowances against a real server, with the time as an argument."""

    def __init__(self, url: str, prefix: str, folder: Path) -> None:
        self.url, self.prefix, self.share = url, prefix, Share(folder)

    def take(self, demands: Demands, now: float) -> Verdict:
        return asyncio.run(self._take(demands, now, forced=False))[0]

    def spend(self, demands: Demands, now: float) -> None:
        asyncio.run(self._take(demands, now, forced=True))

    async def _take(
        self, demands: Demands, now: float, *, forced: bool
    ) -> list[Verdict]:
        store = LimitStore(self.url)

        async def at_that_time(
            script: str, keys: Sequence[str], argument: bytes
        ) -> object:
            assert CLOCK in script
            told = script.replace(CLOCK, f"local now = {now * 1e6:.0f}\n")
            # At that time nothing may be forgotten by the real time.
            told = told.replace("redis.call('PEXPIREAT',", "select('#',")
            return await store(told, keys, argument)

        remote = RemoteAllowances(
            at_that_time,
            name="test",
            share=self.share,
            clock=SystemClock(),
            chance=SystemChance(),
            prefix=self.prefix,
        )
        try:
            if not forced:
                return await remote.take([demands])
            remote.spend(demands)
            return []
        finally:
            await remote.stop()
            await store.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as running:
        yield running


NUMBERS = iter(range(1_000_000))


@pytest.fixture(params=["local", "shared", "remote"])
def counters(
    request: pytest.FixtureRequest, tmp_path: Path, server: RedisServer
) -> Iterator[Counters]:
    if request.param == "remote":
        yield InTheStore(server.url, f"test{next(NUMBERS)}", tmp_path)
        return
    ledger = Ledger(tmp_path / "quotas")
    allowances: LocalAllowances | SharedAllowances = LocalAllowances(ledger)
    if request.param == "shared":
        allowances = SharedAllowances(Rings(tmp_path / "windows"), ledger)
    yield OnThisMachine(allowances)
    allowances.close()


def window(limit: int = 2, **fields: object) -> WindowDemand:
    given = {"place": "p", "key": "k", "limit": limit, "period": 60.0} | fields
    return WindowDemand(**given)  # type: ignore[arg-type] # fields are the test's own


def tally(limit: int = 10, **fields: object) -> TallyDemand:
    given = {"place": "t", "key": "k", "limit": limit, "period": 60.0} | fields
    return TallyDemand(**given)  # type: ignore[arg-type] # fields are the test's own


def quota(**fields: object) -> QuotaDemand:
    given = {"place": "q", "key": "k", "anchor": 0.0, "period": 3600.0} | fields
    return QuotaDemand(**given)  # type: ignore[arg-type] # fields are the test's own


def test_a_window_slides(counters: Counters) -> None:
    assert counters.take([window()], 1000.0).wait == 0.0
    assert counters.take([window()], 1010.0).wait == 0.0
    assert counters.take([window()], 1020.0).wait == pytest.approx(40.0)
    assert counters.take([window()], 1059.5).wait == pytest.approx(0.5)
    assert counters.take([window()], 1060.0).wait == 0.0
    assert counters.take([window()], 1060.0).wait == pytest.approx(10.0)


def test_refused_calls_do_not_push_the_window_on(counters: Counters) -> None:
    assert counters.take([window(1)], 1000.0).wait == 0.0
    for now in (1010.0, 1030.0, 1059.0):
        assert counters.take([window(1)], now).wait == pytest.approx(1060.0 - now)
    assert counters.take([window(1)], 1060.0).wait == 0.0


def test_keys_parts_and_places_are_counted_by_themselves(counters: Counters) -> None:
    for one in (
        window(1),
        window(1, key="other"),
        window(1, part="api=x\n"),
        window(1, place="elsewhere"),
    ):
        assert counters.take([one], 1000.0).wait == 0.0
        assert counters.take([one], 1000.0).wait > 0.0


def test_all_rules_are_met_or_none_is_spent(counters: Counters) -> None:
    wide, narrow = window(5, tells=True), window(1, part="narrow", period=10.0)
    assert counters.take([narrow, wide], 1000.0).left == (4,)
    verdict = counters.take([narrow, wide], 1001.0)
    assert verdict.wait == pytest.approx(9.0)
    assert verdict.refused == 0
    assert verdict.left == (4,)


def test_the_longest_wait_of_those_refused_is_told(counters: Counters) -> None:
    short, long = window(1, part="short", period=10.0), window(1, period=60.0)
    assert counters.take([short, long], 1000.0).wait == 0.0
    verdict = counters.take([short, long], 1004.0)
    assert verdict.wait == pytest.approx(56.0)
    assert verdict.refused == 1


def test_what_is_left_is_told(counters: Counters) -> None:
    one = window(3, tells=True)
    lefts = [counters.take([one], 1000.0 + step).left for step in (0, 1, 2, 3, 60.5)]
    assert lefts == [(2,), (1,), (0,), (0,), (0,)]


def test_a_clock_that_went_back_admits_nothing_more(counters: Counters) -> None:
    assert counters.take([window(1)], 1000.0).wait == 0.0
    assert counters.take([window(1)], 990.0).wait == pytest.approx(70.0)


def test_amounts_that_came_close_together_leave_one_by_one(counters: Counters) -> None:
    for now in (1000.15, 1000.2):
        assert counters.take([tally(asked=5, spent=5)], now).wait == 0.0
    wait = counters.take([tally(asked=5, spent=5)], 1060.1).wait
    assert wait == pytest.approx(0.05)


def test_amounts_are_counted(counters: Counters) -> None:
    assert counters.take([tally(asked=4, spent=4)], 1000.0).wait == 0.0
    assert counters.take([tally(asked=6, spent=6)], 1010.0).wait == 0.0
    assert counters.take([tally(asked=4, spent=4)], 1020.0).wait == pytest.approx(40.0)
    assert counters.take([tally(asked=5, spent=5)], 1020.0).wait == pytest.approx(50.0)
    assert counters.take([tally(asked=11)], 1020.0).wait == math.inf
    assert counters.take([tally(asked=4, spent=4, tells=True)], 1060.0).left == (0,)


def test_asking_alone_spends_nothing(counters: Counters) -> None:
    for _ in range(3):
        assert counters.take([tally(1, asked=1, spent=0)], 1000.0).wait == 0.0


def test_what_comes_later_is_spent_whether_it_fits_or_not(counters: Counters) -> None:
    counters.spend([tally(5, spent=8)], 1000.0)
    assert counters.take([tally(5)], 1001.0).wait == pytest.approx(59.0)
    # A call that counts nothing still sees that the window is more than full.
    assert counters.take([tally(5, asked=0, spent=0)], 1001.0).wait > 0.0


def test_a_quota_begins_anew_each_period(counters: Counters) -> None:
    one = quota(calls=2, anchor=100.0)
    assert counters.take([one], 4000.0).wait == pytest.approx(0.0)
    assert counters.take([one], 4001.0).wait == 0.0
    assert counters.take([one], 4002.0).wait == pytest.approx(100 + 2 * 3600 - 4002.0)
    assert counters.take([one], 7300.0).wait == 0.0


def test_a_quota_may_never_begin_anew(counters: Counters) -> None:
    one = quota(calls=1, period=0.0)
    assert counters.take([one], 4000.0).wait == 0.0
    assert counters.take([one], 4e9).wait == math.inf


def test_bytes_are_spent_once_they_are_known(counters: Counters) -> None:
    one = quota(size=1000)
    assert counters.take([one], 10.0).wait == 0.0
    counters.spend([quota(size=1000, spent=0, spent_size=999)], 11.0)
    assert counters.take([one], 12.0).wait == 0.0
    counters.spend([quota(size=1000, spent=0, spent_size=1)], 13.0)
    verdict = counters.take([one], 14.0)
    assert verdict.wait == pytest.approx(3586.0)
    assert verdict.by_size
    assert counters.take([one], 3600.0).wait == 0.0


def test_the_call_volume_is_told_first(counters: Counters) -> None:
    counters.spend([quota(calls=1, size=1, spent=1, spent_size=5)], 10.0)
    assert not counters.take([quota(calls=1, size=1)], 11.0).by_size


def test_a_spent_quota_refuses_and_its_neighbour_stays_whole(
    counters: Counters,
) -> None:
    pair: list[Demand] = [quota(calls=1, part="narrow"), quota(calls=5, tells=True)]
    assert counters.take(pair, 10.0).wait == 0.0
    assert counters.take(pair, 20.0).wait == pytest.approx(3580.0)
    assert counters.take([quota(calls=5, tells=True)], 30.0).wait == 0.0
    assert counters.take([quota(calls=2)], 30.0).wait > 0.0


def test_a_period_that_began_in_the_year_one_is_no_trouble(counters: Counters) -> None:
    one = quota(calls=1, anchor=-62135596800.0)
    assert counters.take([one], 1_800_000_000.25).wait == 0.0
    wait = counters.take([one], 1_800_000_001.25).wait
    assert wait == pytest.approx(3598.75, abs=1e-3)


STEPS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 4)), min_size=1, max_size=60
)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS, limit=st.integers(1, 6))
def test_all_decide_alike_and_never_admit_too_many(
    steps: list[tuple[int, int]], limit: int, counters: Counters
) -> None:
    key = f"run {next(NUMBERS)}"
    now, admitted = 1000.0, list[tuple[float, int]]()
    for pause, amount in steps:
        now += pause / 2
        one = tally(limit, key=key, period=30.0, asked=amount, spent=amount)
        used = sum(size for at, size in admitted if at > now - 30.0)
        fits = used + amount <= limit
        assert (counters.take([one], now).wait == 0.0) == fits
        if fits:
            admitted.append((now, amount))
