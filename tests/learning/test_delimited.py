import csv
import io
import re
from contextlib import suppress

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bramka.domain.errors import Invalid
from bramka.domain.learning.cells import BadCell, cell_texts
from bramka.domain.learning.delimited import (
    FORMATS,
    Delimited,
    delimited_for,
    header_of,
    read_delimited,
    write_delimited,
)
from bramka.domain.learning.table import Column, Table

TEXT, NUMBER = Column(name="text"), Column(name="number", type="Int32")
CSV, TSV, BARE = FORMATS[".csv"], FORMATS[".tsv"], FORMATS[".nh.csv"]

cells = st.none() | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\r"), min_size=1
)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a/b.CSV", CSV),
        ("b.nh.csv", BARE),
        ("b.tsv", TSV),
        ("b.nh.tsv", Delimited("\t", header=False)),
        ("b.arff", None),
    ],
)
def test_the_extension_tells_the_kind(name: str, kind: Delimited | None) -> None:
    assert delimited_for(name) == kind


def test_types_are_inferred_and_missing_cells_stay_missing() -> None:
    table = read_delimited(b"a,b,c,d\n1,x,2.5,True\n2147483648,,1,\n")
    assert [column.type for column in table.columns] == [
        "Int64",
        "String",
        "Double",
        "Boolean",
    ]
    assert write_delimited(table) == b"a,b,c,d\n1,x,2.5,True\n2147483648,,1,\n"


def test_without_a_header_columns_are_numbered() -> None:
    table = read_delimited("5\tżółw\n".encode(), FORMATS[".nh.tsv"])
    assert table.frame.to_dicts() == [{"Col1": 5, "Col2": "żółw"}]


def test_columns_are_matched_by_name_under_a_header_and_by_place_without() -> None:
    headed = read_delimited(b"number,text\n7,x\n", columns=[TEXT, NUMBER])
    bare = read_delimited(b"x,7\n", BARE, columns=[TEXT, NUMBER])
    assert headed == bare
    assert headed.names == ("text", "number")


def test_a_byte_order_mark_and_carriage_returns_are_no_data() -> None:
    content = b'\xef\xbb\xbfnumber,text\r\n7,"a\r\nb"\r\n\r\n'
    table = read_delimited(content, columns=[TEXT, NUMBER])
    assert table.frame.rows() == [("a\r\nb", 7), (None, None)]


def test_an_empty_line_of_one_column_is_a_missing_cell() -> None:
    table = read_delimited(b"text\na\n\nb\n", columns=[TEXT])
    assert table.frame["text"].to_list() == ["a", None, "b"]
    assert write_delimited(table) == b"text\na\n\nb\n"


def test_an_empty_first_line_is_a_row_of_missing_cells() -> None:
    rows = [(None, None), ("a", 1)]
    assert read_delimited(b"\na,1\n", BARE, columns=[TEXT, NUMBER]).frame.rows() == rows
    headed = read_delimited(b"text,number\n\na,1\n", columns=[TEXT, NUMBER])
    assert headed.frame.rows() == rows


def test_an_empty_text_is_told_from_a_missing_one() -> None:
    table = read_delimited(b'text\n""\n\n', columns=[TEXT])
    assert table.frame["text"].to_list() == ["", None]
    assert write_delimited(table) == b'text\n""\n\n'


@given(st.lists(st.tuples(cells, cells)), st.sampled_from([CSV, TSV, BARE]))
def test_any_texts_come_back(
    rows: list[tuple[str | None, str | None]], kind: Delimited
) -> None:
    columns = Column(name="ä,b"), Column(name='c"d')
    frame = pl.DataFrame(rows, schema=["ä,b", 'c"d'], orient="row").cast(pl.String)
    table = Table(frame, columns)
    read = read_delimited(write_delimited(table, kind), kind, columns=columns)
    assert read.frame.rows() == rows


@given(st.lists(st.tuples(cells, cells), min_size=1))
def test_what_is_written_is_what_pythons_csv_reads(
    rows: list[tuple[str | None, str | None]],
) -> None:
    frame = pl.DataFrame(rows, schema=["a", "b"], orient="row").cast(pl.String)
    content = write_delimited(Table.of(frame))
    read = list(csv.reader(io.StringIO(content.decode(), newline="")))
    assert read == [["a", "b"], *([one or "", two or ""] for one, two in rows)]


@given(st.binary(max_size=200) | st.text('",\n\ra1').map(str.encode))
def test_any_bytes_are_a_table_or_one_refusal(content: bytes) -> None:
    with suppress(Invalid):
        table = read_delimited(content)
        assert all(len(cell_texts(each)) == len(table) for each in table.frame)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"number,text\n1,a\n2\n", "Row 2 has 1 cells where 2 are expected"),
        (b'number,text\n1,"a,\n"\n2,b,c', "Row 2 has 3 cells where 2 are expected"),
        (b"number\n1\n", "The header lacks 'text'"),
        (b"number,text,more\n", "The header has the unexpected 'more'"),
        (b"text,text\n", "The header names 'text' more than once"),
        (b'number,text\n1,x"y\n', "a quote is misplaced"),
        (b"number,text\n1,\xff\n", "it is not UTF-8"),
        (b"", "The header is empty; it must name exactly these columns: 'text'"),
    ],
)
def test_bad_text_is_refused_with_its_place(content: bytes, message: str) -> None:
    with pytest.raises(Invalid, match=re.escape(message)):
        read_delimited(content, columns=[TEXT, NUMBER])


def test_a_bad_cell_is_counted_from_the_first_row_of_the_whole_file() -> None:
    with pytest.raises(BadCell) as refusal:
        read_delimited(b"a,1\nb,x\n", BARE, columns=[TEXT, NUMBER], first_row=501)
    assert (refusal.value.row, refusal.value.column) == (502, "number")


def test_a_piece_without_header_is_counted_from_its_first_row_too() -> None:
    with pytest.raises(Invalid, match="Row 501 has 3 cells"):
        read_delimited(b"a,1,2\n", BARE, columns=[TEXT, NUMBER], first_row=501)


def test_the_header_is_read_alone() -> None:
    assert header_of(b'"a\nb",c\n1,2\n') == ["a\nb", "c"]
    assert header_of(b"1,2,3\n", BARE) == ["Col1", "Col2", "Col3"]
    assert header_of(b"") == []


def test_a_later_part_is_written_without_a_header() -> None:
    table = read_delimited(b"text\na\n", columns=[TEXT])
    assert write_delimited(table, header=False) == b"a\n"
