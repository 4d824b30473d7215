"""Words on a counter: in any order, however often, they come to the same."""

from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from bramka.domain.traffic.allowance import NEVER
from bramka.domain.traffic.quota_counter import (
    QuotaCount,
    QuotaCounter,
    QuotaSetting,
    duration_text,
    moment_text,
)

ID = "0" * 32
HOUR = 3600.0

words = st.builds(
    QuotaCount,
    id=st.just(ID),
    start=st.sampled_from([0.0, HOUR]),
    number=st.integers(0, 2),
    calls=st.integers(0, 3),
    size=st.integers(0, 3),
    until=st.sampled_from([None, 2 * HOUR]),
)


@settings(max_examples=60)
@given(st.lists(words, min_size=1, max_size=4))
def test_the_order_of_words_is_no_matter(told: list[QuotaCount]) -> None:
    ends = set()
    for order in permutations([*told, told[0]]):
        whole = order[0]
        for one in order[1:]:
            whole = whole.joined(one)
        ends.add((whole.start, whole.number, whole.calls, whole.size))
    assert len(ends) == 1


def test_a_setting_is_done_once_and_each_amount_by_itself() -> None:
    setting = QuotaSetting(id=ID, start=0.0, calls=0, calls_number=1)
    count = setting.applied(QuotaCount(id=ID, start=0.0, calls=9, size=9))
    assert (count.calls, count.size, count.number) == (0, 9, 1)
    later = QuotaCount(id=ID, start=0.0, number=1, calls=3, size=9)
    assert setting.applied(later) is later
    both = QuotaSetting(id=ID, start=0.0, calls_number=1, size=5, size_number=2)
    count = both.applied(later)
    assert (count.calls, count.size, count.number) == (3, 5, 2)


def test_a_setting_of_a_period_that_is_over_changes_nothing() -> None:
    setting = QuotaSetting(id=ID, start=0.0, calls=0, calls_number=1)
    count = QuotaCount(id=ID, start=HOUR, calls=9)
    assert setting.applied(count) is count


def test_periods_are_named_by_number_and_length() -> None:
    counter = QuotaCounter(place="p", key="k", anchor=100.0, period=HOUR)
    assert counter.period_key(100.0 + 2.5 * HOUR) == "2_PT1H"
    assert counter.until(100.0) == 100.0 + HOUR
    for_ever = QuotaCounter(place="p", key="k", anchor=100.0, period=NEVER)
    assert for_ever.period_key(1e9) == "0_PT0S"
    assert moment_text(for_ever.until(1e9)) == "9999-12-31T23:59:59Z"


def test_lengths_and_moments_are_written_as_iso_8601() -> None:
    assert duration_text(604_800) == "P7D"
    assert duration_text(90_061) == "P1DT1H1M1S"
    assert moment_text(0.0) == "1970-01-01T00:00:00Z"
    assert moment_text(-62_135_596_800.0) == "0001-01-01T00:00:00Z"
