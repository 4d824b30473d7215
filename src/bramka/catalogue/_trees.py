"""Trained trees made ready: scikit-learn's for many rows, nested tuples for one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bramka.catalogue._features import Matrix
from bramka.catalogue._libraries import special

_LARGEST = float(np.finfo(np.float32).max)


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


def _shares(estimator: Any) -> Trees:
    """A forest's trees, at whose leaves stands the share of each class."""
    return forest_trees(
        estimator.estimators_, lambda tree: tree.value[:, 0, :].tolist()
    )


@dataclass(frozen=True)
class VotingForest:
    """A forest whose trees' probabilities are averaged."""

    estimator: Any
    trees: Trees
    binary: bool

    @classmethod
    def of_two(cls, estimator: Any) -> "VotingForest":
        """For learners of two classes: the probability of the second one."""
        return cls(estimator, _shares(estimator), binary=True)

    @classmethod
    def of_many(cls, estimator: Any) -> "VotingForest":
        """For learners of many classes: the probability of each."""
        return cls(estimator, _shares(estimator), binary=False)

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
