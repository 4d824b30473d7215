"""Batches of demands as the script of the store reads them; see limits.lua."""

import hashlib
import math
from collections.abc import Sequence

from msgspec import msgpack

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


def _written(demand: Demand, prefix: str, places: dict[str, int]) -> list[object]:
    key = key_of(demand, prefix)
    index = places.setdefault(key, len(places) + 1)
    if isinstance(demand, WindowDemand):
        return [1, index, demand.limit, _micros(demand.period), demand.tells]
    if isinstance(demand, TallyDemand):
        amounts = (demand.asked, demand.spent, demand.tells)
        return [2, index, demand.limit, _micros(demand.period), *amounts]
    anchor = demand.anchor
    if demand.period:
        # Any start of a period will do; a late one keeps the arithmetic exact.
        anchor %= demand.period
    return [
        *(3, index, _limit(demand.calls), _limit(demand.size)),
        *(_micros(anchor), _micros(demand.period)),
        *(demand.asked, demand.spent, demand.spent_size),
    ]


def _micros(seconds: float) -> int:
    return round(seconds * 1e6)


def _limit(amount: float) -> int:
    # Beyond this the script could not count exactly, and nobody gets that far.
    return -1 if amount == math.inf else min(int(amount), 1 << 53)


def key_of(demand: Demand, prefix: str) -> str:
    """The name of a counter in the store.

    A digest: a counter key may be an address or a secret, and names stay short. One
    hash tag keeps all of them on one node of a cluster, where one script sees them.
    """
    text = f"{demand.place}\0{demand.part}\0{demand.key}".encode()
    digest = hashlib.blake2b(text, digest_size=16).hexdigest()
    return f"{{{prefix}}}:{_KINDS[type(demand)]}:{digest}"
