"""Whether a model gives each row the same bits in any company."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from bramka.domain.learning.model import Model
from bramka.domain.learning.table import Column, Table
from bramka.studio.own_model import Ready
from bramka.studio.trial import same_alone

COLUMNS = (Column(name="a", type="Double"), Column(name="b", type="Double"))
MODEL = Model(flavour="pickle", file="model.pkl")


def by(numbers: Any) -> Ready:
    """A model that makes numbers of the matrix of a table."""

    def score(table: Table) -> Table:
        found = numbers(table.frame.to_numpy())
        return Table.of(pl.DataFrame({"score": np.asarray(found).tolist()}))

    return score


@pytest.mark.parametrize(
    ("numbers", "same"),
    [
        (lambda rows: rows[:, 0] * 2 + rows[:, 1], True),
        (lambda rows: np.where(rows[:, 0] > 0, -0.0, np.nan), True),
        (lambda rows: rows[:, 0] - rows[:, 0].mean(), False),
        (lambda rows: np.arange(len(rows)), False),
        (lambda rows: rows[:, 0] * (0.0 if len(rows) % 2 else -0.0), False),
    ],
)
def test_company_that_changes_a_bit_is_seen(numbers: Any, same: bool) -> None:
    assert same_alone(MODEL, by(numbers), Table.empty(COLUMNS)) is same


def test_without_rows_to_try_nothing_is_claimed() -> None:
    text = Table.empty((Column(name="text"),))
    assert not same_alone(MODEL, by(lambda rows: rows[:, 0]), text)


def test_columns_that_are_called_like_patterns_are_tried_as_they_are() -> None:
    columns = tuple(Column(name=each, type="Double") for each in ("^a.*$", "ab", "*"))
    model = Model(flavour="pickle", file="model.pkl", gaps=True)
    sample = Table.of(pl.DataFrame({each.name: [1.0] for each in columns}), columns)
    seen = []

    def score(rows: Any) -> Any:
        seen.append(rows.shape[1])
        return np.nansum(rows, axis=1)

    assert same_alone(model, by(score), sample)
    assert set(seen) == {3}
