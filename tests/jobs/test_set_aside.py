"""Rows that fail are listed in a file of their own, if the job was asked to."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import pytest
from tests.jobs.bench import LENGTH, SMALL, Bench, Count, Measure
from tests.jobs.test_batch import STRING, Desk
from tests.jobs.test_formats import parquet

from bramka.domain.blob import BlobReference
from bramka.domain.learning.job import Job, JobSpec
from bramka.domain.learning.service import Definition, Port, ScoringFunction
from bramka.domain.learning.table import Table
from bramka.jobs import Limits, Worker, sweep_ended


def worked(bench: Bench, job: str, limits: Limits) -> Job:
    return worked_by(bench, job, Measure(), limits)


def worked_by(
    bench: Bench, job: str, function: ScoringFunction, limits: Limits = SMALL
) -> Job:
    worker = Worker(bench.tools(function, limits))
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


def counted(bench: Bench, ending: str, left: bytes, right: bytes) -> Job:
    """A job that needs both inputs whole, and lists what cannot be read."""
    inputs = {}
    for name, content in (("left", left), ("right", right)):
        bench.blobs.write(f"in/{name}{ending}", [content])
        inputs[name] = BlobReference(relative_location=f"in/{name}{ending}")
    output = BlobReference(relative_location="out/both.csv")
    aside = BlobReference(relative_location="aside/both.csv")
    spec = JobSpec(inputs=inputs, outputs={"output1": output}, set_aside=aside)
    bench.add("a" * 32, spec)
    worker = Worker(bench.tools(Count()))
    while worker.step():
        pass
    return bench.jobs.find("a" * 32)


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_rows_that_cannot_be_read_are_listed_for_whole_tables_too(
    sqlite_bench: Bench, bom: bytes
) -> None:
    left = bom + b'text\ngood\nof,many\n"two\nlines"\ngood'
    found = counted(sqlite_bench, ".csv", left, b"text\r\ngood\r\na,b,c\r\n")
    assert (found.status, found.details) == ("Finished", None)
    assert (found.chunks, found.rows_done, found.rows_set_aside) == (1, 4, 2)
    assert sqlite_bench.blobs.read("out/both.csv", 0, 99) == b"length\n4\n"
    listed = sqlite_bench.blobs.read("aside/both.csv", 0, 999).decode().splitlines()
    assert listed == [
        "Row,Reason,Record",
        f'2,"left: {WIDTH.replace("Row 4 has 3", "Row 2 has 2")}","of,many"',
        f'2,"right: {WIDTH.replace("Row 4", "Row 2")}","a,b,c"',
    ]


def test_whole_files_without_a_header_are_sieved(
    sqlite_bench: Bench,
) -> None:
    found = counted(sqlite_bench, ".nh.csv", b"a\nb,c\n", b"")
    assert (found.status, found.rows_set_aside) == ("Finished", 1)


def test_an_arff_file_without_rows_marked_fails_the_job(sqlite_bench: Bench) -> None:
    found = counted(sqlite_bench, ".arff", b"text\n", b"text\n")
    assert found.status == "Failed"
    assert "@data" in (found.details or "")


def test_arff_files_are_sieved_whole(sqlite_bench: Bench) -> None:
    arff = b"@RELATION r\n@ATTRIBUTE text STRING\n@DATA\na\nb,c\n'd'\n"
    found = counted(sqlite_bench, ".arff", arff, arff)
    assert (found.status, found.details) == ("Finished", None)
    assert found.rows_set_aside == 2
    assert sqlite_bench.blobs.read("out/both.csv", 0, 99) == b"length\n4\n"


class Seven(Measure):
    """Reads nothing that its caller names, as a service of Import Data does."""

    row_wise = False
    definition = Definition(
        name="seven", inputs=(), outputs=(Port(name="output1", columns=(LENGTH,)),)
    )

    def score(
        self, inputs: Mapping[str, Table], parameters: Mapping[str, Any]
    ) -> Mapping[str, Table]:
        assert inputs == {}
        return {"output1": Table(pl.DataFrame({"length": [7]}), (LENGTH,))}


@pytest.mark.parametrize("wish", ["Fail", "SetAside"])
def test_a_service_without_inputs_takes_parameters_only(
    sqlite_bench: Bench, wish: str
) -> None:
    desk = Desk(sqlite_bench, Seven())
    output = {"ConnectionString": STRING, "RelativeLocation": "out/seven.csv"}
    outputs = {"output1": output}
    body = {"GlobalParameters": {}, "Outputs": outputs, "FailingRows": wish}
    job = desk.submitted(body)
    assert desk.ask("POST", f"/{job}/start").status == 204
    found = worked_by(sqlite_bench, job, Seven())
    assert (found.status, found.details) == ("Finished", None)
    assert sqlite_bench.blobs.read("out/seven.csv", 0, 99) == b"length\n7\n"
