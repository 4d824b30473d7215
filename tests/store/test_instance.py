"""What a new instance contains."""

import pytest
from msgspec import structs
from tests.databases import DEMO, make_instance

from bramka.domain.errors import Conflict, Invalid, Missing
from bramka.domain.traffic.product import STARTER_POLICY
from bramka.store import access_token, instance, user
from bramka.store.group import GROUPS
from bramka.store.policy import POLICIES
from bramka.store.product import PRODUCTS
from bramka.store.subscription import SUBSCRIPTIONS, keys_of
from bramka.store.transaction import Store
from bramka.store.user import USERS
from bramka.testing import FakeChance


def test_the_two_products_are_as_in_the_cloud(demo: Store) -> None:
    with demo.reading() as transaction:
        starter = PRODUCTS.get(transaction, "starter").noun
        unlimited = PRODUCTS.get(transaction, "unlimited").noun
        document = POLICIES.get(transaction, "products/starter").noun
    assert (starter.state, unlimited.state) == ("published", "published")
    assert (starter.approval_required, unlimited.approval_required) == (False, True)
    assert starter.subscriptions_limit == unlimited.subscriptions_limit == 1
    everybody = ("administrators", "developers", "guests")
    assert starter.groups == unlimited.groups == everybody
    assert document.text == STARTER_POLICY


def test_the_three_groups_are_built_in(demo: Store) -> None:
    with demo.reading() as transaction:
        groups = [record.noun for record in GROUPS.all(transaction)]
    assert {group.id for group in groups} == {"administrators", "developers", "guests"}
    assert all(group.built_in for group in groups)


def test_the_all_access_subscription_has_keys_of_32_hex_digits(demo: Store) -> None:
    with demo.reading() as transaction:
        master = SUBSCRIPTIONS.get(transaction, "master").noun
        keys = keys_of(transaction, "master")
    assert (master.scope, master.state) == ("/", "active")
    for key in (keys.primary_key, keys.secondary_key):
        assert len(bytes.fromhex(key)) == 16
    assert keys.primary_key != keys.secondary_key


def test_the_administrator_signs_in_with_the_password_shown(store: Store) -> None:
    created = make_instance(store)
    with store.reading() as transaction:
        administrator = USERS.get(transaction, "1").noun
        assert user.password_fits(transaction, "1", created.password)
        assert not user.password_fits(transaction, "1", created.password[:-1])
        assert not user.password_fits(transaction, "2", created.password)
    assert administrator.email == DEMO.publisher_email
    assert "administrators" in administrator.groups


def test_the_token_shown_is_an_owners(store: Store) -> None:
    created = make_instance(store)
    with store.reading() as transaction:
        found = access_token.find(transaction, created.token)
    assert found is not None
    assert found.role == "owner"


def test_nothing_secret_is_in_a_repr(store: Store) -> None:
    created = make_instance(store)
    assert created.password not in repr(created)
    assert created.token not in repr(created)


def test_a_second_instance_is_refused_with_the_name_of_the_first(demo: Store) -> None:
    with (
        demo.writing() as transaction,
        pytest.raises(Conflict, match="already an instance here: 'demoazureml'"),
    ):
        instance.create(transaction, FakeChance(), structs.replace(DEMO, name="b"))


@pytest.mark.parametrize("name", ["", "1a", "a-", "-a", "a_b", "a b", "a" * 51, "ą"])
def test_a_name_that_breaks_the_rules_is_refused(store: Store, name: str) -> None:
    with store.writing() as transaction, pytest.raises(Invalid, match=r"\$\.name"):
        instance.create(transaction, FakeChance(), structs.replace(DEMO, name=name))


def test_without_an_instance_the_remedy_is_told(store: Store) -> None:
    with store.reading() as transaction, pytest.raises(Missing, match="bramka init"):
        instance.get(transaction)
