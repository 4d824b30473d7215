"""Counting calls: classes of answers, histograms, sums."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bramka.domain.traffic.usage import (
    Histogram,
    Key,
    Row,
    Timing,
    bucket_of,
    merge_histograms,
    merged,
    outcome_of,
    quantile,
    value_of,
)

MICROS = st.integers(0, 10**10)
CALLS = st.lists(st.tuples(st.sampled_from((200, 404, 429, 500)), MICROS))


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (100, "success"),
        (200, "success"),
        (301, "success"),
        (302, "other"),
        (304, "success"),
        (307, "success"),
        (308, "other"),
        (400, "failed"),
        (401, "blocked"),
        (403, "blocked"),
        (404, "other"),
        (429, "blocked"),
        (499, "other"),
        (500, "failed"),
        (600, "failed"),
        (601, "other"),
    ],
)
def test_answers_are_classed_as_in_the_cloud(status: int, outcome: str) -> None:
    assert outcome_of(status) == outcome


@given(MICROS)
def test_a_bucket_stands_for_its_latencies_within_2_percent(micros: int) -> None:
    exact = max(micros, 1)
    assert abs(value_of(bucket_of(micros)) - exact) <= 0.0201 * exact


@given(MICROS, MICROS)
def test_longer_is_never_in_a_lower_bucket(one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert bucket_of(low) <= bucket_of(high)


@given(st.lists(MICROS, min_size=1), st.floats(0.001, 1.0))
def test_quantiles_are_nearest_rank_within_2_percent(
    latencies: list[int], share: float
) -> None:
    histogram: Histogram = {}
    for micros in latencies:
        merge_histograms(histogram, {bucket_of(micros): 1})
    exact = max(1, sorted(latencies)[math.ceil(share * len(latencies)) - 1])
    found = quantile(histogram, share)
    assert found is not None
    assert abs(found - exact) <= 0.0201 * exact


def test_nothing_counted_has_no_quantile() -> None:
    assert quantile({}, 0.5) is None


def row_of(calls: list[tuple[int, int]]) -> Row:
    row = Row(minute=1)
    for status, micros in calls:
        row.add(status, micros, bandwidth=micros % 7)
    return row


@given(CALLS, CALLS, CALLS)
def test_rows_add_up_in_any_order(
    one: list[tuple[int, int]],
    two: list[tuple[int, int]],
    three: list[tuple[int, int]],
) -> None:
    whole = row_of(one + two + three)
    for order in ((one, two, three), (three, one, two)):
        total = row_of([])
        for calls in order:
            total.merge(row_of(calls))
        assert total == whole
    assert whole.calls == len(one + two + three) == sum(whole.histogram.values())


@given(st.lists(MICROS, min_size=1), st.lists(MICROS))
def test_a_timing_knows_its_least_and_most_however_it_is_added_up(
    one: list[int], two: list[int]
) -> None:
    whole, other = Timing(), Timing()
    for timing, latencies in ((whole, one), (other, two)):
        for micros in latencies:
            timing.add(micros)
    whole.merge(other)
    every = one + two
    assert whole == Timing(len(every), sum(every), min(every), max(every))


def test_rows_with_one_key_become_one() -> None:
    rows = [Row(minute=1, api="a", success=1), Row(minute=1, api="b", success=2)]
    rows.append(Row(minute=1, api="a", success=4))
    whole = merged(rows)
    assert {key.api: row.success for key, row in whole.items()} == {"a": 5, "b": 2}
    assert list(whole) == [Key(1, "a"), Key(1, "b")]
