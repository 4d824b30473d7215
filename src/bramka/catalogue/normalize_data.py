"""Bring columns of numbers to a common scale.

ZScore uses the population's standard deviation, LogNormal the distribution function of
the logarithms' mean and deviation (values that are not above 0 give 0). Missing values
stay missing; a column without any value has no scale and stays missing.

    {
      "inputs": {"Dataset": {"x": [1, 2, 3], "y": ["a", "b", "c"]}},
      "parameters": {"Transformation method": "MinMax"},
      "outputs": {
        "Transformed dataset": {"x": [0.0, 0.5, 1.0], "y": ["a", "b", "c"]},
        "Transformation function": {
          "applied to": {"x": [5, null]},
          "gives": {"x": [2.0, null]}
        }
      }
    }
"""

from collections.abc import Sequence
from typing import Annotated, Literal

import polars as pl
from msgspec import Meta, Struct, field
from msgspec.structs import replace

from bramka.catalogue._columns import NUMERIC_COLUMNS, require_numeric, require_rows
from bramka.catalogue._libraries import special
from bramka.catalogue._transforms import places_of, plain_state, plain_transform
from bramka.domain.learning.cells import Cell
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import (
    Learnt,
    Module,
    ModulePort,
    Ports,
    RowStep,
    Use,
)
from bramka.domain.learning.table import Column, Table, frame_of
from bramka.domain.learning.value import table_on

FAMILY = "986df33367484b85923d871df70d6aaf"
Method = Literal["ZScore", "MinMax", "Logistic", "LogNormal", "Tanh"]
Scale = tuple[float, float]
"""What is taken away, and by what the rest is divided."""


class Settings(Struct, frozen=True, kw_only=True):
    """Which columns are scaled, and how."""

    method: Annotated[
        Method, Meta(description="The formula that every chosen column goes through.")
    ] = field(name="Transformation method", default="ZScore")
    zero: Annotated[
        bool,
        Meta(
            description="Give 0 for a column whose values are all the same, "
            "for which ZScore and MinMax have no scale.",
            extra={
                "shown_when": (
                    "Transformation method",
                    ("ZScore", "MinMax", "LogNormal"),
                )
            },
        ),
    ] = field(name="Use 0 for constant columns when checked", default=True)
    chosen: Annotated[
        ColumnSelector, Meta(description="The columns of numbers to scale.")
    ] = field(name="Columns to transform", default=NUMERIC_COLUMNS)


class State(Struct, frozen=True):
    """What was learnt: a scale for each column, None where it had no value."""

    names: tuple[str, ...]
    scales: tuple[Scale | None, ...]


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    names = tuple(dict.fromkeys(settings.chosen.names(table.columns)))
    places = places_of(names, table.columns)
    require_numeric(table.columns[place] for place in places)
    require_rows(table.height, 1)
    columns = [_nameless(table.frame.to_series(place)) for place in places]
    state = State(names, tuple(_scale(each, settings.method) for each in columns))
    learnt = plain_transform(FAMILY, settings, state, table.columns)
    return {
        "Transformed dataset": use(learnt, settings).apply(table),
        "Transformation function": learnt,
    }


def use(learnt: Learnt, settings: Settings) -> Use:
    state = plain_state(learnt, State)
    names, scales = state.names, state.scales

    def apply(table: Table) -> Table:
        places = places_of(names, table.columns)
        require_numeric(table.columns[place] for place in places)
        cells = table.frame.get_columns()
        for name, place, scale in zip(names, places, scales, strict=True):
            numbers = _nameless(cells[place]).cast(pl.Float64)
            cells[place] = _placed(numbers, scale, settings).alias(name)
        return Table(frame_of(cells), _described(table.columns, names))

    def row(columns: Sequence[Column]) -> RowStep | None:
        if settings.method not in ("ZScore", "MinMax"):
            return None
        places = places_of(names, columns)
        require_numeric(columns[place] for place in places)
        steps = list(zip(places, scales, strict=True))

        def scale_row(cells: Sequence[Cell]) -> list[Cell]:
            result = list(cells)
            for place, scale in steps:
                cell = cells[place]
                result[place] = None if cell is None else _scaled(cell, scale, settings)
            return result

        return RowStep(_described(columns, names), scale_row)

    return Use(apply=apply, row=row)


def _nameless(cells: pl.Series) -> pl.Series:
    """Polars computes by name, and takes names like "*" and "^a$" for patterns."""
    return cells.alias("")


def _scale(cells: pl.Series, method: Method) -> Scale | None:
    """What the formula needs of a column; None where it has no value."""
    # One infinite cell would leave no scale for all others.
    known = cells.filter(cells.is_finite()) if cells.dtype.is_float() else cells
    if method == "MinMax":
        low, high = _number(known.min()), _number(known.max())
        return None if low is None or high is None else (low, high - low)
    known = known.cast(pl.Float64)
    if method == "LogNormal":
        known = known.filter(known > 0).log()
    mean, deviation = _number(known.mean()), _number(known.std(ddof=0))
    return None if mean is None or deviation is None else (mean, deviation)


def _number(found: object) -> float | None:
    return float(found) if isinstance(found, int | float) else None


def _placed(cells: pl.Series, scale: Scale | None, settings: Settings) -> pl.Series:
    """A column of doubles brought to the scale."""
    match settings.method:
        case "Logistic":
            return 1 / (1 + (-cells).exp())
        case "Tanh":
            return cells.tanh()
    if scale is None:
        return pl.Series([None] * len(cells), dtype=pl.Float64)
    low, width = scale
    if not width and settings.zero:
        zeros = pl.Series([0.0]).new_from_index(0, len(cells))
        none = pl.Series([None], dtype=pl.Float64)
        return zeros.zip_with(cells.is_not_null(), none)
    if settings.method == "LogNormal":
        return _distribution(cells, low, width)
    return (cells - low) / width


def _distribution(cells: pl.Series, mean: float, deviation: float) -> pl.Series:
    # The logarithm of 0 is as low as can be, whose share of the distribution is 0.
    logarithms = cells.clip(lower_bound=0.0).log()
    shares: pl.Series = special.ndtr((logarithms - mean) / deviation)
    return shares


def _scaled(cell: Cell, scale: Scale | None, settings: Settings) -> float | None:
    """What `_formula` gives for one cell, by the same steps."""
    assert isinstance(cell, int | float)
    if scale is None:
        return None
    low, width = scale
    if width:
        return (float(cell) - low) / width
    if settings.zero:
        return 0.0
    rest = float(cell) - low
    return rest * float("inf") if rest else float("nan")


def _described(columns: Sequence[Column], names: Sequence[str]) -> tuple[Column, ...]:
    chosen = set(names)
    return tuple(
        replace(column, type="Double") if column.name in chosen else column
        for column in columns
    )


MODULE = Module(
    name="Normalize Data",
    family=FAMILY,
    category="Data Transformation / Scale and Reduce",
    settings=Settings,
    inputs=(ModulePort("Dataset"),),
    outputs=(
        ModulePort("Transformed dataset"),
        ModulePort("Transformation function", "ITransform"),
    ),
    run=run,
    use=use,
)
