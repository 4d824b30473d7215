"""Data to learn from and short ways to train and score, for tests."""

from functools import cache
from typing import Any

import numpy as np
import polars as pl

from bramka.catalogue import shelf
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Learnt, Ports
from bramka.domain.learning.parameter import Setting
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value import Value


def run(name: str, inputs: Ports, **given: Setting) -> Ports:
    """A module's outputs; parameters may be told with _ for blanks."""
    module = shelf().find(name)
    names = {_plain(each.name): each.name for each in module.parameters}
    settings = {names[_plain(key)]: value for key, value in given.items()}
    return module.apply(inputs, module.settle(settings))


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def learner(name: str, **given: Setting) -> Learnt:
    """An untrained learner."""
    (learnt,) = run(name, {}, **given).values()
    assert isinstance(learnt, Learnt)
    return learnt


def trained(learnt: Learnt, table: Table, label: str) -> Learnt:
    """What Train Model makes of it."""
    inputs: dict[str, Value] = {"Untrained model": learnt, "Dataset": table}
    chosen = ColumnSelector.of_names(label).stored()
    model = run("Train Model", inputs, label_column=chosen)["Trained model"]
    assert isinstance(model, Learnt)
    return model


def scored(model: Learnt, table: Table) -> Table:
    """What Score Model makes of it."""
    inputs: dict[str, Value] = {"Trained model": model, "Dataset": table}
    result = run("Score Model", inputs)["Scored dataset"]
    assert isinstance(result, Table)
    return result


def rows_scored(model: Learnt, table: Table) -> list[tuple[Any, ...]]:
    """The same by the step for single rows."""
    module = shelf().find("Score Model")
    step = module.apply_row(table.columns, module.settle({}), {"Trained model": model})
    assert step is not None
    return [tuple(step.apply(row)) for row in table.frame.rows()]


@cache
def census(rows: int = 1200, seed: int = 0) -> Table:
    """People like those of the adult census, with what they earn and tell."""
    draw = np.random.default_rng(seed)
    age = draw.integers(17, 90, rows)
    hours = draw.normal(40, 12, rows).round(1)
    school = draw.choice(["HS-grad", "Bachelors", "Masters", "Doctorate"], rows)
    work = draw.choice(["Private", "State-gov", "Self-emp"], rows)
    country = draw.choice(["Österreich", "日本", "United-States"], rows)
    merit = (age - 45) / 20 + (hours - 40) / 15 + 1.5 * np.isin(school, ["Masters"])
    rich = merit + draw.logistic(0, 0.7, rows) > 0.6
    frame = pl.DataFrame(
        {
            "age": age,
            "hours-per-week": hours,
            "education": school,
            "workclass": work,
            "native-country": country,
            "married": draw.random(rows) > 0.5,
            "income": np.where(rich, ">50K", "<=50K"),
            "class": np.digitize(merit + draw.normal(0, 0.3, rows), [-1, 0, 1.5]),
            "pay": (merit * 10 + 30 + draw.normal(0, 2, rows)).clip(0).round(2),
        }
    )
    levels = ("HS-grad", "Bachelors", "Masters", "Doctorate")
    return Table.of(frame, [Column(name="education", levels=levels)])


FEATURES = (
    "age",
    "hours-per-week",
    "education",
    "workclass",
    "native-country",
    "married",
)
