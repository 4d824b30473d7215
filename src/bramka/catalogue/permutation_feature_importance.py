"""Tell how much worse a model gets when one column's values are shuffled.

Each column the model was trained on is shuffled by itself; the most important comes
first.

    {
      "inputs": {
        "Trained model": {
          "module": "Linear Regression",
          "parameters": {"L2 regularization weight": "0"},
          "trained": {
            "on": {"x": [0.0, 1.0, 2.0], "z": [0.0, 1.0, 0.0], "y": [1.0, 3.0, 5.0]},
            "label": "y"
          }
        },
        "Test data": {"x": [0.0, 1.0, 2.0], "z": [0.0, 1.0, 1.0], "y": [1.0, 3.0, 5.0]}
      },
      "parameters": {
        "Metric for measuring performance": "Regression - Mean Absolute Error"
      },
      "outputs": {
        "Feature importance": {
          "Feature": ["x", "z"],
          "Score": ["approximately", 2.6666667, 0.0]
        }
      }
    }
"""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Annotated, Literal

import polars as pl
from msgspec import Meta, Struct, field

from bramka.catalogue._chance import chance
from bramka.catalogue._columns import require_rows
from bramka.catalogue._training import beside, learner_on, used
from bramka.catalogue._validation import judged
from bramka.domain.learning.module import Module, ModuleError, ModulePort, Ports, Use
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import Order, table_on

DATA, MODEL = "Test data", "Trained model"
FIGURES: dict[str, tuple[tuple[str, ...], int]] = {
    "Classification - Accuracy": (("Accuracy", "Overall accuracy"), 1),
    "Classification - Precision": (("Precision", "Macro-averaged precision"), 1),
    "Classification - Recall": (("Recall", "Macro-averaged recall"), 1),
    "Classification - Average Log Loss": (("Average Log Loss",), -1),
    "Regression - Mean Absolute Error": (("Mean Absolute Error",), -1),
    "Regression - Root Mean Squared Error": (("Root Mean Squared Error",), -1),
    "Regression - Relative Absolute Error": (("Relative Absolute Error",), -1),
    "Regression - Relative Squared Error": (("Relative Squared Error",), -1),
    "Regression - Coefficient of Determination": (
        ("Coefficient of Determination",),
        1,
    ),
}
"""What each metric is called among an evaluation's figures; -1 where low is good."""


class Settings(Struct, frozen=True, kw_only=True):
    """By what it is measured."""

    seed: Annotated[int, Meta(ge=0, description="Where chance begins.")] = field(
        name="Random seed", default=0
    )
    metric: Annotated[
        Literal[
            "Classification - Accuracy",
            "Classification - Precision",
            "Classification - Recall",
            "Classification - Average Log Loss",
            "Regression - Mean Absolute Error",
            "Regression - Root Mean Squared Error",
            "Regression - Relative Absolute Error",
            "Regression - Relative Squared Error",
            "Regression - Coefficient of Determination",
        ],
        Meta(description="The figure that gets worse."),
    ] = field(
        name="Metric for measuring performance", default="Classification - Accuracy"
    )


def run(inputs: Ports, settings: Settings) -> Ports:
    learnt, table = learner_on(inputs, MODEL), table_on(inputs, DATA)
    if not table.columns:
        raise ModuleError(3, f'Input "{DATA}" is null or empty.')
    if learnt.label not in table.names:
        raise ModuleError(24, f'There is no label column in "{DATA}".')
    require_rows(table.height, 1)
    label, use, draw = table.select([learnt.label]), used(learnt), chance(settings.seed)
    base = _measured(label, use.apply(table), settings)
    known = {name for name in table.names if name != learnt.label}
    names = [column.name for column in learnt.columns if column.name in known]
    orders = ((name, draw.permutation(table.height).tolist()) for name in names)
    told = (use.shuffled or partial(_shuffled, use))(table, orders)
    found = [
        (name, base - _measured(label, scores, settings))
        for name, scores in zip(names, told, strict=True)
    ]
    found.sort(key=lambda each: -each[1])
    schema = {"Feature": pl.String, "Score": pl.Float64}
    return {
        "Feature importance": Table.of(pl.DataFrame(found, schema=schema, orient="row"))
    }


def _shuffled(use: Use, table: Table, orders: Iterable[Order]) -> Iterator[Table]:
    for name, order in orders:
        cells = table.frame.get_column(name).gather(list(order))
        yield use.apply(Table(table.frame.with_columns(cells), table.columns))


def _measured(label: Table, scores: Table, settings: Settings) -> float:
    """The figure, larger where it is better; Error 0062 if the model has none."""
    line = judged(beside(label, scores, label.names[0])).lines[0]
    names, sign = FIGURES[settings.metric]
    for name in names:
        value = line.get(name)
        if value is not None:
            return float(sign * value)
    raise ModuleError(
        62,
        "All models must have the same learner type. The model has no "
        f'"{settings.metric}"; choose a metric of its kind.',
    )


MODULE = Module(
    name="Permutation Feature Importance",
    family="2e010ee4714e44e9933e62d8c41818a9",
    category="Feature Selection",
    settings=Settings,
    inputs=(ModulePort(MODEL, "ILearner"), ModulePort(DATA)),
    outputs=(ModulePort("Feature importance"),),
    run=run,
)
