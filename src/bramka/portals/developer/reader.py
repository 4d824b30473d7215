"""Who reads the developer face: a signed-in user or a guest."""

from collections.abc import Callable
from typing import Literal

from msgspec import Struct
from starlette.requests import Request

from bramka.domain.errors import Unauthenticated
from bramka.store import portal_rules
from bramka.store.transaction import Transaction

GUESTS = "guests"
ADMINISTRATORS = "administrators"
Language = Literal["en", "pl"]
Role = Literal["viewer", "editor", "owner"]


class Reader(Struct, frozen=True, kw_only=True):
    """One reader, and the groups that decide what they see."""

    user_id: str | None = None
    groups: tuple[str, ...] = (GUESTS,)
    language: Language = "en"
    role: Role | None = None
    """What they may do on the management REST, if anything."""

    @property
    def user(self) -> str:
        """Id of the user; Unauthenticated for a guest."""
        if self.user_id is None:
            raise Unauthenticated("Sign in first; guests only look.")
        return self.user_id


def admitted(
    transaction: Transaction, request: Request, reader_of: "ReaderOf"
) -> Reader:
    """Who reads; Unauthenticated for guests where the publisher wants none."""
    reader = reader_of(transaction, request)
    if reader.user_id is None and portal_rules.read(transaction).sign_in_required:
        refusal = Unauthenticated("Sign in first; this portal has no guests.")
        refusal.code = "SignInRequired"
        raise refusal
    return reader


ReaderOf = Callable[[Transaction, Request], Reader]
"""Who sends a request; Forbidden when a change lacks what proves its origin."""
