"""Where computed columns go: behind the others, in their place, or alone."""

from collections.abc import Sequence
from typing import Literal

import polars as pl
from msgspec.structs import replace

from bramka.catalogue._columns import called_apart
from bramka.domain.learning.table import Column, Table, frame_of, type_of

Placing = Literal["Append", "Inplace", "ResultOnly"]


def placed(
    table: Table, names: Sequence[str], made: Sequence[pl.Series], placing: Placing
) -> Table:
    """A table with one computed column for each of `names`, by its own name."""
    if placing == "Inplace":
        return _in_place(table, dict(zip(names, made, strict=True)))
    columns = [Column(name=each.name, type=type_of(each.dtype)) for each in made]
    taken = table.names if placing == "Append" else ()
    called = called_apart(columns, taken)
    series = [each.alias(one.name) for each, one in zip(made, called, strict=True)]
    result = Table(frame_of(series), tuple(called))
    return table.append(result) if placing == "Append" else result


def _in_place(table: Table, made: dict[str, pl.Series]) -> Table:
    series, columns = [], []
    for column in table.columns:
        found = made.get(column.name)
        if found is None:
            series.append(table.frame.get_column(column.name))
            columns.append(column)
        else:
            series.append(found.alias(column.name))
            columns.append(replace(column, type=type_of(found.dtype), levels=None))
    return Table(frame_of(series), tuple(columns))
