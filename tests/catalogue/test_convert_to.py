import polars as pl
import pytest

from bramka.catalogue import shelf
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.table import Column, Table

TABLE = Table.of(
    pl.DataFrame({"c": ["x", None], "y": [1, 0]}),
    [Column(name="c", levels=("x", "z")), Column(name="y", type="Int64", kind="Label")],
)


def converted(to: str, table: Table = TABLE, **settings: str) -> Table:
    module = shelf().find(f"Convert to {to}")
    named = {name.replace("_", " "): value for name, value in settings.items()}
    result = module.apply({"Dataset": table}, module.settle(named))["Results dataset"]
    assert isinstance(result, Table)
    return result


@pytest.mark.parametrize("to", ["CSV", "TSV"])
def test_delimited_text_forgets_categories_and_labels(to: str) -> None:
    result = converted(to)
    assert result.frame.equals(TABLE.frame)
    assert [(each.levels, each.kind) for each in result.columns] == [
        (None, "Feature"),
        (None, "Feature"),
    ]


def test_arff_keeps_categories() -> None:
    assert [(each.levels, each.kind) for each in converted("ARFF").columns] == [
        (("x", "z"), "Feature"),
        (None, "Feature"),
    ]


def test_svmlight_takes_the_marked_label_and_refuses_text() -> None:
    numbers = Table.of(
        pl.DataFrame({"a": [5.0, 6.0], "y": [2, 3]}),
        [Column(name="y", type="Int64", kind="Label")],
    )
    assert converted("SVMLight", numbers).frame.rows() == [(5.0, 2.0), (6.0, 3.0)]
    with pytest.raises(ModuleError, match=r'Error 0017: .*"c" of type Categorical'):
        converted("SVMLight")


def test_values_are_replaced_in_columns_that_can_hold_them() -> None:
    table = Table.of(pl.DataFrame({"a": [1, 3, None], "b": ["1", "obs", None]}))
    result = converted(
        "Dataset",
        table,
        Action="ReplaceValues",
        Replace="Custom",
        Custom_value="obs",
        New_value="?",
    )
    assert result.frame.rows() == [(1, "1"), (3, "?"), (None, None)]
    result = converted("Dataset", table, Action="ReplaceValues", New_value="9")
    assert result.frame.rows() == [(1, "1"), (3, "obs"), (9, "9")]


def test_a_replacement_becomes_a_category() -> None:
    result = converted("Dataset", TABLE, Action="ReplaceValues", New_value="new")
    assert result.column("c").levels == ("x", "z", "new")
    assert result.frame["y"].to_list() == [1, 0]
