"""Experiments at rest: the graph as JSON, the secrets that are marked in it sealed."""

import base64

import msgspec
from sqlalchemy import select, update

from bramka.domain.learning.graph import Experiment
from bramka.domain.learning.secret import changed_secrets
from bramka.store.encryption import Cipher
from bramka.store.experiment_tables import EXPERIMENT
from bramka.store.transaction import Transaction

SEALED = "sealed:"


def sealed_text(document: Experiment, cipher: Cipher, experiment: str) -> str:
    """The document as it is kept for this experiment."""

    def seal(place: str, secret: str) -> str:
        record = cipher.encrypt(secret.encode(), _context(experiment, place))
        return SEALED + base64.b64encode(record).decode()

    return msgspec.json.encode(changed_secrets(document, seal)).decode()


def opened_document(text: str, cipher: Cipher, experiment: str) -> Experiment:
    """The document that was kept."""
    return opened(msgspec.json.decode(text, type=Experiment), cipher, experiment)


def opened(document: Experiment, cipher: Cipher, experiment: str) -> Experiment:
    """The document with its secrets; older ones hold them in the open."""

    def open_(place: str, kept: str) -> str:
        if not kept.startswith(SEALED):
            return kept
        record = base64.b64decode(kept.removeprefix(SEALED))
        return cipher.decrypt(record, _context(experiment, place)).decode()

    return changed_secrets(document, open_)


def reseal_documents(transaction: Transaction) -> int:
    """Seal anew the documents with a secret under an older key; how many they were."""
    connection, cipher = transaction.connection, transaction.vault.cipher
    query = select(EXPERIMENT.c.id, EXPERIMENT.c.document)
    holding = query.where(EXPERIMENT.c.document.contains(SEALED))
    count = 0
    for experiment, text in connection.execute(holding).all():
        if not _needs_rotation(text, cipher):
            continue
        document = opened_document(text, cipher, experiment)
        anew = sealed_text(document, cipher, experiment)
        which = update(EXPERIMENT).where(EXPERIMENT.c.id == experiment)
        connection.execute(which.values(document=anew))
        count += 1
    return count


def _needs_rotation(text: str, cipher: Cipher) -> bool:
    older = []

    def look(_place: str, kept: str) -> str:
        if kept.startswith(SEALED):
            record = base64.b64decode(kept.removeprefix(SEALED))
            older.append(cipher.needs_rotation(record))
        return kept

    changed_secrets(msgspec.json.decode(text, type=Experiment), look)
    return any(older)


def _context(experiment: str, place: str) -> str:
    return f"experiment/{experiment}/{place}"
