"""How much columns tell of another one, by the measures people choose from."""

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bramka.catalogue._columns import numeric
from bramka.catalogue._libraries import metrics, stats
from bramka.domain.learning.cells import text_series
from bramka.domain.learning.table import Column, Table

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


def feature_score(table: Table, name: str, target: str, method: ScoringMethod) -> float:
    """The score of one column; 0 where the measure does not apply or is undefined."""
    feature, label = table.column(name), table.column(target)
    pair = table.frame.select(
        table.series(name).alias("x"), table.series(target).alias("y")
    ).drop_nulls()
    if pair.height < 2:
        return 0.0
    # What infinite or too large numbers come to is no number: it tells nothing.
    with np.errstate(invalid="ignore", over="ignore"):
        if method in ("Mutual Information", "Chi Squared"):
            found = _OF_CLASSES[method](
                _classes(pair["x"], feature), _classes(pair["y"], label)
            )
        elif not _measured(feature):
            return 0.0
        else:
            numbers = pair["x"].cast(pl.Float64).to_numpy()
            found = _of_numbers(numbers, pair["y"], label, method)
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


def _measured(column: Column) -> bool:
    return numeric(column) or (column.type == "Boolean" and not column.categorical)


def _of_numbers(
    numbers: Numbers, labels: pl.Series, label: Column, method: ScoringMethod
) -> float:
    if method == "Fisher Score":
        return float(fisher_scores(numbers[:, None], _classes(labels, label))[0])
    if _measured(label):
        other = labels.cast(pl.Float64).to_numpy()
    else:
        other = _conditional_means(numbers, _classes(labels, label))
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
    codes = np.unique(text_series(series).to_numpy(), return_inverse=True)[1]
    return codes.astype(np.int64)


def _mutual_information(x: Classes, y: Classes) -> float:
    """What both share, of what they tell each; 1 if each tells the other."""
    return float(metrics.normalized_mutual_info_score(x, y))


def _chi_squared(x: Classes, y: Classes) -> float:
    counts = np.zeros((x.max() + 1, y.max() + 1))
    np.add.at(counts, (x, y), 1)
    counts = counts[counts.any(axis=1)][:, counts.any(axis=0)]
    return float(stats.chi2_contingency(counts, correction=False)[0])


_OF_CLASSES: Mapping[str, Callable[[Classes, Classes], float]] = {
    "Mutual Information": _mutual_information,
    "Chi Squared": _chi_squared,
}
_CORRELATIONS: Mapping[str, Callable[[Numbers, Numbers], tuple[float, float]]] = {
    "Pearson Correlation": lambda x, y: tuple(stats.pearsonr(x, y)),
    "Kendall Correlation": lambda x, y: tuple(stats.kendalltau(x, y)),
    "Spearman Correlation": lambda x, y: tuple(stats.spearmanr(x, y)),
}
