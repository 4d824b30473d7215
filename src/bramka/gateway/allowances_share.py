"""What one gateway decides while the store of limits is away: its share of them."""

import math
from collections.abc import Mapping

from msgspec.structs import replace

from bramka.domain.traffic.allowance import Quota
from bramka.domain.traffic.demand import (
    Demand,
    Demands,
    QuotaDemand,
    TallyDemand,
    Verdict,
    WindowDemand,
    quota_wait,
    verdict_of,
)
from bramka.gateway.allowances import LocalTallies, LocalWindows

_MOST_KNOWN = 100_000

Counter = tuple[str, str, str]
"""Place, part and key."""


def counter_of(demand: Demand) -> Counter:
    return demand.place, demand.part, demand.key


class Share:
    """One gateway's part of every limit, counted in memory."""

    def __init__(self) -> None:
        self._windows: dict[str, LocalWindows] = {}
        self._tallies: dict[str, LocalTallies] = {}
        self._left: dict[Counter, tuple[float, float]] = {}
        """Calls and bytes that a quota had left when the store was asked last."""
        self._owed: dict[Counter, tuple[QuotaDemand, Quota]] = {}
        """What was spent of quotas while the store was away."""

    def note(self, demand: QuotaDemand, calls: float, size: float) -> None:
        """Remember what the store said of a quota."""
        if len(self._left) >= _MOST_KNOWN:
            self._left.clear()
        self._left[counter_of(demand)] = (calls, size)

    def take(
        self, demands: Demands, now: float, timestamp: float, gateways: int
    ) -> Verdict:
        """Meet all demands out of the share, or spend nothing."""
        shares = [self._share(demand, gateways) for demand in demands]
        found = [self._wait(one, now, timestamp) for one in shares]
        waits = [wait for wait, _ in found]
        if not any(waits):
            self.spend(shares, now, timestamp)
        left = [self._left_of(one, now, timestamp) for one in shares if one.tells]
        return verdict_of(waits, left, [by_size for _, by_size in found], now)

    def _share(self, demand: Demand, gateways: int) -> Demand:
        if isinstance(demand, QuotaDemand):
            calls, size = self._left.get(
                counter_of(demand), (demand.calls, demand.size)
            )
            return replace(
                demand, calls=_part(calls, gateways), size=_part(size, gateways)
            )
        # A limit smaller than the number of gateways is one for each of them.
        return replace(demand, limit=max(1, demand.limit // gateways))

    def _wait(self, demand: Demand, now: float, timestamp: float) -> tuple[float, bool]:
        key = demand.part + demand.key
        if isinstance(demand, QuotaDemand):
            return quota_wait(self._spent(demand, timestamp), demand, timestamp)
        if isinstance(demand, TallyDemand):
            tallies = self._tallies.setdefault(demand.place, LocalTallies())
            asked = min(demand.asked, demand.limit)
            return tallies.wait(key, now, asked, demand.limit, demand.period), False
        windows = self._windows.setdefault(demand.place, LocalWindows())
        return windows.wait(key, now, demand.limit, demand.period), False

    def spend(self, demands: Demands, now: float, timestamp: float) -> None:
        """Count what is spent, whether it fits or not."""
        for demand in demands:
            key = demand.part + demand.key
            if isinstance(demand, QuotaDemand):
                quota = self._spent(demand, timestamp)
                quota.calls += demand.spent
                quota.size += demand.spent_size
            elif isinstance(demand, WindowDemand):
                windows = self._windows.setdefault(demand.place, LocalWindows())
                windows.take(key, now, demand.limit, demand.period)
            elif demand.spent:
                tallies = self._tallies.setdefault(demand.place, LocalTallies())
                tallies.add(key, now, demand.spent, demand.period)

    def _spent(self, demand: QuotaDemand, timestamp: float) -> Quota:
        counter = counter_of(demand)
        if counter not in self._owed:
            self._owed[counter] = (demand, Quota())
        quota = self._owed[counter][1]
        before = quota.start
        quota.renew(timestamp, demand.anchor, demand.period)
        if quota.start > before > -math.inf:
            # A new period: what the store said of the old one is over.
            self._left.pop(counter, None)
        return quota

    def _left_of(self, demand: Demand, now: float, timestamp: float) -> float:
        key = demand.part + demand.key
        if isinstance(demand, QuotaDemand):
            return max(0.0, demand.calls - self._spent(demand, timestamp).calls)
        if isinstance(demand, TallyDemand):
            used = self._tallies[demand.place].used(key, now, demand.period)
            return max(0, demand.limit - used)
        windows = self._windows[demand.place]
        return windows.remaining(key, now, demand.limit, demand.period)

    def settle(self) -> list[Demand]:
        """What the store must be told now that it is back; begins anew."""
        owed: Mapping[Counter, tuple[QuotaDemand, Quota]] = self._owed
        self._owed = {}
        self._windows.clear()
        self._tallies.clear()
        return [
            replace(demand, asked=0, spent=quota.calls, spent_size=quota.size)
            for demand, quota in owed.values()
            if quota.calls or quota.size
        ]


def _part(amount: float, gateways: int) -> float:
    return amount if amount == math.inf else max(0.0, amount // gateways)
