"""The generic core, tried with groups and named values."""

import threading

import pytest
from msgspec import structs
from sqlalchemy import select

from bramka.domain.errors import Conflict, Missing, Stale
from bramka.domain.traffic.api import Api
from bramka.domain.traffic.group import Group
from bramka.domain.traffic.named_value import NamedValue
from bramka.domain.traffic.operation import Operation, Parameter
from bramka.store.api import APIS
from bramka.store.change import queue_for_change
from bramka.store.group import GROUPS
from bramka.store.named_value import NAMED_VALUES
from bramka.store.operation import OPERATIONS
from bramka.store.transaction import Store

READERS = Group(id="readers", display_name="Readers")


def test_a_noun_comes_back_as_it_was_put(store: Store) -> None:
    operation = Operation(
        id="get",
        api_id="echo",
        display_name="Get",
        method="GET",
        url_template="/{id}",
        template_parameters=(
            Parameter(name="id", type="string", values=("a", "b"), examples={"x": 1}),
        ),
    )
    with store.writing() as transaction:
        APIS.insert(transaction, Api(id="echo", display_name="Echo"))
        OPERATIONS.insert(transaction, operation)
    with store.reading() as transaction:
        assert OPERATIONS.get(transaction, "echo", "get").noun == operation


def test_a_taken_key_is_a_conflict(store: Store) -> None:
    with store.writing() as transaction:
        GROUPS.insert(transaction, READERS)
        with pytest.raises(Conflict, match="Group 'readers' already exists"):
            GROUPS.insert(transaction, READERS)


def test_a_missing_noun_is_named(store: Store) -> None:
    with (
        store.reading() as transaction,
        pytest.raises(Missing, match="Group 'readers' not found"),
    ):
        GROUPS.get(transaction, "readers")


def test_each_write_has_a_revision_of_its_own(store: Store) -> None:
    with store.writing() as transaction:
        first = GROUPS.insert(transaction, READERS).revision
        second = GROUPS.replace(transaction, READERS).revision
        GROUPS.delete(transaction, "readers")
        third = GROUPS.insert(transaction, READERS).revision
    assert first < second < third


def test_replacing_an_older_revision_is_refused(store: Store) -> None:
    with store.writing() as transaction:
        seen = GROUPS.insert(transaction, READERS).revision
        GROUPS.replace(transaction, READERS)
        with pytest.raises(Stale, match=f"names revision {seen}"):
            GROUPS.replace(transaction, READERS, seen)
        with pytest.raises(Stale):
            GROUPS.delete(transaction, "readers", match=seen)


def test_deleting_tells_whether_there_was_something(store: Store) -> None:
    with store.writing() as transaction:
        GROUPS.insert(transaction, READERS)
        assert GROUPS.delete(transaction, "readers")
        assert not GROUPS.delete(transaction, "readers")


def test_an_exception_undoes_everything(store: Store) -> None:
    def fail() -> None:
        with store.writing() as transaction:
            GROUPS.insert(transaction, READERS)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with store.reading() as transaction:
        assert GROUPS.find(transaction, "readers") is None


def test_pages_add_up_to_the_whole_in_order(store: Store) -> None:
    names = ["Zebra", "ant", "Äpfel", "bee", "wasp", "10", "9"]
    with store.writing() as transaction:
        for name in names:
            GROUPS.insert(transaction, Group(id=name, display_name=name))
    with store.reading() as transaction:
        pages = [GROUPS.page(transaction, skip=skip, top=3) for skip in range(0, 7, 3)]
    found = [record.noun.id for page in pages for record in page.records]
    assert found == sorted(names, key=str.encode)
    assert {page.total for page in pages} == {7}


def test_a_sealed_field_is_not_in_the_database(store: Store) -> None:
    value = NamedValue(id="v", display_name="v", value="hush-hush")
    with store.writing() as transaction:
        NAMED_VALUES.insert(transaction, value)
        stored = transaction.connection.scalar(select(NAMED_VALUES.column.value))
        assert isinstance(stored, bytes)
        assert b"hush" not in stored
        assert NAMED_VALUES.get(transaction, "v").noun == value


def test_of_many_writers_at_once_none_is_lost(store: Store) -> None:
    with store.writing() as transaction:
        GROUPS.insert(transaction, structs.replace(READERS, description="0"))

    def add_one() -> None:
        for _ in range(5):
            with store.writing() as transaction:
                queue_for_change(transaction)
                noun = GROUPS.get(transaction, "readers").noun
                count = str(int(noun.description or "0") + 1)
                GROUPS.replace(transaction, structs.replace(noun, description=count))

    threads = [threading.Thread(target=add_one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as transaction:
        assert GROUPS.get(transaction, "readers").noun.description == "30"
