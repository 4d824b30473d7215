"""Join two datasets where a key column of each agrees.

Rows come in the order of the first dataset; missing keys agree with nothing. A column
of the second whose name is taken is called `name (1)`. If the key of the second is
not kept, a full outer join shows it in the key column of the first.

    {
      "inputs": {
        "Dataset1": {"id": [1, 2, 3], "name": ["a", "b", "c"]},
        "Dataset2": {"id": [3, 1, 1], "name": ["x", "y", "z"]}
      },
      "parameters": {
        "Join key columns for L": {
          "rules": [{"ruleType": "ColumnNames", "columns": ["id"], "exclude": false}]
        },
        "Join key columns for R": {
          "rules": [{"ruleType": "ColumnNames", "columns": ["id"], "exclude": false}]
        }
      },
      "outputs": {
        "Results dataset": {
          "id": [1, 1, 3],
          "name": ["a", "a", "c"],
          "id (1)": [1, 1, 3],
          "name (1)": ["y", "z", "x"]
        }
      }
    }
"""

from typing import Annotated, Literal

import polars as pl
from msgspec import Meta, Struct, field

from bramka.catalogue._columns import called_apart, one_name
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Module, ModuleError, ModulePort, Ports
from bramka.domain.learning.table import NUMBERS, Column, Table
from bramka.domain.learning.value import table_on

JoinType = Literal["Inner Join", "Left Outer Join", "Full Outer Join", "Left Semi-Join"]
_HOW: dict[JoinType, Literal["inner", "left", "full"]] = {
    "Inner Join": "inner",
    "Left Outer Join": "left",
    "Full Outer Join": "full",
}


class Settings(Struct, frozen=True, kw_only=True):
    """Which columns must agree, and what becomes of rows that agree with none."""

    left: Annotated[
        ColumnSelector, Meta(description="The key column of the first dataset.")
    ] = field(name="Join key columns for L")
    right: Annotated[
        ColumnSelector, Meta(description="The key column of the second dataset.")
    ] = field(name="Join key columns for R")
    match_case: Annotated[
        bool, Meta(description="Whether keys that differ in case only are different.")
    ] = field(name="Match case", default=True)
    join: Annotated[JoinType, Meta(description="Which rows the result has.")] = field(
        name="Join type", default="Inner Join"
    )
    keep_right: Annotated[
        bool, Meta(description="Whether the key column of the second dataset stays.")
    ] = field(name="Keep right key columns in joined table", default=True)


def run(inputs: Ports, settings: Settings) -> Ports:
    left, right = table_on(inputs, "Dataset1"), table_on(inputs, "Dataset2")
    key = left.column(one_name(settings.left, left.columns, "Dataset1"))
    other = right.column(one_name(settings.right, right.columns, "Dataset2"))
    _check_types(left, key, other)
    if settings.join == "Left Semi-Join":
        frame = left.frame.join(
            right.frame,
            left_on=_key(key, other, settings),
            right_on=_key(other, key, settings),
            how="semi",
        )
        return {"Results dataset": Table(frame, left.columns)}
    return {"Results dataset": _joined(left, right, (key, other), settings)}


def _joined(
    left: Table, right: Table, keys: tuple[Column, Column], settings: Settings
) -> Table:
    key, other = keys
    columns = called_apart(right.columns, left.names)
    names = dict(zip(right.names, (column.name for column in columns), strict=True))
    (moved,) = (each for each in columns if each.name == names[other.name])
    frame = left.frame.join(
        right.frame.rename(names),
        left_on=_key(key, other, settings),
        right_on=_key(moved, key, settings),
        how=_HOW[settings.join],
        coalesce=False,
        maintain_order="left_right",
    )
    if not settings.keep_right:
        if settings.join == "Full Outer Join":
            both = pl.coalesce(pl.col(key.name), pl.col(moved.name))
            frame = frame.with_columns(both.alias(key.name))
        columns = [each for each in columns if each is not moved]
    described = (*left.columns, *columns)
    return Table.of(frame.select([each.name for each in described]), described)


def _key(column: Column, other: Column, settings: Settings) -> pl.Expr:
    """What is compared: numbers of different types as doubles."""
    key = pl.col(column.name)
    if column.type == "String" and not settings.match_case:
        return key.str.to_lowercase()
    return key if column.type == other.type else key.cast(pl.Float64)


def _check_types(left: Table, key: Column, other: Column) -> None:
    if key.type != other.type and not {key.type, other.type} <= NUMBERS:
        place = left.names.index(key.name)
        raise ModuleError(
            16,
            f"Column element types are not compatible for column {place} (zero-based) "
            f"of input datasets (Dataset1 and Dataset2 respectively): the key "
            f'"{key.name}" is {key.type}, the key "{other.name}" is {other.type}.',
        )


MODULE = Module(
    name="Join Data",
    family="124865f7e9014656adacf4cb08248099",
    category="Data Transformation / Manipulation",
    aliases=("Join",),
    settings=Settings,
    inputs=(ModulePort("Dataset1"), ModulePort("Dataset2")),
    outputs=(ModulePort("Results dataset"),),
    run=run,
)
