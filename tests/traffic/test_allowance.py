"""Windows and quotas: never more than allowed, whatever the schedule and the clock."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bramka.domain.traffic.allowance import (
    NEVER,
    Quota,
    Window,
    clock_text,
    period_start,
    whole_seconds,
)

# Eighths of seconds are exact in floats, so borders are borders.
EIGHTHS = st.integers(0, 400).map(lambda number: number / 8)
CALLS = st.integers(1, 5)
PERIODS = st.integers(1, 12).map(float)


@given(st.lists(EIGHTHS, max_size=80), CALLS, PERIODS)
def test_no_stretch_of_a_period_has_more_calls_than_allowed(
    moments: list[float], calls: int, period: float
) -> None:
    window = Window()
    moments.sort()
    admitted = [now for now in moments if window.take(now, calls, period) == 0.0]
    for start in admitted:
        assert sum(start <= moment < start + period for moment in admitted) <= calls


@given(st.lists(EIGHTHS, max_size=80), CALLS, PERIODS)
def test_a_call_is_refused_only_when_the_window_is_full(
    moments: list[float], calls: int, period: float
) -> None:
    window, admitted = Window(), list[float]()
    for now in sorted(moments):
        live = sum(now - period < moment for moment in admitted)
        assert window.remaining(now, calls, period) == calls - live
        wait = window.take(now, calls, period)
        assert (wait == 0.0) == (live < calls)
        if wait == 0.0:
            admitted.append(now)


@given(st.lists(EIGHTHS, max_size=60), CALLS, PERIODS)
def test_the_wait_is_exact(moments: list[float], calls: int, period: float) -> None:
    window, now = Window(), 0.0
    for now in sorted(moments):
        window.take(now, calls, period)
    wait = window.take(now, calls, period)
    if wait:
        assert window.take(now + wait - 0.125, calls, period) > 0.0
        assert window.take(now + wait, calls, period) == 0.0


@given(st.lists(st.tuples(EIGHTHS, EIGHTHS), max_size=80), CALLS, PERIODS)
def test_a_clock_that_goes_back_lets_no_more_through(
    moments: list[tuple[float, float]], calls: int, period: float
) -> None:
    """However the clock jumps, no stretch of what it showed holds more than allowed."""
    window, shown, admitted = Window(), 0.0, list[float]()
    for step, back in moments:
        shown += step - back
        if window.take(shown, calls, period) == 0.0:
            admitted.append(max([shown, *admitted]))
    for start in admitted:
        assert sum(start <= moment < start + period for moment in admitted) <= calls


@given(
    st.lists(st.tuples(EIGHTHS, CALLS), max_size=60),
    PERIODS,
)
def test_a_limit_that_changes_is_kept_from_then_on(
    moments: list[tuple[float, int]], period: float
) -> None:
    window, admitted = Window(), list[float]()
    for now, calls in sorted(moments):
        live = sum(now - period < moment for moment in admitted)
        if window.take(now, calls, period) == 0.0:
            assert live < calls
            admitted.append(now)


@given(
    st.lists(st.tuples(EIGHTHS, st.integers(0, 3)), max_size=60),
    EIGHTHS,
    PERIODS,
    CALLS,
)
def test_a_quota_never_exceeds_and_renews_at_its_borders(
    moments: list[tuple[float, int]], anchor: float, period: float, calls: int
) -> None:
    quota, spent = Quota(), dict[int, int]()
    for now, wanted in sorted(moments):
        number = math.floor((now - anchor) / period)
        quota.renew(now, anchor, period)
        assert quota.start == anchor + number * period
        assert quota.calls == spent.get(number, 0)
        assert 0.0 < quota.left(now, period) <= period
        if quota.calls + wanted <= calls:
            quota.calls += wanted
            spent[number] = spent.get(number, 0) + wanted
    assert all(count <= calls for count in spent.values())


@given(EIGHTHS, EIGHTHS, PERIODS)
def test_a_clock_that_goes_back_brings_no_spent_quota_back(
    later: float, back: float, period: float
) -> None:
    quota = Quota()
    quota.renew(later, 0.0, period)
    quota.calls = 7
    start = quota.start
    quota.renew(later - back, 0.0, period)
    assert (quota.calls, quota.start) == (7, start)


def test_a_quota_that_never_renews_does_not() -> None:
    quota = Quota()
    quota.renew(10.0, 5.0, NEVER)
    quota.calls = 3
    quota.renew(1e12, 5.0, NEVER)
    assert (quota.calls, quota.left(1e12, NEVER)) == (3, math.inf)


@given(
    st.floats(1e9, 2e9),
    st.floats(0, 2e9),
    st.integers(1, 31_536_000).map(float),
)
def test_a_period_holds_the_moment_it_was_asked_for(
    now: float, anchor: float, period: float
) -> None:
    start = period_start(now, anchor, period)
    assert start - 1e-6 <= now < start + period + 1e-6


@pytest.mark.parametrize(
    ("wait", "shown", "seconds"),
    [
        (0.0, "00:00:00", 1),
        (0.2, "00:00:01", 1),
        (59.0, "00:00:59", 59),
        (3600.0, "01:00:00", 3600),
        (11_657.0, "03:14:17", 11_657),
        (86_399.5, "1.00:00:00", 86_400),
        (604_799.1, "7.00:00:00", 604_800),
        (172_800.0 + 3_661.0, "2.01:01:01", 176_461),
    ],
)
def test_waits_are_shown_rounded_up(wait: float, shown: str, seconds: int) -> None:
    assert (clock_text(wait), whole_seconds(wait)) == (shown, seconds)
