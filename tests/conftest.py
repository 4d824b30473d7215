"""What tests of several rooms share: one PostgreSQL cluster for the whole run."""

from collections.abc import Iterator

import pytest
from tests.postgres import postgres_cluster


@pytest.fixture(scope="session")
def cluster_url() -> Iterator[str]:
    with postgres_cluster() as url:
        yield url
