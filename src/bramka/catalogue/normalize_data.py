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
from bramka.catalogue._state import state_from
from bramka.catalogue._transforms import places_of, transform
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
from bramka.domain.learning.table import Column, Table
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


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    names = list(dict.fromkeys(settings.chosen.names(table.columns)))
    require_numeric(table.column(name) for name in names)
    require_rows(table.height, 1)
    state = {"names": names, "scales": _scales(table, names, settings.method)}
    learnt = transform(FAMILY, settings, state, table.columns)
    return {
        "Transformed dataset": use(learnt, settings).apply(table),
        "Transformation function": learnt,
    }


def use(learnt: Learnt, settings: Settings) -> Use:
    state = state_from(learnt.state or b"")
    names: list[str] = state["names"]
    scales: list[Scale | None] = state["scales"]

    def apply(table: Table) -> Table:
        places_of(names, table.columns)
        require_numeric(table.column(name) for name in names)
        formulas = [
            _formula(name, scale, settings).alias(name)
            for name, scale in zip(names, scales, strict=True)
        ]
        frame = table.frame.with_columns(formulas)
        return Table(frame, _described(table.columns, names))

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


def _scales(table: Table, names: Sequence[str], method: Method) -> list[Scale | None]:
    """What each column needs for the formula; None where it has no value."""
    columns = [_known(table.frame[name]) for name in names]
    match method:
        case "MinMax":
            # Least and greatest pass over what is no number by themselves.
            low = [pl.col(name).cast(pl.Float64).min() for name in names]
            high = [pl.col(name).cast(pl.Float64).max() for name in names]
        case "LogNormal":
            logs = [each.filter(each > 0).log() for each in columns]
            low = [each.mean() for each in logs]
            high = [each.std(ddof=0) for each in logs]
        case _:
            low = [each.mean() for each in columns]
            high = [each.std(ddof=0) for each in columns]
    formulas = [each.alias(str(place)) for place, each in enumerate([*low, *high])]
    numbers = table.frame.select(formulas).row(0)
    pairs = zip(numbers[: len(names)], numbers[len(names) :], strict=True)
    if method == "MinMax":
        return [
            None if None in pair else (pair[0], pair[1] - pair[0]) for pair in pairs
        ]
    return [None if None in pair else pair for pair in pairs]


def _known(cells: pl.Series) -> pl.Expr:
    """The column's numbers; leaving some out copies it, so only if there are such."""
    numbers = pl.col(cells.name).cast(pl.Float64)
    broken = cells.dtype.is_float() and cells.is_nan().any()
    return numbers.drop_nans() if broken else numbers


def _formula(name: str, scale: Scale | None, settings: Settings) -> pl.Expr:
    cell = pl.col(name).cast(pl.Float64)
    match settings.method:
        case "Logistic":
            return 1 / (1 + (-cell).exp())
        case "Tanh":
            return cell.tanh()
    if scale is None:
        return pl.lit(None, dtype=pl.Float64)
    low, width = scale
    if not width and settings.zero:
        return pl.when(cell.is_not_null()).then(0.0)
    if settings.method == "LogNormal":
        return _distribution(cell, low, width)
    return (cell - low) / width


def _distribution(cell: pl.Expr, mean: float, deviation: float) -> pl.Expr:
    # The logarithm of 0 is as low as can be, whose share of the distribution is 0.
    logarithm = pl.when(cell <= 0).then(float("-inf")).otherwise(cell.log())
    score = (logarithm - mean) / deviation
    return score.map_batches(
        lambda scores: pl.Series(special.ndtr(scores.to_numpy())),
        return_dtype=pl.Float64,
    )


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
