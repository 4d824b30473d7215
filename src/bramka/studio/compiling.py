"""Makes plain data, or ONNX, of a trained estimator where that scores the same.

It runs in a scorer process at publication: the estimator may be code.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from math import isfinite
from typing import Any

import msgspec
import numpy as np
import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from bramka.domain.learning.compiled import (
    Compiled,
    Form,
    Operation,
    Step,
    Sums,
    Tree,
    Trees,
)
from bramka.domain.learning.model import Loaded, Model, onnx_of
from bramka.domain.learning.service import Definition, Port
from bramka.domain.learning.table import DTYPES, NUMBERS, Column, Table
from bramka.studio.compiled_function import CompiledFunction
from bramka.studio.own_model import Ready, estimator_in, ready

GAPS = 0.1
"""So many of the numbers drawn are missing, where a model takes that."""
DRAWN = 200
"""Rows drawn beside the sample, where a model takes numbers only."""
MOST_NODES = 50_000
"""Larger trees are left to ONNX, which keeps them outside the services process."""
CLOSE = 1e-9
CLOSE_SINGLE = 1e-5
"""What ONNX may differ by: it computes in single precision at places."""
TYPES = NUMBERS | {"Boolean"}


class Attempt(Struct, frozen=True, kw_only=True):
    """What came of a try to compile: the form, why, and its content."""

    form: Form
    why: str
    content: bytes = b""


class _Unlike(Exception):
    """An estimator cannot be told in this form, or scores otherwise."""


def compile_model(loaded: Loaded, direct: Ready, sample: Table) -> Attempt:
    """The quickest form of a model that agrees with it; `sample` may be empty."""
    estimator = estimator_in(loaded)
    reasons = []
    gaps = _takes_gaps(direct, loaded.model.columns)
    model = replace(loaded.model, gaps=gaps)
    tries: tuple[tuple[str, _Make, float], ...] = (
        ("as data", _sums_and_trees, CLOSE),
        ("as ONNX", partial(_onnx, number="Double"), CLOSE_SINGLE),
        ("as ONNX of single precision", partial(_onnx, number="Float"), CLOSE_SINGLE),
    )
    for name, make, close in tries:
        try:
            form, content, score, hard = make(estimator, model)
            rows = _trial(sample, model, hard)
            far = _difference(direct(rows), score(rows), close)
        except ImportError as error:
            reasons.append(f"{name}: '{error.name}' is not installed")
        except Exception as error:
            # A model of somebody's own breaks on anything; then it is scored directly.
            reasons.append(f"{name}: {str(error).partition(chr(10))[0][:200]}")
        else:
            why = (
                f"{_FORMS[form]} at publication, which differ from the model by "
                f"{far:.0e} at most on {rows.height} rows."
            )
            return Attempt(form=form, why=why, content=content)
    reason = "; ".join(reasons)
    return Attempt(form="direct", why=f"Scored by the model itself: {reason}."[:1000])


_FORMS: dict[Form, str] = {
    "sums": "Scored by weighted sums, made",
    "trees": "Scored by decision trees as data, made",
    "onnx": "Scored by ONNX operators, made",
}
_Made = tuple[Form, bytes, Ready, Sequence[Sequence[float]]]
"""The form, its content, what scores by it, and numbers that are hard for it."""
_Make = Callable[[Any, Model], _Made]


def _takes_gaps(direct: Ready, columns: tuple[Column, ...]) -> bool:
    """Whether a model scores a row of which everything is missing."""
    try:
        direct(Table(Table.empty(columns).frame.clear(1), columns))
    except Exception:  # As above: whatever it says, it does not take it.
        return False
    return True


def _trial(sample: Table, model: Model, hard: Sequence[Sequence[float]]) -> Table:
    """The sample, and rows of numbers at all scales and at the hard places."""
    columns = model.columns
    names = [column.name for column in columns]
    if any(column.type not in TYPES for column in columns):
        if not sample.height:
            raise _Unlike("it takes texts, and there is no sample to compare on")
        return sample
    draw = np.random.default_rng(len(columns))
    drawn = draw.normal(size=(DRAWN, len(columns))) * 10.0 ** draw.integers(
        -1, 3, size=(DRAWN, 1)
    )
    for place, numbers in enumerate(hard):
        if numbers:
            drawn[: DRAWN // 2, place] = draw.choice(numbers, DRAWN // 2)
    frame = pl.DataFrame(drawn, schema=names)
    frame = frame.select(_as_type(column) for column in columns)
    if model.gaps:
        gaps = pl.Series(draw.random(DRAWN) < GAPS)
        frame = frame.select(
            pl.when(~gaps.shuffle(place)).then(pl.col(name)).alias(name)
            for place, name in enumerate(names)
        )
    if sample.height:
        frame = pl.concat([sample.frame.select(names).cast(frame.schema), frame])
    return Table(frame, columns)


def _as_type(column: Column) -> pl.Expr:
    numbers = pl.col(column.name)
    if column.type == "Boolean":
        return numbers > 0
    if column.type == "Byte":
        numbers = numbers.abs().clip(0, 255)
    return numbers.cast(DTYPES[column.type])


def _difference(wanted: Table, found: Table, close: float) -> float:
    """How far two outcomes are apart at most; refused when that is not close."""
    if [(each.name, each.type) for each in wanted.columns] != [
        (each.name, each.type) for each in found.columns
    ]:
        raise _Unlike("it gives other columns")
    most = 0.0
    for column in wanted.columns:
        ours, theirs = found.frame[column.name], wanted.frame[column.name]
        if column.type not in ("Double", "Single"):
            if not ours.equals(theirs):
                raise _Unlike(f"'{column.name}' differs")
            continue
        size = np.maximum(1.0, np.abs(theirs.to_numpy()))
        far = float((np.abs(ours.to_numpy() - theirs.to_numpy()) / size).max())
        if not far <= close:
            raise _Unlike(f"'{column.name}' differs by {far:.0e}")
        most = max(most, far)
    return most


def _sums_and_trees(estimator: Any, model: Model) -> _Made:
    strange = [each.name for each in model.columns if each.type not in TYPES]
    if strange:
        raise _Unlike(f"column '{strange[0]}' holds no numbers")
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
        raise _Unlike(f"the pipeline has a {kind}")
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
        raise _Unlike(f"{kind} is neither linear nor trees whose mean counts")
    if sum(each.tree_.node_count for each in found) > MOST_NODES:
        raise _Unlike(f"its trees have more than {MOST_NODES} nodes")
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


def _onnx(estimator: Any, model: Model, *, number: str) -> _Made:
    from skl2onnx import to_onnx  # noqa: PLC0415 - an extra
    from skl2onnx.common import data_types  # noqa: PLC0415

    numbers = getattr(data_types, f"{number}TensorType")
    kinds = {
        "String": data_types.StringTensorType,
        "Boolean": data_types.BooleanTensorType,
    }
    columns = model.columns
    if {column.type for column in columns} <= NUMBERS and not _chooses(estimator):
        types = [("input", numbers([None, len(columns)]))]
    else:
        types = [
            (column.name, kinds.get(column.type, numbers)([None, 1]))
            for column in columns
        ]
    classifies = hasattr(estimator, "classes_") and hasattr(estimator, "predict_proba")
    options = {id(estimator): {"zipmap": False}} if classifies else None
    made = to_onnx(estimator, initial_types=types, options=options)
    content = made.SerializeToString()
    score, _ = ready(onnx_of(model, "compiled.onnx", content))
    return "onnx", content, score, ()


def _chooses(estimator: Any) -> bool:
    """Whether a pipeline chooses columns by their names."""
    steps: Sequence[tuple[str, Any]] = getattr(estimator, "steps", ())
    return any(type(each).__name__ == "ColumnTransformer" for _, each in steps)
