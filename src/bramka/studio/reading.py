"""Reads an uploaded file into a stored table, piece by piece: it may be large."""

import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

import polars as pl

from bramka.domain.errors import Invalid
from bramka.domain.learning.arff import LONGEST_HEADER, header_end, read_arff
from bramka.domain.learning.cells import BadCell
from bramka.domain.learning.delimited import (
    FORMATS,
    Delimited,
    header_of,
    read_delimited,
)
from bramka.domain.learning.parquet import joined
from bramka.domain.learning.record_cut import line_pieces, record_pieces
from bramka.domain.learning.saved import TABLE_TYPES
from bramka.domain.learning.svmlight import read_svmlight, svmlight_width
from bramka.domain.learning.table import DTYPES, Column, ColumnType, Table, type_of
from bramka.domain.learning.value import Archive
from bramka.studio.stored import Facts, group_rows, keep, keep_table_facts

MEBI = 1 << 20
LARGEST_ZIP = 512 * MEBI
MOST_ENTRIES = 10_000
LARGEST_UNZIPPED = 10 << 30
MOST_COLUMNS = 20_000
_ORDER: tuple[ColumnType, ...] = ("Int32", "Int64", "Double")
Guess = Callable[[], Sequence[Column] | None]
"""The columns that the next piece is likely to hold."""


def read_into(source: Path, data_type: str, folder: Path, name: str) -> Facts:
    """Store what a file holds; Invalid says what is wrong with it, and where."""
    if data_type == "Zip":
        return _keep_zip(source, folder, name)
    if data_type == "Parquet":
        return _keep_parquet(source, folder, name)
    with TemporaryDirectory(dir=folder, prefix=".parts") as parts:
        writer = _Writer(Path(parts))
        for table in _tables(source, data_type, None, writer.guess):
            writer.take(table)
        if not writer.castable:
            # What looked like numbers at first is text: its spelling is needed.
            columns = writer.columns
            writer = _Writer(Path(parts))
            for table in _tables(source, data_type, columns, writer.guess):
                writer.take(table, columns)
        writer.finish(folder / f"{name}.parquet")
    return keep_table_facts(folder, name, writer.columns, writer.rows)


def _tables(
    source: Path, data_type: str, columns: Sequence[Column] | None, guess: Guess
) -> Iterator[Table]:
    ending = TABLE_TYPES[data_type]
    if ending in FORMATS:
        return _delimited(source, FORMATS[ending], columns, guess)
    if data_type == "ARFF":
        return _arff(source)
    if data_type == "SvmLight":
        return _svmlight(source)
    return _plain(source)


def _delimited(
    source: Path, kind: Delimited, columns: Sequence[Column] | None, guess: Guess
) -> Iterator[Table]:
    head, row = b"", 1
    with source.open("rb") as file:
        for number, piece in enumerate(record_pieces(file)):
            if number == 0 and kind.header:
                first = next(record_pieces_of_one(piece))
                head = first if first.endswith(b"\n") else first + b"\n"
            content = piece if number == 0 else head + piece
            if number == 0:
                _refuse_wide(len(header_of(piece, kind)), kind)
            table = _read(content, kind, columns or guess(), row)
            row += len(table)
            yield table


def _refuse_wide(width: int, kind: Delimited) -> None:
    if width > MOST_COLUMNS:
        raise Invalid(
            f"The file has {width} columns; at most {MOST_COLUMNS} are read. Is "
            f"{kind.separator!r} its separator?"
        )


def _read(
    content: bytes, kind: Delimited, columns: Sequence[Column] | None, row: int
) -> Table:
    """By these types if the cells fit: finding them out takes longer."""
    try:
        return read_delimited(content, kind, columns=columns, first_row=row)
    except BadCell:
        return read_delimited(content, kind, first_row=row)


def record_pieces_of_one(piece: bytes) -> Iterator[bytes]:
    """The first record of a piece."""
    start = quotes = 0
    while end := piece.find(b"\n", start) + 1:
        quotes += piece.count(b'"', start, end)
        if quotes % 2 == 0:
            yield piece[:end]
            return
        start = end
    yield piece


def _arff(source: Path) -> Iterator[Table]:
    row = 1
    with source.open("rb") as file:
        head = file.read(LONGEST_HEADER)
        start = header_end(head)
        if not start:
            raise Invalid("It is not an ARFF file: it has no line @data.")
        file.seek(start)
        for piece in line_pieces(file):
            table = read_arff(head[:start] + piece, first_row=row)
            row += len(table)
            yield table


def _svmlight(source: Path) -> Iterator[Table]:
    width, row = 0, 1
    with source.open("rb") as file:
        for piece in line_pieces(file, MEBI):
            width = max(width, svmlight_width(piece, row))
            row += piece.count(b"\n")
    row = 1
    with source.open("rb") as file:
        for piece in line_pieces(file, MEBI):
            table = read_svmlight(piece, width=width, first_row=row)
            row += len(table)
            yield table


def _plain(source: Path) -> Iterator[Table]:
    with source.open("rb") as file:
        for piece in line_pieces(file):
            try:
                text = piece.decode("utf-8-sig")
            except UnicodeDecodeError:
                raise Invalid("The text is not UTF-8. Save it as UTF-8.") from None
            lines = text.removesuffix("\n").split("\n") if text else []
            bare = [line.removesuffix("\r") for line in lines]
            yield Table.of(pl.DataFrame({"Col1": bare}, schema={"Col1": pl.String}))


class _Writer:
    """Writes pieces to files of their own, and joins them when all types are known."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parts: list[Path] = []
        self._known: list[tuple[ColumnType, ...]] = []
        self._columns: tuple[Column, ...] = ()
        self._evidence: list[set[ColumnType]] = []
        self.rows = 0
        self.castable = True

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns with the narrowest types that fit every piece."""
        return tuple(
            Column(
                name=column.name,
                type=_joined(found) if found else column.type,
                levels=column.levels,
                kind=column.kind,
            )
            for column, found in zip(self._columns, self._evidence, strict=True)
        )

    def guess(self) -> tuple[Column, ...] | None:
        """What the next piece is likely to hold; None where a guess could be wrong.

        A column that was all missing so far may hold anything, and 1 reads as a truth
        where it is a number.
        """
        if not self._parts or any(
            not found or "Boolean" in found for found in self._evidence
        ):
            return None
        return self.columns

    def take(self, table: Table, columns: Sequence[Column] | None = None) -> None:
        if not self._parts:
            self._columns = tuple(columns or table.columns)
            self._evidence = [set() for _ in table.columns]
        types = []
        for place, column in enumerate(table.columns):
            proof = columns is not None or _tells(table, column)
            if proof:
                self._evidence[place].add(column.type)
            self.castable &= proof or table.series(column.name).null_count() == len(
                table
            )
            types.append(column.type)
        path = self._folder / f"{len(self._parts)}.parquet"
        table.frame.write_parquet(path, row_group_size=group_rows(len(table.columns)))
        self._parts.append(path)
        self.rows += len(table)
        self.castable &= all(
            len(found) < 2 or ("String" not in found and _joined(found) != "String")
            for found in self._evidence
        )

    def finish(self, path: Path) -> None:
        """One file of all pieces, in the types that fit all."""
        schema = pl.Schema({c.name: DTYPES[c.type] for c in self.columns})
        for part in self._parts:
            if pl.Schema(pl.read_parquet_schema(part)) != schema:
                frame = pl.read_parquet(part).cast(schema)
                frame.write_parquet(part, row_group_size=group_rows(frame.width))
        with path.open("wb") as out:
            if len(self._parts) == 1:
                out.write(self._parts[0].read_bytes())
                return
            readers = [(_reader(part), part.stat().st_size) for part in self._parts]
            for content in joined(readers, MEBI):
                out.write(content)


def _tells(table: Table, column: Column) -> bool:
    """Whether the cells say something about the column's type: missing ones do not."""
    series = table.series(column.name)
    if column.type != "String":
        return True
    given = series.drop_nulls().str.strip_chars()
    return bool((~given.is_in(["", "NA"])).any())


def _joined(found: set[ColumnType]) -> ColumnType:
    """The narrowest type that all of these read as."""
    if len(found) == 1:
        return next(iter(found))
    if found <= set(_ORDER):
        return max(found, key=_ORDER.index)
    return "String"


def _reader(path: Path) -> Callable[[int, int], bytes]:
    def read(start: int, length: int) -> bytes:
        with path.open("rb") as file:
            file.seek(start)
            return file.read(length)

    return read


def _keep_parquet(source: Path, folder: Path, name: str) -> Facts:
    target = folder / f"{name}.parquet"
    try:
        scan = pl.scan_parquet(source)
        schema = scan.collect_schema()
        if len(schema) > MOST_COLUMNS:
            raise Invalid(f"The file has more than {MOST_COLUMNS} columns.")
        columns = tuple(
            Column(name=column, type=type_of(dtype)) for column, dtype in schema.items()
        )
        wanted = pl.Schema({c.name: DTYPES[c.type] for c in columns})
        scan.cast(wanted).sink_parquet(target, row_group_size=group_rows(len(columns)))
        rows = pl.scan_parquet(target).select(pl.len()).collect().item()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise Invalid(f"The Parquet file cannot be read: {error}"[:300]) from None
    return keep_table_facts(folder, name, columns, int(rows))


def _keep_zip(source: Path, folder: Path, name: str) -> Facts:
    if source.stat().st_size > LARGEST_ZIP:
        raise Invalid(f"The ZIP file is larger than {LARGEST_ZIP // MEBI} MiB.")
    try:
        with zipfile.ZipFile(source) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise Invalid("It is not a ZIP file.") from None
    if len(entries) > MOST_ENTRIES:
        raise Invalid(f"The ZIP file holds more than {MOST_ENTRIES} files.")
    if sum(entry.file_size for entry in entries) > LARGEST_UNZIPPED:
        raise Invalid("Unpacked, the ZIP file is larger than 10 GiB.")
    for entry in entries:
        parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
        if ".." in parts or entry.filename.startswith(("/", "\\")):
            raise Invalid(
                f"The ZIP file holds {entry.filename[:80]!r}, a name outside of it."
            )
    return keep(folder, name, Archive(source.read_bytes()))
