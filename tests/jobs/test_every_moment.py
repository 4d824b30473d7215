"""A worker dies, or stops and goes on, at each moment of a job: nothing changes."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
import pytest
from tests.jobs.bench import CIPHER, Bench, FolderLocator, FolderStore, texts

from bramka.domain.learning.job import Lease, Plan, Task
from bramka.jobs import Limits, Tools, Worker, sweep_all, sweep_ended
from bramka.store.lease import Ledger

ROWS = 8
LIMITS = Limits(size=40, block=64)


class Moments:
    """Counts the moments before each step; at one of them something happens.

    The moment behind a step is that before the next one.
    """

    def __init__(self, at: int, happens: Callable[[], None]) -> None:
        self.count = 0
        self.at = at
        self.happens = happens
        self.dead = False

    def step(self, do: Callable[..., Any], *given: Any) -> Any:
        self.count += 1
        if self.dead:
            raise KeyboardInterrupt
        if self.count == self.at:
            self.happens()
        return do(*given)


class WatchedStore(FolderStore):
    """Blobs whose every operation is a step."""

    moments: Moments

    def size(self, path: str) -> int:
        return int(self.moments.step(super().size, path))

    def version(self, path: str) -> str:
        return str(self.moments.step(super().version, path))

    def read(self, path: str, start: int, length: int) -> bytes:
        return bytes(self.moments.step(super().read, path, start, length))

    def write(self, path: str, content: Iterable[bytes]) -> None:
        self.moments.step(super().write, path, content)

    def delete(self, path: str) -> None:
        self.moments.step(super().delete, path)


class WatchedLedger(Ledger):
    """A queue of which every question is a step."""

    moments: Moments

    def claim(self) -> Task | None:
        found: Task | None = self.moments.step(super().claim)
        return found

    def hold(self, lease: Lease) -> bool:
        return bool(self.moments.step(super().hold, lease))

    def set_plan(self, lease: Lease, plan: Plan) -> bool:
        return bool(self.moments.step(super().set_plan, lease, plan))

    def finish_chunk(self, lease: Lease, rows: int, set_aside: int = 0) -> bool:
        return bool(self.moments.step(super().finish_chunk, lease, rows, set_aside))

    def parts(self, job_id: str) -> list[tuple[int, int]]:
        return list(self.moments.step(super().parts, job_id))

    def finish_job(self, lease: Lease) -> bool:
        return bool(self.moments.step(super().finish_job, lease))

    def set_swept(self, job_id: str) -> None:
        self.moments.step(super().set_swept, job_id)


def watched(bench: Bench, moments: Moments) -> Tools:
    blobs, staging = (
        WatchedStore(store.folder) for store in (bench.blobs, bench.staging)
    )
    ledger = WatchedLedger(bench.engine, bench.clock, CIPHER)
    for each in (blobs, staging, ledger):
        each.moments = moments
    return msgspec.structs.replace(
        bench.tools(limits=LIMITS),
        ledger=ledger,
        locator=FolderLocator(blobs),
        staging=staging,
    )


def work(tools: Tools) -> None:
    worker = Worker(tools)
    while worker.step():
        pass


def finish(bench: Bench) -> None:
    """Another worker, after what the first held was given up for lost."""
    bench.clock.advance(31)
    work(bench.tools(limits=LIMITS))


def check(bench: Bench, job: str, wanted: bytes) -> None:
    found = bench.jobs.find(job)
    assert (found.status, found.details, found.rows_done) == ("Finished", None, ROWS)
    assert bench.output(job) == wanted
    log = [event.text for event in bench.jobs.log(job)]
    assert log.count("published: finished") == 1
    sweep_ended(bench.ledger(), bench.staging)
    sweep_all(bench.ledger(), bench.staging)
    assert bench.stray() == []


@pytest.fixture
def calm(sqlite_bench: Bench) -> tuple[bytes, int]:
    """The output of a job that nothing disturbs, and how many moments it has."""
    moments = Moments(-1, lambda: None)
    job = sqlite_bench.submit(texts(ROWS))
    work(watched(sqlite_bench, moments))
    assert sqlite_bench.jobs.find(job).chunks == 2
    return sqlite_bench.output(job), moments.count


def test_a_death_at_any_moment_changes_no_byte(
    sqlite_bench: Bench, calm: tuple[bytes, int]
) -> None:
    wanted, count = calm
    for at in range(1, count + 1):
        moments = Moments(at, lambda: None)

        def die(moments: Moments = moments) -> None:
            # The dead tidy nothing up: whatever follows meets the same end.
            moments.dead = True
            raise KeyboardInterrupt

        moments.happens = die
        job = sqlite_bench.submit(texts(ROWS))
        with pytest.raises(KeyboardInterrupt):
            work(watched(sqlite_bench, moments))
        finish(sqlite_bench)
        check(sqlite_bench, job, wanted)


def test_one_who_stops_at_any_moment_and_goes_on_changes_no_byte(
    sqlite_bench: Bench, calm: tuple[bytes, int]
) -> None:
    wanted, count = calm
    for at in range(1, count + 1):
        job = sqlite_bench.submit(texts(ROWS))
        # Meanwhile another does all that is left.
        work(watched(sqlite_bench, Moments(at, lambda: finish(sqlite_bench))))
        check(sqlite_bench, job, wanted)


@pytest.mark.parametrize("at", range(1, 7))
def test_a_death_in_the_clean_up_leaves_nothing(
    sqlite_bench: Bench, calm: tuple[bytes, int], at: int
) -> None:
    wanted, _ = calm
    job = sqlite_bench.submit(texts(ROWS))
    work(sqlite_bench.tools(limits=LIMITS))

    def die() -> None:
        raise KeyboardInterrupt

    tools = watched(sqlite_bench, Moments(at, die))
    with pytest.raises(KeyboardInterrupt):
        sweep_ended(tools.ledger, tools.staging)
    check(sqlite_bench, job, wanted)
