"""Datasets, models and transforms, uploads and members in the database."""

import pytest
from msgspec.structs import replace

from bramka.domain.errors import Conflict, Missing
from bramka.domain.learning.saved import Saved
from bramka.domain.learning.table import Column
from bramka.store.member import invite, list_members, remove_member
from bramka.store.saved import (
    add_saved,
    delete_family,
    describe_saved,
    family_of,
    list_saved,
    saved_by_id,
    saved_by_ids,
)
from bramka.store.transaction import Store
from bramka.store.upload import (
    LIFETIME,
    MOST_OPEN,
    Upload,
    begin_upload,
    forget_stale_uploads,
    forget_upload,
    upload_by_id,
)
from bramka.store.workspace import create_workspace
from bramka.testing import FakeChance, FakeClock

DRAFT = Saved(
    id="",
    workspace_id="",
    kind="dataset",
    family="f" * 32,
    version=1,
    name="Reviews",
    data_type="GenericCSV",
    content="c1",
    digest="d1",
    rows=3,
    columns=(Column(name="Col1", type="Int32", levels=("1", "ä")),),
)


def workspace_in(store: Store) -> str:
    with store.writing() as transaction:
        chance = FakeChance()
        return create_workspace(
            transaction, chance, friendly_name="Tests", owner="ada@example.com"
        ).id


def test_versions_of_a_family_and_their_columns_come_back(store: Store) -> None:
    draft = replace(DRAFT, workspace_id=workspace_in(store))
    with store.writing() as transaction:
        first = add_saved(transaction, draft)
        second = add_saved(transaction, replace(draft, content="c2"), first.family)
        assert (first.version, second.version) == (1, 2)
        assert second.id == f"{draft.workspace_id}.{draft.family}.v1-default-2"
    with store.reading() as transaction:
        listed = list_saved(transaction, draft.workspace_id, "dataset")
        assert [each.id for each in listed] == [second.id]
        assert listed[0].columns == DRAFT.columns
        both = family_of(transaction, draft.workspace_id, "dataset", first.family)
        assert [each.latest for each in both] == [True, False]
        ids = [first.id, second.id, "none"]
        found = saved_by_ids(transaction, draft.workspace_id, ids)
        assert set(found) == {first.id, second.id}
        assert saved_by_ids(transaction, "0" * 32, ids) == {}
        with pytest.raises(Missing):
            saved_by_id(transaction, "0" * 32, first.id)


def test_a_name_is_used_once_for_each_kind(store: Store) -> None:
    draft = replace(DRAFT, workspace_id=workspace_in(store))
    with store.writing() as transaction:
        add_saved(transaction, draft)
        other = replace(draft, family="e" * 32)
        with pytest.raises(Conflict, match="'Reviews' already"):
            add_saved(transaction, other)
        model = add_saved(transaction, replace(other, kind="model"))
        with pytest.raises(Missing):
            delete_family(transaction, draft.workspace_id, "dataset", model.family)


def test_what_is_deleted_leaves_its_contents_to_be_deleted(store: Store) -> None:
    draft = replace(DRAFT, workspace_id=workspace_in(store))
    with store.writing() as transaction:
        first = add_saved(transaction, draft)
        add_saved(transaction, replace(draft, content="c2"), first.family)
        renamed = describe_saved(transaction, first, name="Other")
        assert renamed.name == "Other"
        gone = delete_family(transaction, draft.workspace_id, "dataset", first.family)
        assert sorted(gone) == ["c1", "c2"]


def test_uploads_are_bounded_and_given_up_when_stale(store: Store) -> None:
    clock = store.clock
    assert isinstance(clock, FakeClock)
    own = workspace_in(store)
    with store.writing() as transaction:
        for number in range(MOST_OPEN):
            upload = Upload(id=f"u{number}", workspace_id=own, data_type="Zip")
            begin_upload(transaction, upload)
        with pytest.raises(Conflict, match="not finished"):
            begin_upload(
                transaction, Upload(id="more", workspace_id=own, data_type="Zip")
            )
        forget_upload(transaction, "u1")
        with pytest.raises(Missing):
            upload_by_id(transaction, own, "u1")
    clock.advance(LIFETIME + 1)
    with store.writing() as transaction:
        assert len(forget_stale_uploads(transaction)) == MOST_OPEN - 1


def test_members_stand_behind_the_owner(store: Store) -> None:
    own = workspace_in(store)
    with store.writing() as transaction:
        invite(transaction, own, ["bob@example.com", "bob@example.com"], "User")
        invite(transaction, own, ["bob@example.com"], "Owner")
        told = [(each.email, each.role) for each in list_members(transaction, own)]
        assert told == [("ada@example.com", "Owner"), ("bob@example.com", "Owner")]
        assert remove_member(transaction, own, "bob@example.com")
        assert not remove_member(transaction, own, "bob@example.com")
