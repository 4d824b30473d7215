"""A worker takes a job from its start to its end, or says why it cannot."""

import threading
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import polars as pl
import pytest
from tests.jobs.bench import Bench, Count, FolderStore, Measure, texts

from bramka.domain.blob import BlobReference
from bramka.domain.errors import Unavailable
from bramka.domain.learning.job import Job, JobSpec
from bramka.domain.learning.service import ScoringFunction
from bramka.domain.learning.small_table import SmallTable, small_of, table_of
from bramka.domain.learning.table import Table
from bramka.jobs import Limits, Worker, forget_old, sweep_ended


def worked(
    bench: Bench, job: str, function: ScoringFunction | None = None, **how: Limits
) -> Job:
    """The job after one worker did what it could."""
    worker = Worker(bench.tools(function, **how))
    for _ in range(400):
        if not worker.step():
            if bench.jobs.find(job).ended is not None:
                break
            bench.clock.advance(31)
    return bench.jobs.find(job)


def test_the_output_is_the_same_however_it_is_cut(sqlite_bench: Bench) -> None:
    whole = sqlite_bench.submit(texts(50))
    found = worked(sqlite_bench, whole, limits=Limits())
    assert (found.status, found.chunks, found.rows_done) == ("Finished", 1, 50)
    cut = sqlite_bench.submit(texts(50))
    found = worked(sqlite_bench, cut)
    assert found.status == "Finished"
    assert found.chunks > 5
    assert sqlite_bench.output(cut) == sqlite_bench.output(whole)
    assert sqlite_bench.output(cut).startswith(b'text,length\n"A ""B"", C",8\n')


def test_nothing_is_left_behind(sqlite_bench: Bench) -> None:
    worked(sqlite_bench, sqlite_bench.submit(texts(50)))
    sweep_ended(sqlite_bench.ledger(), sqlite_bench.staging)
    assert sqlite_bench.stray() == []


def test_an_input_of_a_header_only_gives_a_header(sqlite_bench: Bench) -> None:
    job = sqlite_bench.submit(b"text\n")
    assert worked(sqlite_bench, job).status == "Finished"
    assert sqlite_bench.output(job) == b"text,length\n"


@pytest.mark.parametrize("size", [1, 40, 10_000])
def test_a_bad_row_is_named_with_module_and_value(
    sqlite_bench: Bench, size: int
) -> None:
    content = b"text\n" + b"good\n" * 30 + b"bad\n" + b"good\n" * 10
    job = sqlite_bench.submit(content)
    found = worked(sqlite_bench, job, limits=Limits(size=size, block=16))
    assert found.status == "Failed"
    assert found.details == (
        "Module: Measure Text; Row: 31; Column: text; Value: 'bad'; "
        f"Job Id: {job}. Error 0085: The text is bad."
    )


def test_a_row_of_too_many_cells_is_named(sqlite_bench: Bench) -> None:
    job = sqlite_bench.submit(b"text\n" + b"good\n" * 30 + b"a,b\n")
    found = worked(sqlite_bench, job)
    assert found.status == "Failed"
    assert "Row 31 has 2 cells where 1 " in (found.details or "")


def test_a_missing_input_is_named(sqlite_bench: Bench) -> None:
    job = sqlite_bench.submit(b"")
    sqlite_bench.blobs.delete(f"in/{job}.csv")
    found = worked(sqlite_bench, job)
    assert found.status == "Failed"
    assert f"in/{job}.csv" in (found.details or "")


def test_an_input_that_was_replaced_fails_the_job(sqlite_bench: Bench) -> None:
    job = sqlite_bench.submit(texts(50))
    worker = Worker(sqlite_bench.tools())
    worker.step()
    sqlite_bench.blobs.write(f"in/{job}.csv", [texts(10)])
    found = worked(sqlite_bench, job)
    assert found.status == "Failed"
    assert "was replaced while" in (found.details or "")


def test_a_job_of_several_inputs_is_one_chunk(sqlite_bench: Bench) -> None:
    job = "c" * 32
    for name in ("left", "right"):
        sqlite_bench.blobs.write(f"in/{name}.csv", [texts(25)])
    spec = JobSpec(
        inputs={
            name: BlobReference(relative_location=f"in/{name}.csv")
            for name in ("left", "right")
        },
        outputs={"output1": BlobReference(relative_location=f"out/{job}.csv")},
    )
    sqlite_bench.add(job, spec)
    found = worked(sqlite_bench, job, Count())
    assert (found.status, found.chunks) == ("Finished", 1)
    assert sqlite_bench.output(job) == b"length\n50\n"


class Repeat(Measure):
    """Says each text as often as its caller wishes."""

    def score(
        self, inputs: Mapping[str, Table], parameters: Mapping[str, Any]
    ) -> Mapping[str, Table]:
        frame = inputs["input1"].frame
        said = frame.select(pl.concat_str([pl.col("text")] * parameters["times"]))
        return super().score({"input1": Table.of(said)}, parameters)


def test_parameters_reach_the_service_in_every_chunk(sqlite_bench: Bench) -> None:
    job = sqlite_bench.submit(b"text\na\nb\n", start=False)
    spec = msgspec.structs.replace(sqlite_bench.jobs.spec(job), parameters={"times": 3})
    sqlite_bench.add("e" * 32, spec)
    found = worked(sqlite_bench, "e" * 32, Repeat(), limits=Limits(size=1))
    assert (found.status, found.chunks) == ("Finished", 2)
    assert sqlite_bench.output(job) == b"text,length\nAAA,3\nBBB,3\n"


class Cold(Measure):
    """A service that takes long for its first call."""

    def __init__(self) -> None:
        super().__init__()
        self.warmed = threading.Event()

    def warm(self) -> None:
        self.warmed.set()


def test_what_starts_slowly_starts_while_the_input_is_cut(sqlite_bench: Bench) -> None:
    job, cold = sqlite_bench.submit(texts(5)), Cold()
    Worker(sqlite_bench.tools(cold)).step()
    assert sqlite_bench.jobs.find(job).chunks_done == 0
    assert cold.warmed.wait(90)


class Quick(Measure):
    """Has a way of its own for few rows."""

    def __init__(self) -> None:
        super().__init__()
        self.few = 0

    def score_small(
        self, inputs: Mapping[str, SmallTable], parameters: Mapping[str, Any]
    ) -> Mapping[str, SmallTable]:
        self.few += 1
        tables = {name: table_of(small) for name, small in inputs.items()}
        found = self.score(tables, parameters)
        return {name: small_of(table) for name, table in found.items()}


@pytest.mark.parametrize(("rows", "few"), [(0, 1), (1, 1), (64, 1), (65, 0)])
def test_few_rows_take_the_quick_way_where_there_is_one(
    sqlite_bench: Bench, rows: int, few: int
) -> None:
    quick, whole = Quick(), Limits()
    job = sqlite_bench.submit(texts(rows))
    assert worked(sqlite_bench, job, quick, limits=whole).status == "Finished"
    assert quick.few == few
    slow = sqlite_bench.submit(texts(rows))
    worked(sqlite_bench, slow, Measure(), limits=whole)
    assert sqlite_bench.output(job) == sqlite_bench.output(slow)


def test_tabs_and_missing_headers_follow_the_names(sqlite_bench: Bench) -> None:
    job = "d" * 32
    sqlite_bench.blobs.write("in/a.nh.tsv", [b'one\n"t\two"\n'])
    spec = JobSpec(
        inputs={"input1": BlobReference(relative_location="in/a.nh.tsv")},
        outputs={"output1": BlobReference(relative_location="out/b.nh.csv")},
    )
    sqlite_bench.add(job, spec)
    assert worked(sqlite_bench, job).status == "Finished"
    assert sqlite_bench.blobs.read("out/b.nh.csv", 0, 99) == b"ONE,3\nT\tWO,4\n"


class Away(FolderStore):
    """A store that does not answer some times."""

    times = 0

    def write(self, path: str, content: Iterable[bytes]) -> None:
        if self.times:
            self.times -= 1
            raise Unavailable("the store is away")
        super().write(path, content)


def test_a_store_that_is_away_for_a_while_is_waited_for(sqlite_bench: Bench) -> None:
    job = sqlite_bench.submit(texts(20))
    sqlite_bench.staging = Away(sqlite_bench.staging.folder)
    sqlite_bench.staging.times = 5
    assert worked(sqlite_bench, job).status == "Finished"


def test_a_store_that_stays_away_fails_the_job(sqlite_bench: Bench) -> None:
    job = sqlite_bench.submit(texts(20))
    sqlite_bench.staging = Away(sqlite_bench.staging.folder)
    sqlite_bench.staging.times = 1000
    found = worked(sqlite_bench, job, limits=Limits())
    assert found.status == "Failed"
    assert found.details == (
        "chunk 0 (rows 1 to 20) was put off 150 times: the store is away"
    )


class Fatal(Measure):
    """A service whose rows end the process that scores them."""

    def score(
        self, inputs: Mapping[str, Table], parameters: Mapping[str, Any]
    ) -> Mapping[str, Table]:
        raise KeyboardInterrupt


def test_a_chunk_that_ends_its_workers_fails_the_job(sqlite_bench: Bench) -> None:
    job = sqlite_bench.submit(texts(20))
    worker = Worker(sqlite_bench.tools(Fatal(), limits=Limits()))
    worker.step()
    for _ in range(6):
        with pytest.raises(KeyboardInterrupt):
            worker.step()
        sqlite_bench.clock.advance(31)
    worker.step()
    found = sqlite_bench.jobs.find(job)
    assert found.details == "chunk 0 (rows 1 to 20) ended its worker 6 times"


def test_a_failed_job_that_is_tried_again_starts_afresh(sqlite_bench: Bench) -> None:
    job = sqlite_bench.submit(b"text\nbad\n")
    assert worked(sqlite_bench, job).status == "Failed"
    sqlite_bench.blobs.write(f"in/{job}.csv", [b"text\nfine\n"])
    sqlite_bench.jobs.retry(job)
    found = worked(sqlite_bench, job)
    assert (found.status, found.details) == ("Finished", None)
    assert sqlite_bench.output(job) == b"text,length\nFINE,4\n"


def test_old_jobs_go_with_the_outputs_that_are_ours(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    own, theirs = bench.submit(texts(5)), bench.submit(texts(5))
    spec = msgspec.structs.replace(bench.jobs.spec(own), own=("output1",))
    kept = "f" * 32
    bench.add(kept, spec)
    for job in (own, theirs, kept):
        assert worked(bench, job).status == "Finished"
    bench.blobs.write("out/unstarted", [b""])
    unstarted = bench.submit(texts(5), start=False)
    tools = bench.tools()
    before = bench.clock.now() + 1
    assert forget_old(tools.ledger, tools.locator, before - 10_000) == 0
    sweep_ended(tools.ledger, tools.staging)
    running = bench.submit(texts(5))
    assert forget_old(tools.ledger, tools.locator, before) == 4
    assert [job.id for job in bench.jobs.newest()[0]] == [running]
    assert list(bench.blobs.names("out/")) == [f"out/{theirs}.csv", "out/unstarted"]
    assert bench.jobs.log(own) == []
    assert unstarted != running
