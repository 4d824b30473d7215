"""Databases for tests: each one new, on SQLite or on PostgreSQL."""

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from bramka.domain.clock import Clock
from bramka.domain.traffic.instance import ServiceInstance
from bramka.store import instance
from bramka.store.database import open_database
from bramka.store.encryption import Cipher
from bramka.store.instance import Created
from bramka.store.schema import prepare, prepare_usage
from bramka.store.transaction import Store, Vault
from bramka.testing import FakeChance, FakeClock

KINDS = ["sqlite", "postgresql"]
VAULT = Vault(Cipher(b"k" * 32), b"p" * 32)
DEMO = ServiceInstance(
    name="demoazureml", publisher_name="Books", publisher_email="admin@example.com"
)


@contextmanager
def new_database(
    kind: str, folder: Path, request: pytest.FixtureRequest, *, empty: bool = False
) -> Iterator[str]:
    """The URL of a new database of this kind, at the newest schema or empty."""
    if kind == "sqlite":
        if not empty:
            shutil.copy(_prepared_file(), folder / "state.db")
        yield f"sqlite:///{folder / 'state.db'}"
        return
    cluster = str(request.getfixturevalue("cluster_url"))
    name = f"bramka_{abs(hash(folder))}"
    template = "template0" if empty else _prepared_template(cluster)
    _run(cluster, f"CREATE DATABASE {name} TEMPLATE {template}")
    url = make_url(cluster).set(database=name)
    yield url.render_as_string(hide_password=False)
    _run(cluster, f"DROP DATABASE {name} WITH (FORCE)")


@cache
def _prepared_file() -> Path:
    """A database to copy: migrating each anew would take most of a test's time."""
    folder = Path(tempfile.mkdtemp(prefix="bramka-prepared-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _prepare(f"sqlite:///{folder / 'prepared.db'}")
    return folder / "prepared.db"


@cache
def _prepared_template(cluster: str) -> str:
    _run(cluster, "CREATE DATABASE bramka_prepared")
    url = make_url(cluster).set(database="bramka_prepared")
    _prepare(url.render_as_string(hide_password=False))
    return "bramka_prepared"


def _prepare(url: str) -> None:
    engine = open_database(url)
    prepare(engine)
    prepare_usage(engine)
    engine.dispose()


def _run(cluster: str, statement: str) -> None:
    engine = create_engine(cluster, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@contextmanager
def new_store(url: str, clock: Clock | None = None) -> Iterator[Store]:
    """The store of a database."""
    engine = open_database(url)
    prepare(engine)
    yield Store(engine, VAULT, clock or FakeClock())
    engine.dispose()


def make_instance(store: Store) -> Created:
    """The instance `demoazureml` in `store`."""
    with store.writing() as transaction:
        return instance.create(transaction, FakeChance(), DEMO)
