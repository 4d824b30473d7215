"""A store on SQLite and one on PostgreSQL: each test of a noun runs on both."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.databases import KINDS, new_database, new_store

from bramka.store.transaction import Store


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with new_database(request.param, tmp_path, request) as url:
        yield url


@pytest.fixture(params=KINDS)
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with new_database(request.param, tmp_path, request, "nothing") as url:
        yield url


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """With nothing in it."""
    with new_store(database) as store:
        yield store


@pytest.fixture(params=KINDS)
def demo(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """With a new instance in it."""
    with (
        new_database(request.param, tmp_path, request, "demo") as url,
        new_store(url) as store,
    ):
        yield store
