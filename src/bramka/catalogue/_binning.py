"""Edges of bins: how they are learnt, and how tables and rows are binned by them."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Protocol

import msgspec
import numpy as np
import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from bramka.catalogue._columns import called_apart, cells_of, require_numeric
from bramka.catalogue._entropy_bins import entropy_edges
from bramka.catalogue._transforms import places_of
from bramka.domain.learning.cells import Cell, text_of
from bramka.domain.learning.module import ModuleError, RowStep
from bramka.domain.learning.table import Column, ColumnType, Table, frame_of

EDGES = "Comma-separated list of bin edges"
MOST_BINS = 100_000


class Asked(Protocol):
    """What an author says about edges."""

    @property
    def mode(self) -> str: ...
    @property
    def bins(self) -> int: ...
    @property
    def first(self) -> float: ...
    @property
    def width(self) -> float: ...
    @property
    def last(self) -> float: ...
    @property
    def edges(self) -> str: ...


class Binning(Struct, frozen=True, kw_only=True):
    """Edges by column, and how bins are told: by number, or as a part of `shares`."""

    edges: dict[str, list[float]]
    shares: int | None = None
    percent: bool = False
    output: str = "Append"
    categorical: bool = True

    def bin(self, table: Table) -> Table:
        columns, sources = self._layout(table.columns)
        series = []
        for column, place in zip(columns, sources, strict=True):
            if place >= 0:
                series.append(table.frame.to_series(place))
            else:
                name = list(self.edges)[-place - 1]
                series.append(self._binned(table.series(name), name).alias(column.name))
        return Table(frame_of(series), columns)

    def row(self, columns: Sequence[Column]) -> RowStep:
        described, sources = self._layout(columns)
        places = places_of(self.edges, columns)
        steps = [
            (place, edges, self._told(len(edges) + 1))
            for place, edges in zip(places, self.edges.values(), strict=True)
        ]

        def bin_row(cells: Sequence[Cell]) -> list[Cell]:
            made: list[Cell] = []
            for place, edges, told in steps:
                cell = cells[place]
                if not isinstance(cell, int | float) or math.isnan(cell):
                    made.append(None)
                else:
                    made.append(told[bisect_left(edges, cell)])
            return [cells[at] if at >= 0 else made[-at - 1] for at in sources]

        return RowStep(described, bin_row)

    def _binned(self, cells: pl.Series, name: str) -> pl.Series:
        numbers = cells.cast(pl.Float64)
        missing = numbers.is_null() | numbers.is_nan().fill_null(value=True)
        edges = self.edges[name]
        bins = np.searchsorted(edges, numbers.fill_null(0.0).to_numpy(), side="left")
        told = pl.Series(self._told(len(edges) + 1), dtype=self._dtype())
        return told.gather(bins).set(missing, None)

    def _told(self, count: int) -> list[int] | list[float]:
        """How each bin is told, from the first to the last."""
        numbers = range(1, count + 1)
        if self.shares is None:
            return list(numbers)
        whole = 100 if self.percent else 1
        return [number / self.shares * whole for number in numbers]

    def _dtype(self) -> pl.DataType:
        return pl.Int32() if self.shares is None else pl.Float64()

    def _layout(
        self, columns: Sequence[Column]
    ) -> tuple[tuple[Column, ...], list[int]]:
        """The result's columns: places of given ones; -1, -2, … are the binned ones."""
        places = places_of(self.edges, columns)
        require_numeric(columns[place] for place in places)
        made = [
            self._column(columns[place], edges)
            for place, edges in zip(places, self.edges.values(), strict=True)
        ]
        binned = [-number - 1 for number in range(len(made))]
        if self.output == "ResultOnly":
            return tuple(made), binned
        if self.output == "Inplace":
            at = dict(zip(places, binned, strict=True))
            sources = [at.get(place, place) for place in range(len(columns))]
            return tuple(
                columns[place] if place >= 0 else made[-place - 1] for place in sources
            ), sources
        named = [replace(each, name=f"{each.name}_quantized") for each in made]
        fresh = called_apart(named, (column.name for column in columns))
        return (*columns, *fresh), [*range(len(columns)), *binned]

    def _column(self, column: Column, edges: list[float]) -> Column:
        levels = None
        if self.categorical:
            levels = tuple(text_of(told) or "" for told in self._told(len(edges) + 1))
        type_: ColumnType = "Int32" if self.shares is None else "Double"
        return Column(name=column.name, type=type_, levels=levels, kind=column.kind)


def binning_from(state: Any) -> Binning:
    """What `to_builtins` made of a binning."""
    return msgspec.convert(state, Binning)


def edges_of(table: Table, name: str, asked: Asked) -> list[float]:
    """The edges between a column's bins, by the mode that is asked for."""
    if asked.mode == "Custom Edges":
        return _typed(asked.edges)
    if asked.mode == "Equal Width with Custom Start and Stop":
        return _started(asked)
    if asked.bins > MOST_BINS:
        raise ModuleError(
            8,
            f'Parameter "Number of bins" value should be in the range of '
            f"[1, {MOST_BINS}].",
        )
    numbers = table.series(name).cast(pl.Float64).drop_nulls().drop_nans()
    cells = numbers.filter(numbers.is_finite()).to_numpy()
    if not len(cells):
        return []
    if asked.mode == "Entropy MDL":
        return _telling(table, name, asked.bins)
    shares = np.linspace(0, 1, asked.bins + 1)[1:-1]
    if asked.mode == "Quantiles":
        return [float(edge) for edge in np.unique(np.quantile(cells, shares))]
    low, high = float(cells.min()), float(cells.max())
    return [float(edge) for edge in np.unique(low + (high - low) * shares)]


def _typed(text: str) -> list[float]:
    try:
        edges = [float(each) for each in text.split(",")]
    except ValueError:
        edges = []
    rising = all(low < high for low, high in pairwise(edges))
    if not edges or not rising or any(map(math.isnan, edges)):
        raise ModuleError(
            2,
            f'Failed to parse "{EDGES}" parameter: "{text}" must be rising numbers '
            "parted by commas, as 1, 2, 3",
        )
    return edges


def _started(asked: Asked) -> list[float]:
    if not asked.first < asked.last:
        raise ModuleError(
            6,
            'Parameter "First edge position" value should be less than parameter '
            '"Last edge position" value.',
        )
    count = (asked.last - asked.first) / asked.width
    if count > MOST_BINS:
        least, most = (asked.last - asked.first) / MOST_BINS, asked.last - asked.first
        raise ModuleError(
            8,
            'Parameter "Bin width" value should be in the range of '
            f"[{least:g}, {most:g}]. It makes {count:,.0f} bins.",
        )
    # What rounding leaves before the last edge is no bin of its own.
    steps = math.ceil(count - 1e-9)
    return [*(asked.first + asked.width * step for step in range(steps)), asked.last]


def _telling(table: Table, name: str, bins: int) -> list[float]:
    labels = [column.name for column in table.columns if column.kind == "Label"]
    if len(labels) != 1:
        found = f"There are {len(labels)}" if labels else "Mark it with Edit Metadata"
        raise ModuleError(24, f'There is no label column in "Dataset". {found}.')
    cells = cells_of(name).cast(pl.Float64)
    known = table.frame.filter(cells.is_finite() & cells_of(labels[0]).is_not_null())
    classes = (
        known.get_column(labels[0]).alias("").rank("dense").cast(pl.Int64).to_numpy()
    )
    return entropy_edges(
        known.get_column(name).cast(pl.Float64).to_numpy(), classes, bins
    )
