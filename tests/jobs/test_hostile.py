"""Inputs and requests that nobody should send: each ends with an answer that helps."""

from collections.abc import Mapping
from typing import Any

import pytest
from tests.jobs.bench import LENGTH, TEXT, Bench, Measure
from tests.jobs.test_batch import BODY, INPUT, OUTPUT, with_locator

from bramka.domain.learning.job import Job
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.service import Definition, Port, ScoringFunction
from bramka.domain.learning.table import Column, Table
from bramka.jobs import Limits, Worker, sweep_ended

UTF16 = "text\nłódź\n".encode("utf-16")
NOT_UTF8 = "it is not UTF-8. Save it as UTF-8."


def worked(
    bench: Bench, job: str, function: ScoringFunction | None = None, **how: Limits
) -> Job:
    """The job after one worker did all it could; nothing of it is left over."""
    worker = Worker(bench.tools(function, **how))
    while worker.step():
        pass
    sweep_ended(bench.ledger(), bench.staging)
    assert bench.stray() == []
    return bench.jobs.find(job)


@pytest.mark.parametrize(
    ("ending", "content", "reason"),
    [
        (
            ".csv",
            b"",
            "The header is empty; it must name exactly these columns: 'text'",
        ),
        (".csv", b"\xef\xbb\xbf", "The header is empty"),
        (".tsv", b"\n", "The header lacks 'text'"),
        (".csv", b"text\ra\rb\r", "The header lacks 'text'"),
        (".csv", b"te\0xt\na\n", "The header lacks 'text'"),
        (".csv", UTF16, NOT_UTF8),
        (".nh.tsv", UTF16, NOT_UTF8),
        (".csv", b"text\n\xb3\xf3d\xbc\n", NOT_UTF8),
        (".csv", b'text\na\n"not closed\nb\n', "a quote is misplaced"),
        (".csv", b"text\na\n\0,b\n", "Row 2 has 2 cells where 1 are expected"),
        (".arff", b"", "it has no line @data"),
        (".parquet", b"", "not a Parquet file"),
        (".csv", b"a" + b",a" * 1_000 + b"\n", "names 'a' more than once"),
    ],
)
def test_what_cannot_be_read_fails_with_the_reason(
    sqlite_bench: Bench, ending: str, content: bytes, reason: str
) -> None:
    job = sqlite_bench.submit(content, ending=ending)
    found = worked(sqlite_bench, job)
    assert found.status == "Failed"
    assert reason in (found.details or "")
    assert not list(sqlite_bench.blobs.names("out/"))


@pytest.mark.parametrize(
    ("ending", "content", "output"),
    [
        (".nh.csv", b"", b""),
        (".csv", b"text", b"text,length\n"),
        (".csv", b"text\na\0b\n", b"text,length\nA\0B,3\n"),
        (
            ".csv",
            b"text\r\na\nb\r\n\r\nc\rd\n",
            b'text,length\nA,1\nB,1\n"",0\n"C\rD",3\n',
        ),
    ],
)
@pytest.mark.parametrize("size", [1, 1000])
def test_odd_rows_are_scored_as_they_are(
    sqlite_bench: Bench, ending: str, content: bytes, output: bytes, size: int
) -> None:
    job = sqlite_bench.submit(content, ending=ending)
    found = worked(sqlite_bench, job, limits=Limits(size=size, block=3))
    assert (found.status, found.details) == ("Finished", None)
    assert sqlite_bench.output(job, ending) == output


def test_a_line_end_in_quotes_is_no_cut_wherever_a_chunk_may_end(
    sqlite_bench: Bench,
) -> None:
    content = b'text\n"a\nb"\n"\n"\n"c""\n"\nd\n'
    wanted = b'text,length\n"A\nB",3\n"\n",1\n"C""\n",3\nD,1\n'
    for size in range(1, 16):
        job = sqlite_bench.submit(content)
        found = worked(sqlite_bench, job, limits=Limits(size=size, block=1 + size % 3))
        assert (found.status, found.rows_done) == ("Finished", 4)
        assert sqlite_bench.output(job) == wanted


def test_one_row_of_fifty_megabytes_is_a_row(sqlite_bench: Bench) -> None:
    job = sqlite_bench.submit(b"text\nshort\n" + b"x" * 50_000_000 + b"\nshort\n")
    found = worked(sqlite_bench, job, limits=Limits())
    assert (found.status, found.rows_done) == ("Finished", 3)
    assert sqlite_bench.output(job).endswith(b"X,50000000\nSHORT,5\n")


def test_a_quote_that_nothing_closes_is_named_before_memory_is_gone(
    sqlite_bench: Bench,
) -> None:
    job = sqlite_bench.submit(b'text\nfine\n"' + b"x\n" * 36_000_000)
    found = worked(sqlite_bench, job, limits=Limits())
    assert found.status == "Failed"
    assert "Row 2 is longer than 64 MiB; is a quote not closed" in (found.details or "")


WIDTH = 5_000
NAMES = [f"column{number}" for number in range(WIDTH)]
NUMBERS = tuple(Column(name=name, type="Int32") for name in NAMES)


class Wide(Measure):
    """Gives its many columns back."""

    definition = Definition(
        name="wide",
        inputs=(Port(name="input1", columns=NUMBERS),),
        outputs=(Port(name="output1", columns=NUMBERS),),
    )

    def score(
        self, inputs: Mapping[str, Table], parameters: Mapping[str, Any]
    ) -> Mapping[str, Table]:
        return {"output1": inputs["input1"]}


def test_a_table_of_very_many_columns_goes_through(sqlite_bench: Bench) -> None:
    lines = [",".join(NAMES), *(",".join([str(row)] * WIDTH) for row in range(3))]
    content = "".join(f"{line}\n" for line in lines).encode()
    job = sqlite_bench.submit(content)
    assert worked(sqlite_bench, job, Wide(), limits=Limits()).status == "Finished"
    assert sqlite_bench.output(job) == content
    job = sqlite_bench.submit(content.replace(b"column7,", b"column_,"))
    found = worked(sqlite_bench, job, Wide(), limits=Limits())
    assert "The header lacks 'column7'" in (found.details or "")
    assert "and 4,950 more." in (found.details or "")
    assert len(found.details or "") < 1000


class Chatty(Measure):
    """Quotes the cells it refuses, whatever is in them."""

    def score(
        self, inputs: Mapping[str, Table], parameters: Mapping[str, Any]
    ) -> Mapping[str, Table]:
        for text in inputs["input1"].frame["text"]:
            raise ModuleError(85, f"Bad: \ud800{text}", module="Chatty")
        return {"output1": Table.empty((TEXT, LENGTH))}


def test_a_reason_that_quotes_a_cell_fits_into_every_database(bench: Bench) -> None:
    job = bench.submit(b"text\na\0b" + b"x" * 10_000 + b"\n")
    found = worked(bench, job, Chatty())
    assert found.status == "Failed"
    assert "Error 0085: Bad: \\ud800a\\0bxxx" in (found.details or "")
    assert len(found.details or "") < 4100


BLOB = "data/a.csv"
ELSEWHERE = {
    "BaseLocation": "http://blobs/bramka/",
    "RelativeLocation": BLOB,
    "SasBlobToken": "?sig=x",
}


@pytest.mark.parametrize("place", [INPUT, {**INPUT, "RelativeLocation": f"/{BLOB}"}])
def test_an_output_over_an_input_is_refused(
    sqlite_bench: Bench, place: dict[str, str]
) -> None:
    desk = with_locator(sqlite_bench)
    body = {"Inputs": {"input1": place}, "Outputs": {"output1": ELSEWHERE}}
    wanted = [400, "BadArgument", "RequestBodyInvalid"]
    assert desk.refusal("POST", body=body) == wanted
    assert f"output1 is to be written to the blob of input1, {BLOB}" in (
        desk.ask("POST", body=body).body.decode()
    )
    assert sqlite_bench.jobs.newest() == ([], 0)


class Twice(Measure):
    """Has two outputs."""

    definition = Definition(
        name="twice",
        inputs=Measure.definition.inputs,
        outputs=tuple(Port(name=f"output{n}", columns=(TEXT, LENGTH)) for n in (1, 2)),
    )


def test_two_outputs_in_one_blob_are_refused(sqlite_bench: Bench) -> None:
    desk = with_locator(sqlite_bench, Twice())
    same = {"output1": OUTPUT, "output2": {**OUTPUT, "RelativeLocation": "data/b.csv"}}
    wanted = [400, "BadArgument", "RequestBodyInvalid"]
    assert desk.refusal("POST", body={**BODY, "Outputs": same}) == wanted
    other = {**OUTPUT, "RelativeLocation": "data/c.csv"}
    assert desk.submitted({**BODY, "Outputs": {**same, "output2": other}})
    assert desk.submitted({**BODY, "Outputs": None})
