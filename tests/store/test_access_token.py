"""Tokens of the management REST."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from tests.databases import new_store

from bramka.store import access_token
from bramka.store.access_token import ACCESS_TOKEN
from bramka.store.transaction import Store
from bramka.testing import FakeChance, FakeClock

CLOCK = FakeClock()


@pytest.fixture
def here(database: str) -> Iterator[Store]:
    with new_store(database, CLOCK) as store:
        yield store


def issue(store: Store, lifetime: float | None = None) -> str:
    with store.writing() as transaction:
        return access_token.issue(
            transaction, FakeChance(), role="viewer", name="ci", lifetime=lifetime
        )


def test_a_token_stands_for_its_role(here: Store) -> None:
    token = issue(here)
    with here.reading() as transaction:
        found = access_token.find(transaction, token)
        assert access_token.find(transaction, token + "0") is None
        assert access_token.find(transaction, "") is None
    assert found is not None
    assert (found.role, found.name, found.expires) == ("viewer", "ci", None)


def test_a_token_ends_with_its_lifetime(here: Store) -> None:
    token = issue(here, lifetime=60)
    CLOCK.advance(59.9)
    with here.reading() as transaction:
        assert access_token.find(transaction, token) is not None
    CLOCK.advance(0.1)
    with here.reading() as transaction:
        assert access_token.find(transaction, token) is None


def test_a_revoked_token_is_worthless(here: Store) -> None:
    token = issue(here)
    with here.writing() as transaction:
        found = access_token.find(transaction, token)
        assert found is not None
        assert access_token.revoke(transaction, found.id)
        assert not access_token.revoke(transaction, found.id)
        assert access_token.find(transaction, token) is None


def test_the_token_is_not_in_the_database(here: Store) -> None:
    token = issue(here)
    with here.reading() as transaction:
        row = transaction.connection.execute(select(ACCESS_TOKEN)).one()
    assert token not in map(str, row)
    assert bytes.fromhex(token) not in row
