"""SVMLight text: a label, then `index:value` for each cell that is not 0."""

import numpy as np
import polars as pl

from bramka.domain.errors import Invalid
from bramka.domain.learning.cells import text_of
from bramka.domain.learning.table import NUMBERS, Column, Table

LABELS = "Labels"
MOST_COLUMNS = 20_000
MOST_CELLS = 50_000_000
"""Of one piece: SVMLight is sparse, a table is not."""


def svmlight_width(content: bytes, first_row: int = 1) -> int:
    """The highest index in a text; Invalid for one that is no index."""
    width = 0
    for row, line in enumerate(_lines(content), first_row):
        for pair in line[1:]:
            width = max(width, _index(pair.partition(":")[0], row))
    return width


def read_svmlight(
    content: bytes, *, width: int | None = None, first_row: int = 1
) -> Table:
    """Columns Col1, Col2, … and Labels; `width` tells how many of the former."""
    lines = _lines(content)
    if width is None:
        width = svmlight_width(content, first_row)
    if len(lines) * width > MOST_CELLS:
        raise Invalid(
            f"{len(lines)} rows of {width} columns are more cells than fit; leave out "
            "columns, or cut the file."
        )
    cells = np.zeros((len(lines), width))
    labels = np.zeros(len(lines))
    for place, line in enumerate(lines):
        row = first_row + place
        labels[place] = _number(line[0], row, LABELS)
        named: set[int] = set()
        for pair in line[1:]:
            index, _, value = pair.partition(":")
            number = _index(index, row)
            if number in named:
                raise Invalid(f"Row {row}: the index {number} stands there twice.")
            named.add(number)
            cells[place, number - 1] = _number(value, row, f"Col{number}")
    names = [f"Col{number + 1}" for number in range(width)]
    frame = pl.DataFrame(
        {name: cells[:, place] for place, name in enumerate(names)} | {LABELS: labels}
    )
    return Table.of(frame, [Column(name=LABELS, type="Double", kind="Label")])


def write_svmlight(table: Table) -> bytes:
    """The label column (kind Label, or called Labels, or the last) goes first."""
    for column in table.columns:
        if column.type not in NUMBERS and column.type != "Boolean":
            raise Invalid(
                f"Column {column.name!r} is of type {column.type}; SVMLight holds "
                "numbers only. Leave it out, or convert it."
            )
    label = _label(table)
    others = [name for name in table.names if name != label]
    rows = table.select([label, *others]).frame.cast(pl.Float64).rows()
    return "".join(_line(row) for row in rows).encode()


def _label(table: Table) -> str:
    kinds = [column.name for column in table.columns if column.kind == "Label"]
    if kinds:
        return kinds[0]
    return LABELS if LABELS in table.names else table.names[-1]


def _line(row: tuple[float | None, ...]) -> str:
    label, *cells = (0.0 if cell is None else cell for cell in row)
    pairs = [f"{n}:{text_of(cell)}" for n, cell in enumerate(cells, 1) if cell]
    return " ".join([str(text_of(label)), *pairs]) + "\n"


def _lines(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("The SVMLight file is not UTF-8. Save it as UTF-8.") from None
    bare = (line.partition("#")[0].split() for line in text.split("\n"))
    return [
        [word for word in words if not word.startswith("qid:")]
        for words in bare
        if words
    ]


def _index(text: str, row: int) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:9]) <= MOST_COLUMNS):
        raise Invalid(
            f"Row {row}: {text[:20]!r} is no index; they go from 1 to {MOST_COLUMNS}."
        )
    return int(text)


def _number(text: str, row: int, column: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise Invalid(
            f"Row {row}, column {column!r}: {text[:40]!r} is not a number."
        ) from None
