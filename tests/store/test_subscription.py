"""Keys of subscriptions: digests to look up, ciphertext to show."""

import pytest
from sqlalchemy import select

from bramka.domain.errors import Conflict
from bramka.domain.traffic.subscription import Subscription, key_digest
from bramka.store import subscription
from bramka.store.subscription import SUBSCRIPTIONS, Keys, keys_of
from bramka.store.transaction import Store, Transaction
from bramka.testing import FakeChance

MINE = Keys("first-key", "second-key")


def add(transaction: Transaction, name: str, keys: Keys) -> Subscription:
    wanted = Subscription(id=name, scope="/apis")
    return subscription.put(transaction, wanted, keys).noun


def test_keys_are_found_by_their_digests(store: Store) -> None:
    with store.writing() as transaction:
        noun = add(transaction, "mine", MINE)
        pepper = transaction.vault.pepper
    assert noun.primary_digest == key_digest(b"first-key", pepper)
    assert noun.secondary_digest == key_digest(b"second-key", pepper)


def test_keys_are_not_in_the_database(store: Store) -> None:
    with store.writing() as transaction:
        add(transaction, "mine", MINE)
        row = transaction.connection.execute(select(SUBSCRIPTIONS.table)).one()
    assert not any(b"-key" in value for value in row if isinstance(value, bytes))


def test_regenerating_one_key_leaves_the_other(store: Store) -> None:
    with store.writing() as transaction:
        add(transaction, "mine", MINE)
        subscription.regenerate(transaction, "mine", "primary", FakeChance())
        keys = keys_of(transaction, "mine")
    assert keys.secondary_key == MINE.secondary_key
    assert len(bytes.fromhex(keys.primary_key)) == 16


@pytest.mark.parametrize("taken", [Keys("first-key", "x"), Keys("x", "first-key")])
def test_a_key_of_another_subscription_is_refused(store: Store, taken: Keys) -> None:
    with store.writing() as transaction:
        add(transaction, "mine", MINE)
        with pytest.raises(Conflict, match="choose another one"):
            add(transaction, "yours", taken)


def test_keys_hide_from_reprs() -> None:
    assert "first" not in repr(MINE)
