"""Pairs of keys at rest: digests to recognise them, ciphertext to show them again."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Column, LargeBinary, RowMapping

from bramka.domain.clock import Chance
from bramka.domain.learning.endpoint import Digests, Keys
from bramka.domain.traffic.subscription import key_digest
from bramka.store.encryption import Cipher


@dataclass(frozen=True, slots=True)
class Mint:
    """Draws keys, and seals them so that only this installation opens them."""

    chance: Chance
    cipher: Cipher
    pepper: bytes

    def seal(self, keys: Keys, place: str) -> Mapping[str, bytes]:
        """The values of `key_columns`; `place` names the row they are for."""
        return {
            "primary_key": self._encrypt(keys.primary, f"{place}/primary"),
            "secondary_key": self._encrypt(keys.secondary, f"{place}/secondary"),
            "primary_digest": key_digest(keys.primary.encode(), self.pepper),
            "secondary_digest": key_digest(keys.secondary.encode(), self.pepper),
        }

    def open(self, row: RowMapping, place: str) -> Keys:
        """The keys that were sealed into this row."""
        return Keys(
            primary=self._decrypt(row["primary_key"], f"{place}/primary"),
            secondary=self._decrypt(row["secondary_key"], f"{place}/secondary"),
        )

    def _encrypt(self, key: str, context: str) -> bytes:
        return self.cipher.encrypt(key.encode(), context)

    def _decrypt(self, record: bytes, context: str) -> str:
        return self.cipher.decrypt(record, context).decode()


def key_columns() -> list[Column[bytes]]:
    """The columns a table needs to hold two keys."""
    names = ("primary_key", "secondary_key", "primary_digest", "secondary_digest")
    return [Column(name, LargeBinary, nullable=False) for name in names]


def digests_in(row: RowMapping) -> Digests:
    """What a row of such a table keeps to recognise its keys."""
    return Digests(primary=row["primary_digest"], secondary=row["secondary_digest"])
