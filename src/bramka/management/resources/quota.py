"""`quotas/{key}` and its periods: what was counted under a key, and setting it."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from bramka.domain.errors import Invalid, Missing
from bramka.domain.traffic.quota_counter import (
    MOST_SET,
    QuotaCount,
    QuotaCounter,
    moment_text,
)
from bramka.management.call import Call, Properties
from bramka.management.quota_places import counters_of
from bramka.management.resource import Ids, Resource
from bramka.store.collection import Record

KILOBYTE = 1024
CLOSE = 0.001
AMOUNTS = ("callsCount", "kbTransferred")


Counts = list[tuple[QuotaCounter, QuotaCount]]


class Counted(Struct, frozen=True):
    """What was counted under one key in its current periods, by period key."""

    key: str
    periods: dict[str, Counts]


class Quotas(Resource[Any]):
    """Counters by key: of quota-by-key, and of quota by the id of a subscription."""

    segment = "quotas"
    type = "quotas"
    verbs = "GU"
    tagged = False

    def find(self, call: Call, ids: Ids) -> Record[Any] | None:
        found = counted(call, ids[0])
        return Record(found, 0, 0.0, 0.0) if found.periods else None

    def show(self, call: Call, noun: Counted) -> Properties:
        del call
        return {"value": _listed(noun)}

    def reading(self, call: Call, ids: Ids) -> object:
        rows = _listed(_known(counted(call, ids[0])))
        return {"value": rows, "count": len(rows)}

    def changing(self, call: Call, ids: Ids) -> object:
        periods = _known(counted(call, ids[0])).periods.values()
        _set(call, [counter for counts in periods for counter, _ in counts])
        return self.reading(call, ids)


class Periods(Resource[Any]):
    """The counters of one key in one period."""

    segment = "periods"
    type = "quotas/periods"
    verbs = "GU"
    tagged = False

    def find(self, call: Call, ids: Ids) -> Record[Any] | None:
        found = counted(call, ids[0])
        return Record(found, 0, 0.0, 0.0) if ids[1] in found.periods else None

    def show(self, call: Call, noun: Counted) -> Properties:
        del call
        return {"value": _listed(noun)}

    def reading(self, call: Call, ids: Ids) -> object:
        found = counted(call, ids[0])
        return _contract(found, ids[1], _in_period(found, ids[1]))

    def changing(self, call: Call, ids: Ids) -> object:
        counts = _in_period(counted(call, ids[0]), ids[1])
        _set(call, [counter for counter, _ in counts])
        return self.reading(call, ids)


def counted(call: Call, key: str) -> Counted:
    """What is known of a key: as gateways told, as people set it, and 0 in a period
    that has just begun."""
    counters = counters_of(call.transaction, key)
    known = call.site.quotas.read(call.transaction, counters)
    now = call.transaction.now
    periods: dict[str, Counts] = {}
    for counter in counters:
        if counter.id in known:
            count = _current(counter, known[counter.id], now)
            periods.setdefault(counter.period_key(now), []).append((counter, count))
    return Counted(key, periods)


def _current(counter: QuotaCounter, count: QuotaCount, now: float) -> QuotaCount:
    """What is counted now: nothing yet in a period that nobody told of."""
    start, until = counter.start(now), counter.until(now)
    # A store of limits counts time in whole microseconds.
    holds = count.start > start - CLOSE
    return QuotaCount(
        id=counter.id,
        start=start,
        calls=count.calls if holds else 0,
        size=count.size if holds else 0,
        until=until,
    )


def _known(found: Counted) -> Counted:
    if found.periods:
        return found
    raise Missing(
        f"Nothing was counted under the key '{found.key[:100]}' by a quota-by-key, and "
        "no subscription with that id is counted by a quota; gateways tell of a call "
        "within a second.",
        target="quotaCounterKey",
    )


def _in_period(found: Counted, period: str) -> Counts:
    counts = _known(found).periods.get(period)
    if counts is None:
        raise Missing(
            f"There is no period '{period[:100]}' of the key '{found.key[:100]}' now; "
            f"there is {', '.join(found.periods)}.",
            target="quotaPeriodKey",
        )
    return counts


def _listed(found: Counted) -> list[Properties]:
    return [_contract(found, *period) for period in found.periods.items()]


def _contract(found: Counted, period: str, several: Counts) -> Properties:
    """One period; the largest where several are counted, as the whole and its parts."""
    counts = [count for _, count in several]
    return {
        "counterKey": found.key,
        "periodKey": period,
        "periodStartTime": moment_text(counts[0].start),
        "periodEndTime": moment_text(counts[0].until),
        "value": {
            "callsCount": max(one.calls for one in counts),
            "kbTransferred": max(one.size for one in counts) / KILOBYTE,
        },
    }


def _set(call: Call, counters: Sequence[QuotaCounter]) -> None:
    given = call.properties()
    if unknown := given.keys() - set(AMOUNTS):
        raise Invalid(
            f"'{min(unknown)}' cannot be set; give {' or '.join(AMOUNTS)}.",
            target=min(unknown),
        )
    calls, size = (_amount(given, name) for name in AMOUNTS)
    if calls is None and size is None:
        raise Invalid(
            f"Nothing is to be set; give {' or '.join(AMOUNTS)}.", target="properties"
        )
    if calls is not None and calls != int(calls):
        raise Invalid(
            f"callsCount is {calls}; give a whole number.", target="callsCount"
        )
    call.site.quotas.write(
        call.transaction,
        counters,
        None if calls is None else int(calls),
        None if size is None else round(size * KILOBYTE),
    )


def _amount(given: Properties, name: str) -> float | None:
    value = given.get(name)
    if value is None:
        return None
    right = isinstance(value, int | float) and not isinstance(value, bool)
    if not right or not 0 <= float(str(value)) * KILOBYTE <= MOST_SET:
        raise Invalid(f"{name} is {value!r}; give a number from 0 on.", target=name)
    return float(str(value))
