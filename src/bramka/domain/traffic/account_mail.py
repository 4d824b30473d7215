"""Mails on their way: what one says, the life of one, and when to try again."""

from typing import Literal

from msgspec import Struct

from bramka.domain.errors import IllegalStep

MailState = Literal["waiting", "sending", "sent", "failed", "dropped"]
NEXT: dict[MailState, dict[str, MailState]] = {
    "waiting": {"lease": "sending"},
    "sending": {
        "lease": "sending",
        "deliver": "sent",
        "put_off": "waiting",
        "give_up": "failed",
    },
    "sent": {},
    "failed": {"again": "waiting"},
    "dropped": {},
}
"""A dropped mail is to nobody: it is only written so that it takes as long."""

FIRST_PAUSE = 30.0
LONGEST_PAUSE = 3600.0
PATIENCE_SECONDS = 3 * 86400.0
"""How long delivery is tried."""
LEASE_SECONDS = 180.0
KEPT_SECONDS = 30 * 86400.0
"""How long the list remembers a mail that is done with."""


class Letter(Struct, frozen=True, kw_only=True):
    """What one person is told: a template, its words, and their language."""

    template: str
    recipient: str
    """A mail address; empty for nobody."""
    language: str = "en"
    tokens: dict[str, str] = {}

    def __repr__(self) -> str:
        # Tokens may hold links that open accounts.
        return f"<Letter {self.template}>"


def step(state: MailState, verb: str) -> MailState:
    """The state after `verb`, or IllegalStep naming what is possible instead."""
    after = NEXT[state].get(verb)
    if after is None:
        possible = ", ".join(NEXT[state]) or "nothing"
        message = f"A mail that is {state} cannot {verb}; it can {possible}."
        raise IllegalStep(message, target="state")
    return after


def pause_before(attempts: int, chance: float) -> float:
    """Seconds until the next attempt; `chance` in [0, 1) spreads them."""
    pause = min(FIRST_PAUSE * 2.0 ** min(attempts - 1, 16), LONGEST_PAUSE)
    return pause * (0.75 + 0.5 * chance)


def worth_another(status: int | None, created: float, now: float) -> bool:
    """Whether a mail that was refused with `status` (None: no answer) is kept."""
    refused_for_good = status is not None and 500 <= status < 600
    return not refused_for_good and now < created + PATIENCE_SECONDS
