"""ARFF and Parquet go in and come out, cut or whole, like delimited text."""

import csv
import io

import polars as pl
import pytest
from tests.jobs.bench import Bench, Measure

from bramka.domain.blob import BlobReference
from bramka.domain.learning.arff import read_arff
from bramka.domain.learning.delimited import FORMATS
from bramka.domain.learning.job import JobSpec
from bramka.jobs import Limits, Worker

TEXTS = ["plain", "it's", "a,b", "two\nlines", None, "łódź", '"q"', "", "?", "% no"]
WHOLE = Limits()
CUT = Limits(size=30, rows=2, block=16)


def parquet(texts: list[str | None], group: int) -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame({"text": texts}).write_parquet(buffer, row_group_size=group)
    return buffer.getvalue()


ARFF = rb"""% a remark, then an empty line

@RELATION texts
@ATTRIBUTE text STRING
@DATA
plain
% a remark between rows
'it\'s'
'a,b'

'two\nlines'
?
""" + "łódź\n'\"q\"'\n''\n'?'\n'% no'".encode()


def delimited(texts: list[str | None], ending: str) -> bytes:
    """As Python's csv module writes them; a missing text is an empty line."""
    kind, out = FORMATS[ending], io.StringIO()
    cells = ["text", *texts] if kind.header else texts
    write = csv.writer(out, delimiter=kind.separator, quoting=csv.QUOTE_ALL)
    for cell in cells:
        if cell is None:
            out.write("\r\n")
        else:
            write.writerow([cell])
    return out.getvalue().encode()


def written(ending: str) -> bytes:
    """The texts as a file of this name."""
    if ending == ".arff":
        return ARFF
    return parquet(TEXTS, 3) if ending == ".parquet" else delimited(TEXTS, ending)


def convert(bench: Bench, given: str, wanted: str, content: bytes, cut: Limits) -> int:
    """The number of chunks in which a job turned in/a into out/b."""
    bench.drawn += 1
    job = f"{bench.drawn:032x}"
    bench.blobs.write(f"in/a{given}", [content])
    place = BlobReference(relative_location=f"out/b{wanted}")
    source = BlobReference(relative_location=f"in/a{given}")
    bench.add(job, JobSpec(inputs={"input1": source}, outputs={"output1": place}))
    worker = Worker(bench.tools(limits=cut))
    while worker.step():
        pass
    found = bench.jobs.find(job)
    assert (found.status, found.details) == ("Finished", None)
    assert found.rows_done == found.rows == len(TEXTS)
    return found.chunks


def result(bench: Bench, ending: str) -> pl.DataFrame:
    content = bench.blobs.read(f"out/b{ending}", 0, 1 << 20)
    if ending == ".parquet":
        return pl.read_parquet(io.BytesIO(content))
    if ending == ".arff":
        return read_arff(content, Measure.definition.outputs[0].columns).frame
    kind = FORMATS[ending]
    lines = io.StringIO(content.decode(), newline="")
    rows = list(csv.reader(lines, delimiter=kind.separator, strict=True))
    if kind.header:
        assert rows.pop(0) == ["text", "length"]
    texts, lengths = zip(*rows, strict=True)
    return pl.DataFrame({"text": texts, "length": list(map(int, lengths))})


# Each of the six is an input and an output, and text becomes tables and back.
@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (".parquet", ".parquet"),
        (".parquet", ".arff"),
        (".arff", ".parquet"),
        (".arff", ".arff"),
        (".arff", ".nh.tsv"),
        (".parquet", ".tsv"),
        (".csv", ".nh.tsv"),
        (".tsv", ".csv"),
        (".nh.csv", ".parquet"),
        (".nh.tsv", ".nh.csv"),
    ],
)
def test_the_rows_are_the_same_however_they_are_cut(
    sqlite_bench: Bench, given: str, wanted: str
) -> None:
    content = written(given)
    assert convert(sqlite_bench, given, wanted, content, WHOLE) == 1
    whole = result(sqlite_bench, wanted)
    assert whole["text"].to_list() == [(text or "").upper() for text in TEXTS]
    assert whole["length"].to_list() == [len(text or "") for text in TEXTS]
    assert convert(sqlite_bench, given, wanted, content, CUT) > 4
    assert result(sqlite_bench, wanted).equals(whole)


def test_many_rows_of_one_group_are_cut(sqlite_bench: Bench) -> None:
    content = parquet(TEXTS, 100)
    assert convert(sqlite_bench, ".parquet", ".parquet", content, CUT) == 5


def test_small_groups_are_taken_together(sqlite_bench: Bench) -> None:
    content = parquet(TEXTS, 1)
    limits = Limits(rows=4)
    assert convert(sqlite_bench, ".parquet", ".parquet", content, limits) == 3


@pytest.mark.parametrize(
    ("ending", "content", "reason"),
    [
        (".parquet", b"PAR1", "not a Parquet file"),
        (".parquet", b"PAR1" + b"x" * 99 + b"\x10\0\0\0PAR1", "footer"),
        (".parquet", parquet(["x"], 1).replace(b"text", b"taxt"), "no column 'text'"),
        (".arff", b"text\nx\n", "no line @data"),
        (".arff", b"@attribute text string\n@data\n'x\n", "Row 1 "),
        (".arff", b"@attribute tax string\n@data\nx\n", "no attribute 'text'"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_fails_the_job(
    sqlite_bench: Bench, ending: str, content: bytes, reason: str
) -> None:
    job = sqlite_bench.submit(content, ending=ending)
    worker = Worker(sqlite_bench.tools())
    while worker.step():
        pass
    found = sqlite_bench.jobs.find(job)
    assert found.status == "Failed"
    assert reason in (found.details or "")
