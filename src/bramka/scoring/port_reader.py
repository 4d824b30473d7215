"""One input of a call: from JSON, in either of its two forms, to typed columns."""

import polars as pl

from bramka.domain.learning.cells import BadCell, Cell, text_of, typed_series
from bramka.domain.learning.service import Column, Port
from bramka.domain.learning.small_table import SmallTable
from bramka.scoring.quick_cells import quick_reader
from bramka.scoring.refusal import Refusal, refuse

PARSE_ERROR = (
    "Parsing of input vector failed.  Verify the input vector has the correct number "
    "of columns and data types.  Additional details: "
)
MISMATCH = "Input data does not match input port schema."

Json = object
"""What msgspec makes of JSON: dict, list, str, int, float, bool or None."""


class PortReader:
    """Reads one input; made once per service, used by each call."""

    def __init__(self, port: Port) -> None:
        self.port = port
        self.names = [column.name for column in port.columns]
        self._quick = [quick_reader(column.type) for column in port.columns]

    def __repr__(self) -> str:
        return f"<PortReader: {self.port.name}, {len(self.names)} columns>"

    def read(self, given: Json) -> SmallTable:
        """The rows, or Refusal naming row, column and value."""
        if isinstance(given, dict):
            columns, height = self._from_table(given)
        elif isinstance(given, list):
            columns, height = self._from_objects(given)
        else:
            raise self._unreadable(
                f"Input '{self.port.name}' must be an object with ColumnNames and "
                f"Values, or an array of objects; it is {shown(given)}"
            )
        return SmallTable(self.port.columns, self._typed(columns), height)

    def _from_table(self, given: dict[str, Json]) -> tuple[list[list[Json]], int]:
        names, rows = given.get("ColumnNames"), given.get("Values")
        if not isinstance(names, list) or not isinstance(rows, list):
            raise self._unreadable(
                f"Input '{self.port.name}' must have the arrays ColumnNames and Values"
            )
        places = None if names == self.names else self._places(names)
        width = len(names)
        for number, row in enumerate(rows, 1):
            if type(row) is not list or len(row) != width:
                raise self._uneven(number, row, width)
        if len(rows) == 1:
            columns = [[cell] for cell in rows[0]]
        elif rows:
            columns = [list(cells) for cells in zip(*rows, strict=True)]
        else:
            return [[] for _ in self.names], 0
        if places is not None:
            columns = [columns[place] for place in places]
        return columns, len(rows)

    def _places(self, names: list[Json]) -> list[int]:
        """Where each of our columns stands in the call."""
        found = {name: place for place, name in enumerate(names) if type(name) is str}
        if len(found) < len(names):
            raise self._mismatch("ColumnNames must be different strings")
        for name in self.names:
            if name not in found:
                raise self._unreadable(f"Column '{name}' is missing")
        for given in found:
            if given not in self.names:
                raise self._mismatch(f"Column {shown(given)} is not one of its columns")
        return [found[name] for name in self.names]

    def _from_objects(self, rows: list[Json]) -> tuple[list[list[Json]], int]:
        known = set(self.names)
        for number, row in enumerate(rows, 1):
            if not isinstance(row, dict):
                raise self._unreadable(
                    f"Row {number} must be an object; it is {shown(row)}"
                )
            if not row.keys() <= known:
                name = next(name for name in row if name not in known)
                raise self._mismatch(
                    f"Row {number} has {shown(name)}, which is not one of its columns"
                )
        objects = [row for row in rows if isinstance(row, dict)]
        # R leaves a missing cell out of its object.
        return [[row.get(name) for row in objects] for name in self.names], len(rows)

    def _typed(self, columns: list[list[Json]]) -> list[list[Cell]]:
        return [
            cells
            if (cells := quick(given)) is not None
            else self._slowly(column, given)
            for column, quick, given in zip(
                self.port.columns, self._quick, columns, strict=True
            )
        ]

    def _slowly(self, column: Column, given: list[Json]) -> list[Cell]:
        """What the quick way leaves: the rules of the domain, a column at a time."""
        texts = [self._text(cell, row, column) for row, cell in enumerate(given, 1)]
        try:
            series = typed_series(pl.Series(texts, dtype=pl.String), column)
        except BadCell as error:
            raise self._unreadable(error.message.removesuffix(".")) from error
        cells: list[Cell] = series.to_list()
        return cells

    def _text(self, cell: Json, row: int, column: Column) -> str | None:
        if cell is None or isinstance(cell, str):
            return cell
        if isinstance(cell, bool | int):
            return text_of(cell)
        if isinstance(cell, float):
            # All 17 digits count in a number, only 15 are shown in a text.
            return text_of(cell) if column.type == "String" else repr(cell)
        raise self._unreadable(
            f"Row {row}, column '{column.name}': a cell must be a string, a number, a "
            f"boolean or null; it is {shown(cell)}"
        )

    def _uneven(self, number: int, row: Json, width: int) -> Refusal:
        if not isinstance(row, list):
            return self._unreadable(
                f"Row {number} must be an array; it is {shown(row)}"
            )
        return self._unreadable(
            f"Row {number} has {len(row)} values where ColumnNames has {width}: "
            f"{shown(row)}"
        )

    def _unreadable(self, reason: str) -> Refusal:
        message = f"{PARSE_ERROR}{reason}."
        return refuse("BadUserArgument", "InputParseError", message, self.port.name)

    def _mismatch(self, reason: str) -> Refusal:
        wanted = ", ".join(f"'{name}'" for name in self.names)
        message = f"{MISMATCH} {reason}; '{self.port.name}' takes {wanted}."
        return refuse("BadUserArgument", "InputMismatchError", message, self.port.name)


def shown(value: Json) -> str:
    """A value for a message, short whatever was sent."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return f"an array of {len(value)}"
    text = "null" if value is None else repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
