"""Published services: ids, keys, overwriting, and the number that says "changed"."""

import pytest
from tests.databases import VAULT

from bramka.domain.errors import Missing, Unavailable
from bramka.domain.traffic.subscription import key_digest
from bramka.store.service import (
    Publication,
    Published,
    delete_service,
    endpoint_by_id,
    endpoint_keys,
    list_endpoints,
    list_services,
    publish_service,
    service_by_id,
)
from bramka.store.service_change import change_number
from bramka.store.transaction import Store
from bramka.store.workspace import create_workspace
from bramka.testing import FakeChance

PEPPER = VAULT.pepper


@pytest.fixture
def workspace(store: Store) -> str:
    with store.writing() as transaction:
        made = create_workspace(
            transaction, FakeChance(7), friendly_name="Demo", owner="a@example.com"
        )
    return made.id


def publish(
    store: Store, workspace: str, package: str = "first", seed: int = 0, **more: str
) -> Published:
    wanted = Publication(
        workspace_id=workspace, name="Text service", package=package, **more
    )
    with store.writing() as transaction:
        return publish_service(transaction, FakeChance(seed), wanted)


def test_a_service_gets_ids_and_keys_that_open_it(store: Store, workspace: str) -> None:
    published = publish(store, workspace)
    assert len(published.service.id) == len(published.endpoint.id) == 32
    assert published.endpoint.id != published.service.id
    for key in (published.keys.primary, published.keys.secondary):
        assert len(key) == 88
        assert key.endswith("==")
        assert published.endpoint.digests.admit(key_digest(key.encode(), PEPPER))
    assert not published.endpoint.digests.admit(key_digest(b"other", PEPPER))
    assert published.endpoint.max_concurrent_calls == 20


def test_keys_can_be_shown_again_but_only_from_their_own_row(
    store: Store, workspace: str
) -> None:
    published = publish(store, workspace)
    with store.reading() as transaction:
        assert endpoint_keys(transaction, published.endpoint.id) == published.keys
    other = publish(store, workspace, seed=1)
    with store.writing() as transaction:
        transaction.connection.exec_driver_sql(
            "UPDATE endpoint SET primary_key = (SELECT primary_key FROM endpoint"
            f" WHERE id = '{published.endpoint.id}') WHERE id = '{other.endpoint.id}'"
        )
    with store.reading() as transaction, pytest.raises(Unavailable):
        endpoint_keys(transaction, other.endpoint.id)


def test_no_key_stands_readable_in_the_database(store: Store, workspace: str) -> None:
    keys = publish(store, workspace).keys
    with store.reading() as transaction:
        rows = transaction.connection.exec_driver_sql("SELECT * FROM endpoint").all()
    for key in (keys.primary, keys.secondary):
        assert not any(key.encode() in bytes(str(cell), "utf-8") for cell in rows[0])
        assert key not in repr(keys)


def test_publishing_the_same_experiment_again_keeps_ids_and_keys(
    store: Store, workspace: str
) -> None:
    first = publish(store, workspace, experiment_id="exp")
    again = publish(store, workspace, "second", seed=1, experiment_id="exp")
    assert not first.overwritten
    assert again.overwritten
    assert again.service.id == first.service.id
    assert again.endpoint.id == first.endpoint.id
    assert again.keys == first.keys
    assert (again.endpoint.package, again.endpoint.version) == ("second", 2)
    with store.reading() as transaction:
        assert len(list_services(transaction, workspace)) == 1


def test_clients_may_choose_the_id_of_a_service(store: Store, workspace: str) -> None:
    first = publish(store, workspace, service_id="c" * 32)
    again = publish(store, workspace, "second", seed=1, service_id="c" * 32)
    assert first.service.id == again.service.id == "c" * 32
    assert again.overwritten


def test_other_experiments_are_other_services(store: Store, workspace: str) -> None:
    publish(store, workspace, experiment_id="one")
    publish(store, workspace, seed=1, experiment_id="two")
    publish(store, workspace, seed=2)
    with store.reading() as transaction:
        assert len(list_services(transaction, workspace)) == 3
        assert len(list_endpoints(transaction)) == 3


def test_each_change_raises_the_number(store: Store, workspace: str) -> None:
    numbers = [number(store)]
    published = publish(store, workspace, experiment_id="exp")
    numbers.append(number(store))
    publish(store, workspace, "second", experiment_id="exp")
    numbers.append(number(store))
    with store.writing() as transaction:
        delete_service(transaction, published.service.id)
    numbers.append(number(store))
    assert numbers == [0, 1, 2, 3]


def number(store: Store) -> int:
    with store.reading() as transaction:
        return change_number(transaction)


def test_a_deleted_service_is_gone_with_its_endpoint(
    store: Store, workspace: str
) -> None:
    published = publish(store, workspace)
    with store.writing() as transaction:
        delete_service(transaction, published.service.id)
        with pytest.raises(Missing):
            service_by_id(transaction, published.service.id)
        with pytest.raises(Missing):
            endpoint_by_id(transaction, published.endpoint.id)
        with pytest.raises(Missing):
            delete_service(transaction, published.service.id)
