"""Databases for tests: each one new, on SQLite or on PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from bramka.domain.traffic.instance import ServiceInstance
from bramka.store import instance
from bramka.store.database import open_database
from bramka.store.encryption import Cipher
from bramka.store.instance import Created
from bramka.store.schema import prepare
from bramka.store.transaction import Store, Vault
from bramka.testing import FakeChance, FakeClock

KINDS = ["sqlite", "postgresql"]
VAULT = Vault(Cipher(b"k" * 32), b"p" * 32)
DEMO = ServiceInstance(
    name="demoazureml", publisher_name="Books", publisher_email="admin@example.com"
)


@contextmanager
def new_database(
    kind: str, folder: Path, request: pytest.FixtureRequest
) -> Iterator[str]:
    """The URL of an empty database of this kind."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'state.db'}"
        return
    url = make_url(str(request.getfixturevalue("cluster_url")))
    name = f"bramka_{abs(hash(folder))}"
    server = create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield url.set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@contextmanager
def new_store(url: str, clock: FakeClock | None = None) -> Iterator[Store]:
    """A store at the newest schema."""
    engine = open_database(url)
    prepare(engine)
    yield Store(engine, VAULT, clock or FakeClock())
    engine.dispose()


def make_instance(store: Store) -> Created:
    """The instance `demoazureml` in `store`."""
    with store.writing() as transaction:
        return instance.create(transaction, FakeChance(), DEMO)
