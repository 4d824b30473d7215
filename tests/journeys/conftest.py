"""One running demo for all journeys."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journeys.running import Running, born


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The demo on free ports; at the end it ends whole and has told no secret."""
    running = Running(tmp_path_factory.mktemp("journeys") / "data")
    ours = births(running)
    yield running
    ours |= births(running)
    assert running.end() == 0, running.output
    assert not [pid for pid, birth in ours.items() if born(pid) == birth]
    assert not told_secrets(running)


def births(running: Running) -> dict[int, str]:
    """The processes of all roles; others may get their numbers when they are gone."""
    pids = (pid for role in running.run["pids"] for pid in running.pids(role))
    return {pid: born(pid) for pid in pids}


def told_secrets(running: Running) -> list[Path]:
    """Log files that hold a secret."""
    secrets = running.secrets()
    logs = sorted((running.data / "logs").iterdir())
    assert len(logs) >= 1
    return [p for p in logs if any(s in p.read_text() for s in secrets)]
