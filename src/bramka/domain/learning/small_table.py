"""Few rows as plain values: for calls where making a frame would cost the most."""

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

import polars as pl
from msgspec import Struct

from bramka.domain.learning.cells import Cell
from bramka.domain.learning.table import DTYPES, Column, Table, frame_of

MOST_ROWS = 64
"""From here on polars is faster than plain Python."""


class SmallTable(Struct, frozen=True):
    """`cells[n]` are the values of `columns[n]`, each of its column's type."""

    columns: tuple[Column, ...]
    cells: list[list[Cell]]
    height: int


@runtime_checkable
class SmallScoring(Protocol):
    """What a scoring function may offer besides: few rows without making frames.

    The outcome must equal that of `score` on the same rows.
    """

    def score_small(
        self, inputs: Mapping[str, SmallTable], parameters: Mapping[str, Any]
    ) -> Mapping[str, SmallTable]:
        """Score; raises bramka.domain.learning.module.ModuleError on bad data."""


def small_of(table: Table) -> SmallTable:
    """The same rows as plain values."""
    cells = [series.to_list() for series in table.frame.get_columns()]
    return SmallTable(table.columns, cells, table.height)


def table_of(small: SmallTable) -> Table:
    """The same rows in a frame."""
    series = [
        pl.Series(column.name, cells, dtype=DTYPES[column.type])
        for column, cells in zip(small.columns, small.cells, strict=True)
    ]
    return Table(frame_of(series), small.columns)
