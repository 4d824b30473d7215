"""Turn a category into columns of 0 and 1, one for each of its values.

They are called `column-value` and stand behind the others. A missing value gives 0 in
all of them. (Studio adds a column for missing values to datasets that have some, so
that columns depend on rows; here a parameter decides.)

    {
      "inputs": {
        "Dataset": {
          "columns": {"id": [1, 2, 3], "risk": ["Low", "High", null]},
          "levels": {"risk": ["Low", "High"]}
        }
      },
      "parameters": {"Overwrite categorical columns": "True"},
      "outputs": {
        "Results dataset": {
          "columns": {"id": [1, 2, 3], "risk-Low": [1, 0, 0], "risk-High": [0, 1, 0]},
          "types": {"risk-Low": "Int32", "risk-High": "Int32"}
        }
      }
    }
"""

from collections.abc import Sequence
from typing import Annotated

import polars as pl
from msgspec import Meta, Struct, field

from bramka.catalogue._columns import CATEGORICAL_COLUMNS, called_apart
from bramka.catalogue._transforms import places_of
from bramka.domain.learning.cells import Cell, text_of, text_series
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import (
    Module,
    ModuleError,
    ModulePort,
    Ports,
    RowStep,
)
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value import table_on

MOST_COLUMNS = 100_000
MISSING = "Missing"


class Settings(Struct, frozen=True, kw_only=True):
    """Which categories are turned, and whether they stay too."""

    chosen: Annotated[
        ColumnSelector, Meta(description="The categories that are turned.")
    ] = field(name="Categorical columns to convert", default=CATEGORICAL_COLUMNS)
    overwrite: Annotated[
        bool, Meta(description="Leave out the categories themselves.")
    ] = field(name="Overwrite categorical columns", default=False)
    missing: Annotated[
        bool, Meta(description="Add a column that is 1 where the value is missing.")
    ] = field(name="Indicator of missing values", default=False)


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    chosen = _chosen(table.columns, settings)
    series: list[pl.Series] = []
    for column in chosen:
        cells = table.series(column.name)
        texts = text_series(cells)
        series += [
            (texts == level).fill_null(value=False) for level in column.levels or ()
        ]
        if settings.missing:
            series.append(cells.is_null())
    kept = _kept(table.columns, chosen, settings)
    columns = _columns(chosen, kept, settings)
    frame = pl.DataFrame(
        [
            each.cast(pl.Int32).alias(column.name)
            for each, column in zip(series, columns, strict=True)
        ]
    )
    rest = table.select([column.name for column in kept])
    return {"Results dataset": rest.append(Table(frame, columns))}


def row(columns: Sequence[Column], settings: Settings, _others: Ports) -> RowStep:
    chosen = _chosen(columns, settings)
    kept = _kept(columns, chosen, settings)
    places = places_of((column.name for column in chosen), columns)
    stay = places_of((column.name for column in kept), columns)
    levels = list(zip(places, (column.levels or () for column in chosen), strict=True))

    def indicate(cells: Sequence[Cell]) -> list[Cell]:
        result = [cells[place] for place in stay]
        for place, values in levels:
            text = text_of(cells[place])
            result += [int(text == value) for value in values]
            if settings.missing:
                result.append(int(text is None))
        return result

    return RowStep((*kept, *_columns(chosen, kept, settings)), indicate)


def _chosen(columns: Sequence[Column], settings: Settings) -> list[Column]:
    known = {column.name: column for column in columns}
    names = dict.fromkeys(settings.chosen.names(columns))
    chosen = [known[name] for name in names]
    for column in chosen:
        if column.levels is None:
            raise ModuleError(
                56,
                f'Column with name "{column.name}" is not in an allowed category. '
                "Make it categorical with Edit Metadata first.",
            )
    count = sum(len(column.levels or ()) for column in chosen)
    if count > MOST_COLUMNS:
        raise ModuleError(
            138,
            "Memory has been exhausted, unable to complete running of module. "
            f"{count:,} new columns are asked for; at most {MOST_COLUMNS:,} fit.",
        )
    return chosen


def _kept(
    columns: Sequence[Column], chosen: Sequence[Column], settings: Settings
) -> tuple[Column, ...]:
    if not settings.overwrite:
        return tuple(columns)
    gone = {column.name for column in chosen}
    return tuple(column for column in columns if column.name not in gone)


def _columns(
    chosen: Sequence[Column], kept: Sequence[Column], settings: Settings
) -> tuple[Column, ...]:
    extra = (MISSING,) if settings.missing else ()
    names = [
        f"{column.name}-{level}"
        for column in chosen
        for level in (*(column.levels or ()), *extra)
    ]
    made = [Column(name=name, type="Int32") for name in names]
    return tuple(called_apart(made, (column.name for column in kept)))


MODULE = Module(
    name="Convert to Indicator Values",
    family="6ea59c36f283410eb34cedfabfac39b0",
    category="Data Transformation / Manipulation",
    settings=Settings,
    inputs=(ModulePort("Dataset"),),
    outputs=(ModulePort("Results dataset"),),
    run=run,
    row=row,
    row_wise=True,
)
