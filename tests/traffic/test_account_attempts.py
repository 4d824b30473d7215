"""Attempts: never more looks than the rule allows, never a lock without an end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bramka.domain.traffic.account_attempts import (
    ACCOUNT,
    Attempts,
    Rule,
    attempt,
    give_back,
    neighbourhood,
    wait,
)

RULE = Rule(free=3, first_lock=10.0, longest_lock=40.0, forget=100.0)
PAUSES = st.lists(st.floats(0, 60), max_size=60)


def test_the_lock_doubles_up_to_the_longest() -> None:
    locks = [RULE.lock_after(count) for count in range(1, 8)]
    assert locks == [0.0, 0.0, 10.0, 20.0, 40.0, 40.0, 40.0]
    assert RULE.lock_after(10**6) == 40.0


@given(PAUSES)
def test_no_schedule_gets_more_looks_than_the_rule_allows(pauses: list[float]) -> None:
    known, now, looks = Attempts(), 1000.0, []
    for pause in pauses:
        now += pause
        if wait(known, RULE, now) == 0:
            known = attempt(known, RULE, now)
            looks.append(now)
    for first in range(len(looks) - RULE.free):
        # After the free ones each look stands a lock apart, or all was forgotten.
        span = looks[first + RULE.free] - looks[first]
        assert span >= RULE.first_lock


@given(PAUSES, st.floats(-1e6, 1e6))
def test_no_lock_lasts_longer_than_the_longest(
    pauses: list[float], jump: float
) -> None:
    known, now = Attempts(), 1e7
    for pause in pauses:
        now += pause
        if wait(known, RULE, now) == 0:
            known = attempt(known, RULE, now)
    assert 0 <= wait(known, RULE, now + jump) <= RULE.longest_lock


def test_what_is_refused_changes_nothing() -> None:
    known = Attempts()
    for _ in range(RULE.free):
        known = attempt(known, RULE, 1000.0)
    assert wait(known, RULE, 1009.9) == pytest.approx(0.1)
    assert wait(known, RULE, 1010.0) == 0


def test_after_a_quiet_time_all_is_forgotten() -> None:
    known = Attempts()
    for _ in range(RULE.free):
        known = attempt(known, RULE, 1000.0)
    assert attempt(known, RULE, 1010.0 + 100.0).count == 1
    assert attempt(known, RULE, 1010.0 + 99.0).count == 4


def test_a_good_attempt_does_not_count() -> None:
    known = Attempts()
    for _ in range(100):
        known = give_back(attempt(known, RULE, 1000.0))
    assert known.count == 0
    assert wait(known, RULE, 1000.0) == 0


def test_a_day_of_guessing_at_one_account_gets_few_looks() -> None:
    known, now, looks = Attempts(), 0.0, 0
    while now < 86400:
        if wait(known, ACCOUNT, now) == 0:
            known, looks = attempt(known, ACCOUNT, now), looks + 1
        now += 1
    assert looks < 110


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        ("portal", "unknown"),
    ],
)
def test_a_neighbourhood_is_what_one_caller_has(address: str, expected: str) -> None:
    assert neighbourhood(address) == expected
