"""Quota counters: how gateways name them, what they tell of them, how they are set.

Counts of one period only grow, until somebody sets them; each setting has a number
that is larger than those before. So whoever hears of a counter from several gateways,
in any order, knows which word is the newest.
"""

import hashlib
import math
from datetime import datetime, timedelta
from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.allowance import NEVER, UNIX_EPOCH, period_start

MOST_SET = (1 << 53) - 1
"""So much can be set: what JSON and the store of limits count exactly."""
END_OF_TIME = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UNIX_EPOCH.tzinfo)

Digest = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
Whole = Annotated[int, Meta(ge=0, le=(1 << 63) - 1)]


def digest_of(place: str, key: str) -> bytes:
    """The name of a counter: a key may be an address or a secret, so it is not told."""
    return hashlib.blake2b(f"{place}\0{key}".encode(), digest_size=16).digest()


class QuotaCounter(Struct, frozen=True, kw_only=True):
    """Where gateways count for one key, and in which periods."""

    place: str
    key: str
    anchor: float
    period: float
    part: str = ""
    """Which part of the calls is counted; stands before the key."""

    @property
    def id(self) -> str:
        return digest_of(self.place, self.part + self.key).hex()

    def start(self, now: float) -> float:
        """When the period that holds `now` began."""
        return period_start(now, self.anchor, self.period)

    def until(self, now: float) -> float | None:
        """When that period ends; None for one that never does."""
        return None if self.period == NEVER else self.start(now) + self.period

    def period_key(self, now: float) -> str:
        """How the REST names that period: its number and its length."""
        number = 0
        if self.period != NEVER:
            number = math.floor((now - self.anchor) / self.period)
        return f"{number}_{duration_text(self.period)}"


class QuotaCount(Struct, frozen=True, kw_only=True):
    """What was counted in the period that began at `start`."""

    id: Digest
    start: float
    number: Whole = 0
    """The number of the last setting."""
    calls: Whole = 0
    size: Whole = 0
    """Bytes."""
    until: float | None = None
    """When the period ends; None if never, or if nobody knows."""

    def joined(self, other: "QuotaCount") -> "QuotaCount":
        """The newest of two words on one counter."""
        mine, theirs = (self.start, self.number), (other.start, other.number)
        if mine != theirs:
            return self if mine > theirs else other
        return QuotaCount(
            id=self.id,
            start=self.start,
            number=self.number,
            calls=max(self.calls, other.calls),
            size=max(self.size, other.size),
            until=self.until if other.until is None else other.until,
        )


class QuotaSetting(Struct, frozen=True, rename="camel", kw_only=True):
    """What a counter is set to in one period; gateways do it once.

    Calls and bytes have numbers of their own: a gateway that was away when one of
    them was set does so later, and does not do the other again.
    """

    id: str
    start: float
    calls: int = 0
    calls_number: int = 0
    """0: calls were never set."""
    size: int = 0
    size_number: int = 0
    until: float | None = None

    @property
    def number(self) -> int:
        return max(self.calls_number, self.size_number)

    def applied(self, count: QuotaCount | None) -> QuotaCount:
        """The count after it; what was done before is not done again."""
        if count is None or count.start < self.start:
            count = QuotaCount(id=self.id, start=self.start, until=self.until)
        if count.start > self.start or count.number >= self.number:
            return count
        return QuotaCount(
            id=self.id,
            start=self.start,
            number=self.number,
            calls=self.calls if self.calls_number > count.number else count.calls,
            size=self.size if self.size_number > count.number else count.size,
            until=self.until,
        )


class CounterReport(Struct, frozen=True, kw_only=True):
    """What a gateway tells of the counters that changed."""

    counts: tuple[QuotaCount, ...]


def duration_text(seconds: float) -> str:
    """A length in ISO 8601: `P7D`, `PT1H30M`; `PT0S` for what never ends."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    time = "".join(
        f"{amount}{unit}"
        for amount, unit in ((hours, "H"), (minutes, "M"), (rest, "S"))
        if amount
    )
    day = f"{days}D" if days else ""
    return f"P{day}T{time}" if time else f"P{day or 'T0S'}"


def moment_text(seconds: float | None) -> str:
    """A moment as `yyyy-MM-ddTHH:mm:ssZ`; the end of time for None."""
    moment = END_OF_TIME
    if seconds is not None:
        last = (END_OF_TIME - UNIX_EPOCH).total_seconds()
        moment = UNIX_EPOCH + timedelta(seconds=min(seconds, last))
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
