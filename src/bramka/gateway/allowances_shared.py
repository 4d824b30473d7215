"""Windows, tallies and quotas that the gateway processes of one machine share.

Every decision is made under the record locks of the counters it looks at, so it is
exact whichever process makes it.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

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
from bramka.domain.traffic.quota_counter import QuotaSetting
from bramka.gateway.ledger import Ledger, Slot
from bramka.gateway.rings import Rings
from bramka.gateway.shared_window import MOST_REMEMBERED, SharedWindow


class SharedWindows:
    """The sliding windows of one policy, by counter key."""

    def __init__(self, window: SharedWindow, place: str) -> None:
        self._window = window
        self._place = place

    def take(self, key: str, now: float, calls: int, period: float) -> float:
        """Spend one call: 0.0 if admitted, else seconds to wait."""
        window = self._window
        slot = window.hold(self._place, key, now)
        try:
            wait = window.wait(slot, now, calls, period)
            if wait == 0.0:
                window.spend(slot, now, calls, period)
            return wait
        finally:
            window.rings.unlock(slot)


class SharedQuotas:
    """The quotas of one policy, by counter key."""

    def __init__(self, ledger: Ledger, place: str) -> None:
        self._ledger = ledger
        self._place = place
        self._slots: dict[str, Slot] = {}

    def find(self, key: str) -> Slot:
        slot = self._slots.get(key)
        if slot is None:
            if len(self._slots) >= MOST_REMEMBERED:
                self._slots.clear()
            slot = self._slots[key] = self._ledger.slot(self._place, key)
        return slot

    def take(
        self, key: str, now: float, anchor: float, period: float, calls: int
    ) -> float:
        """Spend one call: 0.0 if admitted, else seconds until the quota is renewed."""
        ledger, slot = self._ledger, self.find(key)
        ledger.hold(slot)
        try:
            quota = slot.quota
            ledger.renew(slot, now, anchor, period)
            if quota.calls >= calls:
                return quota.left(now, period)
            quota.calls += 1
            ledger.save(slot)
            return 0.0
        finally:
            ledger.let_go(slot)


Held = int | Slot


class SharedAllowances:
    """All limits of several gateway processes on one machine."""

    def __init__(self, rings: Rings, ledger: Ledger) -> None:
        self._rings = rings
        self._ledger = ledger
        self._window = SharedWindow(rings)
        self._quotas: dict[str, SharedQuotas] = {}

    def windows(self, place: str) -> SharedWindows:
        return SharedWindows(self._window, place)

    def quotas(self, place: str) -> SharedQuotas:
        return self._quotas.get(place) or self._quotas.setdefault(
            place, SharedQuotas(self._ledger, place)
        )

    def take(self, demands: Demands, now: float, timestamp: float) -> Verdict:
        """Meet all demands, or spend nothing."""
        with self._held(demands, now) as held:
            waits: list[float] = []
            sizes: list[bool] = []
            for demand, slot in zip(demands, held, strict=True):
                wait, by_size = self._wait(demand, slot, now, timestamp)
                waits.append(wait)
                sizes.append(by_size)
            if not any(waits):
                for demand, slot in zip(demands, held, strict=True):
                    self._spend(demand, slot, now)
            left = [
                self._left(demand, slot, now)
                for demand, slot in zip(demands, held, strict=True)
                if demand.tells
            ]
        return verdict_of(waits, left, sizes, now)

    def spend(self, demands: Demands, now: float, timestamp: float) -> None:
        """Count what is spent, whether it fits or not."""
        with self._held(demands, now) as held:
            for demand, slot in zip(demands, held, strict=True):
                if isinstance(demand, QuotaDemand) and isinstance(slot, Slot):
                    self._renew(demand, slot, timestamp)
                self._spend(demand, slot, now)

    @contextmanager
    def _held(self, demands: Demands, now: float) -> Iterator[Sequence[Held]]:
        """Lock every counter, in one order for all processes so that none waits for
        another that waits for it."""
        while True:
            held = [self._find(demand, now) for demand in demands]
            order = sorted(set(map(_order, held)))
            by_order = {_order(slot): slot for slot in held}
            for place in order:
                self._lock(by_order[place])
            try:
                if all(map(self._is_still, demands, held)):
                    yield held
                    return
            finally:
                for place in order:
                    self._unlock(by_order[place])

    def _find(self, demand: Demand, now: float) -> Held:
        key = demand.part + demand.key
        if isinstance(demand, QuotaDemand):
            return self.quotas(demand.place).find(key)
        return self._window.find(demand.place, key, now)[0]

    def _is_still(self, demand: Demand, held: Held) -> bool:
        """Whether the counter is where it was found; forgets the place when not."""
        if isinstance(held, Slot):
            return True
        key = demand.part + demand.key
        slot, digest = self._window.find(demand.place, key, 0.0)
        if slot == held and self._rings.holds(held, digest):
            return True
        self._window.forget(demand.place, key)
        return False

    def _lock(self, held: Held) -> None:
        if isinstance(held, Slot):
            self._ledger.hold(held)
        else:
            self._rings.lock(held)

    def _unlock(self, held: Held) -> None:
        if isinstance(held, Slot):
            self._ledger.let_go(held)
        else:
            self._rings.unlock(held)

    def _wait(
        self, demand: Demand, held: Held, now: float, timestamp: float
    ) -> tuple[float, bool]:
        if isinstance(held, Slot):
            assert isinstance(demand, QuotaDemand), "only quotas lie in the ledger"
            self._renew(demand, held, timestamp)
            return quota_wait(held.quota, demand, timestamp)
        if isinstance(demand, WindowDemand):
            return self._window.wait(held, now, demand.limit, demand.period), False
        assert isinstance(demand, TallyDemand), "quotas lie in the ledger"
        return self._window.amount_wait(held, now, demand), False

    def _renew(self, demand: QuotaDemand, slot: Slot, timestamp: float) -> None:
        self._ledger.renew(slot, timestamp, demand.anchor, demand.period)

    def _spend(self, demand: Demand, held: Held, now: float) -> None:
        if isinstance(held, Slot):
            assert isinstance(demand, QuotaDemand), "only quotas lie in the ledger"
            held.quota.calls += demand.spent
            held.quota.size += demand.spent_size
            self._ledger.save(held)
        elif isinstance(demand, WindowDemand):
            self._window.spend(held, now, demand.limit, demand.period)
        elif isinstance(demand, TallyDemand) and demand.spent:
            self._window.add(held, now, demand.spent, demand.period)

    def _left(self, demand: Demand, held: Held, now: float) -> float:
        if isinstance(held, Slot):
            assert isinstance(demand, QuotaDemand), "only quotas lie in the ledger"
            return max(0.0, demand.calls - held.quota.calls)
        if isinstance(demand, WindowDemand):
            return self._window.remaining(held, now, demand.limit, demand.period)
        assert isinstance(demand, TallyDemand), "quotas lie in the ledger"
        return max(0, demand.limit - self._window.used(held, now, demand.period))

    def correct(self, settings: Iterable[QuotaSetting]) -> None:
        """Set quotas, each setting once."""
        self._ledger.correct(settings)

    def close(self) -> None:
        self._rings.close()
        self._ledger.flush()
        self._ledger.close()

    def __repr__(self) -> str:
        return f"<SharedAllowances: {self._rings!r}, {self._ledger!r}>"


def _order(held: Held) -> tuple[int, int]:
    """Windows before quotas, then by where they lie."""
    return (1, held.offset) if isinstance(held, Slot) else (0, held)
