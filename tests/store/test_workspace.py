"""Workspaces and their tokens."""

import pytest
from tests.databases import VAULT

from bramka.domain.errors import Missing
from bramka.domain.traffic.subscription import key_digest
from bramka.store.transaction import Store
from bramka.store.workspace import (
    create_workspace,
    list_workspaces,
    replace_workspace_tokens,
    workspace_by_id,
    workspace_tokens,
)
from bramka.testing import FakeChance

PEPPER = VAULT.pepper


def test_its_tokens_open_it_and_can_be_shown_again(store: Store) -> None:
    with store.writing() as transaction:
        made = create_workspace(
            transaction, FakeChance(), friendly_name="Demo", owner="a@example.com"
        )
        tokens = workspace_tokens(transaction, made.id)
        assert workspace_by_id(transaction, made.id) == made
        assert list_workspaces(transaction) == [made]
    assert len(made.id) == 32
    for token in (tokens.primary, tokens.secondary):
        assert made.tokens.admit(key_digest(token.encode(), PEPPER))


def test_new_tokens_shut_the_old_ones_out(store: Store) -> None:
    chance = FakeChance()
    with store.writing() as transaction:
        made = create_workspace(
            transaction, chance, friendly_name="Demo", owner="a@example.com"
        )
        old = workspace_tokens(transaction, made.id)
        new = replace_workspace_tokens(transaction, chance, made.id)
        found = workspace_by_id(transaction, made.id)
    assert found.tokens.admit(key_digest(new.primary.encode(), PEPPER))
    assert not found.tokens.admit(key_digest(old.primary.encode(), PEPPER))


def test_an_unknown_one_is_missing(store: Store) -> None:
    with store.writing() as transaction:
        for ask in (workspace_by_id, workspace_tokens):
            with pytest.raises(Missing, match="There is no workspace 'nothing'"):
                ask(transaction, "nothing")
        with pytest.raises(Missing):
            replace_workspace_tokens(transaction, FakeChance(), "nothing")
