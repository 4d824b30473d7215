"""Train and score a learner fold by fold: each row is scored by a model without it.

There are ten folds, or those that Partition and Sample assigned.

    {
      "inputs": {
        "Untrained model": {
          "module": "Linear Regression",
          "parameters": {"L2 regularization weight": "0"}
        },
        "Dataset": {"x": [0.0, 1.0, 2.0], "y": [1.0, 3.0, 5.0]}
      },
      "parameters": {
        "Label column": {
          "rules": [{"ruleType": "ColumnNames", "columns": ["y"], "exclude": false}]
        }
      },
      "outputs": {
        "Scored results": {
          "x": [0.0, 1.0, 2.0],
          "y": [1.0, 3.0, 5.0],
          "Fold Assignments": [1, 2, 0],
          "Scored Labels": ["approximately", 1.0, 3.0, 5.0]
        },
        "Evaluation results by fold": {
          "Fold Number": ["0", "1", "2", "Mean", "Standard Deviation"],
          "Number of examples in fold": [1, 1, 1, 3, null],
          "Model": [
            "Linear Regression",
            "Linear Regression",
            "Linear Regression",
            "Linear Regression",
            "Linear Regression"
          ],
          "Negative Log Likelihood": [null, null, null, null, null],
          "Mean Absolute Error": ["approximately", 0.0, 0.0, 0.0, 0.0, 0.0],
          "Root Mean Squared Error": ["approximately", 0.0, 0.0, 0.0, 0.0, 0.0],
          "Relative Absolute Error": [null, null, null, null, null],
          "Relative Squared Error": [null, null, null, null, null],
          "Coefficient of Determination": [null, null, null, null, null]
        }
      }
    }
"""

from typing import Annotated, Any

import polars as pl
from msgspec import Meta, Struct, field

from bramka.catalogue._evaluation import line_series
from bramka.catalogue._metrics import summary
from bramka.catalogue._training import label_of, learner_on, maker_of
from bramka.catalogue._validation import fold_rows, held_out, judged, rates, together
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Module, ModulePort, Ports
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value import table_on

FOLD = "Fold Assignments"


class Settings(Struct, frozen=True, kw_only=True):
    """What is to be told, and how rows are dealt to folds."""

    label: Annotated[
        ColumnSelector, Meta(description="The one column the model learns to tell.")
    ] = field(name="Label column")
    seed: Annotated[int, Meta(description="Where chance begins.")] = field(
        name="Random seed", default=0
    )


def run(inputs: Ports, settings: Settings) -> Ports:
    table, learnt = table_on(inputs, "Dataset"), learner_on(inputs)
    label = label_of(settings.label, table)
    module, _ = maker_of(learnt, "Untrained model")
    folds = fold_rows(table, settings.seed)
    results = held_out(learnt, table, label, folds)
    lines = [
        _line(str(number), module.name, result) for number, result in enumerate(results)
    ]
    return {
        "Scored results": _in_order(table, results, folds),
        "Evaluation results by fold": _by_fold(lines, module.name, table.height),
    }


def _in_order(table: Table, results: list[Table], folds: list[list[int]]) -> Table:
    """The scored rows as they stood in the dataset, with the number of their fold."""
    whole = together(results)
    numbers = [number for number, fold in enumerate(folds) for _ in fold]
    rows = pl.Series([row for fold in folds for row in fold])
    fold = pl.Series(FOLD, numbers, dtype=pl.Int32)
    given = sum(name in whole.names for name in table.names)
    names = [name for name in whole.names if name != FOLD]
    frame = whole.select(names).frame
    frame = frame.insert_column(min(given, len(names)), fold)[rows.arg_sort().to_list()]
    known = {column.name: column for column in whole.columns}
    known[FOLD] = Column(name=FOLD, type="Int32", kind="None")
    return Table(frame, tuple(known[name] for name in frame.columns))


def _line(number: str, name: str, result: Table) -> dict[str, Any]:
    return {
        "Fold Number": number,
        "Number of examples in fold": result.height,
        "Model": name,
        **rates(judged(result)),
    }


def _by_fold(lines: list[dict[str, Any]], name: str, height: int) -> Table:
    """A line for each fold, then the mean and the deviation of every figure."""
    fixed = ("Fold Number", "Number of examples in fold", "Model")
    figures = [
        {key: value for key, value in line.items() if key not in fixed}
        for line in lines
    ]
    ends: list[tuple[str, int | None]] = [
        ("Mean", height),
        ("Standard Deviation", None),
    ]
    for what, count in ends:
        told = {"Fold Number": what, "Number of examples in fold": count, "Model": name}
        lines = [*lines, told | summary(figures, what)]
    series = [line_series(key, [line.get(key) for line in lines]) for key in lines[0]]
    return Table.of(pl.DataFrame(series))


MODULE = Module(
    name="Cross Validate Model",
    family="75fb875d6b864d468bcc74261ade5826",
    category="Machine Learning / Evaluate",
    settings=Settings,
    inputs=(ModulePort("Untrained model", "ILearner"), ModulePort("Dataset")),
    outputs=(
        ModulePort("Scored results"),
        ModulePort("Evaluation results by fold"),
    ),
    run=run,
)
