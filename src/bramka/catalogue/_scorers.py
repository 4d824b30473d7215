"""Trained models made ready: raw scores of many rows, and of one without libraries.

Both give the same numbers to the last bit: products are computed row by row with calls
of one shape, sums over trees run in the trees' order.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from bramka.catalogue._features import Matrix
from bramka.catalogue._libraries import special

Link = Callable[[Matrix], Matrix]


class Scorer(Protocol):
    """Gives each row of numbers its raw scores."""

    def batch(self, rows: Matrix) -> Matrix: ...
    def row(self, numbers: Sequence[float]) -> Sequence[float]: ...


def softmax(scores: Matrix) -> Matrix:
    """Probabilities that sum to one a row, added up in the columns' order."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    total = powers[:, 0].copy()
    for column in range(1, powers.shape[1]):
        total += powers[:, column]
    return np.asarray(powers / total[:, None])


def logistic(scores: Matrix) -> Matrix:
    """Scores as probabilities, 1 / (1 + exp(-score)); the shape stays."""
    return np.asarray(special.expit(scores))


def probit(scores: Matrix) -> Matrix:
    """Scores as probabilities, by the normal distribution; the shape stays."""
    return np.asarray(special.ndtr(scores))


def two(scores: Matrix) -> Matrix:
    """One score of two classes, shown as both classes' probabilities."""
    chances = logistic(scores)
    return np.column_stack([1 - chances, chances])


def product(rows: Matrix, weights: Matrix) -> Matrix:
    """Rows times weights, each row by itself: its result depends on no other row."""
    products = np.matmul(np.ascontiguousarray(rows)[:, None, :], weights)
    return np.asarray(products[:, 0])


LINKS: dict[str, Link] = {
    "identity": lambda scores: scores,
    "logistic": logistic,
    "probit": probit,
    "exp": np.exp,
    "softmax": softmax,
    "two": two,
}


@dataclass(frozen=True)
class InBatches:
    """Any function of many rows, for single rows too."""

    batch: Callable[[Matrix], Matrix]

    def row(self, numbers: Sequence[float]) -> Sequence[float]:
        scores: list[float] = self.batch(np.array([numbers]))[0].tolist()
        return scores


def linear_state(weights: Matrix, bias: Matrix, link: str) -> dict[str, Any]:
    """A linear model as data: weights by feature and score."""
    matrix = np.array(weights, dtype=np.float64)
    if matrix.ndim == 1:
        matrix = matrix[:, None]
    return {
        "weights": np.ascontiguousarray(matrix),
        "bias": np.atleast_1d(np.array(bias, dtype=np.float64)),
        "link": link,
    }


def linear_scorer(state: dict[str, Any]) -> Scorer:
    """Weighted sums through a link; with `unit` rows are first cut to length 1."""
    weights, bias, link = state["weights"], state["bias"], LINKS[state["link"]]
    if state.get("unit"):
        return InBatches(lambda rows: link(product(unit_rows(rows), weights) + bias))
    if state["link"] == "softmax":
        return Softmax(weights, bias)
    return InBatches(lambda rows: link(product(rows, weights) + bias))


@dataclass(frozen=True)
class Softmax:
    """Weighted sums made probabilities: the same sums, with few calls for one row."""

    weights: Matrix
    bias: Matrix

    def batch(self, rows: Matrix) -> Matrix:
        return softmax(product(rows, self.weights) + self.bias)

    def row(self, numbers: Sequence[float]) -> Sequence[float]:
        sums = np.matmul(np.array(numbers), self.weights) + self.bias
        powers: list[float] = np.exp(sums - max(sums.tolist())).tolist()
        total = powers[0]
        for power in powers[1:]:
            total += power
        return [power / total for power in powers]


def unit_rows(rows: Matrix) -> Matrix:
    """Rows of length 1; a row of zeros stays as it is."""
    rows = np.ascontiguousarray(rows)
    squares = np.matmul(rows[:, None, :], rows[:, :, None])[:, 0]
    lengths = np.sqrt(squares)
    lengths[lengths == 0] = 1.0
    return np.asarray(rows / lengths)
