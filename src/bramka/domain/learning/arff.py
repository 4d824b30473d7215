"""ARFF, Weka's text format: attributes first, then rows of cells; `?` is missing."""

import re
from collections import Counter
from collections.abc import Sequence

import polars as pl

from bramka.domain.errors import Invalid
from bramka.domain.learning.cells import text_series, typed_series
from bramka.domain.learning.table import NUMBERS, Column, ColumnType, Table, frame_of

DATES: tuple[ColumnType, ...] = ("DateTime", "DateTimeOffset")
LONGEST_HEADER = 16 << 20
_DATA = re.compile(rb"(?im)^[ \t]*@data[ \t]*(?:%[^\n]*)?\r?(?:\n|\Z)")
_ATTRIBUTE = re.compile(
    r"(?i)@attribute\s+('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[^\s{]+)\s*(.+)$"
)
_CELL = re.compile(
    r"\s*(?:'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"|([^,'\"][^,]*?|))\s*(?:,|$)"
)
_PAIR = re.compile(
    r"\s*(\d+)\s+(?:'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"|([^,'\"][^,]*?))\s*(?:,|$)"
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_SPECIAL = r"[\s\x1c-\x1f,'\"\\{}%]|^$|^\?$"


def header_end(content: bytes) -> int:
    """Where the rows begin, behind the line `@data`; 0 if there is no such line."""
    found = _DATA.search(content)
    return found.end() if found else 0


def read_arff(
    content: bytes, columns: Sequence[Column] | None = None, *, first_row: int = 1
) -> Table:
    """The table in a file, or in its header and some of its rows.

    With `columns` the cells are read by their types, matched by name.
    """
    start = header_end(content)
    if not start:
        raise Invalid("It is not an ARFF file: it has no line @data.")
    attributes = _attributes(_text(content[:start]))
    names = [column.name for column in attributes]
    texts = _rows(_text(content[start:]), attributes, first_row)
    if columns is None:
        columns = attributes
    known = set(names)
    for column in columns:
        if column.name not in known:
            raise Invalid(
                f"The ARFF file has no attribute {column.name!r}; it has: "
                + ", ".join(map(repr, names[:20]))
            )
    for column in attributes:
        _check_levels(texts[column.name], column, first_row)
    series = [
        typed_series(texts[column.name], column, first_row=first_row)
        for column in columns
    ]
    return Table(frame_of(series), tuple(columns))


def write_arff(table: Table, *, header: bool = True) -> bytes:
    """The text of a table; without the header only its rows."""
    lines = []
    if header:
        lines = ["@relation bramka", ""]
        lines += [f"@attribute {_quoted(c.name)} {_kind(c)}" for c in table.columns]
        lines += ["", "@data"]
    head = "".join(f"{line}\n" for line in lines)
    if not len(table):
        return head.encode()
    cells = frame_of(
        [_cells(text_series(series)) for series in table.frame.get_columns()]
    )
    rows = cells.select(pl.concat_str(pl.all(), separator=",")).to_series()
    return (head + "\n".join(rows) + "\n").encode()


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("The ARFF file is not UTF-8. Save it as UTF-8.") from None


def _attributes(header: str) -> list[Column]:
    found = []
    for line in header.split("\n"):
        if line.lstrip()[:10].lower() == "@attribute":
            match = _ATTRIBUTE.match(line.strip())
            if match is None:
                raise Invalid(f"The line {line[:80]!r} does not declare an attribute.")
            found.append(_column(_plain(match[1]), match[2].strip()))
    names = Counter(column.name for column in found)
    repeated = [name for name, times in names.items() if times > 1]
    if repeated:
        raise Invalid(
            f"The attributes name {repeated[0]!r} more than once; rename one of them."
        )
    return found


def _column(name: str, kind: str) -> Column:
    if kind.startswith("{"):
        levels = [level or "" for level in _split(kind.strip("{} \t"))[0]]
        repeated = [level for level, times in Counter(levels).items() if times > 1]
        if repeated:
            raise Invalid(
                f"Attribute {name!r} names the level {repeated[0]!r} more than once."
            )
        return Column(name=name, levels=tuple(levels))
    word = kind.split(maxsplit=1)[0].lower()
    if word in ("numeric", "real", "integer"):
        return Column(name=name, type="Int64" if word == "integer" else "Double")
    return Column(name=name, type="DateTime" if word == "date" else "String")


def _check_levels(cells: pl.Series, column: Column, first_row: int) -> None:
    """Refuse the first cell that is none of the levels which its header declares."""
    if column.levels is None:
        return
    strange = (~cells.is_in(column.levels)).fill_null(value=False).arg_true()
    if len(strange):
        raise Invalid(
            f"Row {first_row + strange[0]}, column {column.name!r}: "
            f"{cells[strange[0]][:40]!r} is none of the levels that the header has."
        )


def _rows(text: str, columns: Sequence[Column], first_row: int) -> pl.DataFrame:
    rows: list[list[str | None]] = []
    # Sparse rows leave out what is 0, which is the first of a column's levels.
    zeros = [column.levels[0] if column.levels else "0" for column in columns]
    for line in text.split("\n"):
        line = line.strip()  # noqa: PLW2901 - the same line without its end
        if line and not line.startswith("%"):
            rows.append(_cells_of(line, zeros, first_row + len(rows)))
    schema = {column.name: pl.String() for column in columns}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _cells_of(line: str, zeros: Sequence[str], row: int) -> list[str | None]:
    if line.startswith("{"):
        return _sparse(line, zeros, row)
    cells, whole = _split(line)
    if len(cells) != len(zeros) or not whole:
        raise Invalid(
            f"Row {row} has {len(cells)} cells where {len(zeros)} are expected, or a "
            "quote in it is not closed."
        )
    return cells


def _split(line: str) -> tuple[list[str | None], bool]:
    """The cells of a line, and whether all of it could be read."""
    if "'" not in line and '"' not in line:
        return [None if c.strip() == "?" else c.strip() for c in line.split(",")], True
    cells: list[str | None] = []
    place = 0
    while place <= len(line):
        match = _CELL.match(line, place)
        if match is None:
            return cells, False
        quoted = match[1] if match[1] is not None else match[2]
        cells.append(_cell(quoted, match[3]))
        if match.end() == len(line) and not match[0].endswith(","):
            return cells, True
        place = match.end()
    return cells, False


def _cell(quoted: str | None, bare: str | None) -> str | None:
    if quoted is not None:
        return _unescaped(quoted)
    text = (bare or "").strip()
    return None if text == "?" else text


def _sparse(line: str, zeros: Sequence[str], row: int) -> list[str | None]:
    """`{1 x, 4 y}`: whatever is not named is 0."""
    cells: list[str | None] = [*zeros]
    named: set[int] = set()
    inside, place = line[1:].removesuffix("}"), 0
    while place < len(inside.rstrip()):
        pair = _PAIR.match(inside, place)
        if pair is None:
            raise Invalid(f"Row {row} cannot be read from {inside[place:][:20]!r} on.")
        number = int(pair[1])
        if number >= len(zeros) or number in named:
            again = " twice" if number in named else ""
            raise Invalid(f"Row {row} names the attribute {pair[1][:20]!r}{again}.")
        named.add(number)
        quoted = pair[2] if pair[2] is not None else pair[3]
        cells[number] = _cell(quoted, pair[4])
        place = pair.end()
    return cells


def _plain(word: str) -> str:
    if len(word) > 1 and word[0] in "'\"" and word[-1] == word[0]:
        return _unescaped(word[1:-1])
    return word


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text)


def _kind(column: Column) -> str:
    if column.levels is not None:
        return "{" + ",".join(map(_quoted, column.levels)) + "}"
    if column.type in NUMBERS:
        return "numeric"
    if column.type == "Boolean":
        return "{True,False}"
    return "date" if column.type in DATES else "string"


def _quoted(text: str) -> str:
    return str(_cells(pl.Series([text]))[0])


def _cells(texts: pl.Series) -> pl.Series:
    text = pl.col("text")
    escaped = text.str.replace_all(r"([\\'])", r"\$1")
    for letter, sign in _ESCAPES.items():
        escaped = escaped.str.replace_all(sign, f"\\{letter}", literal=True)
    cell = (
        pl.when(text.is_null())
        .then(pl.lit("?"))
        .when(text.str.contains(_SPECIAL))
        .then(pl.concat_str(pl.lit("'"), escaped, pl.lit("'")))
        .otherwise(text)
    )
    return texts.to_frame("text").select(cell.alias(texts.name)).to_series()
