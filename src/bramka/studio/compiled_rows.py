"""Compiled models at work: one row in plain Python, many with NumPy, equal to the bit.

One row of few numbers costs less in plain Python than in a single call of NumPy; what
is larger than MOST_PRODUCTS goes through NumPy for one row too.
"""

import math
from collections.abc import Callable, Sequence
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bramka.domain.learning.compiled import Compiled, Step, Sums, Tree, Trees

Matrix = NDArray[np.float64]
Numbers = Sequence[float]
Row = Callable[[Numbers], list[float]]
Rows = Callable[[Matrix], Matrix]

MOST_PRODUCTS = 40
"""Up to so many weights plain Python is quicker: 12 cost it 2.5 µs, NumPy 2.9; 60 cost
4.2 and 3.2; 300 cost 12 and 4.9."""


class CompiledRows:
    """The raw scores of a compiled model: of a row, and of many."""

    def __init__(self, compiled: Compiled) -> None:
        model = compiled.model
        self._steps = compiled.steps
        self._row, self._rows = (
            _sums(model) if isinstance(model, Sums) else _trees(model)
        )

    def __repr__(self) -> str:
        return f"<CompiledRows: {len(self._steps)} steps before>"

    def row(self, numbers: Numbers) -> list[float]:
        """The raw scores of one row."""
        for step in self._steps:
            numbers = _stepped(step, numbers)
        return self._row(numbers)

    def rows(self, matrix: Matrix) -> Matrix:
        """The same of many rows."""
        for step in self._steps:
            matrix = _OPERATIONS[step.operation](matrix, np.array(step.by))
        return self._rows(matrix)


_OPERATIONS: dict[str, Callable[[Matrix, Matrix], Matrix]] = {
    "subtract": np.subtract,
    "divide": np.divide,
    "multiply": np.multiply,
    "add": np.add,
}


def _stepped(step: Step, numbers: Numbers) -> list[float]:
    pairs = zip(numbers, step.by, strict=True)
    if step.operation == "subtract":
        return [number - by for number, by in pairs]
    if step.operation == "divide":
        return [number / by for number, by in pairs]
    if step.operation == "multiply":
        return [number * by for number, by in pairs]
    return [number + by for number, by in pairs]


def _sums(model: Sums) -> tuple[Row, Rows]:
    finish = _LINKS[model.link]
    weights, bias = np.array(model.weights), np.array(model.bias)
    if weights.size > MOST_PRODUCTS:

        def wide(numbers: Numbers) -> list[float]:
            sums = np.matmul(np.array(numbers), weights) + bias
            return finish(sums.tolist())

        def all_wide(matrix: Matrix) -> Matrix:
            # Each row by itself: its result depends on no other row.
            apart = np.ascontiguousarray(matrix)[:, None, :]
            sums = np.matmul(apart, weights)[:, 0] + bias
            return np.array([finish(each) for each in sums.tolist()])

        return wide, all_wide
    places = tuple(zip(model.bias, zip(*model.weights, strict=True), strict=True))

    def narrow(numbers: Numbers) -> list[float]:
        sums = []
        for start, factors in places:
            total = start
            for number, factor in zip(numbers, factors, strict=True):
                total += number * factor
            sums.append(total)
        return finish(sums)

    def all_narrow(matrix: Matrix) -> Matrix:
        sums = np.tile(bias, (len(matrix), 1))
        for place, factors in enumerate(weights):
            sums += matrix[:, place : place + 1] * factors
        return np.array([finish(each) for each in sums.tolist()])

    return narrow, all_narrow


def _two(sums: list[float]) -> list[float]:
    score = sums[0]
    # The form that cannot overflow.
    power = math.exp(-abs(score))
    chance = 1 / (1 + power) if score >= 0 else power / (1 + power)
    return [1 - chance, chance]


def _softmax(sums: list[float]) -> list[float]:
    most = max(sums)
    powers = [math.exp(each - most) for each in sums]
    total = math.fsum(powers)
    return [each / total for each in powers]


_LINKS: dict[str, Callable[[list[float]], list[float]]] = {
    "none": lambda sums: sums,
    "two": _two,
    "softmax": _softmax,
}


def _trees(model: Trees) -> tuple[Row, Rows]:
    trees, count = model.trees, len(model.trees)
    arrays = [_arrays(tree) for tree in trees]

    def row(numbers: Numbers) -> list[float]:
        # Trees are grown on numbers of single precision and compare those.
        single = np.array(numbers, dtype=np.float32).tolist()
        totals = list(_leaf(trees[0], single))
        for tree in trees[1:]:
            for place, value in enumerate(_leaf(tree, single)):
                totals[place] += value
        return [total / count for total in totals]

    def rows(matrix: Matrix) -> Matrix:
        single = matrix.astype(np.float32)
        totals: Matrix = np.zeros(1)
        for place, tree in enumerate(arrays):
            found = _leaves(tree, single)
            totals = found if place == 0 else totals + found
        return np.asarray(totals / count)

    return row, rows


def _leaf(tree: Tree, numbers: Numbers) -> tuple[float, ...]:
    features, thresholds, left, right = (
        tree.features,
        tree.thresholds,
        tree.left,
        tree.right,
    )
    at = 0
    while (feature := features[at]) >= 0:
        number = numbers[feature]
        if number <= thresholds[at] or (tree.gaps[at] and isnan(number)):
            at = left[at]
        else:
            at = right[at]
    return tree.values[at]


Arrays = tuple[NDArray[Any], ...]


def _arrays(tree: Tree) -> Arrays:
    return (
        np.array(tree.features),
        np.array(tree.thresholds),
        np.array(tree.left),
        np.array(tree.right),
        np.array(tree.gaps),
        np.array(tree.values, dtype=np.float64),
    )


def _leaves(tree: Arrays, matrix: NDArray[np.float32]) -> Matrix:
    features, thresholds, left, right, gaps, values = tree
    at = np.zeros(len(matrix), dtype=np.int64)
    walking = np.flatnonzero(features[at] >= 0)
    while len(walking):
        here = at[walking]
        numbers = matrix[walking, features[here]]
        lower = (numbers <= thresholds[here]) | (gaps[here] & np.isnan(numbers))
        at[walking] = np.where(lower, left[here], right[here])
        walking = walking[features[at[walking]] >= 0]
    return np.asarray(values[at])
