"""The secrets of an installation: made at first use, kept in files of their owner."""

import base64
import os
import secrets
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from bramka.app.keeping.master_key import unwrapped, wrapped
from bramka.domain.errors import Forbidden, Invalid

KEY, NEXT, OLD = "encryption-key", "encryption-key.next", "encryption-key.old"

OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Secrets(Struct, frozen=True, kw_only=True):
    """What must not leave the installation; its repr shows none of it."""

    pepper: bytes
    """Digests subscription keys and service keys."""
    gateway_token: str
    """Opens the console's configuration and usage doors to a gateway."""
    encryption_key: bytes
    """32 bytes: encrypts the keys that the product shows again."""
    other_keys: tuple[bytes, ...] = ()
    """While the key above is exchanged: the one that comes, or the one that goes."""
    blob_account_key: str
    """Base64 of 64 bytes: the account key of the embedded blob endpoint."""

    def __repr__(self) -> str:
        return "<Secrets>"


def open_secrets(data: Path) -> Secrets:
    """The secrets kept under `data`; those not yet there are made.

    Several processes may ask at once: the first one's secret wins for all.
    """
    folder = data / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _refuse_open_doors(folder, "700")
    return Secrets(
        pepper=_hex(folder / "pepper"),
        gateway_token=_hex(folder / "gateway-token").hex(),
        encryption_key=data_key(folder / KEY),
        other_keys=tuple(data_key(path) for path in other_key_files(folder)),
        blob_account_key=_account_key(folder / "blob-account-key"),
    )


def other_key_files(folder: Path) -> list[Path]:
    """Keys beside the one in use that a rotation has not done away with yet."""
    return [path for name in (NEXT, OLD) if (path := folder / name).exists()]


def data_key(path: Path) -> bytes:
    """The encryption key in a file, made if there is none; unwrapped if need be."""
    text = _keep(path, lambda: wrapped(secrets.token_hex(32)))
    with suppress(ValueError):
        if len(key := bytes.fromhex(unwrapped(text, str(path)))) == 32:
            return key
    raise Invalid(f"{path} does not hold an encryption key; {_RESTORE}")


def put_secrets(data: Path, wanted: Secrets) -> None:
    """Write secrets from a backup over those that are there."""
    folder = data / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, text in (
        ("pepper", wanted.pepper.hex()),
        ("gateway-token", wanted.gateway_token),
        (KEY, wrapped(wanted.encryption_key.hex())),
        ("blob-account-key", wanted.blob_account_key),
    ):
        put_secret(folder / name, text)


def put_secret(path: Path, text: str) -> None:
    """Write a secret over the one there was; a reader sees the one or the other."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    _offer(draft, text)
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _hex(path: Path) -> bytes:
    text = _keep(path, lambda: secrets.token_hex(32))
    with suppress(ValueError):
        if len(key := bytes.fromhex(text)) == 32:
            return key
    raise Invalid(f"{path} does not hold 64 hex digits; {_RESTORE}")


def _account_key(path: Path) -> str:
    text = _keep(path, lambda: base64.b64encode(secrets.token_bytes(64)).decode())
    with suppress(ValueError):
        if len(base64.b64decode(text, validate=True)) == 64:
            return text
    raise Invalid(f"{path} does not hold the base64 of 64 bytes; {_RESTORE}")


_RESTORE = "restore it from a backup (a new one would make stored keys unreadable)"


def _keep(path: Path, make: Callable[[], str]) -> str:
    """The secret in the file; if there is no file, a new one that all agree on."""
    if not path.exists():
        _offer(path, make())
    _refuse_open_doors(path, "600")
    text = path.read_text("ascii", errors="replace").strip()
    if not text:
        raise Invalid(f"{path} is empty; {_RESTORE}")
    return text


def _offer(path: Path, text: str) -> None:
    """Make the file whole or not at all; another process's file is left alone."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        # A link, unlike a rename, fails when the name is taken: the first one wins.
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()


def _refuse_open_doors(path: Path, mode: str) -> None:
    found = stat.S_IMODE(path.stat().st_mode)
    if found & OTHERS:
        raise Forbidden(
            f"{path} has mode {found:o}, so other users of this machine can reach "
            f"the secrets; run `chmod {mode} {path}`"
        )
