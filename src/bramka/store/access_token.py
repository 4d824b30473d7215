"""Bearer tokens of the management REST: who holds one may act in its role."""

import hashlib
from typing import Literal, cast

from msgspec import Struct
from sqlalchemy import Column, Double, LargeBinary, Table, delete, insert, select

from bramka.domain.clock import Chance
from bramka.store.columns import TEXT
from bramka.store.database import METADATA
from bramka.store.transaction import Transaction

Role = Literal["owner", "editor", "viewer"]

ACCESS_TOKEN = Table(
    "access_token",
    METADATA,
    Column("id", TEXT, primary_key=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("role", TEXT, nullable=False),
    Column("name", TEXT, nullable=False),
    Column("created", Double, nullable=False),
    Column("expires", Double),
)
_ROW = ACCESS_TOKEN.c


class AccessToken(Struct, frozen=True, kw_only=True):
    """What is known of a token; the token itself is shown once and not kept."""

    id: str
    role: Role
    name: str
    created: float
    expires: float | None


def issue(
    transaction: Transaction,
    chance: Chance,
    *,
    role: Role,
    name: str,
    lifetime: float | None = None,
) -> str:
    """A new token; `lifetime` in seconds, None for ever."""
    # Those that no longer open anything are only in the way.
    past = delete(ACCESS_TOKEN).where(_ROW.expires <= transaction.now)
    transaction.connection.execute(past)
    token = chance.hex(32)
    expires = None if lifetime is None else transaction.now + lifetime
    transaction.connection.execute(
        insert(ACCESS_TOKEN).values(
            id=chance.hex(8),
            digest=_digest(token, transaction),
            role=role,
            name=name,
            created=transaction.now,
            expires=expires,
        )
    )
    return token


def find(transaction: Transaction, token: str) -> AccessToken | None:
    """What `token` stands for; None if it is unknown or has expired."""
    query = select(ACCESS_TOKEN).where(_ROW.digest == _digest(token, transaction))
    row = transaction.connection.execute(query).one_or_none()
    if row is None or (row.expires is not None and row.expires <= transaction.now):
        return None
    return AccessToken(
        id=row.id,
        role=cast("Role", row.role),
        name=row.name,
        created=row.created,
        expires=row.expires,
    )


def row_of(transaction: Transaction, token_id: str) -> dict[str, object] | None:
    """All that is kept of a token, to be put back when everything is replaced."""
    query = select(ACCESS_TOKEN).where(_ROW.id == token_id)
    row = transaction.connection.execute(query).mappings().one_or_none()
    return None if row is None else dict(row)


def put_back(transaction: Transaction, row: dict[str, object]) -> None:
    """Have what `row_of` gave, unless it is there."""
    if row_of(transaction, str(row["id"])) is None:
        transaction.connection.execute(insert(ACCESS_TOKEN).values(row))


def revoke(transaction: Transaction, token_id: str) -> bool:
    """Make a token worthless; False if there was none."""
    row = delete(ACCESS_TOKEN).where(_ROW.id == token_id)
    return transaction.connection.execute(row).rowcount > 0


def _digest(token: str, transaction: Transaction) -> bytes:
    # Looked up by digest, so that timing tells nothing about the token.
    pepper = transaction.vault.pepper
    return hashlib.blake2b(token.encode(), digest_size=32, key=pepper).digest()
