"""Consoles to call: each test runs on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.databases import KINDS, new_database
from tests.management.console import Console, Listener, listening, running_console

Listening = tuple[str, Listener]


@pytest.fixture(scope="session")
def listening_once() -> Iterator[Listening]:
    with listening() as found:
        yield found


@pytest.fixture(params=KINDS)
def console(
    request: pytest.FixtureRequest, tmp_path: Path, listening_once: Listening
) -> Iterator[Console]:
    with (
        new_database(request.param, tmp_path, request, "demo") as url,
        running_console(url, tmp_path, listening_once) as console,
    ):
        yield console
