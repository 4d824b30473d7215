"""Figures of one column of numbers; missing ones are left out, few numbers give NaN."""

from collections.abc import Callable, Sequence
from math import nan

import numpy as np
import polars as pl
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def known_numbers(series: pl.Series) -> Numbers:
    """The numbers of a column that are there; true is 1."""
    known = series.drop_nulls() if series.null_count() else series
    return known.cast(pl.Float64).to_numpy()


def percentile(numbers: Numbers, percent: float) -> float:
    """The number below which so many lie; between two it is their mean."""
    return percentiles(numbers, [percent])[0]


def percentiles(numbers: Numbers, percents: Sequence[float]) -> list[float]:
    """Several of them at once."""
    if not len(numbers):
        return [nan] * len(percents)
    # Between infinities is no number.
    with np.errstate(invalid="ignore"):
        found = np.percentile(numbers, percents, method="averaged_inverted_cdf")
    return [float(each) for each in found]


def modes(numbers: Numbers) -> Numbers:
    """The most frequent numbers, in order."""
    values, counts = counted(numbers)
    found: Numbers = values[counts == counts.max()] if len(values) else values
    return found


def counted(numbers: Numbers) -> tuple[Numbers, NDArray[np.int64]]:
    """Each number once, in order, and how often it is there."""
    values, counts = np.unique(numbers, return_counts=True)
    return values, counts


def central_moment(numbers: Numbers, order: int) -> float:
    """The mean of this power of the distance to the mean."""
    if not len(numbers):
        return nan
    with np.errstate(invalid="ignore", over="ignore"):
        return float(np.mean((numbers - numbers.mean()) ** order))


def _over(least: int, figure: Callable[[Numbers], float]) -> Callable[[Numbers], float]:
    """A figure that needs so many numbers; with fewer it is NaN."""

    def of(numbers: Numbers) -> float:
        if len(numbers) < least:
            return nan
        with np.errstate(all="ignore"):
            return float(figure(numbers))

    return of


def _mean_deviation(numbers: Numbers) -> float:
    return float(np.abs(numbers - numbers.mean()).mean())


def _median_deviation(numbers: Numbers) -> float:
    return float(np.median(np.abs(numbers - np.median(numbers))))


def _geometric_mean(numbers: Numbers) -> float:
    return float(np.exp(np.log(numbers).mean()))


def _harmonic_mean(numbers: Numbers) -> float:
    return float(len(numbers) / (1 / numbers).sum())


def _skewness(numbers: Numbers) -> float:
    # SciPy takes a millisecond for a column, and tables have thousands of them.
    count, square, cube = len(numbers), *_moments(numbers, 2, 3)
    return float(np.sqrt(count * (count - 1)) / (count - 2) * cube / square**1.5)


def _kurtosis(numbers: Numbers) -> float:
    count, square, fourth = len(numbers), *_moments(numbers, 2, 4)
    excess = (count + 1) * (fourth / square**2) - 3 * (count - 1)
    return float((count - 1) / ((count - 2) * (count - 3)) * excess)


def _moments(numbers: Numbers, *orders: int) -> list[np.float64]:
    """Moments about the mean; of numbers that are all alike they are none."""
    apart = numbers - numbers.mean()
    varies = np.ptp(numbers) > 0
    return [np.mean(apart**order) if varies else np.float64(nan) for order in orders]


FIGURES: dict[str, Callable[[Numbers], float]] = {
    "Deviation squared": _over(1, lambda x: float(((x - x.mean()) ** 2).sum())),
    "Geometric mean": _over(1, _geometric_mean),
    "Harmonic mean": _over(1, _harmonic_mean),
    "Interquartile distance": lambda x: percentile(x, 75) - percentile(x, 25),
    "Max": _over(1, np.max),
    "Mean": _over(1, np.mean),
    "Mean deviation": _over(1, _mean_deviation),
    "Median": _over(1, np.median),
    "Median deviation": _over(1, _median_deviation),
    "Min": _over(1, np.min),
    "Population standard deviation": _over(1, np.std),
    "Population variance": _over(1, np.var),
    "Product": _over(1, np.prod),
    "Range": _over(1, np.ptp),
    "Sample kurtosis": _over(4, _kurtosis),
    "Sample skewness": _over(3, _skewness),
    "Sample standard deviation": _over(2, lambda x: float(np.std(x, ddof=1))),
    "Sample variance": _over(2, lambda x: float(np.var(x, ddof=1))),
    "Sum": np.sum,
}
"""By the names that people choose."""
