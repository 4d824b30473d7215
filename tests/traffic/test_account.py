"""What people may type, and how the states of an account follow each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bramka.domain.errors import IllegalStep, Invalid
from bramka.domain.traffic.account import (
    LANGUAGES,
    NEXT,
    check_password,
    local_path,
    preferred_language,
    read_email,
    read_name,
    step,
)


@pytest.mark.parametrize(
    "email",
    ["ann@example.com", " ann@example.com ", "a.b+c@x-y.example", "o'neill@localhost"],
)
def test_addresses_that_mail_servers_take_are_taken(email: str) -> None:
    assert read_email(email) == email.strip()


@pytest.mark.parametrize(
    "email",
    [
        "",
        "ann",
        "ann@",
        "@example.com",
        "ann@exa mple.com",
        "ann@example.com\nBcc: x@y.z",
        "ann@-example.com",
        "ann@example..com",
        "ann@[127.0.0.1]",
        "ann@ex\u00e4mple.com",
        "ann\u0131@example.com",
        "a@b@c.d",
        "ann@example.com,bob@example.com",
    ],
)
def test_other_texts_are_no_addresses(email: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_email(email)
    assert refused.value.message.isprintable()


@given(st.text(max_size=120))
def test_a_name_is_printed_as_one_line_or_refused(text: str) -> None:
    try:
        name = read_name(text, "firstName")
    except Invalid:
        return
    assert name == text.strip()
    assert len(name.splitlines()) == 1
    assert not any(ord(one) < 32 for one in name)


def test_a_password_is_not_the_address() -> None:
    check_password("long enough", "ann@example.com")
    for password in ("short", "x" * 257, "Ann@Example.com"):
        with pytest.raises(Invalid):
            check_password(password, "ann@example.com")


@given(st.text(alphabet="/\\ab:.?#@\t\n\r% ", max_size=12))
def test_a_path_to_go_on_to_stays_here(wanted: str) -> None:
    path = local_path(wanted)
    assert path.startswith("/")
    # As browsers read it: they drop tabs and line breaks, and turn backslashes.
    seen = path.replace("\t", "").replace("\n", "").replace("\r", "")
    assert not seen.replace("\\", "/").startswith("//")


@given(st.text(max_size=60))
def test_some_language_is_always_found(accepted: str) -> None:
    assert preferred_language(accepted) in LANGUAGES


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("pl", "pl"),
        ("de, pl-PL;q=0.9, en;q=0.1", "pl"),
        ("en-GB, pl;q=0.9", "en"),
        ("pl;q=x, en", "en"),
        ("fr", "en"),
    ],
)
def test_the_language_is_the_most_wanted_one_we_know(
    accepted: str, language: str
) -> None:
    assert preferred_language(accepted) == language


def test_every_state_can_be_reached_and_a_deleted_account_is_over() -> None:
    reached = {after for steps in NEXT.values() for after in steps.values()}
    assert reached | {"pending"} == set(NEXT)
    with pytest.raises(IllegalStep, match="it can nothing"):
        step("deleted", "confirm")
    with pytest.raises(IllegalStep, match="it can unblock, close"):
        step("blocked", "confirm")
