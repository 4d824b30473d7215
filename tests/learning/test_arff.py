import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bramka.domain.errors import Invalid
from bramka.domain.learning.arff import header_end, read_arff, write_arff
from bramka.domain.learning.table import Column, Table

texts = st.none() | st.text(st.characters(exclude_categories=["Cs"]))
# Fifteen digits are what a number is written with, as .NET does.
numbers = st.none() | st.integers(-(10**9), 10**9).map(lambda n: n / 8)
names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
rows = st.lists(st.tuples(texts, numbers), max_size=8)
HEAD = b"@relation r\n@attribute a numeric\n@attribute b string\n@data\n"


@given(rows=rows, name=names)
def test_what_is_written_is_read_again(
    rows: list[tuple[str | None, float | None]], name: str
) -> None:
    frame = pl.DataFrame(
        rows, schema={name: pl.String, f"{name}.": pl.Float64}, orient="row"
    )
    table = Table.of(frame)
    assert read_arff(write_arff(table)) == table


@given(rows=rows.filter(len))
def test_rows_are_read_behind_their_header_whereever_they_are_cut(
    rows: list[tuple[str | None, float | None]],
) -> None:
    schema = {"a": pl.String, "b": pl.Float64}
    table = Table.of(pl.DataFrame(rows, schema=schema, orient="row"))
    content = write_arff(table)
    head = content[: header_end(content)]
    lines = content[header_end(content) :].split(b"\n")
    parts = [read_arff(head + line, table.columns) for line in lines if line.strip()]
    assert pl.concat([part.frame for part in parts]).equals(table.frame)


@given(content=st.binary(max_size=200))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    for whole in (content, HEAD + content):
        try:
            assert read_arff(whole).columns is not None
        except Invalid as error:
            assert error.message  # noqa: PT017 - either is fine, nothing else is


def test_sparse_rows_hold_quoted_commas_braces_and_missing_cells() -> None:
    content = HEAD + b"{0 4.5, 1 'a, {b}'}\n{1 \"it's\"}\n{0 ?}\n{}\n"
    assert read_arff(content).frame.rows() == [
        (4.5, "a, {b}"),
        (0.0, "it's"),
        (None, "0"),
        (0.0, "0"),
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (b"{2 x}", "names the attribute '2'"),
        (b"{x 1}", "cannot be read from 'x 1'"),
        (b"{0 1, 0 2}", "names the attribute '0' twice"),
        (b"{1 'open}", "cannot be read from"),
        (b"1,'open", "a quote in it is not closed"),
        (b"1", "has 1 cells where 2 are expected"),
    ],
)
def test_a_bad_row_is_told_by_its_number(row: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=f"Row 2 .*{said}"):
        read_arff(HEAD + b"1,x\n" + row + b"\n")


def test_levels_make_a_column_categorical() -> None:
    content = b"@attribute c {red,'dark blue'}\n@data\nred\n'dark blue'\n?\n"
    table = read_arff(content)
    assert table.columns == (Column(name="c", levels=("red", "dark blue")),)
    assert table.frame["c"].to_list() == ["red", "dark blue", None]


def test_what_a_sparse_row_leaves_out_is_the_first_level() -> None:
    content = b"@attribute n numeric\n@attribute c {red,blue}\n@data\n{0 2}\n{1 blue}\n"
    assert read_arff(content).frame.rows() == [(2.0, "red"), (0.0, "blue")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"@attribute a numeric\n@attribute 'a' string\n@data\n1,x\n", "name 'a' more"),
        (b"@attribute a {x,y,x}\n@data\ny\n", "names the level 'x' more than once"),
        (b"@attribute a {x,y}\n@data\ny\nz\n", "Row 2, column 'a': 'z' is none of"),
    ],
)
def test_what_weka_would_not_read_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        read_arff(content)
