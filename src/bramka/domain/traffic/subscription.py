"""A subscription: the right to call, with two keys so one can be rotated in use."""

import hashlib
from typing import Annotated, Literal

from msgspec import Meta, Struct, structs

from bramka.domain.errors import IllegalStep

State = Literal["suspended", "active", "expired", "submitted", "rejected", "cancelled"]

NEXT: dict[State, dict[str, State]] = {
    "submitted": {"approve": "active", "reject": "rejected", "cancel": "cancelled"},
    "active": {"suspend": "suspended", "cancel": "cancelled", "expire": "expired"},
    "suspended": {"activate": "active", "cancel": "cancelled", "expire": "expired"},
    "expired": {"activate": "active", "cancel": "cancelled"},
    "rejected": {"approve": "active", "cancel": "cancelled"},
    "cancelled": {},
}
ENDED = ("cancelled", "rejected", "expired")
"""States in which a subscription does not count against a product's limit."""
ALL_ACCESS = "master"
"""Id of the built-in subscription that opens every API."""


def step(state: State, verb: str) -> State:
    """The state after `verb`, or IllegalStep naming what is possible instead."""
    after = NEXT[state].get(verb)
    if after is None:
        possible = ", ".join(NEXT[state]) or "nothing"
        message = f"A subscription that is {state} cannot {verb}; it can {possible}."
        raise IllegalStep(message, target="state")
    return after


def key_digest(key: bytes, pepper: bytes) -> bytes:
    """The 16 bytes under which a key is looked up; useless without the pepper.

    A lookup by digest takes the same time whatever prefix of a key is right, so the
    table of subscriptions cannot be searched by timing.
    """
    return hashlib.blake2b(key, digest_size=16, key=pepper).digest()


class Subscription(Struct, frozen=True, rename="camel", kw_only=True):
    """One subscription as the gateway needs it: digests of the keys, never the keys.

    `scope` is `/products/{id}`, `/apis` or `/apis/{id}`; the all-access subscription
    has the scope `/`. Dates are seconds since 1970 UTC; nothing expires by itself.
    """

    id: str
    scope: Annotated[str, Meta(min_length=1)]
    display_name: Annotated[str, Meta(max_length=100)] | None = None
    owner_id: str | None = None
    state: State = "active"
    allow_tracing: bool = False
    created_date: float = 0.0
    start_date: float | None = None
    end_date: float | None = None
    expiration_date: float | None = None
    notification_date: float | None = None
    state_comment: Annotated[str, Meta(max_length=1000)] | None = None
    primary_digest: bytes = b""
    secondary_digest: bytes = b""

    @property
    def product_id(self) -> str | None:
        """Id of the product this subscription is for, if it is for one."""
        if self.scope.startswith("/products/"):
            return self.scope.removeprefix("/products/")
        return None

    @property
    def api_id(self) -> str | None:
        """Id of the API this subscription is for, if it is for one."""
        if self.scope.startswith("/apis/"):
            return self.scope.removeprefix("/apis/")
        return None


def dated(noun: Subscription, old: Subscription | None, now: float) -> Subscription:
    """`noun` with its dates, after a step that its life allows; else IllegalStep."""
    before = None if old is None else old.state
    if before is not None and noun.state != before:
        possible = set(NEXT[before].values())
        if noun.state not in possible:
            raise IllegalStep(
                f"A subscription that is {before} cannot become {noun.state}; it can "
                f"become {', '.join(sorted(possible)) or 'nothing else'}.",
                target="state",
            )
    if old is None:
        noun = structs.replace(noun, created_date=now)
    if noun.state == "active" and before != "active" and noun.start_date is None:
        noun = structs.replace(noun, start_date=now)
    if noun.state in ENDED and before != noun.state:
        noun = structs.replace(noun, end_date=now)
    return noun
