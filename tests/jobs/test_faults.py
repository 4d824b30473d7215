"""Stores that fail in every way: jobs wait, then end as if nothing had been."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from tests.jobs.bench import (
    CIPHER,
    Bench,
    FolderLocator,
    FolderStore,
    Measure,
    texts,
)

from bramka.blobs.folder_store import FolderBlobs
from bramka.domain.blob import BlobStore
from bramka.domain.errors import Forbidden, Unavailable
from bramka.domain.learning.job import Job, Lease
from bramka.jobs import Limits, Tools, Worker, sweep_all, sweep_ended
from bramka.store.lease import Ledger
from bramka.testing import FakeChance
from bramka.testing.blobs import Faults, FaultyBlobs


def tools_of(bench: Bench, blobs: BlobStore, staging: BlobStore) -> Tools:
    return Tools(
        ledger=bench.ledger(),
        locator=FolderLocator(blobs),
        staging=staging,
        load=lambda _: Measure(),
        limits=Limits(size=64, block=48),
    )


def worked(bench: Bench, tools: Tools, job: str) -> Job:
    """The job after one worker and as much time as it takes."""
    worker = Worker(tools)
    for _ in range(3000):
        if bench.jobs.find(job).ended is not None:
            break
        if not worker.step():
            bench.clock.advance(31)
    return bench.jobs.find(job)


def undisturbed(bench: Bench) -> bytes:
    job = bench.submit(texts(50))
    worked(bench, bench.tools(), job)
    return bench.output(job)


FAULTS = [
    Faults(away=0.2),
    Faults(lost=0.3),
    Faults(short=0.3),
    Faults(slow=0.2, seconds=0.002),
    Faults(away=0.1, lost=0.1, short=0.1, slow=0.1, seconds=0.002),
]


@pytest.mark.parametrize("faults", FAULTS, ids=repr)
def test_a_store_that_fails_now_and_then_changes_no_byte(
    sqlite_bench: Bench, faults: Faults
) -> None:
    bench, chance = sqlite_bench, FakeChance(1)
    wanted = undisturbed(bench)
    job = bench.submit(texts(50))
    blobs = FaultyBlobs(bench.blobs, chance, faults)
    staging = FaultyBlobs(bench.staging, chance, faults)
    found = worked(bench, tools_of(bench, blobs, staging), job)
    assert (found.status, found.details) == ("Finished", None)
    assert bench.output(job) == wanted
    assert blobs.met + staging.met > 1
    sweep_ended(bench.ledger(), bench.staging)
    sweep_all(bench.ledger(), bench.staging)
    assert bench.stray() == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own with 64 KiB on it."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount("-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder))
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True)


def waited(bench: Bench, tools: Tools, job: str) -> str:
    """What a job says it waits for after a while of trying."""
    worker = Worker(tools)
    for _ in range(60):
        worker.step()
        bench.clock.advance(31)
    found = bench.jobs.find(job)
    assert (found.status, found.details) == ("Running", None)
    return found.waiting or ""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_full_and_a_read_only_disk_are_waited_for(
    sqlite_bench: Bench, small_disk: Path
) -> None:
    bench = sqlite_bench
    wanted = undisturbed(bench)
    staging = FolderBlobs(small_disk, FakeChance())
    tools = tools_of(bench, bench.blobs, staging)
    ballast = small_disk / "ballast"
    with suppress(OSError), ballast.open("wb") as file:
        file.write(bytes(1 << 20))
    job = bench.submit(texts(50))
    told = waited(bench, tools, job)
    assert "No space left on device. Whoever runs it: free space on its disk" in told
    assert str(small_disk) not in told
    ballast.unlink()
    mount("-o", "remount,ro", str(small_disk))
    assert "Read-only" in waited(bench, tools, job)
    mount("-o", "remount,rw", str(small_disk))
    found = worked(bench, tools, job)
    assert (found.status, found.details) == ("Finished", None)
    assert bench.output(job) == wanted
    sweep_ended(bench.ledger(), staging)
    assert list(staging.names("")) == []


class Expiring(FolderStore):
    """Blobs behind a signature that ends after some reads."""

    reads = 4

    def read(self, path: str, start: int, length: int) -> bytes:
        self.reads -= 1
        if self.reads < 0:
            raise Forbidden(f"The store refused {path}: AuthenticationFailed.")
        return super().read(path, start, length)


def test_a_signature_that_ends_in_mid_job_fails_it_with_the_blob(
    sqlite_bench: Bench,
) -> None:
    bench = sqlite_bench
    job = bench.submit(texts(50))
    expiring = Expiring(bench.blobs.folder)
    expiring.reads = 14
    found = worked(bench, tools_of(bench, expiring, bench.staging), job)
    assert found.status == "Failed"
    assert found.chunks_done > 0
    assert f"in/{job}.csv: AuthenticationFailed" in (found.details or "")
    expiring.reads = 1000
    bench.jobs.retry(job)
    tools = tools_of(bench, expiring, bench.staging)
    assert worked(bench, tools, job).status == "Finished"
    assert bench.output(job) == undisturbed(bench)


class Outage(Ledger):
    """A queue whose database goes away when a chunk is handed in."""

    before = after = 0

    def finish_chunk(self, lease: Lease, rows: int, set_aside: int = 0) -> bool:
        if self.before:
            self.before -= 1
            raise Unavailable("the database does not answer")
        answer = super().finish_chunk(lease, rows, set_aside)
        if self.after:
            self.after -= 1
            raise Unavailable("the database does not answer")
        return answer


def outage(bench: Bench, *, before: int = 0, after: int = 0) -> Job:
    """A job during which the database was away, before or after a commit."""
    job = bench.submit(texts(50))
    ledger = Outage(bench.engine, bench.clock, CIPHER)
    ledger.before, ledger.after = before, after
    tools = bench.tools()
    tools = msgspec.structs.replace(tools, ledger=ledger)
    return worked(bench, tools, job)


def test_a_result_whose_checkpoint_was_not_heard_counts_once(
    sqlite_bench: Bench,
) -> None:
    """Ray's first case: the work is done, its checkpoint is lost with the database."""
    wanted = undisturbed(sqlite_bench)
    found = outage(sqlite_bench, before=2)
    assert (found.status, found.rows_done) == ("Finished", 50)
    assert sqlite_bench.output(found.id) == wanted
    assert sqlite_bench.jobs.failures(found.id) == []


def test_a_result_before_its_acknowledgement_counts_once(sqlite_bench: Bench) -> None:
    """Ray's second case: the result is accepted, but nobody hears that it was."""
    wanted = undisturbed(sqlite_bench)
    found = outage(sqlite_bench, after=2)
    assert (found.status, found.rows_done) == ("Finished", 50)
    assert sqlite_bench.output(found.id) == wanted


def test_a_stale_owner_changes_nothing(bench: Bench) -> None:
    """Ray's third case: who was believed dead comes back with a result."""
    wanted = undisturbed(bench)
    job = bench.submit(texts(50))
    Worker(bench.tools()).step()
    stale = bench.ledger(owner="stale")
    task = stale.claim()
    assert task is not None
    bench.ledger().abandon("stale")
    assert worked(bench, bench.tools(), job).status == "Finished"
    assert not stale.hold(task.lease)
    assert not stale.fail(task.lease, "told by a stale owner")
    assert stale.finish_chunk(task.lease, 99) is False
    assert bench.output(job) == wanted
    assert bench.jobs.find(job).rows_done == 50
