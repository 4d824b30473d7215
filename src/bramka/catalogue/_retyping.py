"""Columns of one type as another, as .NET converts values."""

import polars as pl

from bramka.domain.learning.cells import BadCell, text_series, typed_series
from bramka.domain.learning.module_error import ModuleError
from bramka.domain.learning.table import DTYPES, INTEGERS, NUMBERS, Column, ColumnType

_DATES = ("DateTime", "DateTimeOffset")
_TICKS_BEFORE_1970 = 621_355_968_000_000_000
_TICKS = 10
"""Of 100 nanoseconds each make a microsecond."""


def retyped(cells: pl.Series, column: Column, type_: ColumnType) -> pl.Series:
    """The cells as another type; Error 0042 if one has no such value."""
    try:
        found = _converted(cells, column, type_)
    except BadCell as error:
        raise _refused(column, type_, error.message) from None
    except pl.exceptions.PolarsError:
        raise _refused(column, type_, "a value is out of range") from None
    return found.cast(DTYPES[type_]).alias(cells.name)


def _converted(cells: pl.Series, column: Column, type_: ColumnType) -> pl.Series:
    source = column.type
    if type_ == "String":
        return text_series(cells)
    if source == "String":
        return typed_series(cells, Column(name=column.name, type=type_))
    if type_ == "Boolean" and source in NUMBERS:
        return cells != 0
    if type_ in NUMBERS and (source in NUMBERS or source == "Boolean"):
        return _numbers(cells, type_)
    if type_ in NUMBERS:
        return _numbers(_ticks(cells, source), type_)
    if source in NUMBERS and type_ != "Boolean":
        since = _TICKS_BEFORE_1970 if type_ in _DATES else 0
        return (cells.cast(pl.Int64) - since) // _TICKS
    if source in _DATES and type_ in _DATES:
        return cells.to_physical()
    raise _refused(column, type_, "there is no such conversion")


def _numbers(cells: pl.Series, type_: ColumnType) -> pl.Series:
    if type_ in INTEGERS and cells.dtype.is_float():
        # .NET rounds halves to the even number.
        cells = cells.round(mode="half_to_even")
    return cells.cast(DTYPES[type_])


def _ticks(cells: pl.Series, source: ColumnType) -> pl.Series:
    since = _TICKS_BEFORE_1970 if source in _DATES else 0
    return cells.to_physical() * _TICKS + since


def _refused(column: Column, type_: ColumnType, reason: str) -> ModuleError:
    why = f"{reason[:1].upper()}{reason[1:].rstrip('.')}."
    return ModuleError(
        42,
        f'Could not convert column "{column.name}" of type {column.type} to column of '
        f"type {type_}. {why}",
    )
