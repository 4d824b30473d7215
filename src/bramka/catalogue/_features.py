"""From the columns of a table to the numbers a learner sees, for many rows.

Numbers, truth values, dates and spans are one number each; texts and categories are one
indicator a level. A level that was not there at the training is none of the levels.
"""

from collections.abc import Sequence
from math import isfinite

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bramka.catalogue._encoding import (
    EPOCHS,
    SECOND,
    Encoding,
    Feature,
    Scaling,
    fitting,
    new_level,
    odd_number,
)
from bramka.domain.learning.cells import text_series
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.table import Column, Table

Matrix = NDArray[np.float64]
Mask = NDArray[np.bool_]

MOST_CELLS = 250_000_000
BINS = 256
_LINE, _PAGE = 8, 512
"""How many numbers fill a line of the processor's cache, and a page of memory."""


def feature_names(table: Table, label: str | None) -> list[str]:
    """The columns to learn from: all but the label; Errors 0047 and 0140 if none."""
    names = [
        column.name
        for column in table.columns
        if column.kind == "Feature" and column.name != label
    ]
    if not names and label is None:
        raise ModuleError(
            47,
            'Number of feature columns in input dataset "Dataset" is less than allowed '
            "minimum of 1 column(s).",
        )
    if not names:
        raise ModuleError(
            140,
            "Specified column set does not contain other columns except label column.",
        )
    return names


def encoding_of(
    table: Table, names: Sequence[str], *, scaling: Scaling = "none", unknown: bool
) -> Encoding:
    """What a table's columns are like."""
    features = [_feature(table, name, scaling) for name in names]
    return Encoding(tuple(features), unknown)


def matrix_of(encoding: Encoding, table: Table) -> tuple[Matrix, Mask]:
    """A row of numbers for each row, and which rows miss nothing.

    A missing number is NaN, a missing level is none of the levels.
    """
    cells = encoding.width * table.height
    if cells > MOST_CELLS:
        raise ModuleError(
            138,
            "Memory has been exhausted, unable to complete running of module. The "
            f"features are {cells:,} numbers; at most {MOST_CELLS:,} fit. Leave out "
            "columns of many different texts, or take fewer rows.",
        )
    # Filled column by column where columns lie together, then turned once: writing
    # each number of a column into another row would miss the cache every time.
    matrix = np.zeros((_spread(table.height), encoding.width), order="F")
    matrix = matrix[: table.height]
    columns = {column.name: column for column in table.columns}
    complete = np.ones(table.height, dtype=np.bool_)
    place = 0
    for feature in encoding.features:
        column = fitting(columns.get(feature.name), feature)
        series = table.series(feature.name)
        if feature.levels is None:
            numbers = _numbers(series, column)
            complete &= ~np.isnan(numbers)
            matrix[:, place] = _scaled(numbers, feature)
        else:
            codes = _codes(series, feature, unknown=encoding.unknown)
            rows = np.flatnonzero(codes >= 0)
            matrix[rows, place + codes[rows]] = 1.0
            if series.null_count():
                complete &= series.is_not_null().to_numpy()
        place += feature.width
    return np.ascontiguousarray(matrix), complete


def _feature(table: Table, name: str, scaling: Scaling) -> Feature:
    column, series = table.column(name), table.series(name)
    if column.levels is not None:
        return Feature(name, levels=column.levels)
    if column.type == "String":
        return Feature(name, levels=tuple(series.drop_nulls().unique().sort()))
    numbers = _numbers(series, column)
    known = numbers[~np.isnan(numbers)]
    if not len(known):
        # Nothing is known of it: as a column of categories that has no level.
        return Feature(name, levels=())
    if scaling == "none":
        return Feature(name)
    if scaling == "binning":
        edges = np.unique(np.quantile(known, np.arange(1, BINS + 1) / BINS))
        return Feature(name, edges=tuple(map(float, edges)))
    if scaling == "gaussian":
        with np.errstate(over="ignore"):
            shift, scale = float(known.mean()), float(known.std())
    else:
        shift = float(known.min())
        scale = float(known.max()) - shift
    if not isfinite(scale):
        # So far apart that the way between is no number.
        raise odd_number(name, scale)
    return Feature(name, shift=shift, scale=scale or 1.0)


def _numbers(series: pl.Series, column: Column) -> Matrix:
    """A column as numbers, NaN where it misses; Errors 0032 and 0033 for odd ones."""
    if column.type in EPOCHS or column.type == "TimeSpan":
        numbers = (series.cast(pl.Int64) / SECOND).to_numpy()
    else:
        series = series.cast(pl.Float64)
        numbers = series.to_numpy()
        odd = ~np.isfinite(numbers)
        if odd.any():
            odd &= series.is_not_null().to_numpy()
        if odd.any():
            raise odd_number(column.name, float(numbers[np.argmax(odd)]))
    return numbers


def _scaled(numbers: Matrix, feature: Feature) -> Matrix:
    if feature.edges:
        bins = np.searchsorted(feature.edges, numbers, side="right")
        scaled = bins / len(feature.edges)
        scaled[np.isnan(numbers)] = np.nan
        return scaled
    if feature.shift or feature.scale != 1:
        return (numbers - feature.shift) / feature.scale
    return numbers


def _codes(series: pl.Series, feature: Feature, *, unknown: bool) -> NDArray[np.int64]:
    """The number of each cell's level; -1 where it has none."""
    assert feature.levels is not None
    texts = series if series.dtype == pl.String else text_series(series)
    known = texts.cast(pl.Enum(feature.levels), strict=False)
    if not unknown and known.null_count() != texts.null_count():
        new = texts.filter(known.is_null() & texts.is_not_null())
        raise new_level(feature.name, new[0])
    return known.to_physical().cast(pl.Int64).fill_null(-1).to_numpy()


def _spread(rows: int) -> int:
    """At least so many rows, so that columns do not all begin in one set of the cache.

    Columns of 8,192 numbers do: turning a matrix of them takes eight times as long.
    """
    lines = -(-rows // _LINE) * _LINE
    return lines + _LINE if lines % _PAGE == 0 else lines
