"""The life of a job as a table."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bramka.domain.errors import IllegalStep
from bramka.domain.learning.job import (
    ACTIVE,
    CHUNK_LIFE,
    ENDED,
    JOB_LIFE,
    STATUS,
    jobs_that_can,
    part_name,
    step,
)


def plain(life: Any) -> dict[str, dict[str, str]]:
    return {state: dict(verbs) for state, verbs in life.items()}


def test_every_state_is_reached_from_the_first() -> None:
    for life, first in (
        (plain(JOB_LIFE), "registered"),
        (plain(CHUNK_LIFE), "waiting"),
    ):
        reached: set[str] = set()
        new = {first}
        while new:
            reached |= new
            new = {s for state in new for s in life[state].values()} - reached
        assert reached == set(life)


def test_a_verb_leads_to_one_state_wherever_it_is_taken() -> None:
    # One UPDATE then serves all states that know the verb.
    for life in (plain(JOB_LIFE), plain(CHUNK_LIFE)):
        for verb in {verb for verbs in life.values() for verb in verbs}:
            assert len({v[verb] for v in life.values() if verb in v}) == 1


def test_an_ended_job_only_may_be_tried_again() -> None:
    assert [JOB_LIFE[state] for state in ENDED] == [{}, {"retry": "queued"}, {}]


def test_whatever_runs_can_be_cancelled() -> None:
    assert set(jobs_that_can("cancel")) == set(JOB_LIFE) - set(ENDED)
    assert {STATUS[state] for state in ACTIVE} == {"Running"}


def test_a_step_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(IllegalStep, match="registered cannot finish; it can start, c"):
        step("registered", "finish")
    with pytest.raises(IllegalStep, match="finished cannot cancel; it can nothing"):
        step("finished", "cancel")


@given(st.text(min_size=1), st.integers(0, 10**6), st.integers(0, 10**9))
def test_a_part_lies_in_the_folder_of_its_job(
    name: str, number: int, fence: int
) -> None:
    job, output, part = part_name("j" * 32, name, number, fence).split("/")
    assert job == "j" * 32
    assert output
    assert part.split(".") == [f"{number:06}", str(fence)]
