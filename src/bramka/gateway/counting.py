"""Calls added up as they end: what the journal holds between two deliveries."""

import sys
from array import array

from bramka.domain.traffic.usage import (
    Histogram,
    Row,
    Timing,
    bucket_of,
    outcome_of,
)

CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
Key = tuple[int, tuple[str, str], tuple[str, str, str], str]
"""Minute; API and operation; product, subscription and user; place."""
SHORT = 1 << 16
BUCKETS = array("h", map(bucket_of, range(SHORT)))
"""Bucket of every latency below 65 ms: a logarithm per call is too dear."""


class Sum:
    """Calls of one minute with the same key, added up as they end."""

    __slots__ = (
        "backend",
        "backend_max",
        "backend_min",
        "backend_total",
        "buckets",
        "cache_hits",
        "cache_misses",
        "max",
        "min",
        "size",
        "statuses",
        "total",
    )

    def __init__(self) -> None:
        self.statuses: dict[int, int] = {}
        self.buckets: dict[int, int] = {}
        self.size = self.total = self.max = 0
        self.cache_hits = self.cache_misses = 0
        self.backend = self.backend_total = self.backend_max = 0
        self.min = self.backend_min = sys.maxsize

    def row(self, key: Key) -> Row:
        """The same as console takes it."""
        minute, (api, operation), (product, subscription, user), place = key
        counts = dict.fromkeys(("success", "blocked", "failed", "other"), 0)
        for status, calls in self.statuses.items():
            counts[outcome_of(status)] += calls
        calls = sum(counts.values())
        return Row(
            minute=minute,
            api=api,
            operation=operation,
            product=product,
            subscription=subscription,
            user=user,
            place=place,
            cache_hits=self.cache_hits,
            cache_misses=self.cache_misses,
            bandwidth=self.size,
            latency=Timing(calls, self.total, self.min, self.max),
            backend=Timing(
                self.backend,
                self.backend_total,
                self.backend_min if self.backend else 0,
                self.backend_max,
            ),
            histogram=self.buckets,
            **counts,
        )


class Totals:
    """What was added up since this process began; never counted down."""

    def __init__(self) -> None:
        self.classes: dict[str, int] = dict.fromkeys(CLASSES, 0)
        """Class of status, such as 2xx → calls."""
        self.buckets: Histogram = {}
        self.micros = 0
        self.size = 0

    @property
    def calls(self) -> int:
        return sum(self.classes.values())

    def add(self, one: Sum) -> None:
        self.micros += one.total
        self.size += one.size
        for status, calls in one.statuses.items():
            name = f"{status // 100}xx"
            self.classes[name] = self.classes.get(name, 0) + calls
        for bucket, calls in one.buckets.items():
            self.buckets[bucket] = self.buckets.get(bucket, 0) + calls
