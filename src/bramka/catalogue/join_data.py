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

from collections.abc import Iterable
from typing import Annotated, Literal

import polars as pl
from msgspec import Meta, Struct, field

from bramka.catalogue._columns import called_apart, one_name
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Module, ModuleError, ModulePort, Ports
from bramka.domain.learning.table import DTYPES, NUMBERS, Column, Table
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
    _require_as_many(settings, left, right)
    key = left.column(one_name(settings.left, left.columns, "Dataset1"))
    other = right.column(one_name(settings.right, right.columns, "Dataset2"))
    _check_types(left, key, other)
    return {"Results dataset": _joined(left, right, (key, other), settings)}


def _require_as_many(settings: Settings, left: Table, right: Table) -> None:
    """Error 0027 if the sides have not as many key columns."""
    first = len(settings.left.names(left.columns, "Dataset1"))
    second = len(settings.right.names(right.columns, "Dataset2"))
    if first != second:
        raise ModuleError(
            27,
            'The size of "Join key columns for L" is inconsistent with size of "Join '
            f'key columns for R". They are {first} and {second}.',
        )


def _joined(
    left: Table, right: Table, keys: tuple[Column, Column], settings: Settings
) -> Table:
    key, other = keys
    width = len(left.columns)
    places = left.names.index(key.name), width + right.names.index(other.name)
    first, second = _numbered(left, 0), _numbered(right, width)
    left_on = _key(places[0], key, other, settings)
    right_on = _key(places[1], other, key, settings)
    if settings.join == "Left Semi-Join":
        frame = first.join(second, left_on=left_on, right_on=right_on, how="semi")
        return _named(frame, left.columns)
    frame = first.join(
        second,
        left_on=left_on,
        right_on=right_on,
        how=_HOW[settings.join],
        coalesce=False,
        maintain_order="left_right",
    )
    columns = [*left.columns, *called_apart(right.columns, left.names)]
    if not settings.keep_right:
        if settings.join == "Full Outer Join":
            both = pl.coalesce(*map(str, places)).cast(DTYPES[key.type])
            frame = frame.with_columns(both.alias(str(places[0])))
        frame.drop_in_place(str(places[1]))
        del columns[places[1]]
    return _named(frame, columns)


def _numbered(table: Table, start: int) -> pl.DataFrame:
    """The rows under numbers for names, which never clash and are no patterns."""
    frame = table.frame.clone()
    frame.columns = [str(start + place) for place in range(frame.width)]
    return frame


def _named(frame: pl.DataFrame, columns: Iterable[Column]) -> Table:
    described = tuple(columns)
    frame.columns = [column.name for column in described]
    return Table(frame, described)


def _key(
    place: int, column: Column, other: Column, settings: Settings
) -> str | pl.Expr:
    """What is compared: numbers of different types as doubles."""
    if column.type == "String" and not settings.match_case:
        return pl.col(str(place)).str.to_lowercase()
    if column.type == other.type:
        return str(place)
    return pl.col(str(place)).cast(pl.Float64)


def _check_types(left: Table, key: Column, other: Column) -> None:
    if key.type != other.type and not {key.type, other.type} <= NUMBERS:
        place = left.names.index(key.name)
        raise ModuleError(
            16,
            f"Column element types are not compatible for column {place} (zero-based) "
            f"of input datasets (Dataset1 and Dataset2 respectively). The key "
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
