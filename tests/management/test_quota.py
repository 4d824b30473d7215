"""Quota counters over the REST, with the cloud's own client and without."""

from typing import Any

import httpx2
import msgspec
import pytest
from azure.core.exceptions import HttpResponseError
from tests.databases import DEMO
from tests.management.console import Console
from tests.management.sdk import sdk_of

from bramka.app.clock import SystemClock
from bramka.domain.traffic.configuration import read_update
from bramka.domain.traffic.quota_counter import (
    CounterReport,
    QuotaCount,
    QuotaCounter,
)
from bramka.management.quota_places import counters_of

KEY = "10.0.0.1 / anna"
PATH = "/quotas/10.0.0.1%20%2F%20anna"
QUOTAS = (
    "<policies><inbound><base />"
    "<quota-by-key calls='5' renewal-period='{{length}}' counter-key='x' />"
    "<choose><when condition='@(true)'><include-fragment fragment-id='common' />"
    "</when></choose></inbound></policies>"
)
FRAGMENT = (
    "<fragment><quota-by-key bandwidth='5' renewal-period='0' counter-key='x' "
    "first-period-start='2026-01-01T00:00:00Z' /></fragment>"
)
STARTER = (
    "<policies><inbound><base />"
    "<quota calls='100' renewal-period='604800' /></inbound></policies>"
)


@pytest.fixture
def counting(console: Console) -> Console:
    """A console with quotas in its documents."""
    for path, properties in (
        ("/namedValues/length", {"displayName": "length", "value": "86400"}),
        ("/policyFragments/common", {"value": FRAGMENT}),
        ("/policies/policy", {"value": QUOTAS}),
    ):
        answer = console.call("PUT", path, properties)
        assert answer.status_code in (200, 201), answer.text
    return console


def counters(console: Console, key: str = KEY) -> list[QuotaCounter]:
    """Where gateways would count."""
    with console.store.reading() as transaction:
        return counters_of(transaction, key)


def tell(console: Console, counter: QuotaCounter, calls: int, **more: Any) -> None:
    """What a gateway tells of a counter."""
    now = SystemClock().now()
    given = {"start": counter.start(now), "until": counter.until(now)} | more
    count = QuotaCount(id=counter.id, calls=calls, **given)
    answer = httpx2.post(
        f"{console.url}/gateway/quotas",
        content=msgspec.json.encode(CounterReport(counts=(count,))),
        headers={"Authorization": f"Bearer {console.gateway_token}"},
    )
    assert answer.status_code == 204, answer.text


def counts(console: Console, path: str = PATH) -> list[int]:
    rows = console.call("GET", path).json()["value"]
    return [row["value"]["callsCount"] for row in rows]


def test_the_clients_operations_read_and_set_counters(counting: Console) -> None:
    by_key, for_ever = counters(counting)
    tell(counting, by_key, 3, size=2048)
    tell(counting, for_ever, 9)
    place = {
        "resource_group_name": DEMO.resource_group,
        "service_name": DEMO.name,
        "quota_counter_key": KEY,
    }
    with sdk_of(counting) as sdk:
        found = sdk.quota_by_counter_keys.list_by_service(**place)
        assert found.count == 2
        day, ever = found.value
        assert (day.counter_key, day.value.calls_count) == (KEY, 3)
        assert day.value.kb_transferred == 2.0
        assert day.period_key.endswith("_P1D")
        assert (day.period_end_time - day.period_start_time).total_seconds() == 86400
        assert ever.period_key == "0_PT0S"
        period = {"quota_period_key": day.period_key}
        one = sdk.quota_by_period_keys.get(**place, **period)
        assert one.as_dict() == day.as_dict()
        wanted = {"callsCount": 1, "kbTransferred": 0.5}
        one = sdk.quota_by_period_keys.update(
            **place, **period, parameters={"properties": wanted}
        )
        assert (one.value.calls_count, one.value.kb_transferred) == (1, 0.5)
        found = sdk.quota_by_counter_keys.list_by_service(**place)
        assert [row.value.calls_count for row in found.value] == [1, 9]
        found = sdk.quota_by_counter_keys.update(
            **place, parameters={"properties": {"callsCount": 0}}
        )
        assert [row.value.calls_count for row in found.value] == [0, 0]
        assert found.value[0].value.kb_transferred == 0.5
        with pytest.raises(HttpResponseError, match="no period '7_P1D'"):
            sdk.quota_by_period_keys.get(**place, quota_period_key="7_P1D")


def test_what_was_set_goes_to_gateways_and_older_words_do_not_count(
    counting: Console,
) -> None:
    counter = counters(counting)[0]
    tell(counting, counter, 5)
    answer = counting.call("PATCH", PATH, {"callsCount": 2})
    assert answer.status_code == 200, answer.text
    told = httpx2.get(
        f"{counting.url}/gateway/configuration",
        headers={"Authorization": f"Bearer {counting.gateway_token}"},
    )
    whole = read_update(told.content).whole
    assert whole is not None
    setting = whole.quota_settings[counter.id]
    assert (setting.calls, setting.size_number) == (2, 0)
    tell(counting, counter, 5)
    assert counts(counting) == [2]
    tell(counting, counter, 4, number=setting.number)
    assert counts(counting) == [4]
    tell(counting, counter, 3, number=setting.number)
    assert counts(counting) == [4]
    (entry,) = counting.call(
        "GET", "/audit", query={"$filter": "method eq 'PATCH'"}
    ).json()["value"]
    assert entry["properties"]["before"] != entry["properties"]["after"]


def test_a_subscription_is_counted_by_its_id(console: Console) -> None:
    answer = console.call(
        "PUT", "/products/starter/policies/policy", {"value": STARTER}
    )
    assert answer.status_code in (200, 201), answer.text
    made = {"displayName": "Mine", "scope": "/products/starter", "state": "active"}
    assert console.call("PUT", "/subscriptions/mine", made).status_code == 201
    (counter,) = counters(console, "mine")
    tell(console, counter, 40)
    assert counts(console, "/quotas/mine") == [40]


def test_a_period_that_is_over_counts_nothing(counting: Console) -> None:
    counter = counters(counting)[0]
    now = SystemClock().now()
    tell(counting, counter, 5, start=counter.start(now) - 86400, until=now + 60)
    assert counts(counting) == [0]


def test_what_is_no_amount_is_refused(counting: Console) -> None:
    tell(counting, counters(counting)[0], 5)
    for wrong in (-1, 1.5, "0", True, 1e300, None):
        assert counting.call("PATCH", PATH, {"callsCount": wrong}).status_code == 400
    assert counting.call("PATCH", PATH, {"calls": 1}).status_code == 400
    assert counts(counting) == [5]


def test_keys_that_nobody_counted_are_missing(counting: Console) -> None:
    for method, path in (
        ("GET", "/quotas/nobody"),
        ("PATCH", "/quotas/nobody"),
        ("GET", "/quotas/nobody/periods/0_P1D"),
    ):
        answer = counting.call(method, path, {"callsCount": 0})
        assert answer.status_code == 404, answer.text
        assert "'nobody'" in answer.json()["error"]["message"]


def test_only_a_gateway_tells_of_counters(console: Console) -> None:
    for token, content, status in (
        (console.token, b'{"counts": []}', 401),
        (console.gateway_token, b'{"counts": [{"id": "x", "start": 0}]}', 400),
    ):
        answer = httpx2.post(
            f"{console.url}/gateway/quotas",
            content=content,
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.status_code == status
