"""The reports of API Management: records made from summed usage, exactly.

A report sums usage by some dimensions; which ones is all that makes its kind.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from msgspec import Struct, structs

from bramka.domain.errors import Invalid
from bramka.domain.traffic.usage import Row, Timing, quantile

KINDS: dict[str, tuple[str, ...]] = {
    "byApi": ("api",),
    "byGeo": ("place",),
    "byOperation": ("api", "operation"),
    "byProduct": ("product",),
    "bySubscription": ("product", "subscription", "user"),
    "byTime": (),
    "byUser": ("user",),
    "total": (),
}
"""Kind of report → the fields of usage it sums by."""

SHORTEST_INTERVAL = 15
"""Minutes; an interval is a multiple of it."""
_INTERVAL = re.compile(r"^P(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,6})M)?)?$")


def interval_minutes(text: str) -> int:
    """An ISO 8601 duration in minutes; Invalid unless reports are made so finely."""
    found = _INTERVAL.match(text)
    days, hours, minutes = (
        (int(part or 0) for part in found.groups()) if found else ((0, 0, 0))
    )
    whole = (days * 24 + hours) * 60 + minutes
    if whole < SHORTEST_INTERVAL or whole % SHORTEST_INTERVAL:
        raise Invalid(
            f"interval is '{text}'; give a multiple of 15 minutes, such as PT15M.",
            target="interval",
        )
    return whole


@dataclass(frozen=True)
class Names:
    """Display names of what the records tell of, by id."""

    apis: Mapping[str, str]
    operations: Mapping[tuple[str, str], str]
    """By API and operation."""
    products: Mapping[str, str]
    subscriptions: Mapping[str, str]
    users: Mapping[str, str]

    def of(self, kind: str, row: Row) -> str:
        """The name that stands for `row` in a report of this kind."""
        if kind == "byOperation":
            return self.operations.get((row.api, row.operation), row.operation)
        one, names = {
            "byApi": (row.api, self.apis),
            "byProduct": (row.product, self.products),
            "bySubscription": (row.subscription, self.subscriptions),
            "byGeo": (", ".join(filter(None, row.place.split("/"))), {}),
            "byUser": (row.user, self.users),
        }.get(kind, ("", {}))
        return names.get(one, one)


class Record(Struct, frozen=True, rename="camel", kw_only=True, omit_defaults=True):
    """One line of a report, with the field names of the management REST."""

    name: str = ""
    timestamp: str | None = None
    interval: str | None = None
    country: str | None = None
    region: str | None = None
    zip: str | None = None
    api_id: str | None = None
    operation_id: str | None = None
    product_id: str | None = None
    subscription_id: str | None = None
    user_id: str | None = None
    call_count_success: int
    call_count_blocked: int
    call_count_failed: int
    call_count_other: int
    call_count_total: int
    bandwidth: int
    cache_hit_count: int
    cache_miss_count: int
    api_time_avg: float | None = None
    api_time_min: float | None = None
    api_time_max: float | None = None
    api_time_p50: float | None = None
    """Not in the cloud's reports; within 2 %."""
    api_time_p95: float | None = None
    service_time_avg: float | None = None
    service_time_min: float | None = None
    service_time_max: float | None = None


def record_of(kind: str, row: Row, names: Names) -> Record:
    """The record that tells `row`; times are milliseconds."""
    operation = f"{row.api}/operations/{row.operation}" if row.operation else ""
    paths = {
        "api": _path("apis", row.api),
        "operation": _path("apis", operation),
        "product": _path("products", row.product),
        "subscription": _path("subscriptions", row.subscription),
        "user": _path("users", row.user),
    }
    return Record(
        name=names.of(kind, row),
        **{f"{part}_id": paths[part] for part in KINDS[kind] if part in paths},
        **_place(row.place),
        call_count_success=row.success,
        call_count_blocked=row.blocked,
        call_count_failed=row.failed,
        call_count_other=row.other,
        call_count_total=row.calls,
        bandwidth=row.bandwidth,
        cache_hit_count=row.cache_hits,
        cache_miss_count=row.cache_misses,
        api_time_avg=_mean(row.latency),
        api_time_min=_milliseconds(row.latency.min, row.latency),
        api_time_max=_milliseconds(row.latency.max, row.latency),
        api_time_p50=_share(row, 0.5),
        api_time_p95=_share(row, 0.95),
        service_time_avg=_mean(row.backend),
        service_time_min=_milliseconds(row.backend.min, row.backend),
        service_time_max=_milliseconds(row.backend.max, row.backend),
    )


def dated(record: Record, row: Row, every: int | None) -> Record:
    """The record with the time it tells of, when it tells of `every` minutes."""
    if every is None:
        return record
    moment = datetime.fromtimestamp(row.minute * 60, UTC)
    timestamp = moment.isoformat().replace("+00:00", "Z")
    return structs.replace(record, timestamp=timestamp, interval=f"PT{every}M")


def _place(place: str) -> dict[str, str]:
    names = ("country", "region", "zip")
    return {
        name: part for name, part in zip(names, place.split("/"), strict=False) if part
    }


def _path(segment: str, name: str) -> str | None:
    return f"/{segment}/{name}" if name else None


def _mean(timing: Timing) -> float | None:
    return timing.total / timing.count / 1000 if timing.count else None


def _milliseconds(micros: int, timing: Timing) -> float | None:
    return micros / 1000 if timing.count else None


def _share(row: Row, share: float) -> float | None:
    micros = quantile(row.histogram, share)
    return None if micros is None else micros / 1000
