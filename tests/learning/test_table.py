import polars as pl
import pytest

from bramka.domain.learning.table import Column, Table, type_of


def reviews() -> Table:
    frame = pl.DataFrame({"Col1": [5, 1], "Col2": ["good", None]})
    return Table.of(frame, [Column(name="Col1", type="Int32", kind="Label")])


def test_a_described_column_is_stored_as_its_type() -> None:
    table = reviews()
    assert table.frame.schema["Col1"] == pl.Int32
    assert table.column("Col1").kind == "Label"
    assert table.column("Col2") == Column(name="Col2", type="String")


@pytest.mark.parametrize(
    ("dtype", "name"),
    [
        (pl.Int8(), "Int16"),
        (pl.UInt16(), "Int32"),
        (pl.UInt64(), "Double"),
        (pl.Date(), "DateTime"),
        (pl.Datetime("ms"), "DateTime"),
        (pl.Datetime("us", "Europe/Warsaw"), "DateTimeOffset"),
        (pl.Categorical(), "String"),
    ],
)
def test_widths_net_does_not_have_take_the_nearest(
    dtype: pl.DataType, name: str
) -> None:
    assert type_of(dtype) == name


def test_selecting_keeps_what_is_known_of_the_columns_in_the_asked_order() -> None:
    assert reviews().select(["Col2", "Col1"]).columns == reviews().columns[::-1]


def test_an_unknown_column_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        reviews().column("Col3")


def test_appending_renaming_and_slicing_leave_the_table_as_it_was() -> None:
    table = reviews()
    longer = table.append(table.rename({"Col1": "a", "Col2": "b"}))
    assert longer.names == ("Col1", "Col2", "a", "b")
    assert longer.column("a").kind == "Label"
    assert longer.slice(1).height == 1
    assert table.names == ("Col1", "Col2")


def test_a_column_described_otherwise_is_cast() -> None:
    table = reviews().describe(Column(name="Col1", type="Double"))
    assert table.frame["Col1"].to_list() == [5.0, 1.0]


def test_an_empty_table_has_its_columns() -> None:
    table = Table.empty(reviews().columns)
    assert (table.height, table.names) == (0, ("Col1", "Col2"))
    assert Column(name="a", levels=("x",)).categorical
    assert not table.column("Col1").categorical
