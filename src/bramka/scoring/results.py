"""The answer to a synchronous call: every cell a JSON string or null."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import msgspec

from bramka.domain.learning.cells import Cell, cell_texts, text_of
from bramka.domain.learning.service import Column
from bramka.domain.learning.small_table import SmallTable
from bramka.domain.learning.table import INTEGERS, Table

Texts = Sequence[str | None]
"""The cells of one row as text."""
Write = Callable[[Cell], str | None]

_ENCODER = msgspec.json.Encoder()


class _Head:
    """What is the same in every answer of these columns, made once."""

    __slots__ = ("columns", "names", "names_json", "types_json", "writes")

    def __init__(self, columns: tuple[Column, ...]) -> None:
        self.columns = columns
        self.names = [column.name for column in columns]
        self.names_json = msgspec.Raw(_ENCODER.encode(self.names))
        self.types_json = msgspec.Raw(
            _ENCODER.encode([column.type for column in columns])
        )
        self.writes = [_writer(column) for column in columns]


class ResultWriter:
    """Writes the answers of one service; made once, used by each call."""

    def __init__(self) -> None:
        self._heads: dict[str, _Head] = {}

    def __repr__(self) -> str:
        return f"<ResultWriter: {', '.join(self._heads) or 'nothing written'}>"

    def write(
        self,
        outputs: Mapping[str, Table | SmallTable],
        *,
        details: bool,
        objects: bool,
    ) -> bytes:
        """The body; `objects` is the swagger format, `details` adds names and types."""
        shape = _as_objects if objects else _as_detailed if details else _as_table
        results = {}
        for name, output in outputs.items():
            head = self._head(name, output.columns)
            results[name] = shape(head, _rows(head, output))
        return _ENCODER.encode({"Results": results})

    def _head(self, name: str, columns: tuple[Column, ...]) -> _Head:
        head = self._heads.get(name)
        # Parameters may change the columns, and then they are other ones.
        if head is None or head.columns is not columns:
            head = self._heads[name] = _Head(columns)
        return head


def _writer(column: Column) -> Write:
    if column.type in INTEGERS:
        return _integer
    if column.type == "Double":
        return _double
    if column.type == "String":
        return _text
    return partial(text_of, single=column.type == "Single")


def _double(cell: Cell) -> str | None:
    # Nearly every cell is a finite number but zero, and those need no second look.
    if type(cell) is float and cell and cell - cell == 0.0:
        return "%.15G" % cell  # noqa: UP031 - an f-string takes half as long again
    return text_of(cell)


def _text(cell: Cell) -> str | None:
    return cell if isinstance(cell, str) else text_of(cell)


def _integer(cell: Cell) -> str | None:
    return None if cell is None else str(cell)


def _rows(head: _Head, output: Table | SmallTable) -> list[Texts]:
    """The cells as text, row by row."""
    if isinstance(output, Table):
        columns = [cell_texts(series) for series in output.frame.get_columns()]
        return list(zip(*columns, strict=True))
    pairs = zip(head.writes, output.cells, strict=True)
    if output.height == 1:
        return [[write(cells[0]) for write, cells in pairs]]
    texts = [[write(cell) for cell in cells] for write, cells in pairs]
    return list(zip(*texts, strict=True))


def _as_table(_head: _Head, rows: list[Texts]) -> object:
    return {"type": "table", "value": {"Values": rows}}


def _as_detailed(head: _Head, rows: list[Texts]) -> object:
    value = {
        "ColumnNames": head.names_json,
        "ColumnTypes": head.types_json,
        "Values": rows,
    }
    return {"type": "table", "value": value}


def _as_objects(head: _Head, rows: list[Texts]) -> object:
    return [dict(zip(head.names, row, strict=True)) for row in rows]
