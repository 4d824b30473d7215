"""One-time links: each opens one thing, once, for a while; kept as digests."""

import hashlib

from msgspec import Struct
from sqlalchemy import (
    Column,
    Double,
    ForeignKey,
    LargeBinary,
    Table,
    delete,
    insert,
    select,
)

from bramka.domain.clock import Chance
from bramka.domain.errors import Invalid
from bramka.domain.traffic.account_session import LINK_PAGES, LINK_SECONDS, Purpose
from bramka.store.columns import TEXT
from bramka.store.database import METADATA
from bramka.store.transaction import Transaction

ACCOUNT_LINK = Table(
    "account_link",
    METADATA,
    Column("digest", LargeBinary, primary_key=True),
    Column("purpose", TEXT, nullable=False),
    Column("user_id", TEXT, ForeignKey("user.id", ondelete="CASCADE"), index=True),
    Column("email", TEXT, nullable=False),
    Column("expires", Double, nullable=False, index=True),
)
_ROW = ACCOUNT_LINK.c


class Opened(Struct, frozen=True, kw_only=True):
    """What a link led to."""

    user_id: str
    email: str
    """The address it was sent to."""


def draw(
    transaction: Transaction,
    chance: Chance,
    purpose: Purpose,
    user_id: str | None,
    email: str,
    seconds: float | None = None,
) -> str:
    """The token of a new link; those drawn before for the same thing open no more.

    Without a user the same is written, and the link leads nowhere: who asks for a link
    cannot tell from our work whether there is an account.
    """
    now = transaction.now
    transaction.connection.execute(delete(ACCOUNT_LINK).where(_ROW.expires <= now))
    void(transaction, purpose, user_id)
    token = chance.hex(32)
    lifetime = LINK_SECONDS[purpose] if seconds is None else seconds
    transaction.connection.execute(
        insert(ACCOUNT_LINK).values(
            digest=_digest(token, purpose, transaction),
            purpose=purpose,
            user_id=user_id,
            email=email,
            expires=now + lifetime,
        )
    )
    return token


def void(transaction: Transaction, purpose: Purpose, user_id: str | None) -> None:
    """Make a user's links for one thing worthless."""
    past = delete(ACCOUNT_LINK).where(
        _ROW.purpose == purpose, _ROW.user_id == user_id, _ROW.user_id.is_not(None)
    )
    transaction.connection.execute(past)


def void_all(transaction: Transaction, user_id: str) -> None:
    """Make every link of a user worthless."""
    past = delete(ACCOUNT_LINK).where(_ROW.user_id == user_id)
    transaction.connection.execute(past)


def peek(transaction: Transaction, purpose: Purpose, token: str) -> Opened:
    """What the link would lead to, without using it; Invalid if it opens nothing."""
    digest = _digest(token, purpose, transaction)
    row = transaction.connection.execute(
        select(_ROW.user_id, _ROW.email, _ROW.expires).where(_ROW.digest == digest)
    ).one_or_none()
    if row is None or row.user_id is None or row.expires <= transaction.now:
        raise _refusal()
    return Opened(user_id=row.user_id, email=row.email)


def open_link(transaction: Transaction, purpose: Purpose, token: str) -> Opened:
    """What the link leads to, this once; Invalid if it opens nothing, or no more."""
    opened = peek(transaction, purpose, token)
    digest = _digest(token, purpose, transaction)
    # Of several who come with it at once only one deletes it.
    used = delete(ACCOUNT_LINK).where(_ROW.digest == digest)
    if transaction.connection.execute(used).rowcount != 1:
        raise _refusal()
    return opened


def _refusal() -> Invalid:
    refusal = Invalid(
        "The link is not valid: it was used already, has expired, or is not "
        "complete. Ask for a new one.",
        target="token",
    )
    refusal.code = "LinkInvalid"
    return refusal


def address(portal: str, purpose: Purpose, token: str) -> str:
    """Where people follow the link."""
    return f"{portal.rstrip('/')}{LINK_PAGES[purpose]}?token={token}"


def _digest(token: str, purpose: Purpose, transaction: Transaction) -> bytes:
    return hashlib.blake2b(
        f"{purpose}:{token}".encode(),
        digest_size=32,
        key=transaction.vault.pepper,
        person=b"link",
    ).digest()
