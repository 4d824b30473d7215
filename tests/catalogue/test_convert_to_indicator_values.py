import polars as pl
import pytest

from bramka.catalogue import shelf
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.table import Column, Table

MODULE = shelf().find("Convert to Indicator Values")
TABLE = Table.of(
    pl.DataFrame({"mpg": [25, 30, None], "mpg-25": [7, 8, 9]}),
    [Column(name="mpg", type="Int64", levels=("25", "30"))],
)


def indicators(**settings: str) -> Table:
    named = {name.replace("_", " "): value for name, value in settings.items()}
    result = MODULE.apply({"Dataset": TABLE}, MODULE.settle(named))["Results dataset"]
    assert isinstance(result, Table)
    return result


def test_numbers_that_name_categories_are_turned_and_names_told_apart() -> None:
    result = indicators(Indicator_of_missing_values="True")
    assert result.frame.to_dict(as_series=False) == {
        "mpg": [25, 30, None],
        "mpg-25": [7, 8, 9],
        "mpg-25 (1)": [1, 0, 0],
        "mpg-30": [0, 1, 0],
        "mpg-Missing": [0, 0, 1],
    }


def test_single_rows_come_to_the_same_and_unknown_values_to_0() -> None:
    for overwrite in ("True", "False"):
        given = {
            "Overwrite categorical columns": overwrite,
            "Indicator of missing values": "True",
        }
        step = MODULE.apply_row(TABLE.columns, MODULE.settle(given))
        result = MODULE.apply({"Dataset": TABLE}, MODULE.settle(given))[
            "Results dataset"
        ]
        assert isinstance(result, Table)
        assert step is not None
        assert step.columns == result.columns
        rows = [tuple(step.apply(row)) for row in TABLE.frame.rows()]
        assert rows == result.frame.rows()
        assert list(step.apply([99, 1]))[-3:] == [0, 0, 0]


def test_what_is_no_category_is_error_56() -> None:
    chosen = ColumnSelector.of_names("mpg-25").stored()
    with pytest.raises(ModuleError, match='Error 0056: Column with name "mpg-25"'):
        indicators(Categorical_columns_to_convert=chosen)
