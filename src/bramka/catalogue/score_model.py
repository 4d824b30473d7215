"""Score a dataset with a trained classifier or regressor.

Columns that are called like score columns are replaced. The label column, if the
dataset has it, is marked as label, so that Evaluate Model finds it.

    {
      "inputs": {
        "Trained model": {
          "module": "Linear Regression",
          "parameters": {"L2 regularization weight": "0"},
          "trained": {"on": {"x": [1.0, 2.0, 3.0], "y": [2.0, 4.0, 6.0]}, "label": "y"}
        },
        "Dataset": {"x": [4.0, 0.5]}
      },
      "parameters": {},
      "outputs": {
        "Scored dataset": {
          "x": [4.0, 0.5],
          "Scored Labels": ["approximately", 8.0, 1.0]
        }
      }
    }
"""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct, field

from bramka.catalogue._training import beside, kept_beside, learner_on, used
from bramka.domain.learning.cells import Cell
from bramka.domain.learning.module import (
    Learnt,
    Module,
    ModuleError,
    ModulePort,
    Ports,
    RowStep,
)
from bramka.domain.learning.table import Column
from bramka.domain.learning.value import table_on

MODEL = "Trained model"


class Settings(Struct, frozen=True, kw_only=True):
    """What the result holds."""

    append: Annotated[
        bool,
        Meta(description="Keep the dataset's columns; else only the scores are given."),
    ] = field(name="Append score columns to output", default=True)


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    learnt = _learner(inputs, table.columns)
    scores = used(learnt).apply(table)
    if settings.append:
        scores = beside(table, scores, learnt.label)
    return {"Scored dataset": scores}


def row(columns: Sequence[Column], settings: Settings, others: Ports) -> RowStep | None:
    learnt = _learner(others, columns)
    prepare = used(learnt).row
    step = prepare(columns) if prepare else None
    if step is None or not settings.append:
        return step
    kept = kept_beside(columns, step.columns, learnt.label)
    score = step.apply
    if len(kept) == len(columns):
        return RowStep(kept + step.columns, lambda cells: [*cells, *score(cells)])
    names = {column.name for column in kept}
    places = [place for place, each in enumerate(columns) if each.name in names]
    return RowStep(
        kept + step.columns, lambda cells: [*_at(cells, places), *score(cells)]
    )


def _at(cells: Sequence[Cell], places: Sequence[int]) -> list[Cell]:
    return [cells[place] for place in places]


def _learner(inputs: Ports, columns: Sequence[Column]) -> Learnt:
    learnt = learner_on(inputs, MODEL)
    if not columns:
        raise ModuleError(3, 'Input "Dataset" is null or empty.')
    return learnt


MODULE = Module(
    name="Score Model",
    family="401b4f92e7244d5abe81d5b0ff9bdb33",
    category="Machine Learning / Score",
    settings=Settings,
    inputs=(ModulePort(MODEL, "ILearner"), ModulePort("Dataset")),
    outputs=(ModulePort("Scored dataset"),),
    run=run,
    row=row,
    row_wise=True,
)
