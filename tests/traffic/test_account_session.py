"""How long a session lives, for any clock."""

from hypothesis import given
from hypothesis import strategies as st

from bramka.domain.traffic.account_session import (
    IDLE_SECONDS,
    LONGEST_SECONDS,
    RECENT_SECONDS,
    Span,
    cookie_name,
    is_secure,
)

SPAN = Span(created=1e6, seen=1e6 + 100, proved=1e6)


def test_a_session_ends_when_idle_and_after_its_longest_time() -> None:
    assert SPAN.alive(SPAN.seen + IDLE_SECONDS - 1)
    assert not SPAN.alive(SPAN.seen + IDLE_SECONDS)
    busy = Span(created=1e6, seen=1e6 + LONGEST_SECONDS - 1, proved=1e6)
    assert busy.alive(1e6 + LONGEST_SECONDS - 1)
    assert not busy.alive(1e6 + LONGEST_SECONDS)


@given(st.floats(-1e9, 1e9))
def test_no_clock_makes_a_session_live_longer_than_its_longest_time(now: float) -> None:
    if SPAN.alive(now):
        assert abs(now - SPAN.created) < LONGEST_SECONDS


def test_a_password_counts_as_just_given_for_a_while() -> None:
    assert SPAN.recent(SPAN.proved + RECENT_SECONDS - 1)
    assert not SPAN.recent(SPAN.proved + RECENT_SECONDS)
    assert not SPAN.recent(SPAN.proved - 1)


def test_over_https_only_the_host_itself_can_set_the_cookie() -> None:
    assert cookie_name(secure=True).startswith("__Host-")
    assert is_secure("http", "https://portal.test")
    assert is_secure("https", "http://127.0.0.1:8090")
    assert not is_secure("http", "http://127.0.0.1:8090")
