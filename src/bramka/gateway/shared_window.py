"""Sums over sliding windows that processes share: how a ring is read and written."""

import hashlib
import math
import struct

from bramka.domain.traffic.demand import TallyDemand
from bramka.domain.traffic.tally import EXACT, GRAINS
from bramka.gateway.rings import Rings

MOST_REMEMBERED = 100_000
_ALL = 1 << 62

Digest = tuple[int, int]


class SharedWindow:
    """Sums over sliding windows; one for all policies, since a slot is found by key."""

    def __init__(self, rings: Rings) -> None:
        self.rings = rings
        self._known: dict[tuple[str, str], tuple[int, Digest]] = {}
        """Place and key → where the slot was last seen."""

    # --- finding and holding ---

    def find(self, place: str, key: str, now: float) -> tuple[int, Digest]:
        known = self._known.get((place, key))
        if known is None:
            text = f"{place}\0{key}".encode()
            raw = hashlib.blake2b(text, digest_size=16).digest()
            first, second = struct.unpack("@QQ", raw)
            digest = (first or 1, second)
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            known = self.rings.find(digest, now), digest
            self._known[place, key] = known
        return known

    def hold(self, place: str, key: str, now: float) -> int:
        """The locked slot of a counter."""
        while True:
            slot, digest = self.find(place, key, now)
            self.rings.lock(slot)
            if self.rings.holds(slot, digest):
                return slot
            # It was idle so long that somebody else got it.
            self.rings.unlock(slot)
            self.forget(place, key)

    def forget(self, place: str, key: str) -> None:
        self._known.pop((place, key), None)

    # --- calls, under the lock ---

    def wait(self, slot: int, now: float, calls: int, period: float) -> float:
        """Seconds until one more call fits."""
        oldest, written = self.rings.span(slot)
        # The call that must have left the window before one more may enter.
        first = written - calls
        if first < oldest:
            return 0.0
        return max(0.0, self.rings.moment(slot, first) + period - now)

    def spend(self, slot: int, now: float, calls: int, period: float) -> None:
        now = self._not_before(slot, now)
        self.rings.append(slot, now, 1, needed=calls, horizon=now - period)

    def remaining(self, slot: int, now: float, calls: int, period: float) -> int:
        _, written = self.rings.span(slot)
        live = written - self.rings.first_after(slot, now - period)
        return max(0, calls - live)

    def _not_before(self, slot: int, now: float) -> float:
        """`now`, but never before what another process counted already."""
        _oldest, written = self.rings.span(slot)
        return max(now, self.rings.moment(slot, written - 1)) if written else now

    # --- amounts, under the lock ---

    def amount_wait(self, slot: int, now: float, demand: TallyDemand) -> float:
        """Seconds until the amount fits; infinite when it never will."""
        period = demand.period
        before, used = self._sums(slot, now, period)
        over = used + demand.asked - demand.limit
        if over <= 0:
            return 0.0
        if demand.asked > demand.limit:
            return math.inf
        leaves = self.rings.first_with(slot, before + over)
        return max(0.0, self.rings.moment(slot, leaves) + period - now)

    def add(self, slot: int, now: float, amount: int, period: float) -> None:
        rings = self.rings
        now = self._not_before(slot, now)
        oldest, written = rings.span(slot)
        grain = period / GRAINS
        if (
            written - oldest >= EXACT
            and rings.moment(slot, written - 1) // grain == now // grain
        ):
            rings.merge(slot, now, amount)
        else:
            rings.append(slot, now, amount, needed=_ALL, horizon=now - period)

    def used(self, slot: int, now: float, period: float) -> int:
        return int(self._sums(slot, now, period)[1])

    def _sums(self, slot: int, now: float, period: float) -> tuple[float, float]:
        """What was counted before the window, and what within it."""
        oldest, written = self.rings.span(slot)
        if not written:
            return 0.0, 0.0
        first = self.rings.first_after(slot, now - period)
        before = self.rings.sum(slot, first - 1) if first > oldest else 0.0
        if first == oldest and oldest:
            before = self.rings.sum(slot, first)
        return before, self.rings.sum(slot, written - 1) - before
