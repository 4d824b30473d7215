"""A table: a polars frame, and what Studio (classic) knows about each column."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

ColumnType = Literal[
    "Boolean",
    "Byte",
    "Int16",
    "Int32",
    "Int64",
    "Single",
    "Double",
    "String",
    "DateTime",
    "DateTimeOffset",
    "TimeSpan",
]
"""The .NET names that Studio (classic) shows as `ColumnTypes`."""

FieldKind = Literal["Feature", "Label", "Weight", "Score", "None"]
"""What a column is for; every column starts as a feature."""

DTYPES: Mapping[ColumnType, pl.DataType] = {
    "Boolean": pl.Boolean(),
    "Byte": pl.UInt8(),
    "Int16": pl.Int16(),
    "Int32": pl.Int32(),
    "Int64": pl.Int64(),
    "Single": pl.Float32(),
    "Double": pl.Float64(),
    "String": pl.String(),
    "DateTime": pl.Datetime("us"),
    "DateTimeOffset": pl.Datetime("us", "UTC"),
    "TimeSpan": pl.Duration("us"),
}
"""How each type is stored."""

INTEGERS: frozenset[ColumnType] = frozenset({"Byte", "Int16", "Int32", "Int64"})
NUMBERS: frozenset[ColumnType] = INTEGERS | {"Single", "Double"}

# Frames that arrive from outside may hold widths which .NET tables do not.
_NEAREST: tuple[tuple[type[pl.DataType], ColumnType], ...] = (
    (pl.Boolean, "Boolean"),
    (pl.UInt8, "Byte"),
    (pl.Int8, "Int16"),
    (pl.Int16, "Int16"),
    (pl.UInt16, "Int32"),
    (pl.Int32, "Int32"),
    (pl.UInt32, "Int64"),
    (pl.Int64, "Int64"),
    (pl.UInt64, "Double"),
    (pl.Float32, "Single"),
    (pl.Float64, "Double"),
    (pl.Date, "DateTime"),
    (pl.Duration, "TimeSpan"),
)


class Column(Struct, frozen=True, kw_only=True):
    """One column of a table or port; `levels` are a categorical column's values."""

    name: str
    type: ColumnType = "String"
    levels: tuple[str, ...] | None = None
    kind: FieldKind = "Feature"

    @property
    def categorical(self) -> bool:
        return self.levels is not None


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows in a frame, and one `Column` for each of its columns, in its order.

    Made by `Table.of`; a table is never changed, only derived from. `report` is what a
    page draws beside the rows (curves, a confusion matrix) as JSON would hold it; it
    is not part of the data and does not survive deriving.
    """

    frame: pl.DataFrame
    columns: tuple[Column, ...]
    report: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, frame: pl.DataFrame, columns: Iterable[Column] = ()) -> "Table":
        """A table of a frame; `columns` says more about some or all by name."""
        known = {column.name: column for column in columns}
        described = tuple(
            known.get(name) or Column(name=name, type=type_of(dtype))
            for name, dtype in frame.schema.items()
        )
        # Series by series: in an expression the names "*" and "^a$" are patterns.
        stored = [
            series
            if series.dtype == DTYPES[column.type]
            else series.cast(DTYPES[column.type])
            for series, column in zip(frame.get_columns(), described, strict=True)
        ]
        return cls(frame_of(stored), described)

    @classmethod
    def empty(cls, columns: Iterable[Column]) -> "Table":
        """A table of no rows with these columns."""
        described = tuple(columns)
        schema = {column.name: DTYPES[column.type] for column in described}
        return cls(pl.DataFrame(schema=schema), described)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Table)
            and self.columns == other.columns
            and self.frame.equals(other.frame)
        )

    __hash__ = None  # type: ignore[assignment]  # tables are not keys

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def height(self) -> int:
        return self.frame.height

    def __len__(self) -> int:
        return self.frame.height

    def column(self, name: str) -> Column:
        """What is known about one column; KeyError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def series(self, name: str) -> pl.Series:
        """The cells of one column without its name.

        Polars computes on a series by its name, and takes ^a.*$ for a pattern.
        """
        return self.frame.get_column(name).alias("")

    def select(self, names: Sequence[str]) -> "Table":
        """These columns in this order."""
        known = {column.name: column for column in self.columns}
        chosen = tuple(known[name] for name in names)
        return Table(frame_of([self.frame.get_column(name) for name in names]), chosen)

    def slice(self, start: int, length: int | None = None) -> "Table":
        """Rows from `start`, at most `length` of them."""
        return Table(self.frame.slice(start, length), self.columns)

    def append(self, other: "Table") -> "Table":
        """The columns of `other` behind these; the names must differ."""
        return Table(
            pl.concat([self.frame, other.frame], how="horizontal"),
            self.columns + other.columns,
        )

    def describe(self, column: Column) -> "Table":
        """The same rows with another description (and type) of one column."""
        described = tuple(
            column if known.name == column.name else known for known in self.columns
        )
        return Table.of(self.frame, described)

    def rename(self, names: Mapping[str, str]) -> "Table":
        """The same table with some columns called otherwise."""
        described = tuple(
            replace(column, name=names.get(column.name, column.name))
            for column in self.columns
        )
        return Table(self.frame.rename(dict(names)), described)


def frame_of(series: Sequence[pl.Series]) -> pl.DataFrame:
    """A frame of columns by their own names, one of which may be empty."""
    # Left to itself, polars calls that one column_0.
    if all(each.name for each in series):
        return pl.DataFrame(series)
    return pl.DataFrame({each.name: each for each in series})


def type_of(dtype: pl.DataType) -> ColumnType:
    """The .NET name of a stored type; whatever has none is shown as text."""
    if isinstance(dtype, pl.Datetime):
        return "DateTimeOffset" if dtype.time_zone else "DateTime"
    for stored, name in _NEAREST:
        if isinstance(dtype, stored):
            return name
    return "String"
