"""Usage: what gateways count, minute by minute, and the histogram of latencies.

Everything here adds up: rows with the same key merge by adding, in any order, in a
gateway, in the database and in a report. Times are whole microseconds.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal, NamedTuple

from msgspec import Meta, Struct, field

from bramka.domain.traffic.logged_request import LoggedRequest

Outcome = Literal["success", "blocked", "failed", "other"]
Histogram = dict[int, int]
"""Bucket of latency → calls in it; see `bucket_of`."""

RELATIVE_ERROR = 0.02
_GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
_LOG_GAMMA = math.log(_GAMMA)

_BLOCKED = frozenset((401, 403, 429))
_SUCCESS_ABOVE_301 = frozenset((304, 307))

Count = Annotated[int, Meta(ge=0)]


def outcome_of(status: int) -> Outcome:
    """How the reports of API Management class a response code."""
    if status <= 301 or status in _SUCCESS_ABOVE_301:
        return "success"
    if status in _BLOCKED:
        return "blocked"
    return "failed" if status == 400 or 500 <= status <= 600 else "other"


def bucket_of(micros: int) -> int:
    """The bucket of a latency: each is about 4 % wider than the one before."""
    return math.ceil(math.log(micros) / _LOG_GAMMA) if micros > 1 else 0


def value_of(bucket: int) -> float:
    """Microseconds that stand for a bucket, within 2 % of all that fell into it."""
    return 2 * _GAMMA**bucket / (_GAMMA + 1) if bucket else 1.0


def quantile(histogram: Mapping[int, int], share: float) -> float | None:
    """The latency that `share` of the calls did not exceed, in microseconds.

    Nearest rank, within 2 %; None when nothing was counted.
    """
    total = sum(histogram.values())
    if not total:
        return None
    rank = max(1, math.ceil(share * total))
    seen = 0
    for bucket in sorted(histogram):
        seen += histogram[bucket]
        if seen >= rank:
            return value_of(bucket)
    return None


def merge_histograms(into: Histogram, other: Mapping[int, int]) -> None:
    """Add the counts of `other` to `into`."""
    for bucket, count in other.items():
        into[bucket] = into.get(bucket, 0) + count


class Timing(Struct, rename="camel"):
    """How long things took: number, sum, least and most, in microseconds."""

    count: Count = 0
    total: Count = 0
    min: Count = 0
    max: Count = 0

    def add(self, micros: int) -> None:
        if not self.count or micros < self.min:
            self.min = micros
        self.max = max(self.max, micros)
        self.count += 1
        self.total += micros

    def merge(self, other: "Timing") -> None:
        if not other.count:
            return
        self.min = min(self.min, other.min) if self.count else other.min
        self.max = max(self.max, other.max)
        self.count += other.count
        self.total += other.total


class Key(NamedTuple):
    """What one row counts: a minute since 1970 and who called what; "" for nobody."""

    minute: int
    api: str = ""
    operation: str = ""
    product: str = ""
    subscription: str = ""
    user: str = ""
    place: str = ""


class Row(Struct, rename="camel", kw_only=True):
    """The calls of one minute with the same key."""

    minute: Count
    api: str = ""
    operation: str = ""
    product: str = ""
    subscription: str = ""
    user: str = ""
    place: str = ""
    """Country, region and zip of callers, with slashes between; "" if unknown."""
    success: Count = 0
    blocked: Count = 0
    failed: Count = 0
    other: Count = 0
    bandwidth: Count = 0
    """Bytes of requests and responses."""
    cache_hits: Count = 0
    cache_misses: Count = 0
    latency: Timing = field(default_factory=Timing)
    """From the first byte of the request to the last of the response."""
    backend: Timing = field(default_factory=Timing)
    """Of this, waiting for the backend; counts only calls that reached it."""
    histogram: dict[int, Count] = field(default_factory=dict)
    """Latencies by bucket."""

    @property
    def key(self) -> Key:
        return Key(
            self.minute,
            self.api,
            self.operation,
            self.product,
            self.subscription,
            self.user,
            self.place,
        )

    @property
    def calls(self) -> int:
        return self.success + self.blocked + self.failed + self.other

    def add(self, status: int, latency: int, bandwidth: int) -> None:
        """Count one call; the backend's time and cache hits are noted beside it."""
        outcome = outcome_of(status)
        if outcome == "success":
            self.success += 1
        elif outcome == "blocked":
            self.blocked += 1
        elif outcome == "failed":
            self.failed += 1
        else:
            self.other += 1
        self.bandwidth += bandwidth
        self.latency.add(latency)
        bucket = bucket_of(latency)
        self.histogram[bucket] = self.histogram.get(bucket, 0) + 1

    def merge(self, other: "Row") -> None:
        """Add the calls of `other`, whatever its key."""
        self.success += other.success
        self.blocked += other.blocked
        self.failed += other.failed
        self.other += other.other
        self.bandwidth += other.bandwidth
        self.cache_hits += other.cache_hits
        self.cache_misses += other.cache_misses
        self.latency.merge(other.latency)
        self.backend.merge(other.backend)
        merge_histograms(self.histogram, other.histogram)


class Batch(Struct, rename="camel", kw_only=True):
    """What a gateway sends at once; `batch` is unique, so a repeat counts nothing."""

    gateway: Annotated[str, Meta(min_length=1, max_length=80)]
    batch: Annotated[str, Meta(min_length=1, max_length=80)]
    rows: tuple[Row, ...] = ()
    requests: tuple[LoggedRequest, ...] = ()
    """Single calls among those of the rows, as many as are wanted."""


def merged(rows: Iterable[Row]) -> dict[Key, Row]:
    """One row per key, in order of first appearance."""
    whole: dict[Key, Row] = {}
    for row in rows:
        sum_of_key = whole.get(row.key)
        if sum_of_key is None:
            sum_of_key = whole[row.key] = Row(**row.key._asdict())
        sum_of_key.merge(row)
    return whole
