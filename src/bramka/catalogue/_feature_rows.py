"""From the cells of one row to the numbers a learner sees, without making tables."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from math import isfinite, nan

from bramka.catalogue._encoding import (
    EPOCHS,
    SECOND,
    Encoding,
    Feature,
    column_for,
    new_level,
    odd_number,
)
from bramka.domain.learning.cells import Cell, text_of
from bramka.domain.learning.table import NUMBERS, Column

_MICROSECOND = timedelta(microseconds=1)


def quick_numbers(
    encoding: Encoding, columns: Sequence[Column]
) -> Callable[[Sequence[Cell]], tuple[list[float], bool]]:
    """`matrix_of` for single rows of these columns: the numbers, and if none misses."""
    names = [column.name for column in columns]
    given = [column_for(columns, feature) for feature in encoding.features]
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
                raise odd_number(name, number)
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
                raise new_level(feature.name, text)
            return none
        return found

    return indicators


def _quick_number(cell: Cell, column: Column, feature: Feature) -> float:
    if cell is None:
        return nan
    if isinstance(cell, datetime):
        number = ((cell - EPOCHS[column.type]) // _MICROSECOND) / SECOND
    elif isinstance(cell, timedelta):
        number = (cell // _MICROSECOND) / SECOND
    else:
        number = float(cell)
    if not isfinite(number):
        raise odd_number(column.name, number)
    if feature.edges:
        return bisect_right(feature.edges, number) / len(feature.edges)
    return (number - feature.shift) / feature.scale
