"""Windows, tallies and quotas of a gateway that is one process."""

import math
from collections.abc import Iterable

from bramka.domain.traffic.allowance import LONGEST_WINDOW, NEVER, Quota, Window
from bramka.domain.traffic.demand import (
    Demands,
    QuotaDemand,
    TallyDemand,
    Verdict,
    WindowDemand,
    quota_wait,
    verdict_of,
)
from bramka.domain.traffic.quota_counter import QuotaSetting
from bramka.domain.traffic.tally import Tally
from bramka.gateway.ledger import CALLS, CALLS_FROM, CALLS_TO, Ledger, Slot

__all__ = ["Ledger", "LedgerQuotas", "LocalAllowances", "LocalTallies", "LocalWindows"]

_PRUNE_AT = 10_000


class LocalWindows:
    """The sliding windows of one policy, by counter key."""

    def __init__(self) -> None:
        self._windows: dict[str, Window] = {}
        self._prune_at = _PRUNE_AT

    def take(self, key: str, now: float, calls: int, period: float) -> float:
        """Spend one call: 0.0 if admitted, else seconds to wait."""
        window = self._windows.get(key)
        if window is None:
            if len(self._windows) >= self._prune_at:
                self._prune(now)
            window = self._windows[key] = Window()
        return window.take(now, calls, period)

    def wait(self, key: str, now: float, calls: int, period: float) -> float:
        """Seconds until one call fits; spends nothing."""
        window = self._windows.get(key)
        return 0.0 if window is None else window.wait(now, calls, period)

    def remaining(self, key: str, now: float, calls: int, period: float) -> int:
        """How many more calls fit now."""
        window = self._windows.get(key)
        return calls if window is None else window.remaining(now, calls, period)

    def _prune(self, now: float) -> None:
        """Forget callers whose last call has left every window, however long."""
        horizon = now - LONGEST_WINDOW
        self._windows = {
            key: window
            for key, window in self._windows.items()
            if window.admitted and window.admitted[-1] > horizon
        }
        self._prune_at = max(_PRUNE_AT, 2 * len(self._windows))


class LocalTallies:
    """Amounts in sliding windows of this process, by counter key."""

    def __init__(self) -> None:
        self._tallies: dict[str, Tally] = {}
        self._prune_at = _PRUNE_AT

    def wait(
        self, key: str, now: float, amount: int, limit: int, period: float
    ) -> float:
        """0.0 if `amount` more fits now, else seconds until it does."""
        tally = self._tallies.get(key)
        if tally is None:
            return 0.0 if amount <= limit else math.inf
        return tally.wait(now, amount, limit, period)

    def add(self, key: str, now: float, amount: int, period: float) -> None:
        """Count `amount`, whether it fits or not."""
        tally = self._tallies.get(key)
        if tally is None:
            if len(self._tallies) >= self._prune_at:
                self._prune(now)
            tally = self._tallies[key] = Tally()
        tally.add(now, amount, period)

    def used(self, key: str, now: float, period: float) -> int:
        """How much was counted in the window that ends now."""
        tally = self._tallies.get(key)
        return 0 if tally is None else tally.used(now, period)

    def _prune(self, now: float) -> None:
        """Forget what no window of any policy can reach any more."""
        horizon = now - LONGEST_WINDOW
        self._tallies = {
            key: tally
            for key, tally in self._tallies.items()
            if tally.moments and tally.moments[-1][0] > horizon
        }
        self._prune_at = max(_PRUNE_AT, 2 * len(self._tallies))


class LedgerQuotas:
    """The quotas of one policy, by counter key; no other process spends them."""

    def __init__(self, ledger: Ledger, place: str) -> None:
        self._ledger = ledger
        self._place = place
        self._slots: dict[str, Slot] = {}
        self._pack = CALLS.pack
        self._map = ledger.map

    def current(self, key: str, now: float, anchor: float, period: float) -> Quota:
        """The quota of the period that holds `now`; to be changed only by `spend`."""
        slot = self._slots.get(key)
        if slot is None:
            slot = self._slots[key] = self._ledger.slot(self._place, key)
        self._ledger.renew(slot, now, anchor, period)
        return slot.quota

    def take(
        self, key: str, now: float, anchor: float, period: float, calls: int
    ) -> float:
        """Spend one call: 0.0 if admitted, else seconds until the quota is renewed."""
        slot = self._slots.get(key)
        if slot is None:
            self.current(key, now, anchor, period)
            slot = self._slots[key]
        quota = slot.quota
        # The common case by hand: the period goes on.
        if period == NEVER or now >= quota.start + period:
            self._ledger.renew(slot, now, anchor, period)
        if quota.calls >= calls:
            return quota.left(now, period)
        quota.calls += 1
        if slot.start == quota.start:
            at = slot.offset
            self._map[at + CALLS_FROM : at + CALLS_TO] = self._pack(quota.calls)
        else:
            self._ledger.save(slot)
        return 0.0

    def spend(self, key: str, calls: int, size: int) -> None:
        """Add calls and bytes to the period that `current` was asked for last."""
        slot = self._slots[key]
        slot.quota.calls += calls
        slot.quota.size += size
        self._ledger.save(slot)


class LocalAllowances:
    """All limits of a gateway that is one process."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._windows: dict[str, LocalWindows] = {}
        self._tallies: dict[str, LocalTallies] = {}
        self._quotas: dict[str, LedgerQuotas] = {}

    def windows(self, place: str) -> LocalWindows:
        return self._windows.get(place) or self._windows.setdefault(
            place, LocalWindows()
        )

    def tallies(self, place: str) -> LocalTallies:
        return self._tallies.get(place) or self._tallies.setdefault(
            place, LocalTallies()
        )

    def quotas(self, place: str) -> LedgerQuotas:
        return self._quotas.get(place) or self._quotas.setdefault(
            place, LedgerQuotas(self._ledger, place)
        )

    def take(self, demands: Demands, now: float, timestamp: float) -> Verdict:
        """Meet all demands, or spend nothing."""
        waits: list[float] = []
        sizes: list[bool] = []
        for demand in demands:
            key, by_size = demand.part + demand.key, False
            if isinstance(demand, WindowDemand):
                windows = self.windows(demand.place)
                wait = windows.wait(key, now, demand.limit, demand.period)
            elif isinstance(demand, TallyDemand):
                tallies = self.tallies(demand.place)
                asked, limit = demand.asked, demand.limit
                wait = tallies.wait(key, now, asked, limit, demand.period)
            else:
                quota = self._current(demand, timestamp)
                wait, by_size = quota_wait(quota, demand, timestamp)
            waits.append(wait)
            sizes.append(by_size)
        if not any(waits):
            self.spend(demands, now, timestamp)
        left = [
            self._left(demand, now, timestamp) for demand in demands if demand.tells
        ]
        return verdict_of(waits, left, sizes, now)

    def spend(self, demands: Demands, now: float, timestamp: float) -> None:
        """Count what is spent, whether it fits or not."""
        for demand in demands:
            key = demand.part + demand.key
            if isinstance(demand, WindowDemand):
                windows = self.windows(demand.place)
                windows.take(key, now, demand.limit, demand.period)
            elif isinstance(demand, QuotaDemand):
                self._current(demand, timestamp)
                quotas = self.quotas(demand.place)
                quotas.spend(key, demand.spent, demand.spent_size)
            elif demand.spent:
                tallies = self.tallies(demand.place)
                tallies.add(key, now, demand.spent, demand.period)

    def _current(self, demand: QuotaDemand, timestamp: float) -> Quota:
        key = demand.part + demand.key
        quotas = self.quotas(demand.place)
        return quotas.current(key, timestamp, demand.anchor, demand.period)

    def _left(
        self,
        demand: WindowDemand | TallyDemand | QuotaDemand,
        now: float,
        timestamp: float,
    ) -> float:
        key = demand.part + demand.key
        if isinstance(demand, WindowDemand):
            windows = self.windows(demand.place)
            return windows.remaining(key, now, demand.limit, demand.period)
        if isinstance(demand, TallyDemand):
            used = self.tallies(demand.place).used(key, now, demand.period)
            return max(0, demand.limit - used)
        return max(0.0, demand.calls - self._current(demand, timestamp).calls)

    def correct(self, settings: Iterable[QuotaSetting]) -> None:
        """Set quotas, each setting once."""
        self._ledger.correct(settings)

    def close(self) -> None:
        self._ledger.flush()
        self._ledger.close()

    def __repr__(self) -> str:
        return f"<LocalAllowances: {self._ledger!r}>"
