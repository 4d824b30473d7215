"""A box for secrets that only a passphrase opens: argon2id, then AES-GCM."""

import os

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bramka.domain.errors import Forbidden, Invalid

SHORTEST = 12
"""Characters of a passphrase: a backup can be tried at leisure."""
_MARK = b"bramka-sealed-1\n"
_SALT, _NONCE = 16, 12


def seal(plain: bytes, passphrase: str) -> bytes:
    """A box of `plain`; Invalid for a passphrase that is too short."""
    if len(passphrase) < SHORTEST:
        raise Invalid(
            f"The passphrase has {len(passphrase)} characters; give {SHORTEST} or more."
        )
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    box = AESGCM(_key(passphrase, salt)).encrypt(nonce, plain, _MARK)
    return _MARK + salt + nonce + box


def open_sealed(box: bytes, passphrase: str) -> bytes:
    """What was sealed; Forbidden when the passphrase is another."""
    if not box.startswith(_MARK):
        raise Invalid("The sealed secrets are of a kind that is not known here.")
    rest = box[len(_MARK) :]
    salt, nonce, sealed = (
        rest[:_SALT],
        rest[_SALT : _SALT + _NONCE],
        rest[_SALT + _NONCE :],
    )
    try:
        return AESGCM(_key(passphrase, salt)).decrypt(nonce, sealed, _MARK)
    except (InvalidTag, ValueError):
        raise Forbidden(
            "The passphrase does not open the secrets, or they were damaged."
        ) from None


def _key(passphrase: str, salt: bytes) -> bytes:
    return hash_secret_raw(
        passphrase.encode(),
        salt,
        time_cost=3,
        memory_cost=65_536,
        parallelism=1,
        hash_len=32,
        type=Type.ID,
    )
