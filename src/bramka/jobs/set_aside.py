"""Finds the rows of a chunk that fail, so that the others need not fail with them."""

from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np
import polars as pl

from bramka.domain.errors import BramkaError, Invalid, Unavailable
from bramka.domain.learning.arff import header_end
from bramka.domain.learning.delimited import Delimited, write_delimited
from bramka.domain.learning.service import Port
from bramka.domain.learning.table import Column, Table
from bramka.jobs.intake import Content
from bramka.jobs.planner import line_ends, record_ends

MOST_ROWS = 1000
"""More rows than that of one chunk are no exceptions: the job fails."""
COLUMNS = (
    Column(name="Row", type="Int64"),
    Column(name="Reason"),
    Column(name="Record"),
)
HEADER = write_delimited(Table.empty(COLUMNS))

Tables = Mapping[str, Table]
Score = Callable[[Table], Tables]


class Rows(Protocol):
    """The rows of a chunk, to be taken in any stretch."""

    def __len__(self) -> int: ...

    def table(self, start: int, stop: int) -> Table:
        """Some of the rows; Invalid when one of them cannot be read."""

    def text(self, row: int) -> str:
        """One row as somebody would look for it in the input."""


class TextRows:
    """Rows of delimited text or ARFF."""

    def __init__(self, content: Content, port: Port, rows_before: int) -> None:
        assert isinstance(content.rows, bytes)
        self.content = content
        self.bytes = content.rows
        self.port = port
        self.rows_before = rows_before
        self.ends = _ends(self.bytes, lines=content.kind == "arff")

    def __len__(self) -> int:
        return len(self.ends) - 1

    def table(self, start: int, stop: int) -> Table:
        rows = self.bytes[self.ends[start] : self.ends[stop]]
        some = Content(self.content.kind, self.content.header, rows)
        return some.table(self.port, self.rows_before + start + 1)

    def text(self, row: int) -> str:
        record = self.bytes[self.ends[row] : self.ends[row + 1]]
        return record.decode("utf-8", "replace").rstrip("\r\n")


class TableRows:
    """Rows that were read as a table already."""

    def __init__(self, content: Content, port: Port, rows_before: int) -> None:
        assert isinstance(content.rows, Table)
        self.content = content
        self.rows = content.rows
        self.port = port
        self.rows_before = rows_before

    def __len__(self) -> int:
        return len(self.rows)

    def table(self, start: int, stop: int) -> Table:
        rows = self.rows.slice(start, stop - start)
        some = Content(self.content.kind, b"", rows)
        return some.table(self.port, self.rows_before + start + 1)

    def text(self, row: int) -> str:
        whole = write_delimited(self.rows.slice(row, 1)).decode()
        return whole.partition("\n")[2].rstrip("\n")


def rows_of(content: Content, port: Port, rows_before: int) -> Rows:
    """The rows of a chunk one by one."""
    kind = TableRows if isinstance(content.rows, Table) else TextRows
    return kind(content, port, rows_before)


def score_most(rows: Rows, score: Score, rows_before: int) -> tuple[Tables, Table]:
    """The results of all rows that do not fail, and a list of those that do."""
    sieve = _Sieve(rows, score, rows_before)
    # What fails without any row is about the columns or a parameter.
    nothing = score(rows.table(0, 0))
    sieve.take(0, len(rows))
    found = [nothing, *sieve.results]
    results = {
        name: Table(
            pl.concat([each[name].frame for each in found]), nothing[name].columns
        )
        for name in nothing
    }
    schema = ["Row", "Reason", "Record"]
    listed = pl.DataFrame(sieve.refused, schema=schema, orient="row")
    return results, Table.of(listed, COLUMNS)


def readable(content: Content, port: Port) -> tuple[Table, Table]:
    """The rows of a whole input that can be read, and a list of those that cannot."""
    rows = rows_of(_with_header(content), port, 0)
    tables, refused = score_most(rows, lambda table: {port.name: table}, 0)
    return tables[port.name], refused


def joined_lists(lists: Mapping[str, Table]) -> Table:
    """The lists of several inputs as one, which names them."""
    if len(lists) == 1:
        return next(iter(lists.values()))
    named = [
        each.frame.with_columns(
            pl.format("{}: {}", pl.lit(name), "Reason").alias("Reason")
        )
        for name, each in lists.items()
    ]
    # A service may have no input at all.
    return Table.of(pl.concat([Table.empty(COLUMNS).frame, *named]), COLUMNS)


def _with_header(content: Content) -> Content:
    """The same input with its header apart from its rows."""
    kind, rows = content.kind, content.rows
    if isinstance(rows, Table):
        return content
    if kind == "arff":
        start = header_end(rows)
    else:
        assert isinstance(kind, Delimited)
        start = next(iter(_ends(rows, lines=False)[1:]), 0) if kind.header else 0
    return Content(kind, rows[:start], rows[start:])


class _Sieve:
    """Halves what fails until single rows are left."""

    def __init__(self, rows: Rows, score: Score, rows_before: int) -> None:
        self.rows = rows
        self.score = score
        self.rows_before = rows_before
        self.results: list[Tables] = []
        self.refused: list[tuple[int, str, str]] = []

    def take(self, start: int, stop: int) -> None:
        """Score these rows; note the results and the refusals in order."""
        try:
            table = self.rows.table(start, stop)
            self.results.append(self.score(table))
        except Unavailable:
            raise
        except BramkaError as error:
            if stop - start == 1:
                self._refuse(start, error)
                return
            middle = (start + stop) // 2
            self.take(start, middle)
            self.take(middle, stop)

    def _refuse(self, row: int, error: BramkaError) -> None:
        number = self.rows_before + row + 1
        if len(self.refused) == MOST_ROWS:
            raise Invalid(
                f"More than {MOST_ROWS} rows of one chunk fail, at last row {number}: "
                f"{error.message}"
            )
        self.refused.append((number, error.message, self.rows.text(row)))


def _ends(content: bytes, *, lines: bool) -> list[int]:
    """0, and where each record of a text ends."""

    def read(start: int, length: int) -> bytes:
        return content[start : start + length]

    find = line_ends if lines else record_ends
    found = [ends for _, ends in find(read, len(content), 1 << 20)]
    ends = [0, *np.concatenate(found).tolist()] if found else [0]
    if ends[-1] < len(content):
        ends.append(len(content))
    return ends
