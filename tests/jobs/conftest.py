"""A bench on SQLite and one on PostgreSQL: each test of the queue runs on both."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from tests.jobs.bench import Bench, make_tables

from bramka.store.database import open_database
from bramka.testing import FakeClock


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'state.db'}"
    # Nobody else uses this one of the cluster's databases.
    return str(request.getfixturevalue("cluster_url"))


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_database(database_url)
    make_tables(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def bench(engine: Engine, tmp_path: Path) -> Bench:
    return Bench(engine, FakeClock(), tmp_path)


@pytest.fixture
def sqlite_bench(tmp_path: Path) -> Iterator[Bench]:
    engine = open_database(f"sqlite:///{tmp_path / 'state.db'}")
    make_tables(engine)
    yield Bench(engine, FakeClock(), tmp_path)
    engine.dispose()
