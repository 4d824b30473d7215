from datetime import datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bramka.domain.learning.cells import (
    BadCell,
    Cell,
    cell_texts,
    inferred_type,
    row_texts,
    text_of,
    typed_cell,
    typed_series,
    typed_table,
)
from bramka.domain.learning.table import NUMBERS, Column, ColumnType, Table

# Table columns of type DateTime have no zone, as in .NET.
EVENING = datetime.fromisoformat("2010-05-30T18:09:00")


def typed(kind: ColumnType, *texts: str | None) -> list[Cell]:
    series = pl.Series(list(texts), dtype=pl.String)
    return typed_series(series, Column(name="c", type=kind)).to_list()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (0.00001, "1E-05"),
        (0.0001, "0.0001"),
        (-0.000012, "-1.2E-05"),
        (123456789012345.0, "123456789012345"),
        (1e15, "1E+15"),
        (1.5e16, "1.5E+16"),
        (1 / 3, "0.333333333333333"),
        (0.1 + 0.2, "0.3"),
        (-0.0, "0"),
        (float("inf"), "Infinity"),
        (float("-inf"), "-Infinity"),
        (float("nan"), "NaN"),
        (True, "True"),
        (False, "False"),
        (-7, "-7"),
        (None, None),
        ("1.0", "1.0"),
        (EVENING, "5/30/2010 6:09:00 PM"),
        (timedelta(days=1, seconds=5), "1.00:00:05"),
        (timedelta(microseconds=-1500), "-00:00:00.0015000"),
    ],
)
def test_values_are_written_as_net_writes_them(value: Cell, text: str | None) -> None:
    assert text_of(value) == text
    assert cell_texts(pl.Series([value, None])) == [text, None]


def test_single_precision_has_seven_digits() -> None:
    series = pl.Series([1 / 3, 16777216.0, 0.1], dtype=pl.Float32)
    assert cell_texts(series) == ["0.3333333", "1.677722E+07", "0.1"]
    assert text_of(1 / 3, single=True) == "0.3333333"


@given(st.lists(st.floats() | st.none(), min_size=1))
def test_a_column_of_doubles_reads_like_its_cells(values: list[float | None]) -> None:
    assert cell_texts(pl.Series(values, dtype=pl.Float64)) == list(map(text_of, values))


@given(st.floats(-1e300, 1e300))
def test_fifteen_digits_read_back_to_within_their_rounding(value: float) -> None:
    (read,) = typed("Double", text_of(value))
    assert read == pytest.approx(value, rel=1e-14, abs=5e-324)


@given(st.lists(st.integers(-(2**63), 2**63 - 1) | st.none()))
def test_integers_read_back_exactly(values: list[int | None]) -> None:
    assert typed("Int64", *map(text_of, values)) == values


def test_numbers_may_be_missing_in_three_ways() -> None:
    assert typed("Double", None, "", "NA", " 2 ") == [None, None, None, 2.0]
    assert typed("String", None, "", "NA") == [None, "", "NA"]


def test_whole_doubles_are_integers() -> None:
    assert typed("Int32", "5.0", "1e3", "7") == [5, 1000, 7]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("Int32", "1.5"),
        ("Int32", "2147483648"),
        ("Byte", "-1"),
        ("Int64", "9223372036854775808"),
        ("Double", "1,5"),
        ("Boolean", "yes"),
        ("DateTime", "30/5/2010"),
        ("TimeSpan", "25:00:00"),
    ],
)
def test_a_misfit_is_refused_with_row_column_and_value(
    kind: ColumnType, text: str
) -> None:
    column = Column(name="Größe", type=kind)
    with pytest.raises(BadCell) as refusal:
        typed_series(pl.Series([None, text], dtype=pl.String), column, first_row=10)
    error = refusal.value
    assert (error.row, error.column, error.value) == (11, "Größe", text)
    assert error.message.startswith(f"Row 11, column 'Größe': {text!r} is not a value")


def test_a_long_misfit_is_told_in_short() -> None:
    with pytest.raises(BadCell) as refusal:
        typed("Int32", "x" * 10_000)
    assert len(refusal.value.message) < 200


def test_dates_are_read_in_american_and_iso_form() -> None:
    forms = "5/30/2010 6:09:00 PM", "2010-05-30T18:09:00Z", "2010-05-30 18:09"
    assert typed("DateTime", *forms) == [EVENING] * 3


def test_offsets_are_counted_in() -> None:
    (read,) = typed("DateTimeOffset", "5/30/2010 6:09:00 PM +02:00")
    assert text_of(read) == "5/30/2010 4:09:00 PM +00:00"


@given(st.timedeltas(timedelta(days=-100_000_000), timedelta(days=100_000_000)))
def test_time_spans_read_back(span: timedelta) -> None:
    assert typed("TimeSpan", text_of(span)) == [span]


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["1", None, "-2"], "Int32"),
        (["1", "3000000000"], "Int64"),
        (["1", "2.5"], "Double"),
        (["1E-05", "Infinity"], "Double"),
        (["True", "false"], "Boolean"),
        (["5/30/2010 6:09:00 PM"], "DateTime"),
        (["1", "x"], "String"),
        ([None, ""], "String"),
        ([], "String"),
    ],
)
def test_the_narrowest_type_is_inferred(
    texts: list[str | None], kind: ColumnType
) -> None:
    assert inferred_type(pl.Series(texts, dtype=pl.String)) == kind


def test_rows_of_text_make_a_table_and_come_back() -> None:
    columns = Column(name="a", type="Int32"), Column(name="b", type="Double")
    table = typed_table(columns, [["1", "2.50"], [None, ""]])
    assert table == Table(table.frame, columns)
    assert row_texts(table) == [["1", "2.5"], [None, None]]


@pytest.mark.parametrize("kind", sorted(NUMBERS))
def test_one_cell_is_read_as_in_a_column(kind: ColumnType) -> None:
    column = Column(name="c", type=kind)
    assert typed_cell("7", column) == 7
    assert typed_cell(None, column) is None
    with pytest.raises(BadCell, match="Row 3"):
        typed_cell("x", column, row=3)
