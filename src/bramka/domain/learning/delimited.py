"""Delimited text: bytes to a table and back, by RFC 4180 and Studio's rules."""

from collections import Counter
from collections.abc import Sequence
from itertools import islice

import numpy as np
import polars as pl
from msgspec import Struct
from numpy.typing import NDArray

from bramka.domain.errors import Invalid
from bramka.domain.learning.cells import inferred_type, text_series, typed_series
from bramka.domain.learning.table import Column, Table, frame_of

MOST_NAMED = 50
"""So many columns are listed in a refusal."""
_BOM = b"\xef\xbb\xbf"


class Delimited(Struct, frozen=True):
    """One kind of delimited text."""

    separator: str = ","
    header: bool = True


FORMATS = {
    ".nh.csv": Delimited(",", header=False),
    ".nh.tsv": Delimited("\t", header=False),
    ".csv": Delimited(","),
    ".tsv": Delimited("\t"),
}
"""Each file extension's kind; the longer ones stand first."""


def delimited_for(path: str) -> Delimited | None:
    """The kind of text a file name promises, or None when it is not delimited."""
    lowered = path.lower()
    found = (kind for ending, kind in FORMATS.items() if lowered.endswith(ending))
    return next(found, None)


def read_delimited(
    content: bytes,
    kind: Delimited = FORMATS[".csv"],
    *,
    columns: Sequence[Column] | None = None,
    first_row: int = 1,
) -> Table:
    """The table in a file or in a piece of one.

    With `columns` the cells are read by their types: matched by name (in any order)
    under a header, by place without one. Without `columns` types are inferred, and
    a headerless text's columns are Col1, Col2, …. `first_row` is the number of the
    first data row in the whole file, for messages.
    """
    texts = _texts(content, kind, columns, first_row)
    if columns is None:
        columns = [
            Column(name=name, type=inferred_type(texts[name])) for name in texts.columns
        ]
    elif kind.header:
        _check_names(texts.columns, columns)
    series = [
        typed_series(texts[column.name], column, first_row=first_row)
        for column in columns
    ]
    return Table(frame_of(series), tuple(columns))


def write_delimited(
    table: Table, kind: Delimited = FORMATS[".csv"], *, header: bool | None = None
) -> bytes:
    """The text of a table: missing cells empty, an empty text as `""`."""
    frame = frame_of([text_series(series) for series in table.frame.get_columns()])
    text = frame.write_csv(
        separator=kind.separator,
        include_header=kind.header if header is None else header,
    )
    return text.encode()


def header_of(content: bytes, kind: Delimited = FORMATS[".csv"]) -> list[str]:
    """The column names of a text: its first row, or Col1, Col2, … without one."""
    first = _first_row(content, kind)
    if not kind.header:
        return [f"Col{place + 1}" for place in range(len(first))]
    repeated = {name for name, times in Counter(first).items() if times > 1}
    if repeated:
        raise Invalid(
            f"The header names {min(repeated)!r} more than once; rename one of them."
        )
    return first


def _first_row(content: bytes, kind: Delimited) -> list[str]:
    content = content.removeprefix(_BOM)
    line = content[: _end_of_row(content)].rstrip(b"\r\n")
    if not line:
        return [""] if content else []
    separators, _ = _marks(line, kind)
    numbers = map(str, range(len(separators) + 1))
    row = _read(line, kind, list(numbers)).row(0)
    return ["" if name is None else str(name) for name in row]


def _end_of_row(content: bytes) -> int:
    """Where the first row ends, its line end included."""
    start, quotes = 0, 0
    while True:
        end = content.find(b"\n", start) + 1
        if not end:
            return len(content)
        quotes += content.count(b'"', start, end)
        if quotes % 2 == 0:
            return end
        start = end


def _texts(
    content: bytes,
    kind: Delimited,
    columns: Sequence[Column] | None,
    first_row: int,
) -> pl.DataFrame:
    """Every cell as text under unique names."""
    content = content.removeprefix(_BOM)
    if kind.header or columns is None:
        names = header_of(content, kind)
    else:
        names = [column.name for column in columns]
    if kind.header:
        content = content[_end_of_row(content) :]
    _check_widths(content, kind, len(names), first_row)
    return _read(content, kind, names)


def _read(content: bytes, kind: Delimited, names: Sequence[str]) -> pl.DataFrame:
    """All cells as text under these names; every row is data."""
    if not names:
        return pl.DataFrame()
    # polars skips empty lines before the first row and counts columns in that row, so
    # it gets a first row of ours.
    first = kind.separator.join(map(str, range(len(names))))
    try:
        frame = pl.read_csv(
            first.encode() + b"\n" + content,
            separator=kind.separator,
            infer_schema=False,
        )
    except pl.exceptions.ComputeError as error:
        raise Invalid(_reason(str(error), kind)) from error
    frame.columns = list(names)
    return frame


def _reason(found: str, kind: Delimited) -> str:
    text = f"The text cannot be read as delimited by {kind.separator!r}: "
    if "utf-8" in found:
        return text + "it is not UTF-8. Save it as UTF-8."
    return (
        text + "a quote is misplaced. Put a cell that holds quotes in quotes, "
        'and write each quote inside it as "".'
    )


def _check_names(found: Sequence[str], columns: Sequence[Column]) -> None:
    # Kept in order, and looked up at once: a table may have 100,000 columns.
    wanted = dict.fromkeys(column.name for column in columns)
    given = dict.fromkeys(found)
    missing = next((name for name in wanted if name not in given), None)
    extra = next((name for name in given if name not in wanted), None)
    if missing is None and extra is None:
        return
    if missing is None:
        fault = f"has the unexpected {extra!r}"
    else:
        fault = f"lacks {missing!r}" if given else "is empty"
    named = ", ".join(map(repr, islice(wanted, MOST_NAMED)))
    more = f" and {len(wanted) - MOST_NAMED:,} more" if len(wanted) > MOST_NAMED else ""
    raise Invalid(
        f"The header {fault}; it must name exactly these columns: {named}{more}."
    )


def _check_widths(content: bytes, kind: Delimited, width: int, first_row: int) -> None:
    """Refuse the first row that has too few or too many cells."""
    data = np.frombuffer(content, dtype=np.uint8)
    separators, stops = _marks(content, kind)
    if not content.endswith(b"\n"):
        stops = np.append(stops, len(data))
    marks = np.searchsorted(separators, stops)
    cells = np.diff(marks, prepend=0) + 1
    lengths = np.diff(stops, prepend=-1) - 1
    # An empty line is a row of missing cells.
    bad = np.flatnonzero((cells != width) & (lengths > _returns(data, stops)))
    if len(bad):
        row, found = int(bad[0]) + first_row, int(cells[bad[0]])
        raise Invalid(
            f"Row {row} has {found} cells where {width} are expected; "
            f"cells are separated by {kind.separator!r}."
        )


def _marks(
    content: bytes, kind: Delimited
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where cells and rows end: separators and line ends outside of quotes."""
    data = np.frombuffer(content, dtype=np.uint8)
    quotes = np.flatnonzero(data == ord('"'))
    separators = np.flatnonzero(data == ord(kind.separator))
    ends = np.flatnonzero(data == ord("\n"))
    return _outside(separators, quotes), _outside(ends, quotes)


def _outside(places: NDArray[np.intp], quotes: NDArray[np.intp]) -> NDArray[np.intp]:
    """Those of the places that have an even number of quotes before them."""
    if not len(quotes):
        return places
    # Each quote turns the parity of the first place behind it and of all that follow:
    # quotes are looked up among places, for there are mostly fewer of them.
    turns = np.searchsorted(places, quotes)
    before = np.cumsum(np.bincount(turns, minlength=len(places) + 1)[:-1])
    outside: NDArray[np.intp] = places[before % 2 == 0]
    return outside


def _returns(data: NDArray[np.uint8], stops: NDArray[np.intp]) -> NDArray[np.int64]:
    """1 where a line ends with a carriage return, else 0."""
    if not len(data):
        return np.zeros(len(stops), dtype=np.int64)
    before = data[np.clip(stops - 1, 0, len(data) - 1)]
    return np.equal(before, ord("\r")).astype(np.int64)
