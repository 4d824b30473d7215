"""Whoever is killed or stopped at whatever moment: the output is the same."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, select
from tests.jobs.bench import Bench, texts

from bramka.app.clock import SystemClock
from bramka.jobs import Worker, sweep_all, sweep_ended
from bramka.store.job_tables import CHUNK

ROWS = 120
LEASE = 0.6


class Crew:
    """Worker processes over one bench."""

    def __init__(self, bench: Bench, seconds: float) -> None:
        self.bench = bench
        self.seconds = seconds
        self.processes: list[subprocess.Popen[bytes]] = []

    def hire(self) -> subprocess.Popen[bytes]:
        url = self.bench.engine.url.render_as_string(hide_password=False)
        folder = str(self.bench.staging.folder.parent)
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.jobs.runner"),
                *(url, folder, str(self.seconds), str(LEASE)),
            ],
            env={**os.environ, "PYTHONPATH": "src:."},
        )
        self.processes.append(process)
        return process

    def dismiss(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture
def bench(engine: Engine, bench: Bench) -> Bench:
    return Bench(engine, SystemClock(), bench.staging.folder.parent)


@pytest.fixture
def crew(bench: Bench) -> Iterator[Crew]:
    crew = Crew(bench, seconds=0.05)
    yield crew
    crew.dismiss()


def eventually(look: Callable[[], bool], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def undisturbed(bench: Bench) -> bytes:
    job = bench.submit(texts(ROWS))
    worker = Worker(bench.tools())
    while worker.step():
        pass
    assert bench.jobs.find(job).status == "Finished"
    return bench.output(job)


def clean(bench: Bench) -> list[str]:
    sweep_ended(bench.ledger(), bench.staging)
    return bench.stray()


def test_eight_kills_change_no_byte(bench: Bench, crew: Crew) -> None:
    wanted = undisturbed(bench)
    chance = random.Random(20)
    workers = [crew.hire(), crew.hire()]
    kills = 0
    while kills < 4:
        # More than one job only where this machine stood still during the first.
        job = bench.submit(texts(ROWS))
        eventually(lambda: bench.jobs.find(job).chunks_done > 0)  # noqa: B023
        while bench.jobs.find(job).status == "Running":
            time.sleep(chance.uniform(0.02, 0.25))
            if kills < 8:
                place = chance.randrange(2)
                workers[place].kill()
                workers[place] = crew.hire()
                kills += 1
        found = bench.jobs.find(job)
        assert (found.status, found.details) == ("Finished", None)
        assert bench.output(job) == wanted
    crew.dismiss()
    sweep_all(bench.ledger(), bench.staging)
    assert clean(bench) == []


def test_a_worker_killed_while_it_holds_a_chunk_is_followed(
    bench: Bench, crew: Crew
) -> None:
    wanted = undisturbed(bench)
    crew.seconds = 30
    job = bench.submit(texts(ROWS))
    stuck = crew.hire()
    eventually(lambda: held(bench) == 1)
    stuck.kill()
    crew.seconds = 0.0
    crew.hire()
    eventually(lambda: bench.jobs.find(job).status == "Finished")
    assert bench.output(job) == wanted


def test_a_stopped_worker_that_goes_on_changes_nothing(
    bench: Bench, crew: Crew
) -> None:
    wanted = undisturbed(bench)
    crew.seconds = 1.0
    job = bench.submit(texts(ROWS))
    zombie = crew.hire()
    eventually(lambda: held(bench) == 1)
    zombie.send_signal(signal.SIGSTOP)
    crew.seconds = 0.0
    crew.hire()
    eventually(lambda: bench.jobs.find(job).status == "Finished")
    zombie.send_signal(signal.SIGCONT)
    time.sleep(1.5)
    assert zombie.poll() is None
    assert bench.output(job) == wanted
    assert clean(bench) == []


def held(bench: Bench) -> int:
    running = select(CHUNK.c.number).where(CHUNK.c.state == "running")
    with bench.engine.connect() as connection:
        return len(connection.execute(running).all())


def test_a_deleted_job_leaves_nothing(bench: Bench, crew: Crew) -> None:
    crew.seconds = 0.2
    job = bench.submit(texts(ROWS))
    crew.hire()
    eventually(lambda: bench.jobs.find(job).chunks_done > 1)
    bench.jobs.cancel(job)
    eventually(lambda: clean(bench) == [])
    assert bench.jobs.find(job).status == "Cancelled"
    assert list(bench.blobs.names("out/")) == []
