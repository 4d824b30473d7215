"""Trained estimators as plain data or ONNX: equal to the original, or left alone."""

import math
import pickle
from typing import Any

import msgspec
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_iris
from sklearn.ensemble import (
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel
from sklearn.linear_model import LogisticRegression, Ridge, SGDClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler

from bramka.domain.learning.compiled import Compiled, Step, Sums
from bramka.domain.learning.model import Loaded, Model, zeros
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.service import Definition, Port
from bramka.domain.learning.small_table import small_of
from bramka.domain.learning.table import Table
from bramka.studio.compiled_function import CompiledFunction
from bramka.studio.compiled_rows import CompiledRows
from bramka.studio.compiling import Attempt, compile_model
from bramka.studio.own_model import Ready, ready

ROWS, KINDS = load_iris(return_X_y=True)
NAMED = np.array(["setosa", "versicolor", "virginica"])[KINDS]


def compiled(
    estimator: Any, sample: Table | None = None
) -> tuple[Attempt, Ready, Model]:
    """What came of it, the original, and the model as it was published."""
    model = Model(flavour="pickle", file="model.pkl")
    files = {"model.pkl": pickle.dumps(estimator)}
    if sample is not None:
        model = msgspec.structs.replace(model, columns=sample.columns)
    score, columns = ready(Loaded(model=model, files=files))
    outputs = score(zeros(columns) if sample is None else sample).columns
    model = msgspec.structs.replace(model, columns=columns, outputs=outputs)
    rows = Table.empty(columns) if sample is None else sample
    loaded = Loaded(model=model, files=files)
    return compile_model(loaded, score, rows), score, model


def function_of(attempt: Attempt, model: Model) -> CompiledFunction:
    return CompiledFunction(
        Definition(
            name="iris",
            inputs=(Port(name="input1", columns=model.columns),),
            outputs=(Port(name="output1", columns=model.outputs),),
        ),
        msgspec.msgpack.decode(attempt.content, type=Compiled),
    )


@pytest.mark.parametrize(
    ("estimator", "form"),
    [
        (LogisticRegression(max_iter=500).fit(ROWS, NAMED), "sums"),
        (LogisticRegression().fit(ROWS, KINDS > 0), "sums"),
        (
            make_pipeline(StandardScaler(), LogisticRegression()).fit(ROWS, KINDS),
            "sums",
        ),
        (make_pipeline(MinMaxScaler(), Ridge()).fit(ROWS, KINDS), "sums"),
        (SGDClassifier(random_state=1).fit(ROWS, NAMED), "sums"),
        (RandomForestClassifier(7, random_state=1).fit(ROWS, NAMED), "trees"),
        (ExtraTreesRegressor(5, random_state=1).fit(ROWS, KINDS + 0.5), "trees"),
    ],
    ids=lambda each: each if isinstance(each, str) else type(each).__name__,
)
def test_what_is_compiled_scores_as_the_original(estimator: Any, form: str) -> None:
    attempt, original, model = compiled(estimator)
    assert attempt.form == form
    function = function_of(attempt, model)
    frame = pl.DataFrame(ROWS, schema=[column.name for column in model.columns])
    table = Table.of(frame, model.columns)
    found, wanted = function.score({"input1": table}, {})["output1"], original(table)
    assert found.columns == wanted.columns
    for ours, theirs in zip(found.frame, wanted.frame, strict=True):
        if ours.dtype == pl.Float64:
            assert ours.to_list() == pytest.approx(theirs.to_list(), abs=1e-12)
        else:
            assert ours.to_list() == theirs.to_list()
    few = function.score_small({"input1": small_of(table.slice(0, 20))}, {})["output1"]
    assert few == small_of(found.slice(0, 20))


@given(
    arrays(np.float64, (3, 4), elements=some.floats(-1e6, 1e6)),
    some.sampled_from([1, 3, 15]),
    some.sampled_from(["none", "two", "softmax"]),
)
@settings(max_examples=50, deadline=None)
def test_one_row_alone_gives_the_same_bits_as_among_others(
    rows: np.ndarray[Any, Any], width: int, link: Any
) -> None:
    draw = np.random.default_rng(width)
    model = Sums(
        weights=tuple(map(tuple, draw.normal(size=(4, width)).tolist())),
        bias=tuple(draw.normal(size=width).tolist()),
        link=link,
    )
    scores = CompiledRows(Compiled(steps=(), model=model))
    assert [scores.row(row) for row in rows.tolist()] == scores.rows(rows).tolist()


def test_missing_values_are_what_the_original_makes_of_them() -> None:
    attempt, _, model = compiled(LogisticRegression(max_iter=500).fit(ROWS, KINDS))
    holes = Table.of(
        pl.DataFrame({column.name: [None] for column in model.columns}), model.columns
    )
    with pytest.raises(ModuleError, match="contains NaN"):
        function_of(attempt, model).score({"input1": holes}, {})
    with pytest.raises(ModuleError, match="contains NaN"):
        function_of(attempt, model).score_small({"input1": small_of(holes)}, {})

    gaps = ROWS.copy()
    gaps[::5, 2] = math.nan
    attempt, original, model = compiled(
        RandomForestClassifier(9, random_state=2).fit(gaps, KINDS)
    )
    assert attempt.form == "trees"
    table = Table.of(
        pl.DataFrame(gaps, schema=[c.name for c in model.columns]), model.columns
    )
    table = Table(table.frame.fill_nan(None), model.columns)
    found = function_of(attempt, model).score({"input1": table}, {})["output1"]
    assert found.frame.equals(original(table).frame)


def test_what_is_neither_linear_nor_plain_trees_becomes_onnx() -> None:
    boosted = GradientBoostingClassifier(n_estimators=5).fit(ROWS, NAMED)
    attempt, original, model = compiled(boosted)
    assert attempt.form == "onnx"
    assert "on 200 rows" in attempt.why
    onnx = msgspec.structs.replace(model, flavour="onnx", file="compiled.onnx")
    score, _ = ready(Loaded(model=onnx, files={"compiled.onnx": attempt.content}))
    table = Table.of(
        pl.DataFrame(ROWS, schema=[c.name for c in model.columns]), model.columns
    )
    found, wanted = score(table).frame, original(table).frame
    assert found["Scored Labels"].to_list() == wanted["Scored Labels"].to_list()
    assert np.allclose(found[:, 1:].to_numpy(), wanted[:, 1:].to_numpy(), atol=1e-5)


def test_texts_are_compiled_only_where_a_sample_can_be_compared() -> None:
    table = pd.DataFrame({"size": ROWS[:, 0], "town": ["Oslo", "Łódź", "Rome"] * 50})
    encoder = ColumnTransformer(
        [("town", OneHotEncoder(), ["town"])], remainder="passthrough"
    )
    estimator = make_pipeline(encoder, LogisticRegression(max_iter=500)).fit(
        table, KINDS
    )
    sample = Table.of(pl.DataFrame(table.to_dict("list"))).slice(0, 30)
    attempt, _, _ = compiled(estimator, sample)
    assert attempt.form == "onnx"
    assert "on 30 rows" in attempt.why


class Odd(Ridge):  # type: ignore[misc]  # scikit-learn is untyped
    """Says one thing with its weights and another when asked."""

    def predict(self, rows: Any) -> Any:
        return super().predict(rows) + 1


def test_a_model_that_no_form_agrees_with_is_scored_by_itself() -> None:
    attempt, _, _ = compiled(Odd().fit(ROWS, KINDS))
    assert attempt.form == "direct"
    assert attempt.content == b""
    assert "'Scored Labels' differs by" in attempt.why


def test_a_form_is_compared_where_the_model_was_trained() -> None:
    rows, _ = load_iris(return_X_y=True)
    # It is zero but for those rows, and there in need of double precision.
    narrow = ConstantKernel(1e5) * RBF(1e-5)
    model = GaussianProcessRegressor(narrow, optimizer=None)
    attempt, _, _ = compiled(model.fit(rows[:40, :3], rows[:40, 3]))
    assert attempt.form == "direct"


@pytest.mark.parametrize("width", [1, 3, 60])
def test_steps_give_one_row_alone_the_same_bits_as_among_others(width: int) -> None:
    draw = np.random.default_rng(width)
    numbers = draw.normal(size=(4, width)).tolist()
    scale = Step("divide", tuple(abs(each) + 0.1 for each in numbers[0]))
    rows = CompiledRows(
        Compiled(
            steps=(Step("subtract", tuple(numbers[1])), scale),
            model=Sums(
                weights=tuple((-each, each / 3) for each in numbers[2]),
                bias=(0.5, -1e-300),
                link="softmax",
            ),
        )
    )
    matrix = draw.normal(size=(20, width)) * 100
    alone = [rows.row(row) for row in matrix.tolist()]
    assert repr(alone) == repr(rows.rows(matrix).tolist())
