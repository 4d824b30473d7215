"""`bramka job`: list, show, watch, cancel, retry and log on a data folder."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result
from tests.jobs.bench import Bench, Measure, texts

from bramka.app.clock import SystemClock
from bramka.app.database import open_store
from bramka.app.settings import Settings
from bramka.cli.main import bramka
from bramka.jobs import Worker
from bramka.store.job import Jobs
from bramka.store.lease import Ledger


class Installation(Bench):
    """A data folder with jobs, and a worker that does them slowly."""

    def __init__(self, folder: Path) -> None:
        store = open_store(Settings(data=folder / "data"))
        super().__init__(store.engine, SystemClock(), folder)
        self.data = folder / "data"
        self.jobs = Jobs(store.engine, self.clock, store.vault.cipher)
        ledger = Ledger(store.engine, self.clock, store.vault.cipher)
        tools = self.tools(Measure(0.02))
        self.worker = Worker(msgspec.structs.replace(tools, ledger=ledger))

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(bramka, ["job", *words, "--data", str(self.data)])

    def work(self) -> None:
        while self.worker.step():
            pass


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    installation = Installation(tmp_path)
    yield installation
    installation.engine.dispose()


def test_a_job_is_watched_to_its_end(installation: Installation) -> None:
    job = installation.submit(texts(200))
    working = threading.Thread(target=installation.work)
    working.start()
    result = installation.run("watch", job)
    working.join()
    assert (result.exit_code, result.stdout) == (0, "Finished\n")
    assert "200 of 200 rows" in result.stderr
    assert "100%" in result.stderr
    log = installation.run("log", job).stdout.splitlines()
    assert [line[21:] for line in log][-1] == "published: finished"


def test_a_watched_job_that_fails_says_why(installation: Installation) -> None:
    job = installation.submit(b"text\ngood\nbad\n")
    installation.work()
    result = installation.run("watch", job)
    assert result.exit_code == 1
    assert "Failed" in result.stdout
    assert "Row: 2" in result.stdout
    assert "Row: 2" in installation.run("show", job).stdout


def test_jobs_are_found_cancelled_and_tried_again(installation: Installation) -> None:
    failed = installation.submit(b"text\nbad\n", subscription="ann")
    installation.work()
    waiting = installation.submit(texts(5), subscription="bob")

    def listed(*words: str) -> list[str]:
        found = json.loads(installation.run("list", "--output", "json", *words).stdout)
        return [job["id"] for job in found]

    assert listed() == [waiting, failed]
    assert listed("--state", "failed") == [failed]
    assert listed("--subscription", "bob") == [waiting]
    assert installation.run("cancel", waiting).exit_code == 0
    assert listed("--state", "cancelled") == [waiting]
    refused = installation.run("retry", waiting)
    assert refused.exit_code == 1
    assert "cancelled cannot retry" in refused.stderr
    assert installation.run("retry", failed).exit_code == 0
    assert listed("--state", "queued") == [failed]
