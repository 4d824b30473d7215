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
from bramka.domain.learning.value import Learnt
from bramka.domain.learning.value_file import value_bytes

FileFormat = Delimited | Literal["arff", "parquet", "ilearner"]
EXTENSIONS = (*FORMATS, ".arff", ".parquet")
"""Files of tables."""
LEARNT = ".ilearner"
"""Files of what was learnt."""


def format_of(path: str) -> FileFormat:
    """What a file's name promises; Invalid if it is none of ours."""
    lowered = path.lower()
    if lowered.endswith(".arff"):
        return "arff"
    if lowered.endswith(".parquet"):
        return "parquet"
    if lowered.endswith(LEARNT):
        return "ilearner"
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
    if kind == "ilearner":
        raise Invalid("The file holds a model, not a table.")
    return read_delimited(content, kind, columns=columns, first_row=first_row)


def write_part(value: Table | Learnt, kind: FileFormat, *, first: bool) -> bytes:
    """What one chunk adds to a file; the first one may begin with a header."""
    if isinstance(value, Learnt):
        return value_bytes(value)
    if kind == "parquet":
        return write_parquet(value)
    if kind == "arff":
        return write_arff(value, header=first)
    if kind == "ilearner":
        raise Invalid(f"A table is written to files named {', '.join(EXTENSIONS)}.")
    return write_delimited(value, kind, header=kind.header and first)
