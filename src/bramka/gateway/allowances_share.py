"""What one gateway decides while the store of limits is away: its share of them.

What it knows and spends lies in files beside its other counts: a gateway that starts
while the store is away goes on where the one before it stopped.
"""

import math
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

from msgspec.structs import replace

from bramka.domain.traffic.allowance import Quota
from bramka.domain.traffic.demand import Demand, Demands, QuotaDemand, Verdict
from bramka.gateway.allowances_shared import SharedAllowances
from bramka.gateway.ledger import Ledger, Slot
from bramka.gateway.limit_batch import Owed, whole_limit
from bramka.gateway.rings import Rings

_MOST_KNOWN = 100_000
HEARD, OWED, TOLD = "heard.ledger", "owed.ledger", "told.ledger"
WINDOWS, GATEWAYS = "rings", "gateways"


class Share:
    """One gateway's part of every limit."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._places: dict[tuple[str, str], Slot] = {}
        self.owes = (folder / OWED).exists()
        """Whether the store may have to be told something."""

    # --- the files, made when first needed ---

    @cached_property
    def _heard(self) -> Ledger:
        """What the store said, when asked last, that was spent of quotas."""
        return Ledger(self._folder / HEARD)

    @cached_property
    def _owed(self) -> Ledger:
        """What was spent of quotas while the store was away."""
        return Ledger(self._folder / OWED)

    @cached_property
    def _told(self) -> Ledger:
        """What of that the store was told."""
        return Ledger(self._folder / TOLD)

    @cached_property
    def _counts(self) -> SharedAllowances:
        return SharedAllowances(Rings(self._folder / WINDOWS), self._owed)

    def close(self) -> None:
        """Put the files away; they are opened again when needed."""
        opened = self.__dict__
        if "_heard" in opened:
            self._heard.close()
        if "_counts" in opened:
            self._counts.close()
        elif "_owed" in opened:
            self._owed.close()
        if "_told" in opened:
            self._told.close()
        for name in ("_heard", "_counts", "_owed", "_told"):
            opened.pop(name, None)
        self._places.clear()

    # --- which gateways share ---

    def gateways(self) -> frozenset[str]:
        """Which there were when that was noted last."""
        try:
            return frozenset((self._folder / GATEWAYS).read_text("utf-8").split())
        except (OSError, ValueError):
            return frozenset()

    def note_gateways(self, names: Iterable[str]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{GATEWAYS}.new"
        path.write_text("".join(f"{name}\n" for name in sorted(names)), "utf-8")
        path.replace(self._folder / GATEWAYS)

    # --- quotas as the store knows them ---

    def note(self, demand: QuotaDemand, calls: float, size: float, at: float) -> None:
        """Remember what the store said at that time is left of a quota."""
        if len(self._places) >= _MOST_KNOWN:
            self._heard.close()
            del self._heard
            (self._folder / HEARD).unlink()
            self._places.clear()
        quota = self._known(demand, at)
        quota.calls = _spent(demand.calls, calls)
        quota.size = _spent(demand.size, size)
        self._heard.save(self._place(demand))

    def _known(self, demand: QuotaDemand, timestamp: float) -> Quota:
        slot = self._place(demand)
        self._heard.renew(slot, timestamp, demand.anchor, demand.period)
        return slot.quota

    def _place(self, demand: QuotaDemand) -> Slot:
        place = demand.place, _key_of(demand)
        slot = self._places.get(place)
        if slot is None:
            slot = self._places[place] = self._heard.slot(*place)
        return slot

    # --- deciding ---

    def take(
        self, demands: Demands, now: float, timestamp: float, gateways: int
    ) -> Verdict:
        """Meet all demands out of the share, or spend nothing."""
        shares = [self._share(demand, timestamp, gateways) for demand in demands]
        self.owes = True
        return self._counts.take(shares, now, timestamp)

    def _share(self, demand: Demand, timestamp: float, gateways: int) -> Demand:
        if not isinstance(demand, QuotaDemand):
            # A limit smaller than the number of gateways is one for each of them.
            return replace(demand, limit=max(1, demand.limit // gateways))
        known = self._known(demand, timestamp)
        calls = _part(demand.calls - known.calls, gateways)
        size = _part(demand.size - known.size, gateways)
        return replace(_named(demand), calls=calls, size=size)

    def spend(self, demands: Demands, now: float, timestamp: float) -> None:
        """Count what is spent, whether it fits or not."""
        self.owes = True
        self._counts.spend([_named(demand) for demand in demands], now, timestamp)

    # --- settling ---

    def owed(self, timestamp: float) -> list[Owed]:
        """What was spent of periods that still last, and the store does not know."""
        found = []
        for digest, slot in self._owed.slots():
            quota, told = slot.quota, self._told.slot_of(digest).quota
            over = slot.period and timestamp >= quota.start + slot.period
            knows = told.start == quota.start
            calls, size = (
                quota.calls - knows * told.calls,
                quota.size - knows * told.size,
            )
            if (calls or size) and not over:
                found.append(Owed(digest, quota.start, slot.period, calls, size))
        self.owes = bool(found)
        return found

    def paid(self, owed: Sequence[Owed]) -> None:
        """The store has counted this; it stays part of what was spent of the share."""
        for one in owed:
            slot = self._told.slot_of(one.digest)
            told = slot.quota
            if told.start != one.start:
                told.start, told.calls, told.size = one.start, 0, 0
            told.calls += one.calls
            told.size += one.size
            self._told.save(slot)

    def settled(self) -> None:
        """The store knows what all have spent, and decides again."""
        for digest, slot in self._told.slots():
            heard, told = self._heard.slot_of(digest), slot.quota
            if heard.quota.start <= told.start:
                same = heard.quota.start == told.start
                heard.quota.start = told.start
                heard.quota.calls = told.calls + same * heard.quota.calls
                heard.quota.size = told.size + same * heard.quota.size
                self._heard.save(heard)
        self.owes = False
        self.close()
        # In this order: killed in between, it is told twice rather than never.
        for name in (TOLD, OWED):
            (self._folder / name).unlink(missing_ok=True)

    def adopt(self, folder: Path) -> None:
        """Owe what a gateway owed that there is no more."""
        if not (folder / OWED).exists():
            return
        other = Ledger(folder / OWED)
        for digest, slot in other.slots():
            mine, theirs = self._owed.slot_of(digest), slot.quota
            if (theirs.calls or theirs.size) and theirs.start >= mine.quota.start:
                same = theirs.start == mine.quota.start
                mine.quota.calls = theirs.calls + same * mine.quota.calls
                mine.quota.size = theirs.size + same * mine.quota.size
                mine.quota.start = theirs.start
                self._owed.keep_period(mine, slot.period)
                self._owed.save(mine)
        other.close()
        (folder / OWED).unlink()
        self.owes = True

    def __repr__(self) -> str:
        return f"<Share in {self._folder}>"


def _key_of(demand: QuotaDemand) -> str:
    return f"{demand.part}\0{demand.key}"


def _named(demand: Demand) -> Demand:
    """The same; of a quota, under the name whose digest the store has too."""
    if isinstance(demand, QuotaDemand):
        return replace(demand, part="", key=_key_of(demand))
    return demand


def _spent(limit: float, left: float) -> int:
    return 0 if math.inf in {limit, left} else max(0, whole_limit(limit) - int(left))


def _part(amount: float, gateways: int) -> float:
    return amount if amount == math.inf else max(0.0, amount // gateways)
