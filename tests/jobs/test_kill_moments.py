"""Real processes killed at chosen moments of a job: the output is the same."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from azure.storage.blob import BlobServiceClient
from tests.blobs.conftest import listening
from tests.jobs.bench import CIPHER, Bench, Measure, make_tables
from tests.jobs.remote_runner import tools
from tests.jobs.snare import KEY, LEASE, Moment, Snare
from tests.journeys.killable_postgres import KillablePostgres
from tests.ports import free_port

from bramka.app.clock import SystemChance, SystemClock
from bramka.blobs.endpoint import make_app
from bramka.domain.blob import BlobReference
from bramka.domain.learning.job import Job, JobSpec, Lease
from bramka.domain.learning.table import Table
from bramka.jobs import Worker, sweep_all, sweep_ended
from bramka.store.database import open_database
from bramka.store.lease import Ledger

WIDE = "plain text without an end " * 120
ROWS = 3000
CONTENT = b"text\n" + b"".join(b"%d %s\n" % (n, WIDE.encode()) for n in range(ROWS))
PATIENCE = 90.0


class Site:
    """An endpoint, a bench, and somebody who finishes what others left."""

    def __init__(self, bench: Bench, root: str, snare: Snare) -> None:
        self.bench, self.root, self.snare = bench, root, snare
        self.tools = tools(bench, root)
        self.string = f"AccountName=bramka;AccountKey={KEY};BlobEndpoint={root}/bramka"
        self.client = BlobServiceClient.from_connection_string(self.string)
        self.client.create_container("data").upload_blob("in.csv", CONTENT)

    def submit(self, output: str) -> str:
        self.bench.drawn += 1
        job = f"{self.bench.drawn:032x}"
        spec = JobSpec(
            inputs={"input1": self.place("in.csv")},
            outputs={"output1": self.place(output)},
        )
        self.bench.add(job, spec)
        return job

    def place(self, name: str) -> BlobReference:
        return BlobReference(
            connection_string=self.string, relative_location=f"data/{name}"
        )

    def hire(self) -> "subprocess.Popen[bytes]":
        url = self.bench.engine.url.render_as_string(hide_password=False)
        folder = str(self.bench.staging.folder.parent)
        words = [sys.executable, "-m", "tests.jobs.remote_runner", url, folder]
        environment = {**os.environ, "PYTHONPATH": "src:."}
        return subprocess.Popen([*words, self.root], env=environment)

    def finish(self, job: str) -> Job:
        worker, deadline = Worker(self.tools), time.monotonic() + PATIENCE
        while (found := self.bench.jobs.find(job)).ended is None:
            assert time.monotonic() < deadline
            if not worker.step():
                time.sleep(0.02)
        return found

    def content(self, name: str) -> bytes:
        return self.client.get_blob_client("data", name).download_blob().readall()

    def loose_blocks(self, name: str) -> int:
        blob = self.client.get_blob_client("data", name)
        return len(blob.get_block_list("uncommitted")[1])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("moments")
    engine = open_database(f"sqlite:///{folder / 'state.db'}")
    make_tables(engine)
    bench = Bench(engine, SystemClock(), folder)
    endpoint = make_app(
        folder / "endpoint", {"bramka": KEY}, SystemClock(), SystemChance()
    )
    snare = Snare(endpoint)
    with listening(snare) as root:
        site = Site(bench, root, snare)
        yield site
        site.client.close()
    engine.dispose()


@pytest.fixture(scope="module")
def wanted(site: Site) -> bytes:
    assert site.finish(site.submit("calm.csv")).status == "Finished"
    return site.content("calm.csv")


def reads(method: str, query: str) -> bool:
    return method == "GET"


def puts_block(method: str, query: str) -> bool:
    return method == "PUT" and "comp=block&" in f"{query}&"


def puts_list(method: str, query: str) -> bool:
    return method == "PUT" and "comp=blocklist" in query


@pytest.mark.parametrize(
    ("fits", "moment"),
    [
        pytest.param(reads, "before", id="planning"),
        pytest.param(puts_block, "within", id="uploading"),
        pytest.param(puts_list, "before", id="before publishing"),
        pytest.param(puts_list, "after", id="after publishing"),
    ],
)
def test_a_worker_killed_in_a_call_is_followed(
    site: Site, wanted: bytes, fits: Callable[[str, str], bool], moment: Moment
) -> None:
    site.snare.fits, site.snare.moment = fits, moment
    output = f"out{site.bench.drawn}.csv"
    job = site.submit(output)
    worker = site.hire()
    site.snare.end = worker.kill
    assert worker.wait(PATIENCE) == -signal.SIGKILL
    assert site.snare.fits is None
    found = site.finish(job)
    assert (found.status, found.details, found.rows_done) == ("Finished", None, ROWS)
    assert site.content(output) == wanted
    assert site.loose_blocks(output) == 0
    log = [event.text for event in site.bench.jobs.log(job)]
    assert log.count("published: finished") == 1
    sweep_ended(site.tools.ledger, site.bench.staging)
    sweep_all(site.tools.ledger, site.bench.staging)
    assert site.bench.stray() == []


@pytest.fixture
def postgres() -> Iterator[KillablePostgres]:
    cluster = KillablePostgres(free_port())
    yield cluster
    cluster.end()


class Renewed(Ledger):
    """A queue whose database dies at the first renewal, and comes back at the next."""

    postgres: KillablePostgres
    renewals = 0

    def hold(self, lease: Lease) -> bool:
        self.renewals += 1
        if self.renewals == 1:
            self.postgres.kill()
        if self.renewals == 2:
            self.postgres.start()
        return super().hold(lease)


class Slow(Measure):
    """Takes until its lease was renewed after the loss."""

    ledger: Renewed

    def score(
        self, inputs: Mapping[str, Table], parameters: Mapping[str, Any]
    ) -> Mapping[str, Table]:
        deadline = time.monotonic() + PATIENCE
        while self.ledger.renewals < 3:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        return super().score(inputs, parameters)


def test_a_database_that_restarts_while_a_lease_is_renewed_is_waited_for(
    postgres: KillablePostgres, tmp_path: Path
) -> None:
    engine = open_database(postgres.url)
    make_tables(engine)
    bench = Bench(engine, SystemClock(), tmp_path)
    ledger = Renewed(engine, bench.clock, CIPHER, lease=LEASE)
    function = Slow()
    function.ledger, ledger.postgres = ledger, postgres
    job = bench.submit(b"text\na\nb\n")
    worker = Worker(msgspec.structs.replace(bench.tools(function), ledger=ledger))
    while bench.jobs.find(job).ended is None:
        worker.step()
    assert bench.output(job) == b"text,length\nA,1\nB,1\n"
    assert not [event for event in bench.jobs.log(job) if "waits" in event.text]
    assert bench.jobs.find(job).rows_done == 2
    engine.dispose()
