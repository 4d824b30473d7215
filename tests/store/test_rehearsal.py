"""Long work is done on a copy, and what came of it at once."""

import pytest

from bramka.domain.errors import Invalid
from bramka.domain.traffic.group import Group
from bramka.domain.traffic.product import Product
from bramka.domain.traffic.subscription import Subscription
from bramka.store import audit
from bramka.store.audit import Entry
from bramka.store.change import changes_since, newest_version
from bramka.store.group import GROUPS
from bramka.store.product import PRODUCTS, add_group
from bramka.store.rehearsal import TRIES, rehearse, write_rehearsed
from bramka.store.subscription import SUBSCRIPTIONS
from bramka.store.transaction import Store, Transaction


def put(transaction: Transaction, product: str, title: str) -> None:
    PRODUCTS.put(transaction, Product(id=product, display_name=title))


def titles(store: Store) -> dict[str, str]:
    with store.reading() as transaction:
        found = PRODUCTS.all(transaction)
    return {one.noun.id: one.noun.display_name for one in found}


def versions(store: Store) -> list[int]:
    with store.reading() as transaction:
        revisions = [one.revision for one in PRODUCTS.all(transaction)]
        return [*revisions, newest_version(transaction)]


@pytest.fixture
def kept(store: Store) -> Store:
    with store.writing() as transaction:
        GROUPS.insert(transaction, Group(id="readers", display_name="Readers"))
        for product in ("old", "odd"):
            put(transaction, product, product.title())
        add_group(transaction, "old", "readers")
        audit.note(transaction, entry("/before"))
    return store


def entry(path: str) -> Entry:
    return Entry(moment=1.0, actor="a", role="owner", method="PUT", path=path)


def change(transaction: Transaction) -> str:
    """Make, change and delete, and links and the log with it."""
    put(transaction, "new", "New")
    put(transaction, "odd", "Even")
    PRODUCTS.delete(transaction, "old")
    add_group(transaction, "new", "readers")
    audit.note(transaction, entry("/products"))
    return "done"


def test_what_the_work_came_to_is_there_and_gateways_hear_of_it(kept: Store) -> None:
    before = versions(kept)[-1]
    assert write_rehearsed(kept, change) == "done"
    assert titles(kept) == {"odd": "Even", "new": "New"}
    with kept.reading() as transaction:
        assert PRODUCTS.get(transaction, "new").noun.groups == ("readers",)
        changed = changes_since(transaction, before)
        logged, _ = audit.newest(transaction, 0, 10)
    assert changed is not None
    assert {one.key for one in changed} == {"new", "odd", "old"}
    assert [one.path for one in logged] == ["/products", "/before"]
    # What is changed next has a number that was never given before.
    given = versions(kept)
    with kept.writing() as transaction:
        put(transaction, "next", "Next")
    assert versions(kept)[-1] > max(given)


def test_a_rehearsal_changes_nothing(kept: Store) -> None:
    before = titles(kept), versions(kept)
    assert rehearse(kept, change) == "done"
    assert (titles(kept), versions(kept)) == before


def test_work_that_fails_changes_nothing(kept: Store) -> None:
    def fail(transaction: Transaction) -> None:
        change(transaction)
        raise Invalid("The last of it cannot be done.")

    before = titles(kept), versions(kept)
    with pytest.raises(Invalid):
        write_rehearsed(kept, fail)
    assert (titles(kept), versions(kept)) == before


@pytest.mark.parametrize("loses", [False, True])
def test_who_subscribes_meanwhile_is_no_matter_unless_it_concerns_them(
    kept: Store, loses: bool
) -> None:
    done: list[dict[str, str]] = []

    def work(transaction: Transaction) -> None:
        put(transaction, "odd", "Even")
        if loses:
            PRODUCTS.delete(transaction, "old")
        if not done:
            with kept.writing() as other:
                wanted = Subscription(id="s", display_name="S", scope="/products/odd")
                SUBSCRIPTIONS.insert(other, wanted)
        done.append(titles(kept))

    write_rehearsed(kept, work)
    assert len(done) == (2 if loses else 1)
    with kept.reading() as transaction:
        odd, theirs = (
            PRODUCTS.get(transaction, "odd"),
            SUBSCRIPTIONS.get(transaction, "s"),
        )
        assert odd.noun.display_name == "Even"
        assert odd.revision > theirs.revision
        told = changes_since(transaction, theirs.revision)
    assert told is not None
    assert "odd" in {one.key for one in told}


def test_work_sees_what_others_did_meanwhile_however_often(kept: Store) -> None:
    seen = []

    def count(transaction: Transaction) -> None:
        seen.append(PRODUCTS.get(transaction, "odd").noun.display_name)
        put(transaction, "sum", "".join(seen[-1:]))
        if len(seen) <= TRIES:
            with kept.writing() as other:
                put(other, "odd", str(len(seen)))

    write_rehearsed(kept, count)
    assert seen == ["Odd", *map(str, range(1, TRIES + 1))]
    assert titles(kept)["sum"] == str(TRIES)
