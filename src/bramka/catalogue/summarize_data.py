"""Tell the figures of every column: a row each.

Count is the number of rows; missing values are in no other figure but their own. Texts,
categories, dates and spans have counts only. Of several modes the least is told; a
percentile between two numbers is their mean.

    {
      "inputs": {"Dataset": {"x": [1.0, 2.0, 2.0, null], "t": ["a", "b", "a", "a"]}},
      "parameters": {},
      "outputs": {
        "Results dataset": {
          "Feature": ["x", "t"],
          "Count": [4, 4],
          "Unique Value Count": [2, 2],
          "Missing Value Count": [1, 0],
          "Min": [1.0, null],
          "Max": [2.0, null],
          "Mean": ["approximately", 1.6666667, null],
          "Mean Deviation": ["approximately", 0.4444444, null],
          "1st Quartile": [1.0, null],
          "Median": [2.0, null],
          "3rd Quartile": [2.0, null],
          "Mode": [2.0, null],
          "Range": [1.0, null],
          "Sample Variance": ["approximately", 0.3333333, null],
          "Sample Standard Deviation": ["approximately", 0.5773503, null],
          "Sample Skewness": ["approximately", -1.7320508, null],
          "Sample Kurtosis": [null, null],
          "P0.5": [1.0, null],
          "P1": [1.0, null],
          "P5": [1.0, null],
          "P95": [2.0, null],
          "P99": [2.0, null],
          "P99.5": [2.0, null]
        }
      }
    }
"""

from math import isnan, nan

import polars as pl
from msgspec import Struct

from bramka.catalogue._columns import numeric
from bramka.catalogue._statistics import (
    FIGURES,
    Numbers,
    counted,
    known_numbers,
    percentiles,
)
from bramka.domain.learning.module import Module, ModulePort, Ports
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value import table_on

_FIGURES: dict[str, str | float] = {
    "Min": "Min",
    "Max": "Max",
    "Mean": "Mean",
    "Mean Deviation": "Mean deviation",
    "1st Quartile": 25.0,
    "Median": "Median",
    "3rd Quartile": 75.0,
    "Mode": "Mode",
    "Range": "Range",
    "Sample Variance": "Sample variance",
    "Sample Standard Deviation": "Sample standard deviation",
    "Sample Skewness": "Sample skewness",
    "Sample Kurtosis": "Sample kurtosis",
    "P0.5": 0.5,
    "P1": 1.0,
    "P5": 5.0,
    "P95": 95.0,
    "P99": 99.0,
    "P99.5": 99.5,
}
"""By column of the result: a figure's name, or a percentile."""
_PERCENTS = [each for each in _FIGURES.values() if isinstance(each, float)]
_SCHEMA: dict[str, pl.DataType] = {
    "Feature": pl.String(),
    "Count": pl.Int64(),
    "Unique Value Count": pl.Int64(),
    "Missing Value Count": pl.Int64(),
    **dict.fromkeys(_FIGURES, pl.Float64()),
}


class Settings(Struct, frozen=True, kw_only=True):
    """There is nothing to choose."""


def run(inputs: Ports, _settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    lines = [_line(column, table.series(column.name)) for column in table.columns]
    frame = pl.DataFrame(lines, schema=_SCHEMA, orient="row")
    return {"Results dataset": Table.of(frame)}


def _line(column: Column, series: pl.Series) -> list[str | int | float | None]:
    if numeric(column) or (column.type == "Boolean" and not column.categorical):
        unique, figures = _figures(known_numbers(series))
    else:
        figures = [None] * len(_FIGURES)
    if not series.dtype.is_float():
        # Counted as they are: doubles make one of whole numbers beyond 2**53.
        unique = series.drop_nulls().n_unique()
    return [column.name, len(series), unique, series.null_count(), *figures]


def _figures(numbers: Numbers) -> tuple[int, list[float | None]]:
    """How many different numbers there are, and the figures."""
    values, counts = counted(numbers)
    parts = dict(zip(_PERCENTS, percentiles(numbers, _PERCENTS), strict=True))
    found: list[float | None] = []
    for figure in _FIGURES.values():
        if isinstance(figure, float):
            value = parts[figure]
        elif figure == "Mode":
            value = float(values[counts.argmax()]) if len(values) else nan
        else:
            value = FIGURES[figure](numbers)
        found.append(None if isnan(value) else value)
    return len(values), found


MODULE = Module(
    name="Summarize Data",
    family="2c57074f674f45dead85d84e4726f04e",
    category="Statistical Functions",
    settings=Settings,
    inputs=(ModulePort("Dataset"),),
    outputs=(ModulePort("Results dataset"),),
    run=run,
    aliases=("Descriptive Statistics",),
)
