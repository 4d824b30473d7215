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
"""Up to so many weights plain Python is quicker than a call of NumPy (about 3 µs)."""


class CompiledRows:
    """The raw scores of a compiled model: of a row, and of many."""

    def __init__(self, compiled: Compiled) -> None:
        model = compiled.model
        self._steps = compiled.steps
        self._ready = _steps_of(compiled.steps) if compiled.steps else None
        self._row, self._rows = (
            _sums(model) if isinstance(model, Sums) else _trees(model)
        )

    def __repr__(self) -> str:
        return f"<CompiledRows: {len(self._steps)} steps before>"

    def row(self, numbers: Numbers) -> list[float]:
        """The raw scores of one row."""
        return self._row(numbers if self._ready is None else self._ready(*numbers))

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


_SIGNS = {"subtract": "-", "divide": "/", "multiply": "*", "add": "+"}


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
    sums_of = _sums_of(places)

    def narrow(numbers: Numbers) -> list[float]:
        return finish(sums_of(*numbers))

    def all_narrow(matrix: Matrix) -> Matrix:
        sums = np.tile(bias, (len(matrix), 1))
        for place, factors in enumerate(weights):
            sums += matrix[:, place : place + 1] * factors
        return np.array([finish(each) for each in sums.tolist()])

    return narrow, all_narrow


def _sums_of(
    places: Sequence[tuple[float, tuple[float, ...]]],
) -> Callable[..., list[float]]:
    """Weighted sums; the order of a row's operations is that of `all_narrow`."""
    names = _names(len(places[0][1]))
    sums = []
    for start, factors in places:
        products = [
            f"{name} * {float(factor)!r}"
            for name, factor in zip(names, factors, strict=True)
        ]
        sums.append(" + ".join([repr(float(start)), *products]))
    return _written_out(names, sums)


def _steps_of(steps: Sequence[Step]) -> Callable[..., list[float]]:
    """All steps before a model, of one row."""
    if len(steps[0].by) > MOST_PRODUCTS:
        wide = [(_OPERATIONS[step.operation], np.array(step.by)) for step in steps]

        def ready(*numbers: float) -> list[float]:
            cells = np.array(numbers)
            for operation, by in wide:
                cells = operation(cells, by)
            found: list[float] = cells.tolist()
            return found

        return ready
    names = _names(len(steps[0].by))
    cells = names
    for step in steps:
        sign = _SIGNS[step.operation]
        pairs = zip(cells, step.by, strict=True)
        cells = [f"({cell} {sign} {float(by)!r})" for cell, by in pairs]
    return _written_out(names, cells)


def _names(width: int) -> list[str]:
    return [f"n{place}" for place in range(width)]


def _written_out(names: list[str], cells: list[str]) -> Callable[..., list[float]]:
    """A function made of nothing but numbers; a loop takes six times as long."""
    constants = {"__builtins__": {}, "inf": math.inf, "nan": math.nan}
    text = f"lambda {', '.join(names)}: [{', '.join(cells)}]"
    found: Callable[..., list[float]] = eval(text, constants)  # noqa: S307 - ours
    return found


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
