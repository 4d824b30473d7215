"""A tally never admits more than its limit in any window, and forgets in time."""

import math

from hypothesis import given
from hypothesis import strategies as st

from bramka.domain.traffic.tally import EXACT, GRAINS, Tally


def test_what_fits_waits_for_nothing() -> None:
    tally = Tally()
    tally.add(0.0, 3, 60.0)
    assert tally.wait(1.0, 2, 5, 60.0) == 0.0


def test_what_does_not_fit_waits_until_enough_has_left() -> None:
    tally = Tally()
    tally.add(0.0, 2, 60.0)
    tally.add(10.0, 3, 60.0)
    assert tally.wait(20.0, 3, 5, 60.0) == 50.0
    assert tally.wait(20.0, 2, 5, 60.0) == 40.0


def test_an_amount_over_the_limit_never_fits() -> None:
    assert Tally().wait(0.0, 6, 5, 60.0) == math.inf


def test_the_window_forgets_exactly_after_its_period() -> None:
    tally = Tally()
    tally.add(0.0, 5, 60.0)
    assert tally.used(59.999, 60.0) == 5
    assert tally.used(60.0, 60.0) == 0


def test_a_clock_that_went_back_frees_nothing() -> None:
    tally = Tally()
    tally.add(100.0, 1, 60.0)
    tally.add(50.0, 1, 60.0)
    assert tally.used(155.0, 60.0) == 2


@given(
    st.lists(st.tuples(st.floats(0, 30), st.integers(1, 4)), max_size=60),
    st.integers(1, 8),
)
def test_no_window_ever_holds_more_than_the_limit(
    steps: list[tuple[float, int]], limit: int
) -> None:
    tally, now, admitted = Tally(), 0.0, []
    for pause, amount in steps:
        now += pause
        if tally.wait(now, amount, limit, 60.0) == 0.0:
            tally.add(now, amount, 60.0)
            admitted.append((now, amount))
            window = sum(size for at, size in admitted if at > now - 60.0)
            assert window <= limit


def test_memory_is_bounded_by_the_grains() -> None:
    tally = Tally()
    for step in range(20_000):
        now = step / 300
        tally.used(now, 60.0)
        tally.add(now, 1, 60.0)
    assert len(tally.moments) <= EXACT + GRAINS + 1


def test_the_newest_thousand_are_exact() -> None:
    tally = Tally()
    for step in range(EXACT):
        tally.add(step / 1000, 1, 60.0)
    assert tally.wait(1.5, 1, EXACT, 60.0) == 60.0 - 1.5
    assert tally.used(60.0, 60.0) == EXACT - 1


def test_rounding_admits_nothing_early() -> None:
    tally = Tally()
    tally.add(1.07701562520292, 1, 60.0)
    now = 1.07701562520292 + 30.0 + 30.0
    assert tally.used(now, 60.0) == 1
    assert tally.wait(now, 1, 1, 60.0) > 0.0
