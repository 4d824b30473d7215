"""Tables in an SQLite database in memory, and one statement that may only read them."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import polars as pl

from bramka.catalogue._columns import called_apart
from bramka.domain.learning.cells import Cell, text_series
from bramka.domain.learning.module_error import ModuleError
from bramka.domain.learning.table import (
    DTYPES,
    INTEGERS,
    Column,
    ColumnType,
    Table,
    frame_of,
)

MOST_STEPS = 4_000_000_000
MOST_CELLS = 250_000_000
LONGEST_CELL = 16 << 20
_BLOCK = 10_000_000
_ROWS = 10_000
_ALLOWED = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
}
# Functions that load code, or reach what is no part of the data.
_REFUSED = {"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"}
_DATES = ("DateTime", "DateTimeOffset")
_BOOLEAN, _DATE = "BOOLEAN", "DATETIME"


def query(tables: Mapping[str, Table], script: str) -> Table:
    """What a statement gives; Error 0069 if it is wrong, 0138 if it is too much."""
    connection = sqlite3.connect(":memory:", detect_types=0, isolation_level=None)
    try:
        # Sorting must not spill into files.
        connection.execute("PRAGMA temp_store = MEMORY")
        for name, table in tables.items():
            _load(connection, name, table)
        return _Query(connection, script).table(tables)
    finally:
        connection.close()


def _load(connection: sqlite3.Connection, name: str, table: Table) -> None:
    port = f"Table{name[1:]}"
    seen: set[str] = set()
    for column in table.columns:
        if column.name.lower() in seen:
            raise ModuleError(
                28,
                f'The name "{column.name}" is duplicated in "{port}". SQL does not '
                "tell names apart by case.",
            )
        seen.add(column.name.lower())
    declared = ", ".join(
        f"{_quoted(c.name)} {_declared(c.type)}" for c in table.columns
    )
    try:
        connection.execute(f"CREATE TABLE {name} ({declared})")
    except sqlite3.Error as error:
        # SQLite takes 2,000 columns, and no name that holds a zero character.
        raise ModuleError(
            18,
            f'"{port}" contains invalid data. SQLite cannot hold its '
            f"{len(table.columns):,} columns: {error}. Choose some with Select Columns "
            "in Dataset.",
        ) from None
    frame = frame_of([_plain(series) for series in table.frame.get_columns()])
    marks = ", ".join("?" * len(table.columns))
    # The name is one of ours and the marks are only marks.
    insert = f"INSERT INTO {name} VALUES ({marks})"  # noqa: S608
    connection.execute("BEGIN")
    connection.executemany(insert, frame.iter_rows())
    connection.execute("COMMIT")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _declared(type_: ColumnType) -> str:
    if type_ in INTEGERS:
        return "INTEGER"
    if type_ in ("Single", "Double"):
        return "REAL"
    return {"Boolean": _BOOLEAN, **dict.fromkeys(_DATES, _DATE)}.get(type_, "TEXT")


def _plain(series: pl.Series) -> pl.Series:
    """What SQLite can hold: dates as ISO text, which sorts; spans as text."""
    dtype = series.dtype
    if isinstance(dtype, pl.Datetime):
        return series.dt.strftime("%Y-%m-%d %H:%M:%S%.6f").str.strip_suffix(".000000")
    if dtype == pl.Duration:
        return text_series(series)
    return series.cast(pl.Int8) if dtype == pl.Boolean else series


class _Query:
    """One statement, and how much it has done."""

    def __init__(self, connection: sqlite3.Connection, script: str) -> None:
        self._connection = connection
        self._script = script
        self._blocks = 0
        self._refused = ""
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_CELL)
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        connection.set_progress_handler(self._step, _BLOCK)
        connection.set_authorizer(self._allow)

    def table(self, tables: Mapping[str, Table]) -> Table:
        try:
            cursor = self._connection.execute(self._script)
            if cursor.description is None:
                raise self._wrong("it gives no columns; write a SELECT statement")
            names = [each[0] for each in cursor.description]
            return _table(names, self._rows(cursor, len(names)), tables)
        except sqlite3.OperationalError as error:
            if self._blocks * _BLOCK >= MOST_STEPS:
                raise _too_much(f"{MOST_STEPS:,} steps") from None
            raise self._wrong(str(error)) from None
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise self._wrong(self._refused or str(error)) from None

    def _rows(self, cursor: sqlite3.Cursor, width: int) -> list[tuple[Cell, ...]]:
        rows: list[tuple[Cell, ...]] = []
        while found := cursor.fetchmany(_ROWS):
            rows += found
            if len(rows) * width > MOST_CELLS:
                raise _too_much(f"{MOST_CELLS:,} cells")
        return rows

    def _step(self) -> int:
        self._blocks += 1
        return int(self._blocks * _BLOCK >= MOST_STEPS)

    def _allow(
        self, action: int, first: str | None, second: str | None, *_rest: str | None
    ) -> int:
        if action in _ALLOWED and (second or "").lower() not in _REFUSED:
            return sqlite3.SQLITE_OK
        self._refused = "it may only read t1, t2 and t3"
        return sqlite3.SQLITE_DENY

    def _wrong(self, reason: str) -> ModuleError:
        shown = self._script.strip()
        shown = shown if len(shown) <= 200 else f"{shown[:197]}..."
        return ModuleError(69, f'SQL query "{shown}" is not correct: {reason}')


def _too_much(bound: str) -> ModuleError:
    return ModuleError(
        138,
        "Memory has been exhausted, unable to complete running of module. The query "
        f"takes more than {bound}; ask for less, or join on keys.",
    )


def _table(
    names: Sequence[str], rows: list[tuple[Cell, ...]], tables: Mapping[str, Table]
) -> Table:
    columns: Iterable[Sequence[Cell]] = (
        zip(*rows, strict=True) if rows else [()] * len(names)
    )
    found = [
        _typed(name, cells, tables) for name, cells in zip(names, columns, strict=True)
    ]
    described = called_apart((column for column, _ in found), ())
    series = [
        each.alias(column.name)
        for column, (_, each) in zip(described, found, strict=True)
    ]
    return Table.of(frame_of(series), described)


def _typed(
    name: str, cells: Sequence[Cell], tables: Mapping[str, Table]
) -> tuple[Column, pl.Series]:
    """A column of the type all its cells have; what is mixed is text."""
    types = {type(cell) for cell in cells if cell is not None}
    if not types:
        known = _source(name, tables)
        type_: ColumnType = known.type if known else "String"
        return Column(name=name, type=type_), pl.Series([None] * len(cells))
    if any(issubclass(each, bytes) for each in types):
        raise ModuleError(
            17,
            f'Cannot process column "{name}" of type Byte[]. '
            "The type is not supported by the module.",
        )
    if types == {int}:
        return _whole(name, cells, tables)
    if types <= {int, float}:
        return Column(name=name, type="Double"), pl.Series(cells, dtype=pl.Float64)
    if types == {str}:
        return _text(name, cells, tables)
    texts = [None if cell is None else str(cell) for cell in cells]
    return Column(name=name), pl.Series(texts, dtype=pl.String)


def _whole(
    name: str, cells: Sequence[Cell], tables: Mapping[str, Table]
) -> tuple[Column, pl.Series]:
    series = pl.Series(cells, dtype=pl.Int64)
    known = _source(name, tables)
    if known and known.type == "Boolean" and series.is_in([0, 1]).all():
        return Column(name=name, type="Boolean"), series.cast(pl.Boolean)
    wanted: ColumnType = known.type if known and known.type in INTEGERS else "Int32"
    fitting = series.cast(DTYPES[wanted], strict=False)
    if fitting.null_count() > series.null_count():
        return Column(name=name, type="Int64"), series
    return Column(name=name, type=wanted), fitting


def _text(
    name: str, cells: Sequence[Cell], tables: Mapping[str, Table]
) -> tuple[Column, pl.Series]:
    series = pl.Series(cells, dtype=pl.String)
    known = _source(name, tables)
    if known and known.type in _DATES:
        try:
            days = [datetime.fromisoformat(cell) if cell else None for cell in series]
        except ValueError:
            return Column(name=name), series
        column = Column(name=name, type="DateTime")
        return column, pl.Series(days, dtype=pl.Datetime("us"))
    return Column(name=name), series


def _source(name: str, tables: Mapping[str, Table]) -> Column | None:
    """The input column of this name, which a result of the same name most likely is."""
    for table in tables.values():
        if name in table.names:
            return table.column(name)
    return None
