"""What Visualize shows of each column: figures, a histogram, a box plot."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import polars as pl
from msgspec import Struct

from bramka.domain.learning.cells import text_of
from bramka.domain.learning.table import NUMBERS, Column
from bramka.studio.stored import facts_of

BINS = 10
MOST_VALUES = 10
"""Bars of a column that holds no numbers."""
MOST_EXACT = 32_000_000
"""Rows up to which everything is counted; beyond, quartiles and unique values are
those of evenly spaced rows, and the answer says so."""
TEMPORAL = ("DateTime", "DateTimeOffset", "TimeSpan")


class Bar(Struct, frozen=True, kw_only=True):
    """One bar: a value, or the values from `low` to `high`."""

    count: int
    value: str | None = None
    low: float | None = None
    high: float | None = None


class BoxPlot(Struct, frozen=True, kw_only=True, rename="camel"):
    """Quartiles, and where the whiskers end (1.5 × the middle half at most)."""

    lower_whisker: float
    lower_quartile: float
    median: float
    upper_quartile: float
    upper_whisker: float


class ColumnStatistics(Struct, frozen=True, kw_only=True, rename="camel"):
    """The figures of one column; those that make no sense for its type are None."""

    name: str
    type: str
    kind: str
    feature_type: str
    unique_values: int
    missing_values: int
    mean: float | None = None
    median: float | None = None
    min: float | str | None = None
    max: float | str | None = None
    standard_deviation: float | None = None
    histogram: tuple[Bar, ...] = ()
    box_plot: BoxPlot | None = None


class TableStatistics(Struct, frozen=True, kw_only=True, rename="camel"):
    """The figures of a whole table."""

    rows: int
    columns: tuple[ColumnStatistics, ...]
    sampled: bool = False


def statistics_of(folder: Path, name: str) -> bytes:
    """The figures as JSON: computed the first time, then read."""
    path = folder / f"{name}.figures"
    if not path.exists():
        facts = facts_of(folder, name)
        scan = pl.scan_parquet(folder / f"{name}.parquet")
        content = msgspec.json.encode(compute(scan, facts.columns, facts.rows or 0))
        draft = folder / f".{name}.figures"
        draft.write_bytes(content)
        draft.rename(path)
    return path.read_bytes()


def compute(
    scan: pl.LazyFrame, columns: Sequence[Column], rows: int
) -> TableStatistics:
    """The figures, one column in memory at a time."""
    step = -(-rows // MOST_EXACT) if rows else 1
    return TableStatistics(
        rows=rows,
        columns=tuple(_column(scan, column, rows, step) for column in columns),
        sampled=step > 1,
    )


def _column(
    scan: pl.LazyFrame, column: Column, rows: int, step: int
) -> ColumnStatistics:
    cells = pl.col(column.name)
    if column.type in ("Single", "Double"):
        cells = cells.fill_nan(None)
    one = scan.select(cells)
    missing = int(_collected(one.select(pl.all().is_null().sum())).item() or 0)
    shown: dict[str, Any] = {"missing_values": missing}
    if column.type in NUMBERS and not column.categorical:
        shown |= _figures(one, rows - missing, step)
    elif column.type in TEMPORAL:
        shown |= _span(one)
    else:
        shown |= _values(one.select(pl.all().cast(pl.String)), step)
    return ColumnStatistics(
        name=column.name,
        type=column.type,
        kind=column.kind,
        feature_type=feature_type(column),
        **shown,
    )


def feature_type(column: Column) -> str:
    """How the page names what a column is: "Numeric Feature", "String Label"."""
    if column.categorical:
        type_ = "Categorical"
    else:
        type_ = "Numeric" if column.type in NUMBERS else column.type
    return type_ if column.kind == "None" else f"{type_} {column.kind}"


def _figures(one: pl.LazyFrame, present: int, step: int) -> dict[str, Any]:
    if not present:
        return {"unique_values": 0}
    values = one.select(pl.all().drop_nulls().cast(pl.Float64))
    series = _collected(values.gather_every(step)).to_series()
    mean, deviation = series.mean(), series.std(ddof=1)
    if step > 1:
        totals = values.select(mean=pl.all().mean(), deviation=pl.all().std(ddof=1))
        mean, deviation = _collected(totals).row(0)
    unique = series.n_unique()
    finite = series.filter(series.is_finite()).to_numpy()
    shown: dict[str, Any] = {
        "mean": _told(mean),
        "standard_deviation": _told(deviation),
        "median": _told(series.median()),
        "min": _told(series.min()),
        "max": _told(series.max()),
        "unique_values": unique,
    }
    if len(finite):
        counts, edges = np.histogram(finite, bins=BINS)
        shown["histogram"] = tuple(
            Bar(count=int(count), low=float(edges[place]), high=float(edges[place + 1]))
            for place, count in enumerate(counts)
        )
        shown["box_plot"] = _box(finite)
    return shown


def _box(values: np.ndarray[Any, np.dtype[np.float64]]) -> BoxPlot:
    lower, median, upper = np.quantile(values, (0.25, 0.5, 0.75))
    reach = 1.5 * (upper - lower)
    inside = values[(values >= lower - reach) & (values <= upper + reach)]
    return BoxPlot(
        lower_whisker=float(inside.min()),
        lower_quartile=float(lower),
        median=float(median),
        upper_quartile=float(upper),
        upper_whisker=float(inside.max()),
    )


def _span(one: pl.LazyFrame) -> dict[str, Any]:
    low, high, unique = _collected(
        one.select(
            low=pl.all().min(),
            high=pl.all().max(),
            unique=pl.all().drop_nulls().n_unique(),
        )
    ).row(0)
    return {"min": text_of(low), "max": text_of(high), "unique_values": int(unique)}


def _values(one: pl.LazyFrame, step: int) -> dict[str, Any]:
    """Texts are told apart by 64 bits each, so that long ones fit into memory."""
    texts = one.select(text=pl.all().drop_nulls())
    hashes = _collected(texts.gather_every(step).select(pl.col("text").hash()))
    counts = hashes.to_series().value_counts(sort=True)
    most = counts.head(MOST_VALUES).to_series().implode()
    found = (
        texts.filter(pl.col("text").hash().is_in(most))
        .group_by("text")
        .len()
        .sort(["len", "text"], descending=[True, False])
        .head(MOST_VALUES)
    )
    bars = tuple(
        Bar(count=int(count), value=str(text)[:200])
        for text, count in _collected(found).rows()
    )
    return {"unique_values": counts.height, "histogram": bars}


def _collected(query: pl.LazyFrame) -> pl.DataFrame:
    frame = query.collect(engine="streaming")
    assert isinstance(frame, pl.DataFrame), "nothing runs in the background"
    return frame


def _told(value: Any) -> float | None:
    """A figure that JSON can hold."""
    return None if value is None or not np.isfinite(value) else float(value)
