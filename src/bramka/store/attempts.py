"""Attempts to get in, counted per account and per address; exact under any rush."""

import hashlib

from sqlalchemy import (
    Column,
    Double,
    Integer,
    LargeBinary,
    Table,
    delete,
    insert,
    select,
)

from bramka.domain.errors import TooMany
from bramka.domain.traffic.account_attempts import (
    Attempts,
    Rule,
    attempt,
    give_back,
    wait,
)
from bramka.store.database import METADATA, queue_writers
from bramka.store.transaction import Transaction

ATTEMPTS = Table(
    "attempts",
    METADATA,
    Column("digest", LargeBinary, primary_key=True),
    Column("tries", Integer, nullable=False),
    Column("seen", Double, nullable=False, index=True),
    Column("until", Double, nullable=False),
)
_ROW = ATTEMPTS.c
KEPT_SECONDS = 86400.0


def take(transaction: Transaction, *asked: tuple[str, Rule]) -> None:
    """Count one attempt under each key; TooMany, and none counted, if one is locked."""
    # One at a time, so that two cannot both take the last free attempt.
    queue_writers(transaction.connection, "attempts")
    known = [(key, rule, _find(transaction, key)) for key, rule in asked]
    longest = max(wait(one, rule, transaction.now) for _, rule, one in known)
    if longest > 0:
        raise TooMany(longest)
    past = transaction.now - KEPT_SECONDS
    transaction.connection.execute(delete(ATTEMPTS).where(_ROW.seen < past))
    for key, rule, one in known:
        _write(transaction, key, attempt(one, rule, transaction.now))


def forget(transaction: Transaction, key: str) -> None:
    """All is well: as if there had been no attempts."""
    gone = delete(ATTEMPTS).where(_ROW.digest == _digest(transaction, key))
    transaction.connection.execute(gone)


def return_one(transaction: Transaction, key: str) -> None:
    """The last attempt was a good one and does not count."""
    queue_writers(transaction.connection, "attempts")
    _write(transaction, key, give_back(_find(transaction, key)))


def _find(transaction: Transaction, key: str) -> Attempts:
    query = select(ATTEMPTS).where(_ROW.digest == _digest(transaction, key))
    row = transaction.connection.execute(query).one_or_none()
    if row is None:
        return Attempts()
    return Attempts(count=row.tries, seen=row.seen, until=row.until)


def _write(transaction: Transaction, key: str, known: Attempts) -> None:
    digest = _digest(transaction, key)
    transaction.connection.execute(delete(ATTEMPTS).where(_ROW.digest == digest))
    transaction.connection.execute(
        insert(ATTEMPTS).values(
            digest=digest, tries=known.count, seen=known.seen, until=known.until
        )
    )


def _digest(transaction: Transaction, key: str) -> bytes:
    # Addresses of people and machines are not kept, only what they digest to.
    return hashlib.blake2b(
        key.encode(), digest_size=32, key=transaction.vault.pepper, person=b"attempts"
    ).digest()
