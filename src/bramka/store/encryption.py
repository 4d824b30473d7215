"""Secrets at rest: AES-GCM records that name their key, so that keys can be rotated."""

import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bramka.domain.errors import Unavailable

KEY_SIZE = 32
_FORMAT = b"\x01"
_KEY_ID_SIZE = 4
_NONCE_SIZE = 12
_HEAD_SIZE = len(_FORMAT) + _KEY_ID_SIZE


def key_id(key: bytes) -> bytes:
    """The name under which a record says which key it needs; tells nothing of it."""
    return hashlib.blake2b(key, digest_size=_KEY_ID_SIZE, person=b"bramka key").digest()


class Cipher:
    """Encrypts with one key; decrypts with that one and any older ones.

    A record is format, key id, nonce, ciphertext with tag. `context` (such as
    `subscription/master/primary`) is authenticated with it: a record moved to another
    place does not decrypt there.
    """

    def __init__(self, key: bytes, older: tuple[bytes, ...] = ()) -> None:
        for each in (key, *older):
            if len(each) != KEY_SIZE:
                message = f"an encryption key has {KEY_SIZE} bytes, not {len(each)}"
                raise ValueError(message)
        self._head = _FORMAT + key_id(key)
        self._keys = {key_id(each): AESGCM(each) for each in (key, *older)}

    def __repr__(self) -> str:
        return f"<Cipher: {len(self._keys)} key(s)>"

    def encrypt(self, plain: bytes, context: str) -> bytes:
        """A record of `plain` that only decrypts in the same context."""
        # Never from a Chance: a nonce that a simulation repeats would break the key.
        nonce = os.urandom(_NONCE_SIZE)
        sealed = self._keys[self._head[len(_FORMAT) :]].encrypt(
            nonce, plain, self._head + context.encode()
        )
        return self._head + nonce + sealed

    def decrypt(self, record: bytes, context: str) -> bytes:
        """What was encrypted; Unavailable when the key is missing or does not fit."""
        head, rest = record[:_HEAD_SIZE], record[_HEAD_SIZE:]
        key = self._keys.get(head[len(_FORMAT) :])
        if head[: len(_FORMAT)] != _FORMAT or key is None:
            raise Unavailable(
                f"the secret at {context} was encrypted under a key that is not "
                "configured; start with the encryption key it was written with",
                target=context,
            )
        nonce, sealed = rest[:_NONCE_SIZE], rest[_NONCE_SIZE:]
        try:
            return key.decrypt(nonce, sealed, head + context.encode())
        except (InvalidTag, ValueError):
            raise Unavailable(
                f"the secret at {context} is damaged or was moved from another place; "
                "write it anew",
                target=context,
            ) from None

    def needs_rotation(self, record: bytes) -> bool:
        """Whether `record` was written under an older key."""
        return not record.startswith(self._head)
