"""Records made from summed usage."""

from bramka.domain.traffic.usage import Row
from bramka.reports.report import Names, record_of

NAMES = Names(
    apis={"echo": "Echo API"},
    operations={("echo", "get"): "Read"},
    products={},
    subscriptions={"s": "Mine"},
    users={"u": "Ann Lee"},
)


def row() -> Row:
    row = Row(
        minute=1, api="echo", operation="get", product="p", subscription="s", user="u"
    )
    for status, micros in ((200, 1000), (200, 3000), (429, 500), (500, 9500)):
        row.add(status, micros, bandwidth=10)
    row.backend.add(900)
    row.backend.add(2100)
    row.cache_misses = 2
    return row


def test_counts_and_bytes_are_exact() -> None:
    record = record_of("byApi", row(), NAMES)
    counts = (
        record.call_count_success,
        record.call_count_blocked,
        record.call_count_failed,
        record.call_count_other,
        record.call_count_total,
    )
    assert counts == (2, 1, 1, 0, 4)
    assert (record.bandwidth, record.cache_miss_count) == (40, 2)


def test_times_are_milliseconds() -> None:
    record = record_of("byApi", row(), NAMES)
    assert (record.api_time_min, record.api_time_avg, record.api_time_max) == (
        0.5,
        3.5,
        9.5,
    )
    assert record.service_time_avg == 1.5
    assert record.api_time_p50 is not None
    assert abs(record.api_time_p50 - 1.0) < 0.02


def test_nothing_measured_is_no_time() -> None:
    record = record_of("byApi", Row(minute=1, api="echo", failed=1), NAMES)
    assert record.api_time_avg is None
    assert record.service_time_min is None
    assert record.api_time_p95 is None


def test_each_kind_names_its_dimensions_and_no_others() -> None:
    by_operation = record_of("byOperation", row(), NAMES)
    assert by_operation.name == "Read"
    assert by_operation.operation_id == "/apis/echo/operations/get"
    assert by_operation.subscription_id is None
    by_subscription = record_of("bySubscription", row(), NAMES)
    assert by_subscription.name == "Mine"
    assert by_subscription.user_id == "/users/u"
    assert by_subscription.api_id is None
    assert record_of("byUser", row(), NAMES).name == "Ann Lee"


def test_what_is_gone_is_named_by_its_id() -> None:
    assert record_of("byProduct", row(), NAMES).name == "p"


def test_nobody_has_no_path() -> None:
    record = record_of("byUser", Row(minute=1, success=1), NAMES)
    assert (record.name, record.user_id) == ("", None)
