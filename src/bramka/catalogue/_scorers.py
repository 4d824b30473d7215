"""Trained models made ready: raw scores of many rows, and of one without libraries.

Both give the same numbers to the last bit: products are computed row by row with calls
of one shape, sums over trees run in the trees' order.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bramka.catalogue._features import Matrix
from bramka.catalogue._libraries import special

Link = Callable[[Matrix], Matrix]

_LARGEST = float(np.finfo(np.float32).max)


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
    return np.asarray(special.expit(scores))


def probit(scores: Matrix) -> Matrix:
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
    if not state.get("unit"):
        return InBatches(lambda rows: link(product(rows, weights) + bias))
    return InBatches(lambda rows: link(product(unit_rows(rows), weights) + bias))


def unit_rows(rows: Matrix) -> Matrix:
    """Rows of length 1; a row of zeros stays as it is."""
    rows = np.ascontiguousarray(rows)
    squares = np.matmul(rows[:, None, :], rows[:, :, None])[:, 0]
    lengths = np.sqrt(squares)
    lengths[lengths == 0] = 1.0
    return np.asarray(rows / lengths)


@dataclass(frozen=True)
class Trees:
    """Trees as nested tuples: a leaf is (None, value), everything else a question.

    A question is (feature, threshold, whether a missing number goes left, left, right).
    """

    roots: tuple[Any, ...]

    def leaves(self, numbers: Sequence[float]) -> list[Any]:
        found = []
        for root in self.roots:
            node = root
            while node[0] is not None:
                feature, threshold, left_if_missing, left, right = node
                number = numbers[feature]
                if number <= threshold:
                    node = left
                elif number > threshold:
                    node = right
                else:
                    node = left if left_if_missing else right
            found.append(node[1])
        return found


def nested(
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    questions: Sequence[tuple[int, float, bool]],
    leaves: Sequence[object],
) -> object:
    """One tree as nested tuples; where `left` is negative there is a leaf."""
    made: list[Any] = [None] * len(leaves)
    # Children stand behind their parents, so backwards every child is made first.
    for place in range(len(leaves) - 1, -1, -1):
        if left[place] < 0:
            made[place] = (None, leaves[place])
        else:
            made[place] = (*questions[place], made[left[place]], made[right[place]])
    return made[0]


def boosted_trees(estimator: Any) -> Trees:
    """The trees of a histogram gradient booster of one score."""
    roots = []
    for (predictor,) in estimator._predictors:  # noqa: SLF001 - it has no public door
        nodes = predictor.nodes
        leaf = nodes["is_leaf"].astype(bool)
        left = np.where(leaf, -1, nodes["left"].astype(np.int64))
        questions = list(
            zip(
                nodes["feature_idx"].tolist(),
                nodes["num_threshold"].tolist(),
                nodes["missing_go_to_left"].astype(bool).tolist(),
                strict=True,
            )
        )
        right = nodes["right"].astype(np.int64)
        roots.append(nested(left, right, questions, nodes["value"].tolist()))
    return Trees(tuple(roots))


@dataclass(frozen=True)
class Boosted:
    """A histogram gradient booster of one score, and its trees for single rows."""

    estimator: Any
    trees: Trees
    classifies: bool

    @classmethod
    def of(cls, estimator: Any) -> "Boosted":
        classifies = hasattr(estimator, "predict_proba")
        return cls(estimator, boosted_trees(estimator), classifies)

    def batch(self, rows: Matrix) -> Matrix:
        if self.classifies:
            return np.asarray(self.estimator.predict_proba(rows)[:, 1:])
        return np.asarray(self.estimator.predict(rows)[:, None])

    def row(self, numbers: Sequence[float]) -> Sequence[float]:
        score = self.estimator._baseline_prediction.item()  # noqa: SLF001 - as above
        for value in self.trees.leaves(numbers):
            score += value
        return [float(special.expit(score)) if self.classifies else score]


def as_singles(rows: Matrix) -> Matrix:
    """Rows no number of which is too large for single precision."""
    return np.clip(rows, -_LARGEST, _LARGEST)


def forest_trees(
    estimators: Sequence[Any], leaves: Callable[[Any], Sequence[object]]
) -> Trees:
    """The trees of a forest; `leaves` tells what stands at the nodes of one."""
    roots = []
    for estimator in estimators:
        tree = estimator.tree_
        thresholds = _as_singles_split(tree.threshold)
        missing = tree.missing_go_to_left.astype(bool).tolist()
        questions = list(
            zip(tree.feature.tolist(), thresholds.tolist(), missing, strict=True)
        )
        roots.append(
            nested(tree.children_left, tree.children_right, questions, leaves(tree))
        )
    return Trees(tuple(roots))


def _as_singles_split(thresholds: Matrix) -> Matrix:
    """Thresholds for doubles that part them as these do after rounding to singles."""
    singles = thresholds.astype(np.float32)
    lower = np.where(
        singles > thresholds, np.nextafter(singles, np.float32(-np.inf)), singles
    ).astype(np.float32)
    upper = np.nextafter(lower, np.float32(np.inf))
    middle = (lower.astype(np.float64) + upper.astype(np.float64)) / 2
    # Halfway, a number is rounded to the single whose last bit is zero.
    even = lower.view(np.uint32) & 1 == 0
    return np.where(even, middle, np.nextafter(middle, -np.inf))


@dataclass(frozen=True)
class VotingForest:
    """A forest whose trees' probabilities are averaged."""

    estimator: Any
    trees: Trees
    binary: bool

    @classmethod
    def of(cls, estimator: Any) -> "VotingForest":
        trees = forest_trees(
            estimator.estimators_, lambda tree: tree.value[:, 0, :].tolist()
        )
        return cls(estimator, trees, len(estimator.classes_) == 2)

    def batch(self, rows: Matrix) -> Matrix:
        scores = np.asarray(self.estimator.predict_proba(as_singles(rows)))
        return scores[:, 1:] if self.binary else scores

    def row(self, numbers: Sequence[float]) -> Sequence[float]:
        leaves = self.trees.leaves(numbers)
        sums = [0.0] * len(leaves[0])
        for shares in leaves:
            sums = [total + share for total, share in zip(sums, shares, strict=True)]
        scores = [total / len(leaves) for total in sums]
        return scores[1:] if self.binary else scores


@dataclass(frozen=True)
class GaussianForest:
    """A forest each leaf of which is a normal distribution: mean and deviation."""

    estimators: Sequence[Any]
    trees: Trees

    @classmethod
    def of(cls, estimator: Any) -> "GaussianForest":
        trees = forest_trees(
            estimator.estimators_,
            lambda tree: list(
                zip(tree.value[:, 0, 0].tolist(), tree.impurity.tolist(), strict=True)
            ),
        )
        return cls(estimator.estimators_, trees)

    def batch(self, rows: Matrix) -> Matrix:
        singles = as_singles(rows).astype(np.float32)
        mean, square = np.zeros(len(rows)), np.zeros(len(rows))
        for estimator in self.estimators:
            tree = estimator.tree_
            leaves = tree.apply(singles)
            value = tree.value[:, 0, 0][leaves]
            mean += value
            square += tree.impurity[leaves] + value * value
        mean /= len(self.estimators)
        square /= len(self.estimators)
        deviation = np.sqrt(np.maximum(square - mean * mean, 0.0))
        return np.column_stack([mean, deviation])

    def row(self, numbers: Sequence[float]) -> Sequence[float]:
        mean = square = 0.0
        for value, variance in self.trees.leaves(numbers):
            mean += value
            square += variance + value * value
        mean /= len(self.estimators)
        square /= len(self.estimators)
        return [mean, sqrt(max(square - mean * mean, 0.0))]
