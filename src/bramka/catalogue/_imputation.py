"""Missing numbers told from the others of their row: by chained equations, or by PPCA.

Both learn plain numbers, and fill each row by itself.
"""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from bramka.catalogue._libraries import linalg
from bramka.catalogue._transforms import Numbers

MOST_OTHERS = 50


class Equation(Struct, frozen=True):
    """One column as a weighted sum of others: of all of them, if none are named."""

    target: int
    intercept: float
    weights: list[float]
    others: list[int] | None = None


class Chain(Struct, frozen=True):
    """Equations in the order they are used, behind a first guess: the means."""

    means: list[float]
    equations: list[Equation]

    def fill(self, rows: Numbers) -> Numbers:
        """The rows with what is missing filled in."""
        missing = np.isnan(rows)
        filled = np.where(missing, self.means, rows)
        for equation in self.equations:
            holes = missing[:, equation.target]
            if holes.any():
                filled[holes, equation.target] = _sum(filled[holes], equation)
        return filled


def chained(rows: Numbers, iterations: int) -> Chain:
    """Learn each column from the others, as often as asked, the fullest first.

    Columns that miss nothing are learnt once, for rows yet to come. Of very many
    columns each is learnt from those that go with it most.
    """
    missing = np.isnan(rows)
    means = np.nanmean(rows, axis=0)
    filled = np.where(missing, means, rows)
    counts = missing.sum(axis=0)
    others = _others(filled)
    order = np.argsort(counts, kind="stable")
    equations = []
    for round_ in range(iterations):
        for target in order:
            if not counts[target] and round_ < iterations - 1:
                continue
            known = ~missing[:, target]
            equation = _equation(filled, int(target), others[target], known)
            equations.append(equation)
            holes = missing[:, target]
            filled[holes, target] = _sum(filled[holes], equation)
    return Chain(means.tolist(), equations)


def _others(filled: Numbers) -> list[list[int]]:
    """The columns that each one is learnt from, in their order."""
    width = filled.shape[1]
    if width <= MOST_OTHERS + 1:
        return [[each for each in range(width) if each != own] for own in range(width)]
    with np.errstate(invalid="ignore", divide="ignore"):
        alike = np.abs(np.corrcoef(filled, rowvar=False))
    alike[np.isnan(alike)] = 0.0
    np.fill_diagonal(alike, -1.0)
    most = np.argsort(-alike, axis=1, kind="stable")[:, :MOST_OTHERS]
    return [sorted(each) for each in most.tolist()]


def _equation(
    rows: Numbers, target: int, others: list[int], known: NDArray[np.bool_]
) -> Equation:
    """Ordinary least squares on the rows where the target is known."""
    given = rows[known][:, others]
    told = rows[known, target]
    means, mean = given.mean(axis=0), float(told.mean())
    weights = np.linalg.lstsq(given - means, told - mean, rcond=None)[0]
    intercept = mean - float(means @ weights)
    return Equation(target, intercept, weights.tolist(), others)


def _sum(rows: Numbers, equation: Equation) -> Numbers:
    # Column by column: a row alone must come to the same as in a batch.
    result = np.full(len(rows), equation.intercept)
    others = equation.others
    if others is None:
        others = [place for place in range(rows.shape[1]) if place != equation.target]
    for place, weight in zip(others, equation.weights, strict=True):
        result += rows[:, place] * weight
    return result


class Model(Struct, frozen=True):
    """A normal distribution whose covariance has few directions and even noise."""

    means: list[float]
    scales: list[float]
    covariance: list[list[float]]

    def fill(self, rows: Numbers) -> Numbers:
        """The rows with what is missing filled in by what is to be expected there."""
        scaled = (rows - self.means) / self.scales
        missing = np.isnan(scaled)
        covariance = np.array(self.covariance)
        for holes, group in _patterns(missing):
            weights, _ = _expectation(covariance, holes)
            told = np.flatnonzero(~holes)
            for place, hole in enumerate(np.flatnonzero(holes)):
                value = np.zeros(len(group))
                for known, weight in zip(told, weights[place], strict=True):
                    value += scaled[group, known] * weight
                scaled[group, hole] = value
        return np.where(missing, scaled * self.scales + self.means, rows)


def probabilistic(rows: Numbers, iterations: int) -> Model:
    """Learn the distribution by expectation and maximisation (Tipping and Bishop).

    It has as many directions as the correlations have eigenvalues above their mean.
    """
    means, scales = np.nanmean(rows, axis=0), np.nanstd(rows, axis=0)
    scales = np.where(scales > 0, scales, 1.0)
    scaled = (rows - means) / scales
    missing = np.isnan(scaled)
    patterns = _patterns(missing)
    filled = np.where(missing, 0.0, scaled)
    covariance = filled.T @ filled / len(filled)
    values = np.linalg.eigvalsh(covariance)
    width = len(values)
    directions = int(np.clip((values > values.mean()).sum(), 1, max(width - 1, 1)))
    for _ in range(iterations):
        covariance = _constrained(covariance, directions)
        spread = np.zeros((width, width))
        for holes, group in patterns:
            weights, rest = _expectation(covariance, holes)
            filled[np.ix_(group, holes)] = filled[np.ix_(group, ~holes)] @ weights.T
            spread[np.ix_(holes, holes)] += len(group) * rest
        covariance = (filled.T @ filled + spread) / len(filled)
    final = _constrained(covariance, directions)
    return Model(means.tolist(), scales.tolist(), final.tolist())


def _constrained(covariance: Numbers, directions: int) -> Numbers:
    """The nearest covariance of these many directions and even noise."""
    width = len(covariance)
    # Only the directions that are kept: of thousands all would take minutes.
    values, kept = linalg.eigh(
        covariance, subset_by_index=(width - directions, width - 1)
    )
    rest = (np.trace(covariance) - values.sum()) / max(width - directions, 1)
    noise = max(float(rest), 1e-9)
    spread = np.maximum(values - noise, 0)
    found: Numbers = (kept * spread) @ kept.T + noise * np.eye(width)
    return found


def _expectation(
    covariance: Numbers, holes: NDArray[np.bool_]
) -> tuple[Numbers, Numbers]:
    """How the known numbers tell the missing ones, and how unsure that is."""
    known = covariance[np.ix_(~holes, ~holes)]
    across = covariance[np.ix_(holes, ~holes)]
    weights: Numbers = across
    if known.size:
        weights = np.linalg.solve(known, across.T).T.astype(np.float64)
    rest: Numbers = covariance[np.ix_(holes, holes)] - weights @ across.T
    return weights, rest


def _patterns(
    missing: NDArray[np.bool_],
) -> list[tuple[NDArray[np.bool_], NDArray[np.intp]]]:
    """Which columns are missing together, and in which rows."""
    kinds, which = np.unique(missing, axis=0, return_inverse=True)
    return [
        (holes, np.flatnonzero(which.ravel() == number))
        for number, holes in enumerate(kinds)
        if holes.any()
    ]
