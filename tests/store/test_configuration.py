"""What gateways are told: all of it, or what changed."""

import threading

from msgspec import structs

from bramka.domain.traffic.api import Api
from bramka.domain.traffic.configuration import apply, read_update, write_update
from bramka.domain.traffic.group import Group
from bramka.domain.traffic.named_value import NamedValue
from bramka.domain.traffic.operation import Operation
from bramka.domain.traffic.policy import PolicyDocument
from bramka.domain.traffic.product import Product
from bramka.store import api, change, named_value, operation, product
from bramka.store.configuration import update_since
from bramka.store.group import GROUPS
from bramka.store.policy import POLICIES
from bramka.store.subscription import keys_of
from bramka.store.transaction import Store, Transaction


def work(transaction: Transaction) -> None:
    """Some of everything: made, changed, linked, deleted."""
    api.put(transaction, Api(id="echo", display_name="Echo", path="echo"))
    api.put(transaction, Api(id="gone", display_name="Gone", path="gone"))
    get = Operation(
        id="get", api_id="echo", display_name="G", method="GET", url_template="/"
    )
    operation.put(transaction, get)
    operation.put(transaction, structs.replace(get, api_id="gone"))
    product.add_api(transaction, "starter", "echo")
    product.add_api(transaction, "starter", "gone")
    POLICIES.insert(
        transaction,
        PolicyDocument(scope="apis/gone/operations/get", text="<policies/>"),
    )
    named_value.put(transaction, NamedValue(id="v", display_name="v", value="hush"))
    api.delete(transaction, "gone")


def test_changes_lead_to_the_same_as_the_whole(demo: Store) -> None:
    with demo.reading() as transaction:
        base = apply(None, update_since(transaction, None))
    with demo.writing() as transaction:
        work(transaction)
    with demo.reading() as transaction:
        update = update_since(transaction, base.version)
        whole = update_since(transaction, None).whole
    assert update.whole is None
    assert apply(base, read_update(write_update(update))) == whole
    assert whole is not None
    assert whole.products["starter"].apis == ("echo",)
    assert whole.named_values["v"].value == "hush"
    assert list(whole.operations) == ["echo/get"]
    assert list(whole.policies) == ["products/starter"]


def test_the_keys_of_subscriptions_never_leave(demo: Store) -> None:
    with demo.reading() as transaction:
        keys = keys_of(transaction, "master")
        sent = write_update(update_since(transaction, None))
    assert keys.primary_key.encode() not in sent
    assert keys.secondary_key.encode() not in sent


def test_a_version_never_given_gets_the_whole(demo: Store) -> None:
    with demo.reading() as transaction:
        newest = change.newest_version(transaction)
        assert update_since(transaction, newest).whole is None
        assert update_since(transaction, newest + 1).whole is not None


def test_a_version_too_long_ago_gets_the_whole(demo: Store) -> None:
    with demo.writing() as transaction:
        before = change.newest_version(transaction)
        for number in range(600):
            change.note_change(transaction, "groups", f"g{number}")
        assert update_since(transaction, before).whole is not None


def test_deleting_what_was_just_made_is_told_once(demo: Store) -> None:
    with demo.writing() as transaction:
        before = change.newest_version(transaction)
        group = Group(id="g", display_name="G")
        GROUPS.insert(transaction, group)
        GROUPS.delete(transaction, "g")
    with demo.reading() as transaction:
        (only,) = update_since(transaction, before).changes
    assert (only.table, only.key, only.noun) == ("groups", "g", None)


def test_whoever_follows_versions_misses_no_change(demo: Store) -> None:
    made = [f"p{number}" for number in range(24)]

    def make(names: list[str]) -> None:
        for name in names:
            with demo.writing() as transaction:
                product.put(transaction, Product(id=name, display_name=name))

    threads = [threading.Thread(target=make, args=(made[n::4],)) for n in range(4)]
    with demo.reading() as transaction:
        configuration = apply(None, update_since(transaction, None))
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        with demo.reading() as transaction:
            update = update_since(transaction, configuration.version)
        configuration = apply(configuration, update)
    with demo.reading() as transaction:
        update = update_since(transaction, configuration.version)
    assert set(made) <= apply(configuration, update).products.keys()
