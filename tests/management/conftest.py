"""Consoles to call: on SQLite, or on each database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.databases import KINDS, new_database
from tests.management.console import Console, running_console


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    with running_console(f"sqlite:///{tmp_path / 'state.db'}", tmp_path) as console:
        yield console


@pytest.fixture(params=KINDS)
def each_console(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Console]:
    with (
        new_database(request.param, tmp_path, request) as url,
        running_console(url, tmp_path) as console,
    ):
        yield console
