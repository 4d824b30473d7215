"""Batches of demands as the script of the store reads them; see limits.lua."""

import hashlib
import math
from collections.abc import Sequence

from msgspec import Struct, msgpack

from bramka.domain.traffic.demand import (
    Demand,
    Demands,
    QuotaDemand,
    TallyDemand,
    WindowDemand,
)

_KINDS = {WindowDemand: 1, TallyDemand: 2, QuotaDemand: 3}

Call = tuple[bool, Sequence[Demands]]
"""Whether it is spent whatever the limits say; what each policy demands."""


class Owed(Struct, frozen=True):
    """What was spent of a quota without the store, in the period begun at `start`."""

    digest: bytes
    start: float
    period: float
    calls: int
    size: int


def write_batch(batch: Sequence[Call], prefix: str) -> tuple[list[str], bytes]:
    """The keys and the argument of the script."""
    places: dict[str, int] = {}
    calls: list[list[object]] = []
    for forced, demanded in batch:
        wishes = [
            [_written(demand, prefix, places) for demand in demands]
            for demands in demanded
        ]
        calls.append([forced, *wishes])
    return list(places), msgpack.encode(calls)


def write_owed(owed: Sequence[Owed], prefix: str) -> tuple[list[str], bytes]:
    """The keys and the argument of the script, for what is spent already."""
    kind = _KINDS[QuotaDemand]
    keys = [_name(prefix, kind, one.digest) for one in owed]
    spent = [
        [
            *(kind, index, -1, -1, _anchor(one.start, one.period)),
            *(_micros(one.period), 0, one.calls, one.size),
        ]
        for index, one in enumerate(owed, 1)
    ]
    return keys, msgpack.encode([[True, spent]])


def _written(demand: Demand, prefix: str, places: dict[str, int]) -> list[object]:
    key = key_of(demand, prefix)
    index = places.setdefault(key, len(places) + 1)
    if isinstance(demand, WindowDemand):
        return [1, index, demand.limit, _micros(demand.period), demand.tells]
    if isinstance(demand, TallyDemand):
        amounts = (demand.asked, demand.spent, demand.tells)
        return [2, index, demand.limit, _micros(demand.period), *amounts]
    return [
        *(3, index, whole_limit(demand.calls), whole_limit(demand.size)),
        *(_anchor(demand.anchor, demand.period), _micros(demand.period)),
        *(demand.asked, demand.spent, demand.spent_size),
    ]


def _micros(seconds: float) -> int:
    return round(seconds * 1e6)


def _anchor(start: float, period: float) -> int:
    # Any start of a period will do; an early one keeps the arithmetic exact.
    return _micros(start % period if period else start)


def whole_limit(amount: float) -> int:
    """A limit as the store counts it; -1 is infinite."""
    # Beyond this the script could not count exactly, and nobody gets that far.
    return -1 if amount == math.inf else min(int(amount), 1 << 53)


def key_of(demand: Demand, prefix: str) -> str:
    """The name of a counter in the store.

    A digest: a counter key may be an address or a secret, and names stay short. One
    hash tag keeps all of them on one node of a cluster, where one script sees them.
    """
    text = f"{demand.place}\0{demand.part}\0{demand.key}".encode()
    digest = hashlib.blake2b(text, digest_size=16).digest()
    return _name(prefix, _KINDS[type(demand)], digest)


def _name(prefix: str, kind: int, digest: bytes) -> str:
    return f"{{{prefix}}}:{kind}:{digest.hex()}"
