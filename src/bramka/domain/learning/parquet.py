"""Parquet files in pieces: one row group is read by itself, several files are joined.

A row group is a stretch of bytes that the footer points into. To read some of them, or
to put those of several files behind each other, the bytes stay as they are and the
footer is written anew with moved pointers.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from bramka.domain.errors import Invalid
from bramka.domain.learning.cells import text_series, typed_series
from bramka.domain.learning.table import DTYPES, Column, Table, frame_of
from bramka.domain.learning.thrift import I64, Record, read_record, write_record

MAGIC = b"PAR1"
TAIL = 8
LONGEST_FOOTER = 256 << 20

ROWS, GROUPS = 3, 4
GROUP_COLUMNS, GROUP_ROWS, GROUP_OFFSET = 1, 3, 5
CHUNK_OFFSET, CHUNK_FACTS = 2, 3
INDEXES = (4, 5, 6, 7)
FACT_SIZE, FACT_OFFSETS, BLOOM = 7, (9, 10, 11), (14, 15)

Read = Callable[[int, int], bytes]
"""`read(start, length)` gives bytes of the file."""


@dataclass(frozen=True)
class Group:
    """One row group: its rows, and the bytes that hold them."""

    rows: int
    start: int
    stop: int
    record: Record


@dataclass(frozen=True)
class Footer:
    """What the end of a Parquet file says about the rest."""

    record: Record
    groups: tuple[Group, ...]


def read_footer(read: Read, size: int) -> Footer:
    """The footer of a file of `size` bytes; Invalid if it is no Parquet file."""
    tail = read(size - TAIL, TAIL) if size >= TAIL + len(MAGIC) else b""
    length = int.from_bytes(tail[:4], "little")
    if tail[4:] != MAGIC or length > min(size - TAIL - len(MAGIC), LONGEST_FOOTER):
        raise Invalid("It is not a Parquet file: its end is not that of one.")
    record = read_record(read(size - TAIL - length, length))
    try:
        groups = tuple(_group(each) for each in record[GROUPS][1][1])
    except (KeyError, TypeError, IndexError, ValueError):
        raise Invalid("The footer of the Parquet file is malformed.") from None
    for group in groups:
        if not 0 <= group.start <= group.stop <= size:
            raise Invalid("The footer of the Parquet file points out of the file.")
    return Footer(record, groups)


def read_groups(read: Read, groups: Sequence[Group], footer: Footer) -> pl.DataFrame:
    """The rows of some row groups; only their bytes are read."""
    content = bytearray(MAGIC)
    moved = []
    for group in groups:
        moved.append(_moved(group, len(content) - group.start))
        content += read(group.start, group.stop - group.start)
    content += _footer(footer.record, moved)
    return read_frame(bytes(content))


def read_frame(content: bytes) -> pl.DataFrame:
    """The rows of a whole file."""
    try:
        return pl.read_parquet(io.BytesIO(content), use_statistics=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise Invalid(f"The Parquet file cannot be read: {error}"[:300]) from None


def as_table(
    frame: pl.DataFrame, columns: Sequence[Column] | None, first_row: int
) -> Table:
    """The frame with the types of `columns`, matched by name."""
    if columns is None:
        return Table.of(frame)
    known = set(frame.columns)
    for column in columns:
        if column.name not in known:
            raise Invalid(f"The Parquet file has no column {column.name!r}.")
    series = [
        _typed(frame.get_column(column.name), column, first_row) for column in columns
    ]
    return Table(frame_of(series), tuple(columns))


def write_parquet(table: Table) -> bytes:
    """A table as a file of one row group."""
    buffer = io.BytesIO()
    table.frame.write_parquet(buffer, row_group_size=max(1, len(table)))
    return buffer.getvalue()


def joined(parts: Sequence[tuple[Read, int]], piece: int) -> Iterator[bytes]:
    """One file with the row groups of several, in their order, piece by piece."""
    yield MAGIC
    place = len(MAGIC)
    moved: list[Record] = []
    first: Record | None = None
    for read, size in parts:
        footer = read_footer(read, size)
        first = first or footer.record
        for group in footer.groups:
            moved.append(_moved(group, place - group.start))
            for start in range(group.start, group.stop, piece):
                content = read(start, min(piece, group.stop - start))
                place += len(content)
                yield content
    if first is None:
        raise Invalid("There is no part to join.")
    yield _footer(first, moved)


def _typed(series: pl.Series, column: Column, first_row: int) -> pl.Series:
    wanted = DTYPES[column.type]
    if series.dtype == wanted:
        return series
    if wanted == pl.String:
        return text_series(series)
    if series.dtype in (pl.String, pl.Categorical):
        texts = series.cast(pl.String)
        return typed_series(texts, column, first_row=first_row)
    try:
        return series.cast(wanted)
    except pl.exceptions.PolarsError:
        raise Invalid(
            f"The column {column.name!r} of type {series.dtype} does not fit into "
            f"{column.type}."
        ) from None


def _group(record: Record) -> Group:
    starts, stops = [], []
    for chunk in record[GROUP_COLUMNS][1][1]:
        facts = chunk[CHUNK_FACTS][1]
        offsets = [facts[number][1] for number in FACT_OFFSETS if number in facts]
        start = min(offset for offset in offsets if offset > 0)
        starts.append(start)
        stops.append(start + facts[FACT_SIZE][1])
    return Group(record[GROUP_ROWS][1], min(starts), max(stops), record)


def _moved(group: Group, distance: int) -> Record:
    """The record of a row group whose bytes begin elsewhere."""
    kind, chunks = group.record[GROUP_COLUMNS][1]
    moved = dict(group.record)
    moved[GROUP_COLUMNS] = (9, (kind, [_moved_chunk(one, distance) for one in chunks]))
    if GROUP_OFFSET in moved:
        moved[GROUP_OFFSET] = (I64, moved[GROUP_OFFSET][1] + distance)
    moved.pop(7, None)  # Its place among the row groups.
    return moved


def _moved_chunk(chunk: Record, distance: int) -> Record:
    facts: dict[int, tuple[int, Any]] = dict(chunk[CHUNK_FACTS][1])
    for number in FACT_OFFSETS:
        if facts.get(number, (0, 0))[1] > 0:
            facts[number] = (I64, facts[number][1] + distance)
    for number in BLOOM:
        facts.pop(number, None)
    # Indexes lie behind the row groups: they are not taken along.
    moved = {number: each for number, each in chunk.items() if number not in INDEXES}
    offset = moved[CHUNK_OFFSET][1]
    moved[CHUNK_OFFSET] = (I64, offset + distance if offset > 0 else offset)
    moved[CHUNK_FACTS] = (12, facts)
    return moved


def _footer(record: Record, groups: Sequence[Record]) -> bytes:
    rows = sum(group[GROUP_ROWS][1] for group in groups)
    changed = {**record, ROWS: (I64, rows), GROUPS: (9, (12, list(groups)))}
    content = write_record(changed)
    return content + len(content).to_bytes(4, "little") + MAGIC
