"""What Visualize shows of each column: figures, a histogram, a box plot."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import polars as pl
import polars.selectors as cs
from msgspec import Struct

from bramka.domain.learning.cells import text_of
from bramka.domain.learning.table import NUMBERS, Column
from bramka.studio.figures import Values, collected, unique_values
from bramka.studio.stored import facts_of

BINS = 10
MOST_VALUES = 10
"""Bars of a column that holds no numbers."""
MOST_BARS_FROM = 2_000_000
"""Different values up to which the most frequent ones are looked for."""
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


def statistics_of(folder: Path, name: str) -> bytes:
    """The figures as JSON: computed the first time, then read."""
    path = figures_file(folder, name)
    if not path.exists():
        facts = facts_of(folder, name)
        scan = pl.scan_parquet(folder / f"{name}.parquet")
        content = msgspec.json.encode(compute(scan, facts.columns, facts.rows or 0))
        draft = folder / f".{name}.figures"
        draft.write_bytes(content)
        draft.rename(path)
    return path.read_bytes()


def figures_file(folder: Path, name: str) -> Path:
    """Where the figures are once they have been computed."""
    return folder / f"{name}.figures"


def compute(
    scan: pl.LazyFrame, columns: Sequence[Column], rows: int
) -> TableStatistics:
    """The figures, one column after another."""
    return TableStatistics(
        rows=rows, columns=tuple(_column(scan, column, rows) for column in columns)
    )


def _column(scan: pl.LazyFrame, column: Column, rows: int) -> ColumnStatistics:
    # In a plain expression a name like ^a.*$ is a pattern.
    cells = cs.by_name(column.name).as_expr()
    if column.type in ("Single", "Double"):
        cells = cells.fill_nan(None)
    one = scan.select(cells)
    missing = int(collected(one.select(pl.all().is_null().sum())).item() or 0)
    unique = unique_values(one, rows)
    if column.type in NUMBERS and not column.categorical:
        shown = _figures(Values(one, rows))
    elif column.type in TEMPORAL:
        shown = _span(one)
    else:
        shown = _most(one.select(pl.all().cast(pl.String)), unique)
    return ColumnStatistics(
        name=column.name,
        type=column.type,
        kind=column.kind,
        feature_type=feature_type(column),
        missing_values=missing,
        unique_values=unique,
        **shown,
    )


def feature_type(column: Column) -> str:
    """How the page names what a column is: "Numeric Feature", "String Label"."""
    if column.categorical:
        type_ = "Categorical"
    else:
        type_ = "Numeric" if column.type in NUMBERS else column.type
    return type_ if column.kind == "None" else f"{type_} {column.kind}"


def _figures(values: Values) -> dict[str, Any]:
    if not values.count:
        return {}
    mean, deviation, low, high = values.totals()
    assert low is not None
    assert high is not None
    edges, counts = values.histogram(BINS, low, high)
    lower, median, upper = (values.quantile(share) for share in (0.25, 0.5, 0.75))
    reach = 1.5 * (upper - lower)
    whiskers = values.within(lower - reach, upper + reach)
    return {
        "mean": mean,
        "standard_deviation": deviation,
        "min": low,
        "max": high,
        "median": median,
        "histogram": tuple(
            Bar(count=int(count), low=float(edges[place]), high=float(edges[place + 1]))
            for place, count in enumerate(counts)
        ),
        "box_plot": BoxPlot(
            lower_whisker=whiskers[0],
            lower_quartile=lower,
            median=median,
            upper_quartile=upper,
            upper_whisker=whiskers[1],
        ),
    }


def _span(one: pl.LazyFrame) -> dict[str, Any]:
    low, high = collected(one.select(low=pl.all().min(), high=pl.all().max())).row(0)
    return {"min": text_of(low), "max": text_of(high)}


def _most(one: pl.LazyFrame, unique: int) -> dict[str, Any]:
    """The most frequent values; of very many different ones none stands out."""
    if unique > MOST_BARS_FROM:
        return {}
    texts = one.select(text=pl.all().drop_nulls())
    hashes = texts.select(hash=pl.col("text").hash()).group_by("hash").len()
    most = collected(hashes.top_k(MOST_VALUES, by="len"))["hash"]
    found = (
        texts.filter(pl.col("text").hash().is_in(most.implode()))
        .group_by("text")
        .len()
        .sort(["len", "text"], descending=[True, False])
        .head(MOST_VALUES)
    )
    bars = tuple(
        Bar(count=int(count), value=str(text)[:200])
        for text, count in collected(found).rows()
    )
    return {"histogram": bars}
