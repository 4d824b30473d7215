"""The answer to a synchronous call: every cell a JSON string or null."""

from collections.abc import Mapping, Sequence

import msgspec

from bramka.domain.learning.cells import Cell, cell_texts, text_of
from bramka.domain.learning.service import Column
from bramka.domain.learning.small_table import SmallTable
from bramka.domain.learning.table import INTEGERS, Table

Texts = Sequence[str | None]
"""The cells of one column as text."""

_ENCODER = msgspec.json.Encoder()


def write_results(
    outputs: Mapping[str, Table | SmallTable], *, details: bool, objects: bool
) -> bytes:
    """The body; `objects` is the swagger format, `details` adds names and types."""
    write = _as_objects if objects else _as_detailed if details else _as_table
    results = {
        name: write(output.columns, texts_of(output))
        for name, output in outputs.items()
    }
    return _ENCODER.encode({"Results": results})


def texts_of(output: Table | SmallTable) -> list[Texts]:
    """The cells as text, column by column."""
    if isinstance(output, Table):
        return [cell_texts(series) for series in output.frame.get_columns()]
    return [
        _texts(column, cells)
        for column, cells in zip(output.columns, output.cells, strict=True)
    ]


def _texts(column: Column, cells: list[Cell]) -> Texts:
    if column.type in INTEGERS:
        return [None if cell is None else str(cell) for cell in cells]
    single = column.type == "Single"
    return [text_of(cell, single=single) for cell in cells]


def _rows(columns: list[Texts]) -> list[tuple[str | None, ...]]:
    return list(zip(*columns, strict=True))


def _as_table(_columns: Sequence[Column], texts: list[Texts]) -> object:
    return {"type": "table", "value": {"Values": _rows(texts)}}


def _as_detailed(columns: Sequence[Column], texts: list[Texts]) -> object:
    value = {
        "ColumnNames": [column.name for column in columns],
        "ColumnTypes": [column.type for column in columns],
        "Values": _rows(texts),
    }
    return {"type": "table", "value": value}


def _as_objects(columns: Sequence[Column], texts: list[Texts]) -> object:
    names = [column.name for column in columns]
    return [dict(zip(names, row, strict=True)) for row in _rows(texts)]
