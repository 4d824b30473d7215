"""Roles and languages of people, and what becomes of them in an upgrade."""

import pytest
from alembic import command
from tests.databases import VAULT

from bramka.domain.errors import Conflict
from bramka.domain.traffic.user import User
from bramka.store import account, user
from bramka.store.account import Account
from bramka.store.database import open_database, writing
from bramka.store.schema import configuration, prepare
from bramka.store.transaction import Store
from bramka.store.user import USERS
from bramka.testing import FakeClock


def add(store: Store, name: str) -> None:
    noun = User(id=name, first_name="A", last_name="T", email=f"{name}@example.com")
    with store.writing() as transaction:
        user.put(transaction, noun)


def test_owners_and_editors_are_administrators(demo: Store) -> None:
    add(demo, "ann")
    with demo.writing() as transaction:
        for role, inside in (
            ("editor", True),
            ("viewer", False),
            ("owner", True),
            (None, False),
        ):
            account.set_role(transaction, "ann", role)  # type: ignore[arg-type]  # all are
            groups = USERS.get(transaction, "ann").noun.groups
            assert ("administrators" in groups) is inside
            assert account.find(transaction, "ann").role == role


def test_somebody_always_owns_the_site(demo: Store) -> None:
    add(demo, "ann")
    with demo.writing() as transaction:
        assert account.owners(transaction) == ["1"]
        for role in ("editor", None):
            with pytest.raises(Conflict, match="only owner"):
                account.set_role(transaction, "1", role)
        account.set_role(transaction, "ann", "owner")
        account.set_role(transaction, "1", None)
        assert account.owners(transaction) == ["ann"]


def test_keeping_a_language_keeps_the_role(demo: Store) -> None:
    with demo.writing() as transaction:
        account.put(transaction, "1", Account(role=None, language="pl"))
        kept = account.find(transaction, "1")
    assert (kept.role, kept.language) == ("owner", "pl")


def test_who_ran_the_site_before_accounts_had_roles_still_does(
    empty_database: str,
) -> None:
    engine = open_database(empty_database)
    with writing(engine) as connection:
        command.upgrade(configuration("state", connection), "0004")
        connection.exec_driver_sql(
            'INSERT INTO "user" (id, first_name, last_name, email, state, identities, '
            "revision, created, modified) VALUES ('1', 'A', 'B', 'a@b.c', 'active', "
            "'[]', 1, 0, 0)"
        )
    prepare(engine)
    with Store(engine, VAULT, FakeClock()).reading() as transaction:
        assert account.owners(transaction) == ["1"]
    engine.dispose()
