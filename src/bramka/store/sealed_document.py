"""Experiments at rest: the graph as JSON, the secrets that are marked in it sealed."""

import base64

import msgspec

from bramka.domain.learning.graph import Experiment
from bramka.domain.learning.secret import changed_secrets
from bramka.store.encryption import Cipher

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


def _context(experiment: str, place: str) -> str:
    return f"experiment/{experiment}/{place}"
