"""Demands: what a call wants of limits, wherever these are counted.

A policy says what it wants and is told a verdict. All demands of one policy are met
together, or none is spent.
"""

import math
from collections.abc import Sequence

from msgspec import Struct

from bramka.domain.traffic.allowance import Quota


class WindowDemand(Struct, frozen=True, gc=False):
    """One call in a sliding window."""

    place: str
    """Whose counter it is: a policy's place, or a name that many share."""
    key: str
    """Who is counted."""
    limit: int
    period: float
    part: str = ""
    """Which part of the caller's traffic is counted; "" is all of it."""
    tells: bool = False
    """Whether the verdict must say how much is left."""
    refuses: bool | None = None
    """Whether it is refused while nobody can decide; None: as the gateway does."""


class TallyDemand(Struct, frozen=True, gc=False):
    """An amount in a sliding window."""

    place: str
    key: str
    limit: int
    period: float
    asked: int = 1
    """What must still fit."""
    spent: int = 1
    """What is counted once all demands are met."""
    part: str = ""
    tells: bool = False
    refuses: bool | None = None


class QuotaDemand(Struct, frozen=True, gc=False):
    """Calls and bytes of a fixed period; a limit may be infinite."""

    place: str
    key: str
    anchor: float
    """When the first period begins, in seconds since 1970."""
    period: float
    calls: float = math.inf
    size: float = math.inf
    asked: int = 1
    spent: int = 1
    spent_size: int = 0
    part: str = ""
    tells: bool = False
    refuses: bool | None = None


Demand = WindowDemand | TallyDemand | QuotaDemand
Demands = Sequence[Demand]


class Verdict(Struct, frozen=True, gc=False):
    """What became of the demands of one policy."""

    wait: float = 0.0
    """0.0 when all are met, else the seconds until the last of the refused would be."""
    refused: int = -1
    """Which demand waits longest."""
    by_size: bool = False
    """That demand is refused for its bytes, not its calls."""
    left: tuple[float, ...] = ()
    """How much more fits, for each demand in turn that wants to be told."""
    at: float = 0.0
    """When it was decided, on the clock of whoever decided."""
    away: str = ""
    """Why nobody could decide, when limits are refused then."""


ADMITTED = Verdict()


def verdict_of(
    waits: Sequence[float],
    left: Sequence[float] = (),
    sizes: Sequence[bool] = (),
    at: float = 0.0,
) -> Verdict:
    """The verdict on demands that have to wait so long, each for itself."""
    longest = max(waits, default=0.0)
    if longest == 0.0:
        return Verdict(left=tuple(left), at=at) if left else Verdict(at=at)
    refused = waits.index(longest)
    by_size = bool(sizes and sizes[refused])
    return Verdict(longest, refused, by_size, tuple(left), at)


def quota_wait(
    quota: Quota, demand: QuotaDemand, timestamp: float
) -> tuple[float, bool]:
    """Seconds until the demand can be met, and whether it is bytes that are spent."""
    if quota.calls + demand.asked > demand.calls:
        by_size = False
    elif quota.size >= demand.size:
        by_size = True
    else:
        return 0.0, False
    # A period that is just over still refuses for the moment.
    return max(quota.left(timestamp, demand.period), 1e-6), by_size
