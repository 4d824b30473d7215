"""Endpoints beside the default one: names, limits, packages, keys."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.databases import VAULT

from bramka.domain.errors import Conflict, Invalid, Missing
from bramka.domain.learning.endpoint import Endpoint
from bramka.domain.traffic.subscription import key_digest
from bramka.store.endpoint import (
    Change,
    add_endpoint,
    change_endpoint,
    delete_endpoint,
    replace_endpoint_key,
    restore_version,
)
from bramka.store.endpoint_version import list_versions
from bramka.store.service import (
    Publication,
    Published,
    delete_service,
    endpoint_by_id,
    endpoint_keys,
    list_endpoints,
    publish_service,
)
from bramka.store.service_change import change_number
from bramka.store.transaction import Store, Transaction
from bramka.store.workspace import create_workspace
from bramka.testing import FakeChance

PEPPER = VAULT.pepper
CHANCE = FakeChance()


@pytest.fixture
def transaction(store: Store) -> Iterator[Transaction]:
    with store.writing() as transaction:
        yield transaction


@pytest.fixture
def published(transaction: Transaction) -> Published:
    workspace = create_workspace(
        transaction, CHANCE, friendly_name="Demo", owner="a@example.com"
    )
    wanted = Publication(
        workspace_id=workspace.id, name="Text", package="first", experiment_id="exp"
    )
    return publish_service(transaction, CHANCE, wanted)


def add(
    transaction: Transaction, published: Published, name: str = "second", **change: Any
) -> Endpoint:
    return add_endpoint(
        transaction, CHANCE, published.service.id, name, Change(**change)
    )


def test_an_added_endpoint_has_keys_of_its_own_and_keeps_its_package(
    transaction: Transaction, published: Published
) -> None:
    added = add(transaction, published, description="For one customer")
    assert added.id != published.endpoint.id
    assert endpoint_keys(transaction, added.id) != published.keys
    again = Publication(
        workspace_id=published.service.workspace_id,
        name="Text",
        package="second",
        experiment_id="exp",
    )
    publish_service(transaction, CHANCE, again)
    packages = [each.package for each in list_endpoints(transaction)]
    assert packages == ["second", "first"], "the default one stands first"


@pytest.mark.parametrize("name", ["", "Upper", "-a", "a-", "a" * 25, "a b", "ä"])
def test_a_name_that_no_client_could_use_is_refused(
    name: str, transaction: Transaction, published: Published
) -> None:
    with pytest.raises(Invalid, match="cannot be the name of an endpoint"):
        add(transaction, published, name)


def test_a_name_is_given_once(transaction: Transaction, published: Published) -> None:
    with pytest.raises(Conflict, match="has an endpoint 'default' already"):
        add(transaction, published, "default")


def test_a_change_leaves_the_rest(
    transaction: Transaction, published: Published
) -> None:
    before, number = published.endpoint, change_number(transaction)
    after = change_endpoint(
        transaction, before.id, Change(max_concurrent_calls=200, package="other")
    )
    assert (after.max_concurrent_calls, after.package) == (200, "other")
    assert (after.version, after.digests) == (2, before.digests)
    assert after.sample_data_enabled
    assert change_number(transaction) > number


def test_what_was_served_before_serves_again_when_asked_to(
    transaction: Transaction, published: Published
) -> None:
    endpoint = published.endpoint
    change_endpoint(transaction, endpoint.id, Change(package="other"))
    change_endpoint(transaction, endpoint.id, Change(description="the same package"))
    again = restore_version(transaction, endpoint.id, 1)
    assert (again.package, again.version) == ("first", 3)
    known = list_versions(transaction, again)
    assert [(each.number, each.package) for each in known] == [
        (3, "first"),
        (2, "other"),
        (1, "first"),
    ]
    assert [each.replaced is None for each in known] == [True, False, False]
    with pytest.raises(Missing, match="no version 7; it has 1, 2, 3"):
        restore_version(transaction, endpoint.id, 7)
    delete_service(transaction, published.service.id)
    assert list_versions(transaction, again)[1:] == []


def test_low_throttling_allows_four_calls(
    transaction: Transaction, published: Published
) -> None:
    added = add(transaction, published, throttle_level="Low")
    assert added.max_concurrent_calls == 4


@pytest.mark.parametrize(
    "change",
    [
        {"max_concurrent_calls": 201},
        {"max_concurrent_calls": 0},
        {"max_concurrent_calls": 5, "throttle_level": "Low"},
    ],
)
def test_more_calls_than_possible_are_refused(
    change: Any, transaction: Transaction, published: Published
) -> None:
    with pytest.raises(Invalid, match="calls at once"):
        change_endpoint(transaction, published.endpoint.id, Change(**change))


def test_one_key_can_be_replaced_while_the_other_is_in_use(
    transaction: Transaction, published: Published
) -> None:
    keys = replace_endpoint_key(transaction, CHANCE, published.endpoint.id, "primary")
    assert keys.secondary == published.keys.secondary
    digests = endpoint_by_id(transaction, published.endpoint.id).digests
    assert digests.admit(key_digest(keys.primary.encode(), PEPPER))
    assert not digests.admit(key_digest(published.keys.primary.encode(), PEPPER))


def test_only_added_endpoints_can_be_deleted(
    transaction: Transaction, published: Published
) -> None:
    added = add(transaction, published)
    delete_endpoint(transaction, added.id)
    with pytest.raises(Missing):
        endpoint_by_id(transaction, added.id)
    with pytest.raises(Conflict, match="delete the web service"):
        delete_endpoint(transaction, published.endpoint.id)
