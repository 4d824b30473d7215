"""Attempts in the database: exact for any number at once, on both databases."""

import threading

import pytest
from sqlalchemy import select
from tests.databases import VAULT

from bramka.domain.errors import TooMany
from bramka.domain.traffic.account_attempts import Rule
from bramka.store import attempts
from bramka.store.attempts import ATTEMPTS
from bramka.store.transaction import Store
from bramka.testing import FakeClock

RULE = Rule(free=4, first_lock=60.0, longest_lock=600.0, forget=3600.0)


def test_threads_at_once_take_no_more_than_there_are(store: Store) -> None:
    taken: list[bool] = []

    def take() -> None:
        try:
            with store.writing() as transaction:
                attempts.take(transaction, ("account ann", RULE), ("address x", RULE))
        except TooMany:
            taken.append(False)
        else:
            taken.append(True)

    threads = [threading.Thread(target=take) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (taken.count(True), taken.count(False)) == (4, 8)


def test_one_locked_key_counts_none_of_them(store: Store) -> None:
    with store.writing() as transaction:
        for _ in range(RULE.free):
            attempts.take(transaction, ("locked", RULE))
        with pytest.raises(TooMany, match="in 60 seconds"):
            attempts.take(transaction, ("open", RULE), ("locked", RULE))
        for _ in range(RULE.free):
            attempts.take(transaction, ("open", RULE))


def test_attempts_are_forgotten_and_given_back(store: Store) -> None:
    with store.writing() as transaction:
        for _ in range(RULE.free):
            attempts.take(transaction, ("one", RULE))
        attempts.forget(transaction, "one")
        for _ in range(3 * RULE.free):
            attempts.take(transaction, ("one", RULE))
            attempts.return_one(transaction, "one")


def test_who_tried_is_not_kept_and_old_attempts_go(store: Store) -> None:
    with store.writing() as transaction:
        attempts.take(transaction, ("account ann@example.com", RULE))
        rows = transaction.connection.execute(select(ATTEMPTS)).all()
        assert "ann" not in str(rows)
    later = Store(store.engine, VAULT, FakeClock(store.clock.now() + 90_000))
    with later.writing() as transaction:
        attempts.take(transaction, ("other", RULE))
        assert len(transaction.connection.execute(select(ATTEMPTS)).all()) == 1
