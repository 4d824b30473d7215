"""Rows that fail are listed in a file of their own, if the job was asked to."""

import pytest
from tests.jobs.bench import Bench
from tests.jobs.test_formats import parquet

from bramka.domain.learning.job import Job
from bramka.jobs import Limits, Worker, sweep_ended


def worked(bench: Bench, job: str, limits: Limits) -> Job:
    worker = Worker(bench.tools(limits=limits))
    while worker.step():
        pass
    sweep_ended(bench.ledger(), bench.staging)
    assert bench.stray() == []
    return bench.jobs.find(job)


WIDTH = "Row 4 has 3 cells where 1 are expected; cells are separated by ','."
BAD = (
    b'text\ngood\nbad\n"two\nlines"\nof,many,cells\n"good, too"\nbad\n'
    + b"fine\n" * 20
    + b"bad"
)


@pytest.mark.parametrize("size", [20, 1000])
def test_bad_rows_are_listed_and_the_others_scored(
    sqlite_bench: Bench, size: int
) -> None:
    job = sqlite_bench.submit(BAD, set_aside=True)
    found = worked(sqlite_bench, job, Limits(size=size, block=16))
    assert (found.status, found.rows_done, found.rows_set_aside) == ("Finished", 27, 4)
    texts = sqlite_bench.output(job).decode()
    assert texts.startswith('text,length\nGOOD,4\n"TWO\nLINES",9\n"GOOD, TOO",9\nFINE')
    assert texts.count("\n") == 1 + 23 + 1
    listed = sqlite_bench.blobs.read(f"aside/{job}.csv", 0, 9999).decode().splitlines()
    assert listed == [
        "Row,Reason,Record",
        "2,Error 0085: The text is bad.,bad",
        f'4,"{WIDTH}","of,many,cells"',
        "6,Error 0085: The text is bad.,bad",
        "27,Error 0085: The text is bad.,bad",
    ]


def test_bad_rows_of_parquet_are_listed(sqlite_bench: Bench) -> None:
    content = parquet(["good", "bad", "good"], 2)
    job = sqlite_bench.submit(content, ending=".parquet", set_aside=True)
    assert worked(sqlite_bench, job, Limits()).rows_set_aside == 1
    listed = sqlite_bench.blobs.read(f"aside/{job}.csv", 0, 999).decode()
    assert listed.splitlines()[1:] == ["2,Error 0085: The text is bad.,bad"]


def test_nothing_is_listed_when_no_row_fails(sqlite_bench: Bench) -> None:
    job = sqlite_bench.submit(b"text\ngood\n", set_aside=True)
    assert worked(sqlite_bench, job, Limits()).status == "Finished"
    assert list(sqlite_bench.blobs.names("aside/")) == []


def test_a_wrong_header_fails_the_job_all_the_same(sqlite_bench: Bench) -> None:
    job = sqlite_bench.submit(b"taxt\ngood\n", set_aside=True)
    found = worked(sqlite_bench, job, Limits())
    assert found.status == "Failed"
    assert "lacks 'text'" in (found.details or "")


def test_a_chunk_of_nothing_but_bad_rows_fails_the_job(sqlite_bench: Bench) -> None:
    job = sqlite_bench.submit(b"text\n" + b"bad\n" * 1100, set_aside=True)
    found = worked(sqlite_bench, job, Limits())
    assert found.status == "Failed"
    assert "More than 1000 rows of one chunk fail" in (found.details or "")
