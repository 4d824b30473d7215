"""Reading what the load generator prints, and what rounds say."""

import os

import pytest
from benchmarks.measure import LoadError, median_ratio, read_load
from benchmarks.process import cpu_seconds, tree

PRINTED = (
    "Running 1s test @ http://127.0.0.1:8080\n  1 threads and 32 connections\n"
    'result {"requests":40000,"microseconds":2000000,"refused":1,"broken":0,'
    '"p50":700,"p99":900}\n'
)


def test_a_load_is_read_from_among_the_lines_of_wrk() -> None:
    load = read_load(PRINTED)
    assert (load.requests, load.refused, load.p99) == (40_000, 1, 900)
    assert load.rate == 20_000


def test_wrk_without_a_result_is_said_with_its_words() -> None:
    with pytest.raises(LoadError, match="unable to connect"):
        read_load("unable to connect to 127.0.0.1:1\n")


def test_a_ratio_compares_rounds_and_is_not_fooled_by_a_slow_one() -> None:
    # Round two was slow for both: the ratio of that round still tells the truth.
    assert median_ratio([20.0, 60.0, 22.0], [10.0, 30.0, 11.0]) == 2.0


def test_rounds_that_only_one_side_ran_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="shorter"):
        median_ratio([1.0, 2.0], [1.0])


def test_work_of_this_process_shows_in_its_cpu_time() -> None:
    before = sum(cpu_seconds(os.getpid()))
    while sum(cpu_seconds(os.getpid())) < before + 0.02:
        sum(range(10_000))
    assert os.getpid() in tree(os.getpid())
