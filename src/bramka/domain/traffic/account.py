"""Accounts: how their states follow each other, and what people may type in them."""

import re
import unicodedata
from typing import Literal

from bramka.domain.errors import IllegalStep, Invalid

Role = Literal["owner", "editor", "viewer"]
AccountState = Literal["active", "blocked", "pending", "deleted"]
ROLES: tuple[Role, ...] = ("owner", "editor", "viewer")
LANGUAGES = ("en", "pl")
BASIC = "Basic"
"""The identity provider that we are ourselves: email and password."""

NEXT: dict[AccountState, dict[str, AccountState]] = {
    "pending": {"confirm": "active", "block": "blocked", "close": "deleted"},
    "active": {"confirm": "active", "block": "blocked", "close": "deleted"},
    "blocked": {"unblock": "active", "close": "deleted"},
    "deleted": {},
}

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 256
LONGEST_NAME = 100
LONGEST_EMAIL = 254
_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@"
    r"(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
)


def step(state: AccountState, verb: str) -> AccountState:
    """The state after `verb`, or IllegalStep naming what is possible instead."""
    after = NEXT[state].get(verb)
    if after is None:
        possible = ", ".join(NEXT[state]) or "nothing"
        message = f"An account that is {state} cannot {verb}; it can {possible}."
        raise IllegalStep(message, target="state")
    return after


def read_email(text: str) -> str:
    """A mail address without blanks around it; Invalid for what cannot be one.

    Only ASCII: letters that merely look alike, or fold to others in lower case, could
    make one person's address another's.
    """
    email = text.strip()
    if len(email) > LONGEST_EMAIL or not _EMAIL.fullmatch(email):
        raise Invalid(
            f"'{_shown(email)}' is not an email address; write one like "
            "ann@example.com.",
            target="email",
        )
    return email


def read_name(text: str, target: str) -> str:
    """A first or last name; Invalid when empty, too long or not plain text."""
    name = text.strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Invalid(
            f"{target} has {len(name)} characters; give 1 to {LONGEST_NAME}.",
            target=target,
        )
    # Line breaks would start new headers in mails; other controls fool readers.
    if any(unicodedata.category(one) in ("Cc", "Cf", "Zl", "Zp", "Cs") for one in name):
        raise Invalid(
            f"{target} holds a character that is not printed; leave it out.",
            target=target,
        )
    return name


def check_password(password: str, email: str, target: str = "password") -> None:
    """Invalid for a password that is too short, too long or the address itself."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Invalid(
            f"The password has {len(password)} characters; choose one with "
            f"{SHORTEST_PASSWORD} to {LONGEST_PASSWORD}.",
            target=target,
        )
    if password.lower() == email.lower():
        raise Invalid(
            "The password is the email address; choose another one.", target=target
        )


def read_language(text: str) -> str:
    """A language we write mails in; Invalid for others."""
    if text not in LANGUAGES:
        raise Invalid(
            f"'{_shown(text)}' is not spoken here; choose {' or '.join(LANGUAGES)}.",
            target="language",
        )
    return text


def preferred_language(accepted: str) -> str:
    """The language of a browser that sends this Accept-Language."""
    wishes: list[tuple[float, int, str]] = []
    for at, part in enumerate(accepted[:500].split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            continue
        wishes.append((-quality, at, tag.strip().lower().partition("-")[0]))
    known = [tag for _, _, tag in sorted(wishes) if tag in LANGUAGES]
    return known[0] if known else LANGUAGES[0]


def local_path(wanted: str) -> str:
    """A path of our own to go on to; `/` for everything else.

    Browsers read `//host`, `/\\host` and leave out tabs and line breaks.
    """
    fits = (
        wanted.startswith("/")
        and not wanted.startswith("//")
        and "\\" not in wanted
        and len(wanted) <= 2000
        and all(" " < one < "\x7f" for one in wanted)
    )
    return wanted if fits else "/"


def _shown(text: str) -> str:
    return "".join(one if one.isprintable() else "?" for one in text[:100])
