"""The cache in memory: bounded in bytes and in time."""

from hypothesis import given
from hypothesis import strategies as st

from bramka.domain.traffic.cache import MOST_IN_ONE
from bramka.gateway.memory_cache import OVERHEAD, MemoryCache
from bramka.testing import FakeClock


def test_what_was_used_last_stays_when_room_is_needed() -> None:
    cache = MemoryCache(FakeClock(), size=2 * (OVERHEAD + 12))
    cache.put("a", b"1" * 10, 60)
    cache.put("b", b"2" * 10, 60)
    assert cache.get("a") == b"1" * 10
    cache.put("c", b"3" * 10, 60)
    assert cache.get("b") is None
    assert cache.get("a") is not None
    assert cache.get("c") is not None


def test_what_is_over_is_gone_and_frees_its_room() -> None:
    clock = FakeClock()
    cache = MemoryCache(clock)
    cache.put("a", b"1", 10)
    clock.advance(10)
    assert cache.get("a") is None
    assert cache.size == 0


def test_a_value_too_long_is_not_kept_and_ends_the_one_before() -> None:
    cache = MemoryCache(FakeClock())
    cache.put("a", b"1", 10)
    cache.put("a", bytes(MOST_IN_ONE + 1), 10)
    assert cache.get("a") is None


@given(
    st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 400), st.booleans()))
)
def test_it_never_holds_more_than_its_size(steps: list[tuple[str, int, bool]]) -> None:
    cache = MemoryCache(FakeClock(), size=1000)
    for key, size, removes in steps:
        if removes:
            cache.remove(key)
        else:
            cache.put(key, bytes(size), 60)
        assert 0 <= cache.size <= 1000
