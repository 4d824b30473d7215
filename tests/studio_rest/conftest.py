"""A console with a workspace in it, on a real socket."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.management.console import Listener, listening
from tests.studio_rest.studio import Studio, running_studio


@pytest.fixture(scope="session")
def listening_once() -> Iterator[tuple[str, Listener]]:
    with listening() as found:
        yield found


@pytest.fixture(scope="module")
def studio(
    tmp_path_factory: pytest.TempPathFactory, listening_once: tuple[str, Listener]
) -> Iterator[Studio]:
    folder: Path = tmp_path_factory.mktemp("studio")
    with running_studio(folder, listening_once) as running:
        yield running
