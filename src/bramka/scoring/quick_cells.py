"""The quick way from JSON to typed cells, in plain Python.

It takes a column whose cells are all plainly of its type, and gives None for any
other column: that one is read by the rules of `domain/learning/cells.py`. So the two
never differ on what they both take.
"""

import re
from collections.abc import Callable

from bramka.domain.learning.cells import Cell
from bramka.domain.learning.table import ColumnType

Quick = Callable[[list[object]], list[Cell] | None]

_DECIMAL = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?", re.ASCII).fullmatch
_INTEGER = re.compile(r"-?\d{1,9}", re.ASCII).fullmatch
_TRUTH = {"True": True, "False": False, "true": True, "false": False}
_EXACT = 2**53
"""Below this every whole number is a double."""


def quick_reader(kind: ColumnType) -> Quick:
    """The quick way for a column of this type."""
    return _READERS.get(kind, _never)


def _never(_given: list[object]) -> list[Cell] | None:
    return None


def _strings(given: list[object]) -> list[Cell] | None:
    cells: list[Cell] = []
    for cell in given:
        if type(cell) is not str and cell is not None:
            return None
        cells.append(cell)
    return cells


def _doubles(given: list[object]) -> list[Cell] | None:
    cells: list[Cell] = []
    for cell in given:
        if type(cell) is float or cell is None:
            cells.append(cell)
        elif (type(cell) is str and _DECIMAL(cell)) or (
            type(cell) is int and -_EXACT < cell < _EXACT
        ):
            cells.append(float(cell))
        else:
            return None
    return cells


def _booleans(given: list[object]) -> list[Cell] | None:
    cells: list[Cell] = []
    for cell in given:
        if cell is None or type(cell) is bool:
            cells.append(cell)
        elif type(cell) is str and cell in _TRUTH:
            cells.append(_TRUTH[cell])
        else:
            return None
    return cells


def _integers(low: int, high: int) -> Quick:
    def read(given: list[object]) -> list[Cell] | None:
        cells: list[Cell] = []
        for cell in given:
            if cell is None:
                cells.append(None)
                continue
            if type(cell) is str and _INTEGER(cell):
                number = int(cell)
            elif type(cell) is int:
                number = cell
            else:
                return None
            if not low <= number <= high:
                return None
            cells.append(number)
        return cells

    return read


_READERS: dict[ColumnType, Quick] = {
    "String": _strings,
    "Double": _doubles,
    "Boolean": _booleans,
    "Byte": _integers(0, 255),
    "Int16": _integers(-(2**15), 2**15 - 1),
    "Int32": _integers(-(2**31), 2**31 - 1),
    "Int64": _integers(-(2**63), 2**63 - 1),
}
