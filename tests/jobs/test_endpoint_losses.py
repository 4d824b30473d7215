"""The embedded endpoint loses its disk, or a container, in the middle of a job."""

import base64
import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from azure.storage.blob import BlobServiceClient
from tests.blobs.conftest import listening
from tests.jobs.bench import Bench, texts

from bramka.app.clock import SystemChance, SystemClock
from bramka.blobs.endpoint import make_app
from bramka.blobs.frontier import Frontier
from bramka.blobs.locator import Locator
from bramka.domain.blob import BlobReference
from bramka.domain.learning.job import Job, JobSpec
from bramka.jobs import Limits, Worker, sweep_ended

KEY = base64.b64encode(b"k" * 64).decode()
ROWS = 3000
LIMITS = Limits(size=16_000)


class Site:
    """Jobs whose blobs lie at an endpoint of its own folder."""

    def __init__(self, bench: Bench, root: str) -> None:
        self.bench = bench
        frontier = Frontier(public=False, private=True)
        self.locator = Locator(root, {"bramka": KEY}, SystemClock(), frontier)
        self.string = f"AccountName=bramka;AccountKey={KEY};BlobEndpoint={root}/bramka"
        tools = msgspec.structs.replace(
            bench.tools(limits=LIMITS), locator=self.locator
        )
        self.worker = Worker(tools)
        self.client = BlobServiceClient.from_connection_string(self.string)
        for name in ("data", "results"):
            self.client.create_container(name)
        self.client.get_blob_client("data", "in.csv").upload_blob(texts(ROWS))

    def close(self) -> None:
        self.client.close()
        self.locator.close()

    def place(self, location: str) -> BlobReference:
        return BlobReference(connection_string=self.string, relative_location=location)

    def started(self, output: str) -> str:
        self.bench.drawn += 1
        job = f"{self.bench.drawn:032x}"
        spec = JobSpec(
            inputs={"input1": self.place("data/in.csv")},
            outputs={"output1": self.place(output)},
        )
        self.bench.add(job, spec)
        return job

    def scored(self, job: str) -> None:
        """Work until only the publication is left."""
        while not (found := self.bench.jobs.find(job)).chunks_done or (
            found.chunks_done < found.chunks
        ):
            self.worker.step()

    def ended(self, job: str) -> Job:
        while self.worker.step():
            pass
        return self.bench.jobs.find(job)

    def content(self, location: str) -> bytes:
        store, path = self.locator.find(self.place(location))
        return store.read(path, 0, 1 << 20)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """The endpoint's folder: a disk of its own where we may mount one."""
    folder = tmp_path / "endpoint"
    folder.mkdir()
    if os.geteuid() != 0:
        yield folder
        return
    words = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    subprocess.run(words, check=True)
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def site(sqlite_bench: Bench, disk: Path) -> Iterator[Site]:
    app = make_app(disk, {"bramka": KEY}, SystemClock(), SystemChance())
    with listening(app) as root:
        site = Site(sqlite_bench, root)
        yield site
        site.close()
        sweep_ended(sqlite_bench.ledger(), sqlite_bench.staging)
        assert sqlite_bench.stray() == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_disk_that_is_full_at_the_publication_is_waited_for(
    site: Site, disk: Path
) -> None:
    calm = site.started("results/calm.csv")
    assert site.ended(calm).status == "Finished"
    wanted = site.content("results/calm.csv")
    pieces = len(list((disk / "content").iterdir()))
    job = site.started("results/calm.csv")
    site.scored(job)
    ballast = disk / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass
    site.worker.step()
    found = site.bench.jobs.find(job)
    assert (found.status, found.details) == ("Running", None)
    assert "did not answer" in (found.waiting or "")
    # Who reads meanwhile reads the old result, whole.
    assert site.content("results/calm.csv") == wanted
    ballast.unlink()
    site.bench.clock.advance(31)
    assert site.ended(job).status == "Finished"
    assert site.content("results/calm.csv") == wanted
    assert len(list((disk / "content").iterdir())) == pieces


def test_a_container_that_goes_in_mid_job_is_named_and_the_job_tried_again(
    site: Site,
) -> None:
    job = site.started("results/out.csv")
    site.scored(job)
    site.client.delete_container("results")
    found = site.ended(job)
    assert found.status == "Failed"
    assert "results/out.csv" in (found.details or "")
    assert "ContainerNotFound" in (found.details or "")
    site.client.create_container("results")
    site.bench.jobs.retry(job)
    assert site.ended(job).status == "Finished"
    assert site.content("results/out.csv").count(b"\n") == 1 + ROWS + ROWS // 5
