"""What tests of several rooms share: one PostgreSQL cluster for the whole run."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from tests.postgres import postgres_cluster

# Machines are shared: how long an example takes says nothing about the code.
# A build server looks at the same examples each time; people's machines at new ones.
settings.register_profile(
    "bramka",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("bramka")


@pytest.fixture(scope="session")
def cluster_url() -> Iterator[str]:
    with postgres_cluster() as url:
        yield url
