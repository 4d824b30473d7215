"""What all calls of one gateway process share: plan, state, pools, journal."""

from collections.abc import Callable

from bramka.domain.clock import Chance, Clock
from bramka.domain.traffic.exchange import Exchange
from bramka.gateway.forwarder import Dial, Pool
from bramka.gateway.journal import Journal, Note
from bramka.gateway.plan import Plan, Target

LONGEST_URL = 16_384
MOST_TARGETS = 1_000


class Engine:
    """The shared parts of one gateway process."""

    def __init__(
        self, *, journal: Journal, dial: Dial, clock: Clock, chance: Chance
    ) -> None:
        self.plan: Plan | None = None
        """Swapped by one assignment; a call looks at it once."""
        self.journal = journal
        self.clock = clock
        self.monotonic: Callable[[], float] = clock.monotonic
        self.epoch = clock.now() - clock.monotonic()
        """What to add to the monotonic clock for the time of day; renewed by `tick`."""
        self.in_flight = 0
        self._dial = dial
        self._pools: dict[Target, Pool] = {}
        self._targets: dict[str, Target] = {}
        prefix = chance.hex(10)
        self._id_prefix = f"{prefix[:8]}-{prefix[8:12]}-4{prefix[13:16]}-a{prefix[17:]}"
        self._calls = 0

    def request_id(self) -> str:
        """A GUID for the next call: random for the process, counted within it."""
        self._calls += 1
        return f"{self._id_prefix}-{self._calls:012x}"

    def pool(self, target: Target) -> Pool:
        """The connections to a target."""
        pool = self._pools.get(target)
        if pool is None:
            pool = self._pools[target] = Pool(target, self._dial)
            pool.now = self.monotonic()
        return pool

    def target_of(self, url: str) -> Target:
        """The target of an address that a policy gave; Invalid if it is none."""
        target = self._targets.get(url)
        if target is None:
            if len(self._targets) >= MOST_TARGETS:
                # Addresses made per call would fill the memory otherwise.
                self._targets.clear()
            target = self._targets[url] = Target.of(url)
        return target

    def tick(self) -> None:
        """About once a second: renew the time of day, close idle connections."""
        now = self.monotonic()
        self.epoch = self.clock.now() - now
        for pool in self._pools.values():
            pool.tick(now)

    def over(
        self, exchange: Exchange, status: int, done: float, backend_seconds: float
    ) -> None:
        """A call is over: note it, and do what policies left for this moment."""
        self.in_flight -= 1
        if exchange.afterwards is not None:
            for work in exchange.afterwards:
                work(exchange)
        api, operation = exchange.api, exchange.operation
        product, subscription = exchange.product, exchange.subscription
        user = exchange.user
        self.journal.note(
            Note(
                int(exchange.timestamp // 60),
                "" if api is None else api.id,
                "" if operation is None else operation.id,
                "" if product is None else product.id,
                "" if subscription is None else subscription.id,
                "" if user is None else user.id,
                status,
                exchange.request_size + exchange.response_size,
                int((done - exchange.started) * 1e6),
                int(backend_seconds * 1e6),
            )
        )

    def close(self) -> None:
        for pool in self._pools.values():
            pool.close()

    def __repr__(self) -> str:
        return f"<Engine: {self.plan!r}, {self.in_flight} in flight>"
