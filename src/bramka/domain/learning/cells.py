"""Cells as text: how .NET writes values, and how text becomes values again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import polars as pl

from bramka.domain.errors import Detail, Invalid
from bramka.domain.learning.table import (
    DTYPES,
    INTEGERS,
    NUMBERS,
    Column,
    ColumnType,
    Table,
    frame_of,
)

Cell = str | int | float | bool | datetime | timedelta | None
"""One typed value; None is a missing one."""

_INFINITIES = {
    "infinity": "inf",
    "+infinity": "inf",
    "-infinity": "-inf",
    "∞": "inf",
    "-∞": "-inf",
}
_TRUTH = {"true": True, "false": False, "1": True, "0": False}
_DATES = (
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M %p",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
)
_TIME_SPAN = r"^(-)?(?:(\d+)\.)?(\d{1,2}):([0-5]?\d):([0-5]?\d)(?:\.(\d{1,7}))?$"
# R writes a missing number as the text NA.
_MISSING = ("", "NA")


class BadCell(Invalid):
    """A cell does not read as its column's type; rows count from 1."""

    code = "InputParseError"

    def __init__(self, row: int, column: str, value: str, type_: ColumnType) -> None:
        shown = value if len(value) <= 80 else value[:77] + "..."
        message = (
            f"Row {row}, column {column!r}: {shown!r} is not a value of type {type_}."
        )
        detail = Detail(code=self.code, target=column, message=message)
        super().__init__(message, target=column, details=(detail,))
        self.row = row
        self.column = column
        self.value = value


def text_of(value: Cell, *, single: bool = False) -> str | None:
    """One value as .NET's invariant culture prints it; missing stays None."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number_text(value, 7 if single else 15)
    series = pl.Series([value])
    texts: list[str | None] = text_series(series).to_list()
    return texts[0]


def text_series(series: pl.Series) -> pl.Series:
    """A column of texts from a column of any type."""
    # Under another name, for polars takes names like ^a.*$ for patterns.
    return _texts(series.alias("")).alias(series.name)


def _texts(series: pl.Series) -> pl.Series:
    dtype = series.dtype
    if dtype == pl.Boolean:
        frame = pl.select(
            pl.when(series).then(pl.lit("True")).otherwise(pl.lit("False"))
        )
        return _masked(frame.to_series(), series)
    if dtype.is_float():
        return _float_texts(series, 7 if dtype == pl.Float32 else 15)
    if isinstance(dtype, pl.Datetime):
        offset = " +00:00" if dtype.time_zone else ""
        return series.dt.strftime(f"%-m/%-d/%Y %-I:%M:%S %p{offset}")
    if dtype == pl.Duration:
        texts = [None if span is None else _span_text(span) for span in series]
        return pl.Series(series.name, texts, dtype=pl.String)
    return series.cast(pl.String)


def cell_texts(series: pl.Series) -> list[str | None]:
    """A column's cells as text, missing ones as None."""
    texts: list[str | None] = text_series(series).to_list()
    return texts


def row_texts(table: Table) -> list[list[str | None]]:
    """A table's cells as text, row by row."""
    columns = [cell_texts(series) for series in table.frame.get_columns()]
    return [list(row) for row in zip(*columns, strict=True)]


def typed_series(texts: pl.Series, column: Column, *, first_row: int = 1) -> pl.Series:
    """A column of values from a column of texts; BadCell names the first misfit."""
    if column.type == "String":
        return texts.alias(column.name)
    # Polars computes by name, and takes one such as "^a$" for a pattern.
    texts = texts.alias("")
    plain = _plain_numbers(texts, column.type)
    if plain is not None:
        return plain.alias(column.name)
    stripped = texts.str.strip_chars()
    given = stripped.set(stripped.is_in(_MISSING), None)
    values = _values(given, column.type)
    bad = (values.is_null() & given.is_not_null()).arg_true()
    if len(bad):
        index = int(bad[0])
        raise BadCell(first_row + index, column.name, str(texts[index]), column.type)
    return values.alias(column.name)


def typed_table(
    columns: Sequence[Column],
    rows: Sequence[Sequence[str | None]],
    *,
    first_row: int = 1,
) -> Table:
    """A table of these columns from rows of texts in the same order."""
    series = [
        typed_series(
            pl.Series(column.name, [row[place] for row in rows], dtype=pl.String),
            column,
            first_row=first_row,
        )
        for place, column in enumerate(columns)
    ]
    return Table(frame_of(series), tuple(columns))


def typed_cell(text: str | None, column: Column, *, row: int = 1) -> Cell:
    """One value from one text, by the rules of `typed_series`."""
    if text is None or column.type == "String":
        return text
    cell: Cell = typed_series(pl.Series([text]), column, first_row=row)[0]
    return cell


def inferred_type(texts: pl.Series) -> ColumnType:
    """The narrowest type that every cell reads as; nothing but missing is text."""
    stripped = texts.alias("").str.strip_chars()
    given = stripped.filter(stripped.is_not_null() & ~stripped.is_in(_MISSING))
    if given.is_empty():
        return "String"
    candidates: tuple[ColumnType, ...] = ("Int32", "Int64", "Double", "DateTime")
    if given.str.to_lowercase().is_in(["true", "false"]).all():
        return "Boolean"
    for candidate in candidates:
        if _values(given, candidate).null_count() == 0:
            return candidate
    return "String"


def _plain_numbers(texts: pl.Series, type_: ColumnType) -> pl.Series | None:
    """Numbers, if every text is simply one: most columns are, and this is quick."""
    if type_ not in NUMBERS:
        return None
    wide = pl.Int64 if type_ in INTEGERS else pl.Float64
    found = texts.cast(wide, strict=False).cast(DTYPES[type_], strict=False)
    return found if found.null_count() == texts.null_count() else None


def _values(texts: pl.Series, type_: ColumnType) -> pl.Series:
    if type_ == "Boolean":
        lowered = texts.str.to_lowercase()
        return lowered.replace_strict(_TRUTH, default=None, return_dtype=pl.Boolean)
    if type_ in INTEGERS:
        return _integers(texts).cast(DTYPES[type_], strict=False)
    if type_ in ("Single", "Double"):
        return _floats(texts).cast(DTYPES[type_])
    if type_ == "TimeSpan":
        return _spans(texts)
    return _dates(texts, type_)


def _integers(texts: pl.Series) -> pl.Series:
    integers = texts.cast(pl.Int64, strict=False)
    if integers.null_count() == texts.null_count():
        return integers
    # Clients that hold every number as a double send 5 as 5.0.
    floats = texts.cast(pl.Float64, strict=False)
    whole = floats.set(~((floats == floats.round()) & (floats.abs() < 2**53)), None)
    return integers.zip_with(integers.is_not_null(), whole.cast(pl.Int64, strict=False))


def _floats(texts: pl.Series) -> pl.Series:
    floats = texts.cast(pl.Float64, strict=False)
    if floats.null_count() == texts.null_count():
        return floats
    named = texts.str.to_lowercase().replace(_INFINITIES)
    return named.cast(pl.Float64, strict=False)


def _dates(texts: pl.Series, type_: ColumnType) -> pl.Series:
    zoned = type_ == "DateTimeOffset"
    offset = r"\s*(?:Z|[+-]\d\d:\d\d)$"
    plain = texts.str.replace(offset, "")
    column = pl.col("plain")
    found = pl.coalesce(
        column.str.strptime(pl.Datetime("us"), form, strict=False) for form in _DATES
    )
    dates = plain.to_frame("plain").select(found).to_series()
    minutes = _offset_minutes(texts)
    moved = dates - (minutes.cast(pl.Int64) * 60_000_000).cast(pl.Duration("us"))
    return moved.dt.replace_time_zone("UTC") if zoned else moved


def _offset_minutes(texts: pl.Series) -> pl.Series:
    parts = texts.str.extract_groups(r"([+-])(\d\d):(\d\d)$").struct.unnest()
    sign, hours, minutes = (parts.to_series(place) for place in range(3))
    size = hours.cast(pl.Int32) * 60 + minutes.cast(pl.Int32)
    return size.zip_with((sign == "+").fill_null(value=True), -size).fill_null(0)


def _spans(texts: pl.Series) -> pl.Series:
    parts = texts.str.extract_groups(_TIME_SPAN).struct.unnest()
    sign, *rest = (parts.to_series(place) for place in range(6))
    days, hours, minutes, seconds = (
        part.cast(pl.Int64, strict=False) for part in rest[:4]
    )
    ticks = rest[4].str.pad_end(7, "0").cast(pl.Int64).fill_null(0)
    whole = (days.fill_null(0) * 24 + hours) * 3600 + minutes * 60 + seconds
    size = whole * 1_000_000 + ticks // 10
    signed = size.zip_with(sign.is_null(), -size)
    return signed.set(hours > 23, None).cast(pl.Duration("us"))


def _float_texts(series: pl.Series, digits: int) -> pl.Series:
    # polars prints the shortest text that reads back. It is .NET's text too unless
    # it has more digits than .NET gives, an exponent, or a name; few cells do, so
    # only those are printed one by one.
    shortest = series.cast(pl.String).str.strip_suffix(".0")
    odd = (shortest.str.len_bytes() > digits) | shortest.str.contains(_ODD)
    odd = (odd | (shortest == "-0")).fill_null(value=False)
    places = odd.arg_true()
    if not len(places):
        return shortest
    form = f"%.{digits}G"
    # Written out, for a job writes millions of them: it is `_number_text` of each.
    texts = [form % value for value in series.gather(places).to_list()]
    return shortest.scatter(places, [_SPECIAL.get(text, text) for text in texts])


def _number_text(value: float, digits: int) -> str:
    return double_text(value) if digits == 15 else single_text(value)


def double_text(value: float) -> str:
    """A number of double precision, as `text_of` writes it."""
    text = "%.15G" % value  # noqa: UP031 - an f-string takes half as long again
    return _SPECIAL.get(text, text)


def single_text(value: float) -> str:
    """A number of single precision."""
    text = "%.7G" % value  # noqa: UP031 - as above
    return _SPECIAL.get(text, text)


# A name, an exponent, or a number so small that .NET gives it an exponent.
_ODD = r"[a-zA-Z]|^-?0\.0000"
_SPECIAL = {"INF": "Infinity", "-INF": "-Infinity", "NAN": "NaN", "-0": "0"}


def _span_text(span: timedelta) -> str:
    microseconds = abs(span) // timedelta(microseconds=1)
    seconds, fraction = divmod(microseconds, 1_000_000)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    text = f"{hour:02}:{minute:02}:{second:02}"
    text = f"{days}.{text}" if days else text
    text = f"{text}.{fraction:06}0" if fraction else text
    return f"-{text}" if span < timedelta(0) else text


def _masked(texts: pl.Series, like: pl.Series) -> pl.Series:
    return texts.set(like.is_null(), None).alias(like.name)
