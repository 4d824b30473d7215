"""Compute one figure for each column of numbers.

Missing values are left out; too few numbers give NaN. A quartile between two numbers
is their mean. The modes are all there are, a row each. Of truth values Min is whether
all, Max whether any is true, and Range whether both occur.

    {
      "inputs": {"Dataset": {"x": [1.0, 2.0, null, 6.0], "y": [2, 2, 4, 8]}},
      "parameters": {"Method": "Deviation squared"},
      "outputs": {
        "Results dataset": {
          "DeviationSquared(x)": [14.0],
          "DeviationSquared(y)": [24.0]
        }
      }
    }
"""

from typing import Annotated, Literal

import polars as pl
from msgspec import Meta, Struct, field

from bramka.catalogue._columns import NUMERIC_COLUMNS, unsupported
from bramka.catalogue._statistics import FIGURES, central_moment, known_numbers, modes
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Module, ModuleError, ModulePort, Ports
from bramka.domain.learning.table import NUMBERS, Column, Table
from bramka.domain.learning.value import table_on

METHOD = "Method"
MOMENT = "K-th central moment"


class Settings(Struct, frozen=True, kw_only=True):
    """Which figure of which columns."""

    method: Annotated[
        Literal[
            "Deviation squared",
            "Geometric mean",
            "Harmonic mean",
            "Interquartile distance",
            "K-th central moment",
            "Max",
            "Mean",
            "Mean deviation",
            "Median",
            "Median deviation",
            "Min",
            "Mode",
            "Population standard deviation",
            "Population variance",
            "Product",
            "Range",
            "Sample kurtosis",
            "Sample skewness",
            "Sample standard deviation",
            "Sample variance",
            "Sum",
        ],
        Meta(description="The figure to compute."),
    ] = field(name=METHOD)
    chosen: Annotated[
        ColumnSelector, Meta(description="The columns of numbers or truth values.")
    ] = field(name="Column set", default=NUMERIC_COLUMNS)
    order: Annotated[
        int,
        Meta(
            ge=1,
            description="The power of the central moment.",
            extra={"shown_when": (METHOD, (MOMENT,))},
        ),
    ] = field(name="Order", default=3)


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    found = {}
    for name in dict.fromkeys(settings.chosen.names(table.columns)):
        _require_fit(table.column(name))
        heading = f"{_heading(settings.method)}({name})"
        found[heading] = _figures(table.series(name), settings)
    rows = max(len(each) for each in found.values())
    series = [
        each.extend_constant(None, rows - len(each)).alias(heading)
        for heading, each in found.items()
    ]
    return {"Results dataset": Table.of(pl.DataFrame(series))}


def _require_fit(column: Column) -> None:
    if column.categorical:
        raise ModuleError(
            56, f'Column with name "{column.name}" is not in an allowed category.'
        )
    if column.type not in NUMBERS and column.type != "Boolean":
        raise unsupported(column)


def _figures(series: pl.Series, settings: Settings) -> pl.Series:
    if series.dtype == pl.Boolean and settings.method in ("Min", "Max", "Range"):
        return pl.Series([_truth(series, settings.method)])
    numbers = known_numbers(series)
    if settings.method == "Mode":
        return pl.Series(modes(numbers), dtype=pl.Float64)
    if settings.method == MOMENT:
        return pl.Series([central_moment(numbers, settings.order)])
    return pl.Series([FIGURES[settings.method](numbers)])


def _truth(series: pl.Series, method: str) -> bool:
    if method == "Range":
        return series.drop_nulls().n_unique() == 2
    return bool(series.all() if method == "Min" else series.any())


def _heading(method: str) -> str:
    if method == MOMENT:
        return "KthCentralMoment"
    return "".join(word.capitalize() for word in method.split())


MODULE = Module(
    name="Compute Elementary Statistics",
    family="3086b8d4c89545ba8aa934f0c944d4d3",
    category="Statistical Functions",
    settings=Settings,
    inputs=(ModulePort("Dataset"),),
    outputs=(ModulePort("Results dataset"),),
    run=run,
)
