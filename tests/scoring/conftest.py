"""What tests of services share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bramka.store.database import open_database
from bramka.store.service_usage import SERVICE_USAGE


@pytest.fixture
def usage(tmp_path: Path) -> Iterator[Engine]:
    """The database of counts, with the one table that is needed."""
    engine = open_database(f"sqlite:///{tmp_path / 'usage.db'}")
    SERVICE_USAGE.create(engine)
    yield engine
    engine.dispose()
