"""Mails on their way: when to try again, when to stop."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bramka.domain.errors import IllegalStep
from bramka.domain.traffic.account_mail import (
    LONGEST_PAUSE,
    NEXT,
    PATIENCE_SECONDS,
    Letter,
    pause_before,
    step,
    worth_another,
)


@given(st.integers(1, 1000), st.floats(0, 1, exclude_max=True))
def test_pauses_grow_and_end_somewhere(attempts: int, chance: float) -> None:
    pause = pause_before(attempts, chance)
    assert 0 < pause <= 1.25 * LONGEST_PAUSE
    assert pause_before(attempts + 2, 0.0) >= pause_before(attempts, 0.0)


@pytest.mark.parametrize(
    ("status", "age", "again"),
    [
        (None, 0.0, True),
        (451, 0.0, True),
        (550, 0.0, False),
        (None, PATIENCE_SECONDS, False),
        (421, PATIENCE_SECONDS - 1, True),
    ],
)
def test_a_mail_is_tried_until_it_is_refused_or_old(
    status: int | None, age: float, again: bool
) -> None:
    assert worth_another(status, 1000.0, 1000.0 + age) is again


def test_a_sent_mail_is_sent_for_good() -> None:
    for verb in ("lease", "deliver", "put_off", "give_up", "again"):
        with pytest.raises(IllegalStep):
            step("sent", verb)
    assert NEXT["waiting"] == {"lease": "sending"}


def test_a_letter_does_not_show_its_words() -> None:
    letter = Letter(template="reset", recipient="a@b.c", tokens={"ConfirmUrl": "hush"})
    assert "hush" not in repr(letter)
