"""Cuts text where one record ends and the next begins, in one pass; Parquet by groups.

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
from bramka.domain.learning.arff import LONGEST_HEADER, header_end
from bramka.domain.learning.job import Piece, Plan
from bramka.domain.learning.parquet import Footer

Read = Callable[[int, int], bytes]
"""`read(start, length)` gives bytes of the input, fewer only at its end."""

MEBI = 1 << 20
LONGEST_RECORD = 64 * MEBI
CELLS_AT_ONCE = 4_000_000
NO_ROW = list(b"%\r\n")
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
                f"Row {cutter.rows_before + cutter.rows + 1} is longer than "
                f"{LONGEST_RECORD // MEBI} MiB; is a quote not closed in it?"
            )
    if header and not cutter.start:
        return Plan(header=read(0, size), pieces=(_piece(0, size, size, 0, 0),))
    cutter.close(size)
    return Plan(header=head, pieces=tuple(cutter.pieces))


def cut_arff(read: Read, size: int, *, limits: Limits) -> Plan:
    """How to cut an ARFF file: its cells hold no line ends, so at any line."""
    length = min(size, MEBI)
    head = read(0, length)
    while not (start := header_end(head)) and length < min(size, LONGEST_HEADER):
        length = min(size, length * 4)
        head = read(0, length)
    if not start:
        raise Invalid("The blob is not an ARFF file: it has no line @data.")
    cutter = _Cutter(limits, start, start)
    for _, ends in line_ends(read, size, limits.block, start):
        cutter.take(ends)
    cutter.close(size)
    return Plan(header=head[:start], pieces=tuple(cutter.pieces))


def cut_groups(footer: Footer, limits: Limits) -> Plan:
    """How to cut a Parquet file: several small row groups, or a part of a large one."""
    pieces: list[Piece] = []
    start = rows = size = before = 0
    for number, group in enumerate(footer.groups):
        length = group.stop - group.start
        full = rows + group.rows > limits.rows or size + length > limits.size
        if full and rows:
            pieces.append(_piece(len(pieces), start, number, before, rows))
            before, start, rows, size = before + rows, number, 0, 0
        rows, size = rows + group.rows, size + length
        while rows > limits.rows:
            # One group of many rows; what remains of it may be joined by others.
            taken = limits.rows
            pieces.append(_piece(len(pieces), number, number + 1, before, taken))
            before, start, rows = before + taken, number, rows - taken
    if rows or not pieces:
        pieces.append(_piece(len(pieces), start, len(footer.groups), before, rows))
    return Plan(header=b"", pieces=tuple(pieces))


def line_ends(
    read: Read, size: int, block: int, start: int = 0
) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """The same for lines of ARFF; empty lines and remarks are no rows."""
    pending: bool | None = None
    for place in range(start, size, block):
        data = np.frombuffer(read(place, min(block, size - place)), dtype=np.uint8)
        ends = np.flatnonzero(data == ord("\n"))
        firsts = np.concatenate(([0], ends + 1))
        inside = firsts < len(data)
        rows = ~np.isin(data[firsts[inside]], NO_ROW)
        if pending is not None:
            rows[0] = pending
        pending = bool(rows[-1]) if inside[-1] else None
        yield place + len(data), ends[rows[: len(ends)]] + (place + 1)


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
