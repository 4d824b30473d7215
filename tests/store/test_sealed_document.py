"""Experiments at rest: secrets are sealed for one experiment, and sealed anew."""

import os

import pytest
from sqlalchemy import select
from tests.store.test_experiment_run import draft_in
from tests.store.test_saved import workspace_in

from bramka.domain.errors import Unavailable
from bramka.domain.learning.graph import Experiment, Graph, ModuleParameter, Node
from bramka.domain.learning.secret import SECURE
from bramka.store.encryption import KEY_SIZE, Cipher
from bramka.store.experiment import document_of, save_draft
from bramka.store.experiment_tables import EXPERIMENT
from bramka.store.resealing import reseal
from bramka.store.sealed_document import SEALED, opened_document, sealed_text
from bramka.store.transaction import Store, Vault
from bramka.testing import FakeChance

KEY, OLD = os.urandom(KEY_SIZE), os.urandom(KEY_SIZE)


def document(secret: str | None, kind: str = SECURE) -> Experiment:
    given = ModuleParameter(name="Account Key", value=secret, value_type=kind)
    plain = ModuleParameter(name="Account Name", value="bramka")
    node = Node(id="n1", module_id="m", module_parameters=(given, plain))
    return Experiment(graph=Graph(module_nodes=(node,)))


@pytest.mark.parametrize("secret", ["geheim ä", SEALED, "", None])
def test_a_document_is_opened_as_it_was_sealed(secret: str | None) -> None:
    text = sealed_text(document(secret), Cipher(KEY), "e1")
    assert "geheim" not in text
    assert "bramka" in text
    assert opened_document(text, Cipher(KEY), "e1") == document(secret)


def test_a_secret_does_not_open_in_another_experiment() -> None:
    text = sealed_text(document("geheim"), Cipher(KEY), "e1")
    with pytest.raises(Unavailable, match="moved from another place"):
        opened_document(text, Cipher(KEY), "e2")


def test_documents_are_sealed_anew_under_the_newest_key(store: Store) -> None:
    before = replace_vault(store, Cipher(OLD))
    draft = draft_in(before, workspace_in(before))
    with before.writing() as transaction:
        save_draft(transaction, FakeChance(), draft, document("geheim"), None)
    between = replace_vault(store, Cipher(KEY, (OLD,)))
    with between.writing() as transaction:
        assert reseal(transaction) > 0
        assert reseal(transaction) == 0
    with replace_vault(store, Cipher(KEY)).reading() as transaction:
        found = document_of(transaction, draft.workspace_id, draft.id)
        assert found == document("geheim")
        query = select(EXPERIMENT.c.document).where(EXPERIMENT.c.id == draft.id)
        assert "geheim" not in str(transaction.connection.execute(query).scalar_one())


def replace_vault(store: Store, cipher: Cipher) -> Store:
    return Store(store.engine, Vault(cipher, store.vault.pepper), store.clock)
