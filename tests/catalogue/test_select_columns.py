import polars as pl

from bramka.catalogue import shelf
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value import table_on

MODULE = shelf().find("Select Columns in Dataset")
KEEP_ORDER = (
    '{"isFilter":false,"rules":[{"ruleType":"ColumnNames",'
    '"columns":["b","a","b","b"],"exclude":false}]}'
)
TABLE = Table.of(pl.DataFrame({"a": [1], "b": ["x"]}), [Column(name="b", kind="Label")])


def test_order_and_duplicates_may_be_kept() -> None:
    settings = MODULE.settle({"Select Columns": KEEP_ORDER})
    result = table_on(MODULE.apply({"Dataset": TABLE}, settings), "Results dataset")
    assert result.frame.rows(named=True) == [
        {"b": "x", "a": 1, "b (1)": "x", "b (2)": "x"}
    ]
    assert [column.kind for column in result.columns] == [
        "Label",
        "Feature",
        "Label",
        "Label",
    ]


def test_the_step_for_single_rows_names_duplicates_alike() -> None:
    settings = MODULE.settle({"Select Columns": KEEP_ORDER})
    step = MODULE.apply_row(TABLE.columns, settings)
    table = table_on(MODULE.apply({"Dataset": TABLE}, settings), "Results dataset")
    assert step is not None
    assert step.columns == table.columns
    assert step.apply([1, "x"]) == list(table.frame.row(0))
