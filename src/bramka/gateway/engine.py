"""What all calls of one gateway process share: plan, state, pools, journal."""

from collections.abc import Callable

from bramka.domain.clock import Chance, Clock
from bramka.domain.traffic.dialling import Dialling
from bramka.gateway.journal import Journal
from bramka.gateway.plan import Plan
from bramka.gateway.pool import Dial, Pool
from bramka.gateway.reconnecting import Reconnects, origin_of
from bramka.gateway.target import Target
from bramka.gateway.trace import Traces

LONGEST_URL = 16_384
MOST_TARGETS = 1_000
FORGOTTEN_SECONDS = 300.0
"""After so long without a connection a target is forgotten."""


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
        self.tunnels = 0
        """WebSocket connections that are open."""
        self.places: Callable[[str], str] | None = None
        """Where in the world an address is; None where nobody wants to know."""
        self.traces = Traces()
        self.trace_location = ""
        """Where callers read the traces of their calls; "" when they cannot."""
        self.reconnects = Reconnects()
        self._dial = dial
        self._pools: dict[str, Pool] = {}
        self._targets: dict[str, Target] = {}
        self.chance = chance
        prefix = chance.hex(10)
        self.id_prefix = f"{prefix[:8]}-{prefix[8:12]}-4{prefix[13:16]}-a{prefix[17:]}-"
        self.calls = 0
        """How many calls came; with the prefix it makes their GUIDs."""

    def pool(self, target: Target) -> Pool:
        """The connections to a target."""
        pool = self._pools.get(target.pool_key)
        if pool is None:
            pool = self._pools[target.pool_key] = Pool(target, self._dial)
            pool.now = pool.used = self.monotonic()
        return pool

    def target_of(self, url: str, dialling: Dialling | None = None) -> Target:
        """The target of an address that a policy gave; Invalid if it is none."""
        if dialling is not None:
            return Target.of(url, dialling)
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
        for key, pool in tuple(self._pools.items()):
            pool.tick(now)
            if now > pool.used + FORGOTTEN_SECONDS:
                # Hosts that policies make up per call would fill the memory otherwise.
                self._pools.pop(key).retire()
        for origin in self.reconnects.due(self.clock.now()):
            self._reconnect(origin)

    def _reconnect(self, origin: str) -> None:
        """Have later calls dial again; those in flight end on their connections."""
        for key in [key for key in self._pools if origin_of(key) == origin]:
            self._pools.pop(key).retire()

    def close(self) -> None:
        for pool in self._pools.values():
            pool.close()

    def __repr__(self) -> str:
        return f"<Engine: {self.plan!r}, {self.in_flight} in flight>"
