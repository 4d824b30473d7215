"""Change what is known of columns: their type, categories, roles and names.

Numbers become dates as .NET's ticks, and the other way round. The values of a column
made categorical are those it has, in order.

    {
      "inputs": {"Dataset": {"a": ["1", "2", null], "b": ["x", "y", "z"]}},
      "parameters": {
        "Column": {
          "rules": [{"ruleType": "ColumnNames", "columns": ["a"], "exclude": false}]
        },
        "Data type": "Integer",
        "Fields": "Labels",
        "New column names": "class"
      },
      "outputs": {
        "Results dataset": {
          "columns": {"class": [1, 2, null], "b": ["x", "y", "z"]},
          "types": {"class": "Int32"},
          "kinds": {"class": "Label"}
        }
      }
    }
"""

from collections.abc import Sequence
from typing import Annotated, Literal

import polars as pl
from msgspec import Meta, Struct, field
from msgspec.structs import replace

from bramka.catalogue._retyping import retyped
from bramka.catalogue._transforms import places_of
from bramka.domain.learning.cells import Cell, text_series
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import (
    Module,
    ModuleError,
    ModulePort,
    Ports,
    RowStep,
)
from bramka.domain.learning.table import (
    DTYPES,
    Column,
    ColumnType,
    FieldKind,
    Table,
    frame_of,
)
from bramka.domain.learning.value import table_on

NAMES = "New column names"
_TYPES: dict[str, ColumnType] = {
    "String": "String",
    "Integer": "Int32",
    "Double": "Double",
    "Floating point": "Double",
    "Boolean": "Boolean",
    "DateTime": "DateTime",
    "TimeSpan": "TimeSpan",
}
_SET: dict[str, FieldKind] = {
    "Features": "Feature",
    "Labels": "Label",
    "Weights": "Weight",
}
_CLEAR: dict[str, FieldKind] = {
    "Clear feature": "Feature",
    "Clear label": "Label",
    "Clear score": "Score",
    "Clear weight": "Weight",
}


class Settings(Struct, frozen=True, kw_only=True):
    """Which columns are changed, and into what."""

    chosen: Annotated[
        ColumnSelector, Meta(description="The columns that are changed.")
    ] = field(name="Column")
    type: Annotated[
        Literal[
            "Unchanged",
            "String",
            "Integer",
            "Double",
            "Floating point",
            "Boolean",
            "DateTime",
            "TimeSpan",
        ],
        Meta(description="The type that the columns get."),
    ] = field(name="Data type", default="Unchanged")
    categorical: Annotated[
        Literal["Unchanged", "Make categorical", "Make non-categorical"],
        Meta(description="Whether the columns' values name categories."),
    ] = field(name="Categorical", default="Unchanged")
    kind: Annotated[
        Literal[
            "Unchanged",
            "Features",
            "Labels",
            "Weights",
            "Clear feature",
            "Clear label",
            "Clear score",
            "Clear weight",
        ],
        Meta(description="What the columns are for."),
    ] = field(name="Fields", default="Unchanged")
    names: Annotated[
        str,
        Meta(description="A name for each chosen column, parted by commas; or none."),
    ] = field(name=NAMES, default="")


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    changed = _changed(table.columns, settings)
    series, columns = [], []
    for column in table.columns:
        cells = table.series(column.name)
        wanted = changed.get(column.name, column)
        if wanted.type != column.type:
            cells = retyped(cells, column, wanted.type)
        if column.name in changed and settings.categorical == "Make categorical":
            wanted = replace(wanted, levels=column.levels or _levels(cells))
        series.append(cells.alias(wanted.name))
        columns.append(wanted)
    return {"Results dataset": Table(frame_of(series), tuple(columns))}


def row(
    columns: Sequence[Column], settings: Settings, _others: Ports
) -> RowStep | None:
    changed = _changed(columns, settings)
    # The values of a new category are told by all rows.
    if settings.categorical == "Make categorical" and any(
        column.levels is None for column in columns if column.name in changed
    ):
        return None
    described = tuple(changed.get(column.name, column) for column in columns)
    retyping = [
        (place, columns[place], changed[columns[place].name].type)
        for place in places_of(changed, columns)
        if changed[columns[place].name].type != columns[place].type
    ]

    def edit(cells: Sequence[Cell]) -> list[Cell]:
        result = list(cells)
        for place, column, type_ in retyping:
            single = pl.Series(column.name, [cells[place]], dtype=DTYPES[column.type])
            result[place] = retyped(single, column, type_)[0]
        return result

    return RowStep(described, edit)


def _changed(columns: Sequence[Column], settings: Settings) -> dict[str, Column]:
    """The chosen columns as they shall be, by their names so far."""
    known = {column.name: column for column in columns}
    names = list(dict.fromkeys(settings.chosen.names(columns)))
    if settings.kind == "Labels" and len(names) > 1:
        raise ModuleError(37, "Multiple label columns are specified.")
    new = _new_names(names, columns, settings)
    return {
        old: replace(_described(known[old], settings), name=name)
        for old, name in zip(names, new, strict=True)
    }


def _described(column: Column, settings: Settings) -> Column:
    type_ = _TYPES.get(settings.type, column.type)
    levels = column.levels
    if settings.categorical == "Make non-categorical":
        levels = None
    kind = _SET.get(settings.kind, column.kind)
    if _CLEAR.get(settings.kind) == column.kind:
        # What is a label or a weight no more is a feature again.
        kind = "None" if column.kind == "Feature" else "Feature"
    return replace(column, type=type_, levels=levels, kind=kind)


def _new_names(
    names: Sequence[str], columns: Sequence[Column], settings: Settings
) -> list[str]:
    if not settings.names.strip():
        return list(names)
    new = [name.strip() for name in settings.names.split(",")]
    if len(new) != len(names):
        raise ModuleError(
            27,
            f'The size of "{NAMES}" is inconsistent with size of "Column". There are '
            f"{len(new)} names for {len(names)} columns.",
        )
    if "" in new:
        raise ModuleError(
            2,
            f'Failed to parse "{NAMES}" parameter: name {new.index("") + 1} is empty.',
        )
    others = [column.name for column in columns if column.name not in names]
    for place, name in enumerate(new):
        if name in others or name in new[:place]:
            raise ModuleError(28, f'The name "{name}" is duplicated in "{NAMES}".')
    return new


def _levels(cells: pl.Series) -> tuple[str, ...]:
    return tuple(text_series(cells.drop_nulls().unique().sort()).to_list())


MODULE = Module(
    name="Edit Metadata",
    family="370b6676c11c486fbf7335349f842a66",
    category="Data Transformation / Manipulation",
    aliases=("Metadata Editor",),
    settings=Settings,
    inputs=(ModulePort("Dataset"),),
    outputs=(ModulePort("Results dataset"),),
    run=run,
    row=row,
)
