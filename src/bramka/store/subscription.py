"""Subscriptions and their keys: digests to look up, ciphertext to show again."""

from typing import Literal

from msgspec import Struct, structs
from sqlalchemy import Column, Index, LargeBinary, or_, select, update

from bramka.domain.clock import Chance
from bramka.domain.errors import Conflict
from bramka.domain.traffic.subscription import ENDED, Subscription, key_digest
from bramka.store.change import queue_for_change
from bramka.store.collection import Collection, Record
from bramka.store.transaction import Transaction

SUBSCRIPTIONS = Collection(
    Subscription,
    "subscription",
    wire="subscriptions",
    extra=(
        Column("primary_key", LargeBinary),
        Column("secondary_key", LargeBinary),
        *(
            Index(None, name)
            for name in ("primary_digest", "secondary_digest", "owner_id", "scope")
        ),
    ),
)
_ROW = SUBSCRIPTIONS.column
KeyName = Literal["primary", "secondary"]
KEY_BYTES = 16


class Keys(Struct, frozen=True, rename="camel"):
    """The two keys of a subscription, in plain."""

    primary_key: str
    secondary_key: str

    def __repr__(self) -> str:
        return "<Keys>"


def draw_keys(chance: Chance) -> Keys:
    """Two new keys: 32 hex digits each."""
    return Keys(chance.hex(KEY_BYTES), chance.hex(KEY_BYTES))


def put(
    transaction: Transaction,
    subscription: Subscription,
    keys: Keys,
    match: int | None = None,
) -> Record[Subscription]:
    """Add or replace, with these keys; Conflict if another one has one of them."""
    queue_for_change(transaction)
    digests = _digests(transaction, keys)
    taken = select(_ROW.id).where(
        _ROW.id != subscription.id,
        or_(_ROW.primary_digest.in_(digests), _ROW.secondary_digest.in_(digests)),
    )
    if transaction.connection.scalar(taken) is not None:
        raise Conflict("The key cannot be used; choose another one.", target="keys")
    kept = structs.replace(
        subscription, primary_digest=digests[0], secondary_digest=digests[1]
    )
    if SUBSCRIPTIONS.find(transaction, kept.id) is None:
        record = SUBSCRIPTIONS.insert(transaction, kept)
    else:
        record = SUBSCRIPTIONS.replace(transaction, kept, match)
    _write_keys(transaction, kept.id, keys)
    return record


def keys_of(transaction: Transaction, subscription_id: str) -> Keys:
    """The keys in plain; Missing if there is no such subscription."""
    SUBSCRIPTIONS.get(transaction, subscription_id)
    row = transaction.connection.execute(
        select(_ROW.primary_key, _ROW.secondary_key).where(_ROW.id == subscription_id)
    ).one()
    cipher = transaction.vault.cipher
    primary = cipher.decrypt(row.primary_key, _context(subscription_id, "primary"))
    secondary = cipher.decrypt(
        row.secondary_key, _context(subscription_id, "secondary")
    )
    return Keys(primary.decode(), secondary.decode())


def regenerate(
    transaction: Transaction, subscription_id: str, name: KeyName, chance: Chance
) -> None:
    """Replace one key; the other goes on serving."""
    keys = keys_of(transaction, subscription_id)
    fresh = chance.hex(KEY_BYTES)
    if name == "primary":
        keys = structs.replace(keys, primary_key=fresh)
    else:
        keys = structs.replace(keys, secondary_key=fresh)
    put(transaction, SUBSCRIPTIONS.get(transaction, subscription_id).noun, keys)


def of_owner(transaction: Transaction, user_id: str) -> list[Record[Subscription]]:
    return SUBSCRIPTIONS.all(transaction, _ROW.owner_id == user_id)


def count_for_scope(
    transaction: Transaction, scope: str, owner_id: str | None = None
) -> int:
    """How many subscriptions there are for a scope, of one owner if told."""
    where = [_ROW.scope == scope]
    if owner_id is not None:
        where += [_ROW.owner_id == owner_id, _ROW.state.not_in(ENDED)]
    return SUBSCRIPTIONS.count(transaction, *where)


def delete_for_scope(transaction: Transaction, scope: str) -> None:
    """Delete whatever subscribes to exactly this, such as `/products/starter`."""
    for record in SUBSCRIPTIONS.all(transaction, _ROW.scope == scope):
        SUBSCRIPTIONS.delete(transaction, record.noun.id)


def _digests(transaction: Transaction, keys: Keys) -> tuple[bytes, bytes]:
    pepper = transaction.vault.pepper
    return (
        key_digest(keys.primary_key.encode(), pepper),
        key_digest(keys.secondary_key.encode(), pepper),
    )


def _write_keys(transaction: Transaction, subscription_id: str, keys: Keys) -> None:
    cipher = transaction.vault.cipher
    primary = cipher.encrypt(
        keys.primary_key.encode(), _context(subscription_id, "primary")
    )
    secondary = cipher.encrypt(
        keys.secondary_key.encode(), _context(subscription_id, "secondary")
    )
    row = update(SUBSCRIPTIONS.table).where(_ROW.id == subscription_id)
    transaction.connection.execute(
        row.values(primary_key=primary, secondary_key=secondary)
    )


def _context(subscription_id: str, name: KeyName) -> str:
    return f"subscription/{subscription_id}/{name}"
