"""The master key, if there is one: wraps the encryption key in the data folder.

It comes from a file or a variable outside of the data folder, such as a mounted
secret; who has the folder only cannot open what is stored.
"""

import base64
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bramka.domain.errors import Forbidden, Invalid

VARIABLE, OLD_VARIABLE = "BRAMKA_MASTER_KEY", "BRAMKA_OLD_MASTER_KEY"
"""64 hex digits; with `_FILE` behind it, the file they are in."""
MARK = "wrapped:"
_ABOUT = b"bramka encryption key"
_NONCE = 12


def wrapped(key: str) -> str:
    """What the file of an encryption key holds: the key, wrapped if we can."""
    master = _master(VARIABLE)
    if master is None:
        return key
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(master).encrypt(nonce, key.encode(), _ABOUT)
    return MARK + base64.b64encode(nonce + sealed).decode()


def unwrapped(text: str, place: str) -> str:
    """The key that a file holds; Forbidden when no master key opens it."""
    if not text.startswith(MARK):
        return text
    record = base64.b64decode(text.removeprefix(MARK))
    for variable in (VARIABLE, OLD_VARIABLE):
        master = _master(variable)
        if master is None:
            continue
        try:
            plain = AESGCM(master).decrypt(record[:_NONCE], record[_NONCE:], _ABOUT)
        except InvalidTag:
            continue
        return plain.decode()
    raise Forbidden(
        f"{place} is wrapped by a master key that is not here; give it in the variable "
        f"{VARIABLE}, or the name of its file in {VARIABLE}_FILE."
    )


def _master(variable: str) -> bytes | None:
    text, file = os.environ.get(variable, ""), os.environ.get(f"{variable}_FILE", "")
    if file:
        try:
            text = Path(file).read_text("ascii")
        except (OSError, UnicodeDecodeError) as error:
            raise Invalid(
                f"{file} of {variable}_FILE cannot be read: {error}"
            ) from None
    if not text.strip():
        return None
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != 32:
        raise Invalid(f"{variable} does not hold 64 hex digits.")
    return key
