"""Results of experiments: which of them are kept, and which go."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from bramka.domain.learning.table import Table
from bramka.studio.cache import (
    DAY_SECONDS,
    SETTLED_SECONDS,
    FolderCache,
    Kept,
    Limits,
    to_forget,
)

NOW = 1_000 * DAY_SECONDS
RESULT = {"out": Table.of(pl.DataFrame({"a": [1, 2]}))}


def result(key: str, days: float, size: int = 10) -> Kept:
    return Kept(key=key, wanted=NOW - days * DAY_SECONDS, size=size)


def test_what_nobody_wanted_for_long_goes() -> None:
    kept = [result("old", 91), result("new", 89)]
    limits = Limits(days=90)
    assert to_forget(kept, limits, {"old", "new"}, NOW) == ["old"]
    assert to_forget(kept, Limits(), {"old", "new"}, NOW) == []


def test_what_no_experiment_tells_of_goes_unless_it_is_new() -> None:
    kept = [result("deleted", 1), result("told", 1), result("made just now", 0.0)]
    assert to_forget(kept, Limits(), {"told"}, NOW) == ["deleted"]


@given(
    st.lists(st.tuples(st.floats(0, 10), st.integers(0, 50)), max_size=8),
    st.integers(1, 200),
)
def test_above_the_size_those_wanted_longest_ago_go(
    drawn: list[tuple[float, int]], most: int
) -> None:
    ordered = sorted(drawn, reverse=True)
    kept = [result(str(n), days, size) for n, (days, size) in enumerate(ordered)]
    gone = to_forget(kept, Limits(size=most), {each.key for each in kept}, NOW)
    assert gone == [each.key for each in kept][: len(gone)]
    left = kept[len(gone) :]
    settled = [each for each in left if each.wanted < NOW - SETTLED_SECONDS]
    assert sum(each.size for each in left) <= most or not settled
    before = kept[len(gone) - 1 :] if gone else []
    assert not gone or sum(each.size for each in before) > most


def test_a_result_is_told_with_its_size_found_makes_it_newer_and_it_goes_whole(
    tmp_path: Path,
) -> None:
    cache = FolderCache(tmp_path)
    for key in ("first", "second"):
        cache.keep(key, RESULT)
        os.utime(cache.folder_of(key), (NOW, NOW))
    os.utime(cache.folder_of("first"), (NOW - 5, NOW - 5))
    assert [each.key for each in cache.kept()] == ["first", "second"]
    assert cache.kept()[0].size > 100
    assert cache.find("first") == RESULT
    assert [each.key for each in cache.kept()] == ["second", "first"]
    [told] = [each for each in cache.kept() if each.key == "second"]
    cache.find("second")
    cache.forget("second", told.wanted)
    cache.forget("first")
    assert cache.find("first") is None
    assert [path.name for path in tmp_path.iterdir()] == ["second"]


def test_a_result_that_goes_while_others_look_is_found_whole_or_not_at_all(
    tmp_path: Path,
) -> None:
    result = {**RESULT, "second": RESULT["out"]}

    def make(_: int) -> None:
        cache = FolderCache(tmp_path)
        cache.keep("key", result)
        cache.forget("key")
        cache.tidy(0.0)

    def look(_: int) -> bool:
        return FolderCache(tmp_path).find("key") in (None, result)

    with ThreadPoolExecutor(4) as threads:
        made = threads.map(make, range(15))
        found = list(threads.map(look, range(60)))
        list(made)
    assert all(found)


def test_a_damaged_result_is_forgotten(tmp_path: Path) -> None:
    cache = FolderCache(tmp_path)
    cache.keep("key", RESULT)
    for path in cache.folder_of("key").iterdir():
        path.write_bytes(b"{")
    assert cache.find("key") is None
    assert list(tmp_path.iterdir()) == []
    cache.keep("key", RESULT)
    assert cache.find("key") == RESULT
