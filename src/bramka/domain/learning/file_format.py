"""Files of tables by their names: delimited text, ARFF and Parquet."""

from collections.abc import Sequence
from typing import Literal

from bramka.domain.errors import Invalid
from bramka.domain.learning.arff import read_arff, write_arff
from bramka.domain.learning.delimited import (
    FORMATS,
    Delimited,
    delimited_for,
    read_delimited,
    write_delimited,
)
from bramka.domain.learning.parquet import as_table, read_frame, write_parquet
from bramka.domain.learning.table import Column, Table

FileFormat = Delimited | Literal["arff", "parquet"]
EXTENSIONS = (*FORMATS, ".arff", ".parquet")


def format_of(path: str) -> FileFormat:
    """What a file's name promises; Invalid if it is none of ours."""
    lowered = path.lower()
    if lowered.endswith(".arff"):
        return "arff"
    if lowered.endswith(".parquet"):
        return "parquet"
    found = delimited_for(path)
    if found is None:
        raise Invalid(f"The blob {path} is not named {', '.join(EXTENSIONS)}.")
    return found


def read_file(
    content: bytes,
    kind: FileFormat,
    *,
    columns: Sequence[Column] | None = None,
    first_row: int = 1,
) -> Table:
    """The table in a whole file, or in a header with some rows behind it."""
    if kind == "parquet":
        return as_table(read_frame(content), columns, first_row)
    if kind == "arff":
        return read_arff(content, columns, first_row=first_row)
    assert isinstance(kind, Delimited)
    return read_delimited(content, kind, columns=columns, first_row=first_row)


def write_part(table: Table, kind: FileFormat, *, first: bool) -> bytes:
    """What one chunk adds to a file; the first one may begin with a header."""
    if kind == "parquet":
        return write_parquet(table)
    if kind == "arff":
        return write_arff(table, header=first)
    assert isinstance(kind, Delimited)
    return write_delimited(table, kind, header=kind.header and first)
