"""A breaker opens after its failures, rests, and lets one call try."""

import pytest

from bramka.domain.duration import seconds_of
from bramka.domain.traffic.backend import (
    BreakerRule,
    CircuitBreaker,
    FailureCondition,
    StatusRange,
)
from bramka.domain.traffic.breaker import NEXT, Breaker, State


def breaker(
    count: int | None = 3,
    percentage: int | None = None,
    reasons: tuple[str, ...] = (),
    accept_retry_after: bool = False,
) -> Breaker:
    condition = FailureCondition(
        interval="PT1M",
        count=count,
        percentage=percentage,
        status_code_ranges=(StatusRange(min=500, max=599),),
        error_reasons=reasons,
    )
    rule = BreakerRule(
        name="rule",
        failure_condition=condition,
        trip_duration="PT30S",
        accept_retry_after=accept_retry_after,
    )
    return Breaker(CircuitBreaker(rules=(rule,)))


def tripped() -> Breaker:
    one = breaker()
    for moment in (0.0, 1.0, 2.0):
        one.note(moment, 500)
    return one


def test_it_opens_after_so_many_failures_within_the_interval() -> None:
    one = breaker()
    one.note(0.0, 500)
    one.note(1.0, 503)
    assert one.wait(2.0) == 0.0
    one.note(2.0, 599)
    assert one.wait(2.0) == 30.0


def test_failures_further_apart_do_not_open_it() -> None:
    one = breaker()
    for moment in (0.0, 30.0, 60.0, 90.0, 120.0):
        one.note(moment, 500)
    assert one.state.value == "closed"


def test_other_answers_are_no_failures() -> None:
    one = breaker(count=1)
    for status in (200, 404, 429, 499):
        one.note(0.0, status)
    assert one.state.value == "closed"


def test_a_share_counts_from_ten_calls_on() -> None:
    one = breaker(count=None, percentage=50)
    for number in range(9):
        one.note(0.0, 500 if number % 2 else 200)
    assert one.state.value == "closed"
    one.note(0.0, 500)
    assert one.state.value == "open"


def test_no_answer_is_a_failure_unless_reasons_are_named() -> None:
    one = breaker(count=1)
    one.note(0.0, None, "Timeout")
    assert one.state.value == "open"
    one = breaker(count=1, reasons=("timeout",))
    one.note(0.0, None, "BackendConnectionFailure")
    assert one.state.value == "closed"
    one.note(0.0, None, "Timeout")
    assert one.state.value == "open"


def test_after_its_rest_one_call_tries_and_others_wait() -> None:
    one = tripped()
    assert one.wait(31.9) > 0.0
    assert one.wait(32.0) == 0.0
    one.pass_one(32.0)
    assert one.wait(32.1) > 0.0


def test_a_trial_that_succeeds_closes_it_and_forgets() -> None:
    one = tripped()
    one.pass_one(32.0)
    one.note(33.0, 200)
    assert one.state.value == "closed"
    one.note(33.5, 500)
    assert one.state.value == "closed"


def test_a_trial_that_fails_opens_it_again() -> None:
    one = tripped()
    one.pass_one(32.0)
    one.note(33.0, 500)
    assert one.state.value == "open"
    assert one.wait(33.0) == 30.0


def test_a_trial_nobody_hears_of_is_given_up() -> None:
    one = tripped()
    one.pass_one(32.0)
    assert one.wait(61.9) > 0.0
    assert one.wait(62.0) == 0.0


def test_how_long_it_rests_may_be_the_backends_choice() -> None:
    one = breaker(count=1, accept_retry_after=True)
    one.note(0.0, 503, retry_after=7.0)
    assert one.wait(0.0) == 7.0
    one = breaker(count=1)
    one.note(0.0, 503, retry_after=7.0)
    assert one.wait(0.0) == 30.0


def test_late_answers_do_not_change_an_open_breaker() -> None:
    one = tripped()
    one.note(3.0, 200)
    one.note(4.0, 500)
    assert one.wait(4.0) == 28.0


def test_all_states_can_be_reached_and_left() -> None:
    reached = {State.CLOSED}
    for _ in State:
        reached |= {after for state in reached for after in NEXT[state].values()}
    assert reached == set(State)
    assert all(NEXT[state] for state in State)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("PT1M", 60),
        ("PT30S", 30),
        ("P1DT2H", 93_600),
        ("P1W", 604_800),
        ("PT0.5S", 0.5),
    ],
)
def test_durations_are_read(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "P", "PT", "1M", "P1Y", "P1M", "PT1X", "PTM"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        seconds_of(text)
