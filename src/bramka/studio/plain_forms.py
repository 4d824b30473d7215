"""Trained estimators as plain data: weighted sums, and decision trees."""

from collections.abc import Sequence
from itertools import pairwise
from math import isfinite
from typing import Any

import msgspec
import numpy as np

from bramka.domain.learning.compiled import (
    Compiled,
    Form,
    Operation,
    Step,
    Sums,
    Tree,
    Trees,
)
from bramka.domain.learning.model import Model
from bramka.domain.learning.service import Definition, Port
from bramka.domain.learning.table import Table
from bramka.studio.compiled_function import CompiledFunction
from bramka.studio.own_model import Ready
from bramka.studio.trial import TYPES, Unlike

MOST_NODES = 50_000
"""Larger trees are left to ONNX, which keeps them outside the services process."""
Made = tuple[Form, bytes, Ready, Sequence[Sequence[float]]]
"""The form, its content, what scores by it, and numbers that are hard for it."""


def sums_and_trees(estimator: Any, model: Model) -> Made:
    strange = [each.name for each in model.columns if each.type not in TYPES]
    if strange:
        raise Unlike(f"column '{strange[0]}' holds no numbers")
    last: Any = estimator
    steps: tuple[Step, ...] = ()
    if hasattr(estimator, "steps"):
        *before, (_, last) = estimator.steps
        steps = tuple(step for _, each in before for step in _steps(each))
    classes = getattr(last, "classes_", None)
    content: Sums | Trees = _sums(last) if hasattr(last, "coef_") else _trees(last)
    compiled = Compiled(
        steps=steps,
        model=content,
        classes=() if classes is None else tuple(_plain(each) for each in classes),
        probabilities=hasattr(last, "predict_proba"),
        gaps=model.gaps,
    )
    port = Port(name="input", columns=model.columns)
    output = Port(name="output", columns=model.outputs)
    function = CompiledFunction(
        Definition(name=model.file, inputs=(port,), outputs=(output,)), compiled
    )

    def score(table: Table) -> Table:
        return function.score({"input": table}, {})["output"]

    form: Form = "sums" if isinstance(content, Sums) else "trees"
    hard = _thresholds(content, len(model.columns)) if not steps else ()
    return form, msgspec.msgpack.encode(compiled), score, hard


def _plain(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    return value if isinstance(value, bool | int | float | str) else str(value)


def _steps(transformer: Any) -> list[Step]:
    """What scalers of scikit-learn do, in their order."""
    kind = type(transformer).__name__
    if transformer in ("passthrough", None):
        return []
    wanted: dict[str, tuple[tuple[Operation, str], ...]] = {
        "StandardScaler": (("subtract", "mean_"), ("divide", "scale_")),
        "RobustScaler": (("subtract", "center_"), ("divide", "scale_")),
        "MinMaxScaler": (("multiply", "scale_"), ("add", "min_")),
        "MaxAbsScaler": (("divide", "scale_"),),
    }
    if kind not in wanted:
        raise Unlike(f"the pipeline has a {kind}")
    found = []
    for operation, name in wanted[kind]:
        by = getattr(transformer, name, None)
        if by is not None and _on(transformer, name):
            found.append(Step(operation, tuple(by.tolist())))
    return found


def _on(transformer: Any, name: str) -> bool:
    switch = {"mean_": "with_mean", "scale_": "with_std"}.get(name, "")
    return bool(getattr(transformer, switch, True))


def _sums(last: Any) -> Sums:
    weights = np.atleast_2d(last.coef_)
    bias = np.broadcast_to(np.atleast_1d(last.intercept_), len(weights))
    link = "none"
    if hasattr(last, "predict_proba"):
        link = "two" if len(weights) == 1 else "softmax"
    return msgspec.convert(
        {
            "type": "sums",
            "weights": weights.T.tolist(),
            "bias": bias.tolist(),
            "link": link,
        },
        Sums,
    )


def _trees(last: Any) -> Trees:
    found = getattr(last, "estimators_", [last])
    kind = type(last).__name__
    if not isinstance(found, list) or not all(hasattr(each, "tree_") for each in found):
        raise Unlike(f"{kind} is neither linear nor trees whose mean counts")
    if sum(each.tree_.node_count for each in found) > MOST_NODES:
        raise Unlike(f"its trees have more than {MOST_NODES} nodes")
    return Trees(trees=tuple(_tree(each.tree_) for each in found))


def _tree(tree: Any) -> Tree:
    inner = tree.children_left >= 0
    return Tree(
        features=tuple(np.where(inner, tree.feature, -1).tolist()),
        thresholds=tuple(tree.threshold.tolist()),
        left=tuple(tree.children_left.tolist()),
        right=tuple(tree.children_right.tolist()),
        gaps=tuple(map(bool, tree.missing_go_to_left)),
        values=tuple(tuple(each) for each in tree.value[:, 0, :].tolist()),
    )


def _thresholds(model: Sums | Trees, width: int) -> list[list[float]]:
    """Where trees decide: the thresholds, and what lies between them."""
    found: list[set[float]] = [set() for _ in range(width)]
    if isinstance(model, Trees):
        for tree in model.trees:
            for feature, threshold in zip(tree.features, tree.thresholds, strict=True):
                # What splits on missing values alone has an infinite threshold.
                if feature >= 0 and isfinite(threshold):
                    found[feature].add(threshold)
    return [
        [*each, *((low + high) / 2 for low, high in pairwise(each))]
        for each in (sorted(numbers) for numbers in found)
    ]
