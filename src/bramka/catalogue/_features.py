"""From the columns of a table to the numbers a learner sees, for many rows and for one.

Numbers, truth values, dates and spans are one number each; texts and categories are one
indicator a level. A level that was not there at the training is none of the levels.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from math import inf, isfinite, nan
from typing import Literal

import msgspec
import numpy as np
import polars as pl
from msgspec import Struct
from numpy.typing import NDArray

from bramka.domain.learning.cells import Cell, text_of, text_series
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.table import NUMBERS, Column, Table

Matrix = NDArray[np.float64]
Mask = NDArray[np.bool_]
Scaling = Literal["none", "min-max", "gaussian", "binning"]
"""How numbers are brought to one scale: to 0…1, to deviations, to bins of one size."""

MOST_CELLS = 250_000_000
BINS = 256
_LINE, _PAGE = 8, 512
"""How many numbers fill a line of the processor's cache, and a page of memory."""
_SECOND = 1e6
_MICROSECOND = timedelta(microseconds=1)
_EPOCHS = {
    "DateTime": datetime(1970, 1, 1),  # noqa: DTZ001 - these columns know no zone
    "DateTimeOffset": datetime(1970, 1, 1, tzinfo=timezone.utc),  # noqa: UP017
}


class Feature(Struct, frozen=True, omit_defaults=True):
    """One column: its levels, or how its numbers are shifted, scaled and binned."""

    name: str
    levels: tuple[str, ...] | None = None
    shift: float = 0.0
    scale: float = 1.0
    edges: tuple[float, ...] = ()

    @property
    def width(self) -> int:
        return 1 if self.levels is None else len(self.levels)


class Encoding(Struct, frozen=True, omit_defaults=True):
    """What was learnt about the columns; `unknown` lets levels be new."""

    features: tuple[Feature, ...]
    unknown: bool = True

    @property
    def width(self) -> int:
        return sum(feature.width for feature in self.features)

    @property
    def labels(self) -> list[str]:
        """What each number is called: the column, and the level if it has levels."""
        return [
            feature.name if level is None else f"{feature.name}_{level}"
            for feature in self.features
            for level in (feature.levels if feature.levels is not None else (None,))
        ]

    def stored(self) -> str:
        return msgspec.json.encode(self).decode()

    @classmethod
    def read(cls, text: str) -> "Encoding":
        return msgspec.json.decode(text, type=cls)


def feature_names(table: Table, label: str | None) -> list[str]:
    """The columns to learn from: all features but the label; Error 0140 if none."""
    names = [
        column.name
        for column in table.columns
        if column.kind == "Feature" and column.name != label
    ]
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
        column = _fitting(columns.get(feature.name), feature)
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


def quick_numbers(
    encoding: Encoding, columns: Sequence[Column]
) -> Callable[[Sequence[Cell]], tuple[list[float], bool]]:
    """`matrix_of` for single rows of these columns: the numbers, and if none misses."""
    names = [column.name for column in columns]
    given = [_column(columns, feature) for feature in encoding.features]
    if all(map(_is_plain, encoding.features, given)):
        return _plain_numbers(encoding.features, names)
    steps = [
        (
            names.index(feature.name),
            _quick(column, feature, encoding),
        )
        for feature, column in zip(encoding.features, given, strict=True)
    ]

    def numbers(cells: Sequence[Cell]) -> tuple[list[float], bool]:
        row: list[float] = []
        complete = True
        for place, step in steps:
            cell = cells[place]
            if cell is None:
                complete = False
            row += step(cell)
        return row, complete

    return numbers


def _is_plain(feature: Feature, column: Column) -> bool:
    return feature.levels is None and not feature.edges and column.type in NUMBERS


def _plain_numbers(
    features: Sequence[Feature], names: Sequence[str]
) -> Callable[[Sequence[Cell]], tuple[list[float], bool]]:
    """The same where every feature is a number: in one loop, without calls."""
    places = [
        (names.index(each.name), each.name, each.shift, each.scale) for each in features
    ]

    def numbers(cells: Sequence[Cell]) -> tuple[list[float], bool]:
        row: list[float] = []
        complete = True
        for place, name, shift, scale in places:
            cell = cells[place]
            if cell is None:
                complete = False
                row.append(nan)
                continue
            number = float(cell)  # type: ignore[arg-type]  # the column holds numbers
            if not isfinite(number):
                raise _odd_number(name, number)
            row.append((number - shift) / scale)
        return row, complete

    return numbers


def _quick(
    column: Column, feature: Feature, encoding: Encoding
) -> Callable[[Cell], Sequence[float]]:
    if feature.levels is None:
        return lambda cell: (_quick_number(cell, column, feature),)
    width = feature.width
    none = (0.0,) * width
    single = column.type == "Single"
    known = {
        level: (0.0,) * place + (1.0,) + (0.0,) * (width - place - 1)
        for place, level in enumerate(feature.levels)
    }

    def indicators(cell: Cell) -> Sequence[float]:
        text = text_of(cell, single=single)
        found = known.get(text) if text is not None else none
        if found is None:
            if not encoding.unknown:
                raise _new_level(feature.name, text)
            return none
        return found

    return indicators


def _quick_number(cell: Cell, column: Column, feature: Feature) -> float:
    if cell is None:
        return nan
    if isinstance(cell, datetime):
        number = ((cell - _EPOCHS[column.type]) // _MICROSECOND) / _SECOND
    elif isinstance(cell, timedelta):
        number = (cell // _MICROSECOND) / _SECOND
    else:
        number = float(cell)
    if not isfinite(number):
        raise _odd_number(column.name, number)
    if feature.edges:
        return bisect_right(feature.edges, number) / len(feature.edges)
    return (number - feature.shift) / feature.scale


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
        raise _odd_number(name, scale)
    return Feature(name, shift=shift, scale=scale or 1.0)


def _numbers(series: pl.Series, column: Column) -> Matrix:
    """A column as numbers, NaN where it misses; Errors 0032 and 0033 for odd ones."""
    if column.type in _EPOCHS or column.type == "TimeSpan":
        numbers = (series.cast(pl.Int64) / _SECOND).to_numpy()
    else:
        series = series.cast(pl.Float64)
        numbers = series.to_numpy()
        odd = ~np.isfinite(numbers)
        if odd.any():
            odd &= series.is_not_null().to_numpy()
        if odd.any():
            raise _odd_number(column.name, float(numbers[np.argmax(odd)]))
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
        raise _new_level(feature.name, new[0])
    return known.to_physical().cast(pl.Int64).fill_null(-1).to_numpy()


def _spread(rows: int) -> int:
    """At least so many rows, so that columns do not all begin in one set of the cache.

    Columns of 8,192 numbers do: turning a matrix of them takes eight times as long.
    """
    lines = -(-rows // _LINE) * _LINE
    return lines + _LINE if lines % _PAGE == 0 else lines


def _column(columns: Sequence[Column], feature: Feature) -> Column:
    """The column a feature is read from; Error 0001 or 0042 if it does not fit."""
    found = (column for column in columns if column.name == feature.name)
    return _fitting(next(found, None), feature)


def _fitting(column: Column | None, feature: Feature) -> Column:
    if column is None:
        raise ModuleError(
            1,
            f'Column with name or index "{feature.name}" does not exist in "Dataset".',
        )
    if feature.levels is None and column.type == "String":
        raise ModuleError(
            42,
            f'Could not convert column "{column.name}" of type String to '
            "column of type Double.",
        )
    return column


def _odd_number(name: str, number: float) -> ModuleError:
    if number in (inf, -inf):
        return ModuleError(33, f'"{name}" is not finite.')
    return ModuleError(32, f'"{name}" is not a number.')


def _new_level(name: str, level: str | None) -> ModuleError:
    return ModuleError(
        18,
        f'"Dataset" contains invalid data. Column "{name}" holds "{level}", which was '
        "not there at the training; unknown levels are not allowed.",
    )
