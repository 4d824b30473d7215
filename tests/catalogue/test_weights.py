"""A column marked as weights: what each row weighs in the training."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.catalogue.learning import learner, scored, trained

from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.table import Column, Table

WEIGHING = (
    "Two-Class Logistic Regression",
    "Two-Class Neural Network",
    "Two-Class Support Vector Machine",
)
X = [-2.0, -1.0, -0.5, 0.0, 0.3, 0.8, 1.0, 2.0]
Y = ["no", "no", "yes", "no", "yes", "no", "yes", "yes"]
ONCE, TWICE = [1.0] * 8, [2.0] * 8


def weighed(weights: list[Any], kind: Any = "Weight") -> Table:
    frame = pl.DataFrame({"x": X, "y": Y}).with_columns(w=pl.Series(weights))
    column = Column(name="w", type="Double", kind=kind)
    return Table.of(frame.with_columns(pl.col("w").cast(pl.Float64)), [column])


def chances(name: str, table: Table, **given: Any) -> list[float]:
    model = trained(learner(name, **given), table, "y")
    found = scored(model, weighed(ONCE)).frame["Scored Probabilities"]
    return [float(each) for each in found]


@pytest.mark.parametrize("name", WEIGHING)
def test_rows_that_weigh_nothing_are_as_good_as_left_out(name: str) -> None:
    rest = weighed([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, None])
    assert chances(name, rest) == chances(name, weighed(ONCE).slice(0, 6))


@pytest.mark.parametrize("name", WEIGHING)
def test_heavy_rows_draw_the_scores_to_their_class(name: str) -> None:
    heavy = weighed([9.0 if each == "yes" else 1.0 for each in Y])
    even, drawn = chances(name, weighed(ONCE)), chances(name, heavy)
    assert np.mean(drawn) > np.mean(even) + 0.1


@pytest.mark.parametrize("name", WEIGHING)
def test_weights_of_one_are_no_weights(name: str) -> None:
    assert chances(name, weighed(ONCE)) == pytest.approx(
        chances(name, weighed(ONCE, "None")), abs=1e-9
    )


def test_a_weight_of_two_is_the_row_twice() -> None:
    table = weighed(ONCE)
    doubled = Table(pl.concat([table.frame, table.frame]), table.columns)
    name = "Two-Class Logistic Regression"
    assert chances(name, weighed(TWICE), l1_regularization_weight="0") == pytest.approx(
        chances(name, doubled, l1_regularization_weight="0"), abs=1e-4
    )


@pytest.mark.parametrize(
    ("weights", "told"),
    [
        ([-1.0, *ONCE[1:]], "holds -1; weights are 0 or more"),
        ([float("inf"), *ONCE[1:]], "holds inf; weights are 0 or more"),
        ([0.0] * 8, "gives no row any weight"),
        ([None] * 8, "gives no row any weight"),
    ],
)
def test_weights_that_cannot_be_are_refused(weights: list[Any], told: str) -> None:
    with pytest.raises(ModuleError, match=told) as refusal:
        trained(learner(WEIGHING[0]), weighed(weights), "y")
    assert refusal.value.number == 83


def test_one_column_of_numbers_tells_the_weights() -> None:
    table = weighed(ONCE)
    other = Column(name="x", type="Double", kind="Weight")
    with pytest.raises(ModuleError, match=r'Error 0122.* They are "x", "w"'):
        trained(learner(WEIGHING[0]), table.describe(other), "y")
    text = Column(name="w", type="String", kind="Weight")
    with pytest.raises(ModuleError, match="Error 0124"):
        trained(learner(WEIGHING[0]), table.describe(text), "y")
