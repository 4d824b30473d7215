"""Pairs of keys at rest: digests to recognise them, ciphertext to show them again."""

from collections.abc import Mapping

from sqlalchemy import Column, LargeBinary, RowMapping

from bramka.domain.learning.endpoint import Digests, Keys
from bramka.domain.traffic.subscription import key_digest
from bramka.store.transaction import Vault


def key_columns() -> list[Column[bytes]]:
    """The columns a table needs to hold two keys."""
    names = ("primary_key", "secondary_key", "primary_digest", "secondary_digest")
    return [Column(name, LargeBinary, nullable=False) for name in names]


def seal_keys(vault: Vault, keys: Keys, place: str) -> Mapping[str, bytes]:
    """The values of `key_columns`; `place` names the row they are for."""
    primary, secondary = keys.primary.encode(), keys.secondary.encode()
    return {
        "primary_key": vault.cipher.encrypt(primary, f"{place}/primary"),
        "secondary_key": vault.cipher.encrypt(secondary, f"{place}/secondary"),
        "primary_digest": key_digest(primary, vault.pepper),
        "secondary_digest": key_digest(secondary, vault.pepper),
    }


def open_keys(vault: Vault, row: RowMapping, place: str) -> Keys:
    """The keys that were sealed into this row."""
    decrypt = vault.cipher.decrypt
    return Keys(
        primary=decrypt(row["primary_key"], f"{place}/primary").decode(),
        secondary=decrypt(row["secondary_key"], f"{place}/secondary").decode(),
    )


def digests_in(row: RowMapping) -> Digests:
    """What a row of such a table keeps to recognise its keys."""
    return Digests(primary=row["primary_digest"], secondary=row["secondary_digest"])
