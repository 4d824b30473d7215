"""Databases for tests: each one new, on SQLite or on PostgreSQL."""

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Literal

import pytest
from sqlalchemy import create_engine, text
from tests.postgres import Kept, url_of

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
NUMBERS = count()

Content = Literal["nothing", "tables", "demo"]


@contextmanager
def new_database(
    kind: str, folder: Path, request: pytest.FixtureRequest, content: Content = "tables"
) -> Iterator[str]:
    """The URL of a new database of this kind; `demo` has the instance in it.

    It is a copy, or one that is as it was before the test that used it last: making
    each anew would take most of a test's time.
    """
    if kind == "sqlite":
        if content != "nothing":
            shutil.copy(_prepared_file(content), folder / "state.db")
        yield f"sqlite:///{folder / 'state.db'}"
        return
    cluster = str(request.getfixturevalue("cluster_url"))
    if content == "nothing":
        name = f"bramka_{abs(hash(folder))}"
        _run(cluster, f"CREATE DATABASE {name}")
        yield url_of(cluster, name)
        _run(cluster, f"DROP DATABASE {name} WITH (FORCE)")
        return
    idle = _idle(cluster, content)
    kept = idle.pop() if idle else _keep(cluster, content)
    yield kept.url
    kept.restore()
    idle.append(kept)


@cache
def _prepared_file(content: Content) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="bramka-prepared-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _prepare(f"sqlite:///{folder / 'prepared.db'}", content)
    return folder / "prepared.db"


@cache
def _idle(cluster: str, content: Content) -> list[Kept]:
    """The databases with this content that no test uses now; of each cluster."""
    return []


def _keep(cluster: str, content: Content) -> Kept:
    name = f"kept_{content}_{next(NUMBERS)}"
    _run(cluster, f"CREATE DATABASE {name}")
    _prepare(url_of(cluster, name), content)
    return Kept(url_of(cluster, name))


def _prepare(url: str, content: Content) -> None:
    engine = open_database(url)
    prepare(engine)
    prepare_usage(engine)
    if content == "demo":
        make_instance(Store(engine, VAULT, FakeClock()))
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
