"""Cuts delimited text where one record ends and the next begins, in one pass.

A line end lies inside a cell exactly when an odd number of quotes stands before it:
doubled quotes count twice, so they change nothing. Whatever the file's size, one block
of it is in memory.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from bramka.domain.errors import Invalid
from bramka.domain.learning.job import Piece, Plan

Read = Callable[[int, int], bytes]
"""`read(start, length)` gives bytes of the input, fewer only at its end."""

MEBI = 1 << 20
LONGEST_RECORD = 64 * MEBI
CELLS_AT_ONCE = 4_000_000
WHOLE = Plan(
    header=b"",
    pieces=(Piece(number=0, start=0, stop=None, first_row=0, rows=None),),
)
"""The plan of a job that cannot be cut."""


class Limits(Struct, frozen=True, kw_only=True):
    """How large a chunk gets before it is cut."""

    size: int = 8 * MEBI
    rows: int = 100_000
    block: int = 4 * MEBI

    def for_width(self, columns: int) -> "Limits":
        """Fewer rows for wide results: a chunk's result must fit into memory."""
        rows = min(self.rows, max(100, CELLS_AT_ONCE // max(1, columns)))
        return Limits(size=self.size, rows=rows, block=self.block)


def cut(read: Read, size: int, *, header: bool, limits: Limits) -> Plan:
    """How to cut `size` bytes of delimited text; the header is no part of a chunk."""
    cutter = _Cutter(limits)
    head = b""
    for stop, found in record_ends(read, size, limits.block):
        ends = found
        if header and not cutter.start and len(ends):
            cutter.start = cutter.last = int(ends[0])
            head = read(0, cutter.start)
            ends = ends[1:]
        cutter.take(ends)
        if stop - cutter.last > LONGEST_RECORD:
            raise Invalid(
                f"Row {cutter.rows_before + 1} is longer than "
                f"{LONGEST_RECORD // MEBI} MiB; is a quote not closed in it?"
            )
    if header and not cutter.start:
        return Plan(header=read(0, size), pieces=(_piece(0, size, size, 0, 0),))
    cutter.close(size)
    return Plan(header=head, pieces=tuple(cutter.pieces))


def record_ends(
    read: Read, size: int, block: int
) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Each block's end, and where the records that end in it do."""
    inside = 0
    for start in range(0, size, block):
        data = np.frombuffer(read(start, block), dtype=np.uint8)
        ends = np.flatnonzero(data == ord("\n"))
        quotes = np.flatnonzero(data == ord('"'))
        if inside or len(quotes):
            before = np.searchsorted(quotes, ends) + inside
            ends = ends[before % 2 == 0]
            inside = (inside + len(quotes)) % 2
        yield start + len(data), ends + (start + 1)


@dataclass
class _Cutter:
    """Collects records into chunks."""

    limits: Limits
    start: int = 0
    """Where the chunk in the making begins."""
    last: int = 0
    """Where its last record so far ends."""
    rows: int = 0
    rows_before: int = 0
    pieces: list[Piece] = field(default_factory=list)

    def take(self, ends: NDArray[np.int64]) -> None:
        """Add the records that end here."""
        while len(ends):
            by_size = int(np.searchsorted(ends, self.start + self.limits.size))
            by_rows = self.limits.rows - self.rows - 1
            place = min(by_size, by_rows)
            taken = ends[: place + 1]
            self.rows += len(taken)
            self.last = int(taken[-1])
            if place < len(ends):
                self._cut()
            ends = ends[place + 1 :]

    def close(self, size: int) -> None:
        """The text ends at `size`, perhaps in a record without a line end."""
        if size > max(self.start, self.last):
            self.rows += 1
        self.last = size
        if self.rows or not self.pieces:
            self._cut()

    def _cut(self) -> None:
        number, before = len(self.pieces), self.rows_before
        self.pieces.append(_piece(number, self.start, self.last, before, self.rows))
        self.rows_before += self.rows
        self.start, self.rows = self.last, 0


def _piece(number: int, start: int, stop: int, first_row: int, rows: int) -> Piece:
    return Piece(number=number, start=start, stop=stop, first_row=first_row, rows=rows)
