"""Limits of many nodes in a real Redis server: exact, and what holds without it."""

import asyncio
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest
from redis import Redis
from tests.gateway.rig import (
    Caller,
    Gate,
    api,
    configure,
    document,
    subscription,
    until,
)
from tests.ports import free_port
from tests.redis_server import RedisServer, redis_server

from bramka import policies
from bramka.app.clock import SystemChance, SystemClock
from bramka.app.expressions import expression_compiler
from bramka.domain.traffic.demand import (
    Demands,
    QuotaDemand,
    TallyDemand,
    Verdict,
    WindowDemand,
)
from bramka.domain.traffic.product import Product
from bramka.gateway import limit_store
from bramka.gateway.allowances_remote import RemoteAllowances
from bramka.gateway.allowances_share import Share
from bramka.gateway.dial import real_dial
from bramka.gateway.gateway import Gateway
from bramka.gateway.limit_script import TIMEOUT, StoreAway
from bramka.gateway.limit_store import LimitStore

KEY = b"0123456789abcdef"
ANSWER = (
    "<base /><return-response><set-status code='200' reason='OK' /></return-response>"
)


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that stands still for a moment is no store that hangs."""
    monkeypatch.setattr(limit_store, "TIMEOUT", 60.0)


class Watched(RemoteAllowances):
    """Notes when calls were admitted and refused, in µs on the store's clock."""

    def __init__(
        self, url: str, name: str, folder: Path, *, refuses: bool = False
    ) -> None:
        self.batches = self.beats = 0
        self.is_cut_off = False
        self.admitted: list[int] = []
        self.refused: list[int] = []
        self.store = LimitStore(url)
        super().__init__(
            self.counted,
            name=name,
            share=Share(folder / name / "limits"),
            clock=SystemClock(),
            chance=SystemChance(),
            refuses_when_away=refuses,
        )

    async def counted(
        self, script: str, keys: Sequence[str], argument: bytes
    ) -> object:
        self.batches += "GRAINS" in script
        self.beats += "ZADD" in script
        if self.is_cut_off:
            raise StoreAway("no way to it")
        return await self.store(script, keys, argument)

    async def take(self, wishes: list[Demands]) -> list[Verdict]:
        verdicts = await super().take(wishes)
        at = round(verdicts[-1].at * 1e6)
        (self.refused if verdicts[-1].wait else self.admitted).append(at)
        return verdicts

    async def end(self) -> None:
        await self.stop()
        await self.store.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    with redis_server(tmp_path) as running:
        yield running


class Open:
    """Opens gateways that count in the store."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.gates: list[tuple[Gate, Watched]] = []

    async def __call__(
        self, limits: str, *, refuses: bool = False, outbound: str = "<base />"
    ) -> tuple[Gate, Watched]:
        name = f"gate{len(self.gates)}"
        store = Watched(self.url, name, self.folder, refuses=refuses)
        store.start()
        clock, chance = SystemClock(), SystemChance()
        gateway = Gateway(
            name=name,
            folder=self.folder / name,
            shelf=policies.shelf(),
            expressions=expression_compiler(clock, chance),
            dial=real_dial(),
            clock=clock,
            chance=chance,
            store=store,
        )
        gateway.take(
            configure(
                [api("one", subscription_required=True)],
                products=[Product(id="p", display_name="P", apis=("one",))],
                subscriptions=[subscription("s", "/products/p", KEY)],
                policies={
                    "products/p": document(inbound="<base />" + limits),
                    "apis/one": document(inbound=ANSWER, outbound=outbound),
                },
            )
        )
        gate = Gate(gateway, await gateway.listen("127.0.0.1", 0))
        self.gates.append((gate, store))
        return gate, store

    async def close(self) -> None:
        for gate, store in self.gates:
            for caller in gate.callers:
                caller.close()
            await gate.gateway.stop(0.2)
            await store.end()


@pytest.fixture
async def open_gate(server: RedisServer, tmp_path: Path) -> AsyncIterator[Open]:
    opener = Open(server.url, tmp_path)
    yield opener
    await opener.close()


REQUEST = (
    b"GET /one/x HTTP/1.1\r\nHost: gate.example\r\n"
    b"Ocp-Apim-Subscription-Key: " + KEY + b"\r\n\r\n"
)


async def offer(caller: Caller, rate: float, seconds: float) -> Counter[int]:
    """So many calls a second over one connection, evenly."""
    found: Counter[int] = Counter()
    begin = time.monotonic()
    for number in range(int(rate * seconds)):
        await asyncio.sleep(begin + number / rate - time.monotonic())
        await caller.say(REQUEST)
        found[(await caller.hear()).status] += 1
    return found


async def test_two_gateways_admit_exactly_what_one_limit_says(open_gate: Open) -> None:
    limits = "<rate-limit calls='500' renewal-period='1' />"
    gates = [await open_gate(limits) for _ in range(2)]
    callers = [await gate.call() for gate, _ in gates for _ in range(4)]
    offered = await asyncio.gather(*(offer(caller, 100.0, 4.2) for caller in callers))
    admitted = sorted(at for _, store in gates for at in store.admitted)
    refused = [at for _, store in gates for at in store.refused]
    assert sum(sum(one.values()) for one in offered) == 3360
    assert sum(one[200] for one in offered) == len(admitted)
    # How many came through depends on how evenly this machine could offer them.
    assert len(admitted) > 500

    def held(at: int) -> int:
        """How many the second that ends now holds."""
        return bisect_right(admitted, at) - bisect_right(admitted, at - 1_000_000)

    # No sliding second holds more, and none is refused while there is room.
    assert max(map(held, admitted)) == 500
    assert {held(at) for at in refused} == {500}


async def test_all_rules_of_a_request_are_one_round_trip(open_gate: Open) -> None:
    gate, store = await open_gate(
        "<rate-limit calls='5' renewal-period='60'>"
        "<api id='one' calls='3' renewal-period='60' /></rate-limit>"
        "<quota calls='10' bandwidth='40' renewal-period='3600' />"
        "<rate-limit-by-key calls='7' renewal-period='60' counter-key='all' />"
    )
    caller = await gate.call()
    await caller.say(REQUEST)
    assert (await caller.hear()).status == 200
    await store.stop()
    # The second is what was spent of the bandwidth, once the answer was out.
    assert store.batches == 2


async def test_calls_of_one_turn_of_the_loop_are_one_batch(
    server: RedisServer, tmp_path: Path
) -> None:
    store = Watched(server.url, "one", tmp_path)
    wish: list[Demands] = [[WindowDemand("p", "k", 30, 60.0)]]
    found = await asyncio.gather(*(store.take(wish) for _ in range(50)))
    assert Counter(one[0].wait == 0.0 for one in found) == {True: 30, False: 20}
    assert store.batches == 1
    await store.end()


async def test_what_is_refused_first_spares_what_comes_behind(
    open_gate: Open, server: RedisServer
) -> None:
    gate, _ = await open_gate(
        "<rate-limit calls='2' renewal-period='60' />"
        "<quota calls='100' renewal-period='3600' />"
    )
    caller = await gate.call()
    for status in (200, 200, 429, 429):
        await caller.say(REQUEST)
        assert (await caller.hear()).status == status
    with Redis.from_url(server.url) as redis:
        (quota,) = redis.keys("*:3:*")
        assert redis.hget(quota, "c") == b"2"


async def test_an_error_tells_which_policy_refused(open_gate: Open) -> None:
    gate, _ = await open_gate(
        "<rate-limit calls='9' renewal-period='60' />"
        "<quota calls='1' renewal-period='3600' />"
    )
    caller = await gate.call()
    await caller.say(REQUEST + REQUEST)
    assert (await caller.hear()).status == 200
    answer = await caller.hear()
    assert (answer.status, answer.reason) == (403, "Quota Exceeded")
    assert b"Out of call volume quota" in answer.body


async def test_what_is_left_is_told_of_the_whole_installation(open_gate: Open) -> None:
    limits = (
        "<rate-limit calls='5' renewal-period='60' "
        "remaining-calls-header-name='Left' total-calls-header-name='Total' />"
    )
    heard = []
    for gate, _ in [await open_gate(limits) for _ in range(2)] * 2:
        caller = await gate.call()
        await caller.say(REQUEST)
        answer = await caller.hear()
        heard.append((answer.values("Left"), answer.values("Total")))
    assert heard == [([f"{left}"], ["5"]) for left in (4, 3, 2, 1)]


async def test_quotas_and_windows_outlive_a_gateway(
    server: RedisServer, tmp_path: Path
) -> None:
    wishes: list[Demands] = [
        [WindowDemand("p", "k", 3, 60.0)],
        [QuotaDemand("q", "k", 0.0, 0.0, calls=2)],
    ]
    waits = []
    for turn in range(3):
        store = Watched(server.url, f"life {turn}", tmp_path)
        waits.append([verdict.wait for verdict in await store.take(wishes)])
        await store.end()
    assert waits == [[0.0, 0.0], [0.0, 0.0], [0.0, float("inf")]]


async def test_nothing_stays_for_ever_but_quotas_that_never_renew(
    server: RedisServer, tmp_path: Path
) -> None:
    store = Watched(server.url, "one", tmp_path)
    store.start()
    now = time.time()
    await store.take(
        [
            [WindowDemand("p", "secret-key", 3, 90.0)],
            [TallyDemand("t", "secret-key", 3, 90.0)],
            [QuotaDemand("q", "secret-key", now, 300.0, calls=2)],
            [QuotaDemand("q", "secret-never", now, 0.0, calls=2)],
        ]
    )
    with Redis.from_url(server.url) as redis:
        await until(lambda: len(redis.keys("*")) == 5)
        kept = {name: redis.ttl(name) for name in redis.keys("*")}
        content = str(kept)
    assert min(kept.values()) == -1
    assert sum(1 for ttl in kept.values() if ttl == -1) == 1
    assert max(kept.values()) <= 361
    # A counter key may be a secret, so no name in the store tells it.
    assert "secret" not in content
    assert all(name.startswith(b"{bramka}:") for name in kept)
    await store.end()


async def both_know_of_each_other(stores: Sequence[Watched]) -> None:
    await until(lambda: {store.gateways for store in stores} == {len(stores)})


async def two_that_know_of_each_other(
    server: RedisServer, folder: Path
) -> list[Watched]:
    stores = [Watched(server.url, f"{number}", folder) for number in range(2)]
    for store in stores:
        store.start()
    await both_know_of_each_other(stores)
    return stores


async def test_without_the_store_each_gateway_admits_its_share(
    server: RedisServer, tmp_path: Path
) -> None:
    stores = await two_that_know_of_each_other(server, tmp_path)
    wishes: list[Demands] = [
        [WindowDemand("p", "k", 10, 60.0)],
        [QuotaDemand("q", "k", 0.0, 0.0, calls=7)],
    ]
    for _ in range(3):
        assert (await stores[0].take(wishes))[-1].wait == 0.0
    server.stop()
    found = [
        [len([v for v in await store.take(wishes) if v.wait == 0.0]) for _ in range(8)]
        for store in stores
    ]
    # Of the window 10 ÷ 2 each; of the quota what was left when last asked, 4 ÷ 2,
    # for the one that knew, and 7 ÷ 2 for the other.
    assert [one.count(2) for one in found] == [2, 3]
    assert [one.count(0) for one in found] == [3, 3]
    for store in stores:
        await store.end()


async def test_what_was_spent_meanwhile_is_told_when_the_store_is_back(
    tmp_path: Path,
) -> None:
    with redis_server(
        tmp_path, "--appendonly", "yes", "--appendfsync", "always"
    ) as one:
        store = Watched(one.url, "one", tmp_path)
        store.start()
        wish: list[Demands] = [[QuotaDemand("q", "k", 0.0, 0.0, calls=5)]]
        assert (await store.take(wish))[0].wait == 0.0
        one.stop()
        for _ in range(3):
            assert (await store.take(wish))[0].wait == 0.0
        one.start()
        await until(lambda: "here" in repr(store))
        # 1 before, 3 meanwhile, so 1 is left of 5.
        waits = [(await store.take(wish))[0].wait for _ in range(2)]
        assert waits == [0.0, float("inf")]
        await store.end()


WHOLE: list[Demands] = [[QuotaDemand("q", "k", 0.0, 0.0, calls=8)]]


async def passed(store: RemoteAllowances, calls: int, wish: list[Demands]) -> int:
    """How many of so many calls are admitted."""
    found = [(await store.take(wish))[-1].wait for _ in range(calls)]
    return found.count(0.0)


async def test_nobody_admits_what_another_spent_meanwhile(tmp_path: Path) -> None:
    options = ("--appendonly", "yes", "--appendfsync", "always")
    with redis_server(tmp_path, *options) as server:
        stores = await two_that_know_of_each_other(server, tmp_path)
        assert [await passed(store, 1, WHOLE) for store in stores] == [1, 1]
        server.stop()
        assert [await passed(store, 5, WHOLE) for store in stores] == [3, 3]
        stores[1].is_cut_off = True
        server.start()
        beats = stores[0].beats
        await until(lambda: stores[0].beats >= beats + 2)
        # The store knows of 5, but the other owes what it spent, and may be back soon.
        assert await passed(stores[0], 3, WHOLE) == 0
        stores[1].is_cut_off = False
        await until(lambda: not any(store.is_away for store in stores))
        assert [await passed(store, 3, WHOLE) for store in stores] == [0, 0]
        server.stop()
        # Nor when it is away again.
        assert [await passed(store, 3, WHOLE) for store in stores] == [0, 0]
        for store in stores:
            await store.end()


async def test_who_starts_while_the_store_is_away_knows_what_was_spent(
    server: RedisServer, tmp_path: Path
) -> None:
    stores = await two_that_know_of_each_other(server, tmp_path)
    wish: list[Demands] = [*WHOLE, [WindowDemand("p", "k", 6, 300.0)]]
    assert await passed(stores[0], 2, wish) == 2
    server.stop()
    # Of 8, 6 are left, of which its share is 3; of the window it is 3 as well.
    assert await passed(stores[0], 2, wish) == 2
    again = Watched(server.url, "0", tmp_path)
    again.start()
    assert again.gateways == 2
    assert await passed(again, 5, wish) == 1
    again_and_again = Watched(server.url, "0", tmp_path)
    assert await passed(again_and_again, 5, wish) == 0
    for store in (*stores, again, again_and_again):
        await store.end()


@pytest.mark.parametrize("renewed_after", [0.0, 3600.0])
async def test_who_starts_after_that_tells_what_was_spent_first(
    renewed_after: float, tmp_path: Path
) -> None:
    options = ("--appendonly", "yes", "--appendfsync", "always")
    wish: list[Demands] = [
        [QuotaDemand("q", "k", 1.25, renewed_after, calls=8, part="of it ")]
    ]
    with redis_server(tmp_path, *options) as server:
        before = Watched(server.url, "one", tmp_path)
        assert await passed(before, 2, wish) == 2
        server.stop()
        assert await passed(before, 3, wish) == 3
        await before.end()
        server.start()
        after = Watched(server.url, "one", tmp_path)
        assert "away" in repr(after)
        after.start()
        await until(lambda: "here" in repr(after))
        assert await passed(after, 8, wish) == 3
        await after.end()
        # It was told once.
        with Redis.from_url(server.url) as redis:
            (quota,) = redis.keys("*:3:*")
            assert redis.hget(quota, "c") == b"8"


def test_what_was_spent_of_a_period_that_is_over_is_not_told(tmp_path: Path) -> None:
    share = Share(tmp_path)
    for period in (60.0, 300.0):
        demand = QuotaDemand("q", f"{period}", 0.0, period, spent=2, spent_size=7)
        share.spend([demand], 0.0, 1_000_000.0)
    told = [share.owed(1_000_000.0 + later) for later in (0.0, 90.0, 300.0)]
    assert [len(owed) for owed in told] == [2, 1, 0]
    assert (told[1][0].period, told[1][0].calls, told[1][0].size) == (300.0, 2, 7)
    assert not share.owes
    share.close()


async def test_what_a_process_owed_that_is_no_more_is_not_lost(
    server: RedisServer, tmp_path: Path
) -> None:
    server.stop()
    for name in ("one", "two"):
        store = Watched(server.url, name, tmp_path)
        assert await passed(store, 2, WHOLE) == 2
        await store.end()
    server.start()
    heir = Share(tmp_path / "one" / "limits")
    for _ in range(2):
        heir.adopt(tmp_path / "two" / "limits")
    heir.close()
    store = Watched(server.url, "one", tmp_path)
    store.start()
    await until(lambda: "here" in repr(store))
    assert await passed(store, 8, WHOLE) == 4
    await store.end()


async def test_without_persistence_a_restarted_store_has_forgotten(
    server: RedisServer, tmp_path: Path
) -> None:
    store = Watched(server.url, "one", tmp_path)
    store.start()
    wish: list[Demands] = [[WindowDemand("p", "k", 1, 60.0)]]
    assert (await store.take(wish))[0].wait == 0.0
    server.stop()
    server.start()
    await store.take(wish)
    await until(lambda: "here" in repr(store))
    begin = time.monotonic()
    assert (await store.take(wish))[0].wait == 0.0
    assert nearly_whole((await store.take(wish))[0].wait, begin)
    await store.end()


def nearly_whole(wait: float, begin: float) -> bool:
    """Whether that is what is left of a minute that began after `begin`."""
    return 59.0 - (time.monotonic() - begin) < wait <= 60.0


async def test_or_it_refuses_what_is_limited(
    open_gate: Open, server: RedisServer
) -> None:
    limits = "<rate-limit calls='5' renewal-period='60' />"
    gate, _ = await open_gate(limits, refuses=True)
    caller = await gate.call()
    server.stop()
    await caller.say(REQUEST)
    answer = await caller.hear()
    assert answer.status == 503
    assert answer.values("Retry-After") == ["1"]
    assert b"Limits cannot be checked at the moment: the store of limits" in answer.body
    assert str(server.port).encode() not in answer.body


AWAY = "when-store-is-away"
BY_KEY = "counter-key='k' renewal-period='300'"
LIMITS = {
    # Enough for each gateway to have a share, however many know of each other by then.
    "rate-limit": "calls='50' renewal-period='60'",
    "quota": "calls='50' renewal-period='600'",
    "rate-limit-by-key": f"calls='50' {BY_KEY}",
    "quota-by-key": f"calls='50' {BY_KEY}",
    "llm-token-limit": "counter-key='k' tokens-per-minute='50'",
}


@pytest.mark.parametrize("refuses", [True, False])
async def test_each_policy_may_say_itself_what_holds_without_the_store(
    refuses: bool, open_gate: Open, server: RedisServer
) -> None:
    gates = {}
    for name, attributes in LIMITS.items():
        for chosen in ("share", "refuse"):
            text = f"<{name} {attributes} {AWAY}='{chosen}' />"
            gates[name, chosen], _ = await open_gate(text, refuses=refuses)
    gates["rate-limit", "nothing"], _ = await open_gate(
        f"<rate-limit {LIMITS['rate-limit']} />", refuses=refuses
    )
    server.stop()
    found = {case: (await gate.ask(REQUEST)).status for case, gate in gates.items()}
    expected = {case: {"share": 200, "refuse": 503}.get(case[1]) for case in gates}
    expected["rate-limit", "nothing"] = 503 if refuses else 200
    assert found == expected


async def test_of_two_policies_each_holds_to_its_own_word(
    open_gate: Open, server: RedisServer
) -> None:
    gate, store = await open_gate(
        f"<rate-limit calls='1' renewal-period='60' {AWAY}='share' />"
        f"<quota calls='9' renewal-period='600' {AWAY}='refuse' />"
    )
    assert (await gate.ask(REQUEST)).status == 200
    server.stop()
    # The window is begun anew without the store; the quota refuses until it is back.
    assert [(await gate.ask(REQUEST)).status for _ in range(2)] == [503, 429]
    server.start()
    await until(lambda: "here" in repr(store))
    assert (await gate.ask(REQUEST)).status == 200


async def test_a_store_that_hangs_holds_calls_up_for_half_a_second(
    server: RedisServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(limit_store, "TIMEOUT", TIMEOUT)
    store = Watched(server.url, "one", tmp_path)
    wish: list[Demands] = [[WindowDemand("p", "k", 5, 60.0)]]
    assert (await store.take(wish))[0].wait == 0.0
    assert server.process is not None
    server.process.send_signal(19)
    begin = time.monotonic()
    # It stays stopped: that there is a verdict at all tells that it was given up.
    assert (await store.take(wish))[0].wait == 0.0
    assert time.monotonic() - begin > TIMEOUT * 0.9
    assert TIMEOUT == 0.5
    asked = store.batches
    assert (await store.take(wish))[0].wait == 0.0
    assert store.batches == asked
    server.process.send_signal(18)
    await store.end()


async def test_an_increment_may_wait_for_the_answer(open_gate: Open) -> None:
    gate, store = await open_gate(
        "<rate-limit-by-key calls='1' renewal-period='60' counter-key='all' "
        "increment-condition='@(context.Response.StatusCode == 200)' />"
    )
    caller = await gate.call()
    found = []
    # The first is asked for and, behind its answer, spent.
    for batches in (2, 3, 4):
        await caller.say(REQUEST)
        found.append((await caller.hear()).status)
        await until(lambda: store.batches == batches)  # noqa: B023
    assert found == [200, 429, 429]
    await store.stop()
    assert store.batches == 4


async def test_a_cluster_takes_them_too(tmp_path: Path) -> None:
    options = ("--cluster-enabled", "yes", "--cluster-port", str(free_port()))
    with redis_server(tmp_path, *options) as node:
        with Redis.from_url(node.url) as redis:
            redis.execute_command("CLUSTER ADDSLOTSRANGE 0 16383")
            await until(lambda: "'ok'" in str(redis.execute_command("CLUSTER INFO")))
        url = f"redis+cluster://127.0.0.1:{node.port}"
        store = Watched(url, "one", tmp_path)
        wishes: list[Demands] = [
            [WindowDemand("p", "a", 1, 60.0), WindowDemand("p", "b", 1, 60.0)],
            [QuotaDemand("q", "c", 0.0, 0.0, calls=1)],
        ]
        begin = time.monotonic()
        assert [one.wait for one in await store.take(wishes)] == [0.0, 0.0]
        assert nearly_whole((await store.take(wishes))[0].wait, begin)
        await store.end()


async def test_whatever_goes_wrong_nobody_waits_for_ever(tmp_path: Path) -> None:
    async def broken(script: str, keys: Sequence[str], argument: bytes) -> object:
        return b"\xc1 is no MessagePack"

    store = RemoteAllowances(
        broken,
        name="one",
        share=Share(tmp_path),
        clock=SystemClock(),
        chance=SystemChance(),
    )
    wish: list[Demands] = [[WindowDemand("p", "k", 1, 60.0)]]
    begin = time.monotonic()
    assert (await store.take(wish))[0].wait == 0.0
    assert nearly_whole((await store.take(wish))[0].wait, begin)


async def test_nor_when_nothing_can_be_written(tmp_path: Path) -> None:
    async def away(script: str, keys: Sequence[str], argument: bytes) -> object:
        raise StoreAway("gone")

    (tmp_path / "full").write_bytes(b"")
    store = RemoteAllowances(
        away,
        name="one",
        share=Share(tmp_path / "full"),
        clock=SystemClock(),
        chance=SystemChance(),
    )
    for _ in range(2):
        # First asked of the store, then decided here at once.
        assert (await store.take(WHOLE))[0].away
        store.spend(WHOLE[0])
    await store.stop()


async def test_a_limit_no_number_of_the_store_holds_is_no_trouble(
    server: RedisServer, tmp_path: Path
) -> None:
    store = Watched(server.url, "one", tmp_path)
    wish: list[Demands] = [[QuotaDemand("q", "k", 0.0, 0.0, calls=1e30)]]
    assert (await store.take(wish))[0].wait == 0.0
    await store.end()
