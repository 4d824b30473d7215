"""A transaction, and what writing and reading in it needs: time, cipher, pepper."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine

from bramka.domain.clock import Clock
from bramka.store.database import reading, writing
from bramka.store.encryption import Cipher


@dataclass(frozen=True)
class Vault:
    """What protects secrets at rest; its repr shows none of it."""

    cipher: Cipher = field(repr=False)
    pepper: bytes = field(repr=False)
    """Digests subscription keys and tokens."""


@dataclass(frozen=True)
class Transaction:
    """One transaction; all that is written in it carries the same time."""

    connection: Connection = field(repr=False)
    vault: Vault
    now: float


@dataclass(frozen=True)
class Store:
    """The database of an instance."""

    engine: Engine
    vault: Vault
    clock: Clock

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A transaction that sees one moment of the database."""
        with reading(self.engine) as connection:
            yield Transaction(connection, self.vault, self.clock.now())

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """A transaction that writes; commits at the end, rolls back on an exception."""
        with writing(self.engine) as connection:
            yield Transaction(connection, self.vault, self.clock.now())
