from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest

from bramka.catalogue import shelf
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.table import Column, Table

MODULE = shelf().find("Metadata Editor")
DAY = datetime(2020, 1, 2)  # noqa: DTZ001 - such columns know no zone


def edited(table: Table, *names: str, **settings: str) -> Table:
    named = {name.replace("_", " "): value for name, value in settings.items()}
    given = {"Column": ColumnSelector.of_names(*names).stored(), **named}
    result = MODULE.apply({"Dataset": table}, MODULE.settle(given))["Results dataset"]
    assert isinstance(result, Table)
    step = MODULE.apply_row(table.columns, MODULE.settle(given))
    if step is not None:
        assert step.columns == result.columns
        rows = [tuple(step.apply(row)) for row in table.frame.rows()]
        assert rows == result.frame.rows()
    return result


def of(values: list[Any]) -> Table:
    return Table.of(pl.DataFrame({"x": values}))


@pytest.mark.parametrize(
    ("values", "type_", "expected"),
    [
        (["1", " 2 ", None], "Integer", [1, 2, None]),
        (["1.5", "Infinity"], "Double", [1.5, float("inf")]),
        (["true", "0"], "Boolean", [True, False]),
        (["1/2/2020"], "DateTime", [DAY]),
        (["1.00:00:01"], "TimeSpan", [timedelta(days=1, seconds=1)]),
        ([1.5, 2.5, -0.5, None], "Integer", [2, 2, 0, None]),
        ([0, 2, None], "Boolean", [False, True, None]),
        ([True, False], "Integer", [1, 0]),
        ([True, None], "Floating point", [1.0, None]),
        ([1.0, 2.25], "String", ["1", "2.25"]),
        ([DAY], "String", ["1/2/2020 12:00:00 AM"]),
        ([DAY], "Double", [637135200000000000.0]),
        ([637135200000000000], "DateTime", [DAY]),
        ([10_000_000], "TimeSpan", [timedelta(seconds=1)]),
    ],
)
def test_values_are_converted_as_net_does(
    values: list[Any], type_: str, expected: list[Any]
) -> None:
    assert edited(of(values), "x", Data_type=type_).frame["x"].to_list() == expected


@pytest.mark.parametrize(
    ("values", "type_"),
    [
        (["one"], "Integer"),
        ([3e9], "Integer"),
        ([DAY], "TimeSpan"),
        ([DAY], "Boolean"),
        (["soon"], "DateTime"),
    ],
)
def test_what_cannot_be_converted_is_error_42(values: list[Any], type_: str) -> None:
    with pytest.raises(ModuleError, match='Error 0042: Could not convert column "x"'):
        edited(of(values), "x", Data_type=type_)


def test_categories_have_the_values_of_the_column() -> None:
    result = edited(of([10, 2, None, 10]), "x", Categorical="Make categorical")
    assert result.column("x").levels == ("2", "10")
    assert edited(result, "x", Categorical="Make non-categorical") == of(
        [10, 2, None, 10]
    )


def test_roles_are_set_and_cleared() -> None:
    table = of([1])
    label = edited(table, "x", Fields="Labels")
    assert label.column("x").kind == "Label"
    assert edited(label, "x", Fields="Clear label").column("x").kind == "Feature"
    assert edited(label, "x", Fields="Clear weight").column("x").kind == "Label"
    assert edited(table, "x", Fields="Clear feature").column("x").kind == "None"
    score = Table(table.frame, (Column(name="x", type="Int64", kind="Score"),))
    assert edited(score, "x", Fields="Clear score").column("x").kind == "Feature"


def test_columns_are_renamed_in_their_order() -> None:
    table = Table.of(pl.DataFrame({"a": [1], "b": [2], "c": [3]}))
    result = edited(table, "c", "a", New_column_names="first, größe")
    assert result.names == ("first", "b", "größe")
    assert edited(table, "a", "b", New_column_names="b,a").frame.row(0) == (1, 2, 3)


@pytest.mark.parametrize(
    ("names", "number"), [("x", 27), ("x,", 2), ("x,x", 28), ("x,c", 28)]
)
def test_names_that_do_not_fit_are_refused(names: str, number: int) -> None:
    table = Table.of(pl.DataFrame({"a": [1], "b": [2], "c": [3]}))
    with pytest.raises(ModuleError, match=f"Error {number:04}"):
        edited(table, "a", "b", New_column_names=names)
