"""What Clean Missing Data learns, and how it cleans a table or a row by that."""

from collections.abc import Sequence
from typing import Any, Literal

import msgspec
import numpy as np
import polars as pl
import polars.selectors as cs
from msgspec import Struct
from msgspec.structs import replace

from bramka.catalogue._columns import cells_of, fresh_name, numeric, unsupported
from bramka.catalogue._imputation import Chain, Model, chained, probabilistic
from bramka.catalogue._transforms import numbers_of, places_of
from bramka.domain.learning.cells import BadCell, Cell, text_of, typed_series
from bramka.domain.learning.module import ModuleError, RowStep
from bramka.domain.learning.table import DTYPES, INTEGERS, Column, Table

Stored = str | bool | int | float
_TIMES = ("DateTime", "DateTimeOffset", "TimeSpan")
_TICKS_BEFORE_1970 = 621_355_968_000_000_000


class Fill(Struct, frozen=True):
    """What stands for missing values of a column; times are in microseconds."""

    name: str
    value: Stored

    def cell_for(self, column: Column) -> Cell:
        """The value as a column of this type holds it; Error 0016 if none does."""
        value = self.value
        if isinstance(value, float) and column.type in INTEGERS:
            value = round(value)
        if isinstance(value, str) != (column.type == "String"):
            raise ModuleError(
                16,
                "Columns with corresponding index in input datasets do have "
                f'incompatible types. "{column.name}" is {column.type}, the cleaning '
                f"learnt the value {value!r}.",
            )
        cell: Cell = pl.Series([value]).cast(DTYPES[column.type])[0]
        return cell


class Told(Struct, frozen=True):
    """Columns of numbers whose missing ones a model tells."""

    names: list[str]
    chain: Chain | None = None
    model: Model | None = None

    def fill(self, table: Table) -> Table:
        rows = numbers_of(table, self.names)
        told = self.chain or self.model
        assert told is not None
        filled = told.fill(rows)
        series = [
            _filled(table.series(name), filled[:, place]).alias(name)
            for place, name in enumerate(self.names)
        ]
        return Table(table.frame.with_columns(series), table.columns)


class Cleaning(Struct, frozen=True, kw_only=True):
    """Columns that go, rows that must be complete, values that fill, and flags."""

    removed: list[str] = []
    complete: list[str] = []
    fills: list[Fill] = []
    model: Told | None = None
    flagged: list[str] = []

    def clean(self, table: Table) -> Table:
        told = self.model.names if self.model else []
        names = [each.name for each in self.fills]
        places_of([*names, *self.complete, *told], table.columns)
        flags = table.frame.select(cells_of(*self.flagged).is_null())
        if self.complete:
            kept = table.frame.drop_nulls(cs.by_name(*self.complete))
            table = Table(kept, table.columns)
        gone = set(self.removed)
        table = table.select([name for name in table.names if name not in gone])
        if self.model:
            table = self.model.fill(table)
        table = self._fill(table)
        columns = self._flags(table.columns)
        flags.columns = [column.name for column in columns]
        return table.append(Table(flags, columns)) if columns else table

    def row(self, columns: Sequence[Column]) -> RowStep | None:
        if self.complete or self.model or self.removed:
            return None
        places = places_of([each.name for each in self.fills], columns)
        flagged = places_of(self.flagged, columns)
        described = self._described(columns)
        values = [
            (place, fill.cell_for(columns[place]))
            for place, fill in zip(places, self.fills, strict=True)
        ]

        def clean_row(cells: Sequence[Cell]) -> list[Cell]:
            result = list(cells)
            for place, value in values:
                if cells[place] is None:
                    result[place] = value
            return result + [cells[place] is None for place in flagged]

        return RowStep((*described, *self._flags(described)), clean_row)

    def _fill(self, table: Table) -> Table:
        known = {column.name: column for column in table.columns}
        filled = [
            cells_of(each.name).fill_null(
                pl.lit(each.cell_for(known[each.name]), DTYPES[known[each.name].type])
            )
            for each in self.fills
        ]
        return Table(table.frame.with_columns(filled), self._described(table.columns))

    def _described(self, columns: Sequence[Column]) -> tuple[Column, ...]:
        """A value that fills a category is one of it."""
        values = {each.name: each for each in self.fills}
        found = []
        for column in columns:
            fill = values.get(column.name)
            if fill is not None and column.levels is not None:
                text = text_of(fill.cell_for(column)) or ""
                levels = tuple(dict.fromkeys((*column.levels, text)))
                found.append(replace(column, levels=levels))
            else:
                found.append(column)
        return tuple(found)

    def _flags(self, columns: Sequence[Column]) -> tuple[Column, ...]:
        taken = {column.name for column in columns}
        names = [fresh_name(f"{name}_IsMissing", taken) for name in self.flagged]
        return tuple(Column(name=name, type="Boolean") for name in names)


def cleaning_from(state: Any) -> Cleaning:
    """What `to_builtins` made of a cleaning."""
    return msgspec.convert(state, Cleaning)


def model_of(table: Table, names: list[str], mode: str, rounds: int) -> Told | None:
    """What tells missing numbers in a mode that does, if there are such columns."""
    if mode not in ("Replace using MICE", "Replace using Probabilistic PCA"):
        return None
    told = [name for name in names if _countable(table.column(name))]
    if not told:
        return None
    rows = numbers_of(table, told)
    # A column may hold nothing but what is not a number.
    rows[:, np.isnan(rows).all(axis=0)] = 0.0
    if mode == "Replace using MICE":
        return Told(told, chain=chained(rows, rounds))
    return Told(told, model=probabilistic(rows, rounds))


def fill_of(table: Table, name: str, mode: str, value: str) -> Fill:
    """What fills a column in the modes that learn one value, or take it as told."""
    column, series = table.column(name), table.series(name)
    if mode == "Custom substitution value":
        return Fill(name, _typed(value, column))
    if mode in ("Replace with mean", "Replace with median"):
        return Fill(
            name, _middle(series, column, "mean" if "mean" in mode else "median")
        )
    known = series.drop_nulls()
    return Fill(name, _plain(known.mode().sort().head(1)) if len(known) else 0)


def _countable(column: Column) -> bool:
    return numeric(column) or column.type == "Boolean"


def _middle(
    series: pl.Series, column: Column, kind: Literal["mean", "median"]
) -> Stored:
    if column.categorical or column.type == "String":
        raise unsupported(column)
    if column.type == "Boolean" and kind == "median":
        raise unsupported(column)
    numbers = series.to_physical().cast(pl.Float64).drop_nulls().drop_nans()
    middle = numbers.mean() if kind == "mean" else numbers.median()
    found = float("nan") if middle is None else float(str(middle))
    if column.type == "Boolean":
        return bool(round(found))
    return found if column.type in ("Single", "Double") else round(found)


def _typed(text: str, column: Column) -> Stored:
    """The text as the column's type; dates may also be ticks since the year 1."""
    try:
        return _plain(typed_series(pl.Series([text]), column))
    except BadCell:
        pass
    if column.type in _TIMES and text.strip().lstrip("-").isdecimal():
        since = 0 if column.type == "TimeSpan" else _TICKS_BEFORE_1970
        return (int(text) - since) // 10
    raise ModuleError(
        2,
        f'Failed to convert "Replacement value" parameter value "{text}" from "String" '
        f'to "{column.type}", the type of column "{column.name}".',
    )


def _plain(series: pl.Series) -> Stored:
    value: Stored = series.to_physical()[0]
    return value


def _filled(series: pl.Series, numbers: np.ndarray) -> pl.Series:
    """The column, where missing numbers are those told."""
    told = pl.Series(numbers)
    if series.dtype == pl.Boolean:
        found = told >= 0.5
    elif series.dtype.is_integer():
        lowest, highest = series.dtype.min(), series.dtype.max()  # type: ignore[attr-defined]
        found = told.round(mode="half_to_even").clip(lowest, highest).cast(series.dtype)
    else:
        found = told.cast(series.dtype)
    return series.zip_with(series.is_not_null(), found)
