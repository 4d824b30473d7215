"""What tests of several rooms share: one PostgreSQL cluster for each worker's run."""

import os
import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Pool, event
from sqlalchemy.pool import ConnectionPoolEntry
from tests.postgres import postgres_cluster
from xdist.scheduler import LoadScopeScheduling

# Machines are shared: how long an example takes says nothing about the code.
# A build server looks at the same examples each time; people's machines at new ones.
settings.register_profile(
    "bramka",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("bramka")


def forget_the_disk(connection: object, record: ConnectionPoolEntry, _: object) -> None:
    """Let SQLite not wait for the disk: kills lose nothing, and no test pulls a plug.

    What the product had set is noted, so that a test can look at it.
    """
    if isinstance(connection, sqlite3.Connection) and "synchronous" not in record.info:
        (level,) = connection.execute("PRAGMA synchronous").fetchone()
        record.info["synchronous"] = level
        connection.execute("PRAGMA synchronous = OFF")


event.listen(Pool, "checkout", forget_the_disk)

HOUSES = ("tests/browser/", "tests/journeys/")
"""Whose tests share a running installation."""
LONG = (
    *HOUSES,
    "tests/fuzz/",
    "tests/promises/test_compiled.py",
    "tests/app/test_backup.py",
    "tests/gateway/test_leavings.py",
    "tests/jobs/test_fairness.py",
    "tests/jobs/test_kill.py",
    "tests/management/test_inventory.py",
    "tests/management/test_openapi.py",
    "tests/studio/test_model_package.py",
)
"""What lasts longer than a dozen of other files."""


class ByHouse(LoadScopeScheduling):  # type: ignore[misc]  # xdist tells no types
    """A house is one worker's, so that it starts once; elsewhere each file is."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = nodeid.partition("::")[0]
        return next((house for house in HOUSES if file.startswith(house)), file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(
    config: pytest.Config, log: object
) -> LoadScopeScheduling:
    return ByHouse(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What lasts longest begins first: at the end no worker waits for another."""

    def place(item: pytest.Item) -> int:
        first = (n for n, long in enumerate(LONG) if item.nodeid.startswith(long))
        return next(first, len(LONG))

    items.sort(key=place)


@pytest.fixture(scope="session")
def cluster_url() -> Iterator[str]:
    with postgres_cluster() as url:
        yield url
