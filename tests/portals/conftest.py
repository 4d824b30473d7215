"""Portals to visit: on SQLite, or on each database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.databases import KINDS, new_database
from tests.portals.browser import Portal, running_portal


@pytest.fixture
def portal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Portal]:
    with (
        new_database("sqlite", tmp_path, request, "demo") as url,
        running_portal(url, tmp_path) as portal,
    ):
        yield portal


@pytest.fixture(params=KINDS)
def each_portal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Portal]:
    with (
        new_database(request.param, tmp_path, request, "demo") as url,
        running_portal(url, tmp_path) as portal,
    ):
        yield portal
