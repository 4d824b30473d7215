"""Reading what py-spy and strace write."""

from benchmarks.profile_gateway import count_frames, count_system_calls

STACKS = "main (a.py);read (b.py) 3\nmain (a.py);read (b.py);parse (c.py) 5\n"
SUMMARY = """\
% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 55.31    0.051234           5     10000           writev
 44.69    0.041401           4     10050        50 recvfrom
------ ----------- ----------- --------- --------- ----------------
100.00    0.092635           4     20050        50 total
"""


def test_a_frame_counts_by_itself_only_where_it_is_innermost() -> None:
    itself, whole = count_frames(STACKS)
    assert itself == {"read (b.py)": 3, "parse (c.py)": 5}
    assert whole["read (b.py)"] == whole["main (a.py)"] == 8


def test_a_frame_that_recurs_in_one_stack_counts_once() -> None:
    _, whole = count_frames("walk;walk;walk 4\n")
    assert whole["walk"] == 4


def test_system_calls_are_read_with_and_without_errors() -> None:
    assert count_system_calls(SUMMARY) == {"writev": 10_000, "recvfrom": 10_050}
