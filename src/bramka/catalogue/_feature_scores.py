"""How much columns tell of another one, by the measures people choose from."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bramka.catalogue._columns import numeric
from bramka.catalogue._libraries import metrics, stats
from bramka.domain.learning.table import Column

ScoringMethod = Literal[
    "Pearson Correlation",
    "Mutual Information",
    "Kendall Correlation",
    "Spearman Correlation",
    "Chi Squared",
    "Fisher Score",
    "Count Based",
]
BINS = 10
"""Numbers become so many classes of about one size where a measure needs classes."""

Numbers = NDArray[np.float64]
Classes = NDArray[np.int64]


def count_score(series: pl.Series, column: Column) -> float:
    """The cells that are there and not 0; texts and categories have none."""
    if not _measured(column):
        return 0.0
    return float((series.drop_nulls().cast(pl.Float64) != 0).sum())


class Target:
    """The column that others are measured by; what many of them need is kept."""

    def __init__(self, cells: pl.Series, column: Column) -> None:
        self.cells = cells
        self.column = column

    @cached_property
    def classes(self) -> Classes:
        return _classes(self.cells, self.column)

    @cached_property
    def numbers(self) -> Numbers | None:
        """The cells, if they are quantities."""
        return (
            self.cells.cast(pl.Float64).to_numpy() if _measured(self.column) else None
        )

    def where(self, known: pl.Series) -> "Target":
        """The same in some rows only."""
        return self if known.all() else Target(self.cells.filter(known), self.column)


def feature_score(
    cells: pl.Series, column: Column, target: Target, method: ScoringMethod
) -> float:
    """The score of one column; 0 where the measure does not apply or is undefined."""
    known = _known(cells) & _known(target.cells)
    target = target.where(known)
    if len(target.cells) < 2:
        return 0.0
    if len(target.cells) < len(cells):
        cells = cells.filter(known)
    # What infinite or too large numbers come to is no number: it tells nothing.
    with np.errstate(invalid="ignore", over="ignore"):
        if method in ("Mutual Information", "Chi Squared"):
            found = _OF_CLASSES[method](_classes(cells, column), target.classes)
        elif not _measured(column):
            return 0.0
        else:
            found = _of_numbers(cells.cast(pl.Float64).to_numpy(), target, method)
    return abs(found) if np.isfinite(found) else 0.0


def fisher_scores(rows: Numbers, classes: Classes) -> Numbers:
    """Of every column: how far its classes lie apart, by how wide they are."""
    mean = rows.mean(axis=0)
    between = np.zeros(rows.shape[1])
    within = np.zeros(rows.shape[1])
    for each in np.unique(classes):
        members = rows[classes == each]
        between += len(members) * (members.mean(axis=0) - mean) ** 2
        within += len(members) * members.var(axis=0)
    with np.errstate(all="ignore"):
        return between / within


def _known(cells: pl.Series) -> pl.Series:
    """Where there is a value, and if numbers a finite one."""
    if cells.dtype.is_float():
        return cells.is_finite().fill_null(value=False)
    return cells.is_not_null()


def _measured(column: Column) -> bool:
    return numeric(column) or (column.type == "Boolean" and not column.categorical)


def _of_numbers(numbers: Numbers, target: Target, method: ScoringMethod) -> float:
    if method == "Fisher Score":
        return float(fisher_scores(numbers[:, None], target.classes)[0])
    other = target.numbers
    if other is None:
        other = _conditional_means(numbers, target.classes)
    if not np.ptp(numbers) or not np.ptp(other):
        return 0.0
    return float(_CORRELATIONS[method](numbers, other)[0])


def _conditional_means(numbers: Numbers, classes: Classes) -> Numbers:
    """Each row's class, told by the mean of the class."""
    sums = np.bincount(classes, weights=numbers)
    means: Numbers = sums / np.bincount(classes)
    return means[classes]


def _classes(series: pl.Series, column: Column) -> Classes:
    """A number for each row's class; quantities are divided at their quantiles."""
    if _measured(column) and series.n_unique() > BINS:
        numbers = series.cast(pl.Float64).to_numpy()
        edges = np.unique(np.quantile(numbers, np.arange(1, BINS) / BINS))
        return np.searchsorted(edges, numbers, side="right").astype(np.int64)
    if series.dtype == pl.String:
        return series.rank("dense").to_numpy().astype(np.int64) - 1
    codes = np.unique(series.to_physical().to_numpy(), return_inverse=True)[1]
    return codes.astype(np.int64)


def _mutual_information(x: Classes, y: Classes) -> float:
    """What both share, of what they tell each; 1 if each tells the other."""
    return float(metrics.normalized_mutual_info_score(x, y))


def _chi_squared(x: Classes, y: Classes) -> float:
    counts = np.zeros((x.max() + 1, y.max() + 1))
    np.add.at(counts, (x, y), 1)
    counts = counts[counts.any(axis=1)][:, counts.any(axis=0)]
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    return float(((counts - expected) ** 2 / expected).sum())


_OF_CLASSES: Mapping[str, Callable[[Classes, Classes], float]] = {
    "Mutual Information": _mutual_information,
    "Chi Squared": _chi_squared,
}
_CORRELATIONS: Mapping[str, Callable[[Numbers, Numbers], tuple[float, float]]] = {
    "Pearson Correlation": lambda x, y: tuple(stats.pearsonr(x, y)),
    "Kendall Correlation": lambda x, y: tuple(stats.kendalltau(x, y)),
    "Spearman Correlation": lambda x, y: tuple(stats.spearmanr(x, y)),
}
