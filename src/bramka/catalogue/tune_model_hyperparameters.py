"""Try settings of a learner within their ranges, and train the best on all rows.

Models are compared on the validation dataset, or without one on ten folds (those of
Partition and Sample, if it assigned some). The best stands first in the results.

    {
      "inputs": {
        "Untrained model": {
          "module": "Linear Regression",
          "parameters": {"Range for L2 regularization weight": "1; 0"}
        },
        "Training dataset": {"x": [0.0, 1.0, 2.0], "y": [1.0, 3.0, 5.0]},
        "Validation dataset": {"x": [0.0, 4.0], "y": [1.0, 9.0]}
      },
      "parameters": {
        "Specify parameter sweeping mode": "Entire grid",
        "Label column": {
          "rules": [{"ruleType": "ColumnNames", "columns": ["y"], "exclude": false}]
        }
      },
      "outputs": {
        "Sweep results": {
          "L2 regularization weight": [0.0, 1.0],
          "Negative Log Likelihood": [null, null],
          "Mean Absolute Error": ["approximately", 0.0, 1.3333333],
          "Root Mean Squared Error": ["approximately", 0.0, 1.490712],
          "Relative Absolute Error": ["approximately", 0.0, 0.33333333],
          "Relative Squared Error": ["approximately", 0.0, 0.13888889],
          "Coefficient of Determination": ["approximately", 1.0, 0.86111111]
        },
        "Trained best model": {
          "applied to": {"x": [10.0]},
          "gives": {"Scored Labels": ["approximately", 21.0]}
        }
      }
    }
"""

from itertools import product
from typing import Annotated, Any, Literal

import polars as pl
from msgspec import Meta, Struct, field
from msgspec.structs import replace

from bramka.catalogue._chance import chance
from bramka.catalogue._evaluation import Evaluation, line_series
from bramka.catalogue._ranges import ranges_of
from bramka.catalogue._training import (
    label_of,
    learner_on,
    maker_of,
    scored,
    trained,
)
from bramka.catalogue._validation import fold_rows, held_out, judged, rates, together
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Learnt, Module, ModulePort, Ports
from bramka.domain.learning.parameter import parameters_of, stored
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import table_on

MODE = "Specify parameter sweeping mode"
AT_RANDOM = {"shown_when": (MODE, ("Random sweep",))}
ON_GRID = {"shown_when": (MODE, ("Random grid",))}
TRAINING, VALIDATION = "Training dataset", "Validation dataset"

FIGURES: dict[str, tuple[str, ...]] = {
    "Accuracy": ("Accuracy", "Overall accuracy"),
    "Precision": ("Precision", "Macro-averaged precision"),
    "Recall": ("Recall", "Macro-averaged recall"),
    "F-score": ("F-Score", "Overall accuracy"),
    "AUC": ("AUC", "Overall accuracy"),
    "Average Log Loss": ("Average Log Loss", "Overall accuracy"),
    "Train Log Loss": ("Training Log Loss", "Overall accuracy"),
    "Mean absolute error": ("Mean Absolute Error",),
    "Root of mean squared error": ("Root Mean Squared Error",),
    "Relative absolute error": ("Relative Absolute Error",),
    "Relative squared error": ("Relative Squared Error",),
    "Coefficient of determination": ("Coefficient of Determination",),
}
"""What each metric is called among an evaluation's figures, of two classes or more."""
LOW = {
    "Average Log Loss",
    "Mean Absolute Error",
    "Root Mean Squared Error",
    "Relative Absolute Error",
    "Relative Squared Error",
}


class Settings(Struct, frozen=True, kw_only=True):
    """How many settings are tried, and by what they are compared."""

    mode: Annotated[
        Literal["Random sweep", "Entire grid", "Random grid"],
        Meta(description="Try values drawn by chance, or combinations of all values."),
    ] = field(name=MODE, default="Random sweep")
    runs: Annotated[
        int,
        Meta(ge=1, le=10000, description="How many are tried.", extra=AT_RANDOM),
    ] = field(name="Maximum number of runs on random sweep", default=5)
    seed: Annotated[int, Meta(description="Where chance begins.", extra=AT_RANDOM)] = (
        field(name="Random seed", default=0)
    )
    grid_runs: Annotated[
        int, Meta(ge=1, le=10000, description="How many are tried.", extra=ON_GRID)
    ] = field(name="Maximum number of runs on random grid", default=5)
    grid_seed: Annotated[
        int, Meta(description="Where chance begins.", extra=ON_GRID)
    ] = field(name="Random seed for random grid", default=0)
    label: Annotated[
        ColumnSelector, Meta(description="The one column the model learns to tell.")
    ] = field(name="Label column")
    classes: Annotated[
        Literal[
            "Accuracy",
            "Precision",
            "Recall",
            "F-score",
            "AUC",
            "Average Log Loss",
            "Train Log Loss",
        ],
        Meta(description="By what classifiers are compared."),
    ] = field(
        name="Metric for measuring performance for classification", default="Accuracy"
    )
    numbers: Annotated[
        Literal[
            "Mean absolute error",
            "Root of mean squared error",
            "Relative absolute error",
            "Relative squared error",
            "Coefficient of determination",
        ],
        Meta(description="By what regressors are compared."),
    ] = field(
        name="Metric for measuring performance for regression",
        default="Mean absolute error",
    )


def run(inputs: Ports, settings: Settings) -> Ports:
    table, learnt = table_on(inputs, TRAINING), learner_on(inputs)
    label = label_of(settings.label, table, TRAINING)
    _, ranged = maker_of(learnt, "Untrained model")
    tried = []
    for combination in _combinations(ranges_of(ranged), settings):
        candidate = _single(ranged, combination)
        evaluation = _judged(learnt, candidate, label, inputs, settings)
        tried.append((_rank(evaluation, settings), combination, evaluation, candidate))
    # Of equal ones the first that was tried stays in front.
    tried.sort(key=lambda each: each[0])
    best = replace(learnt, settings=stored(tried[0][3]))
    names = {each.field: each.name for each in parameters_of(type(ranged))}
    lines = [
        {names[key]: value for key, value in combination.items()} | rates(evaluation)
        for _, combination, evaluation, _ in tried
    ]
    series = [line_series(key, [line[key] for line in lines]) for key in lines[0]]
    return {
        "Sweep results": Table.of(pl.DataFrame(series)),
        "Trained best model": trained(best, table, label),
    }


def _single(ranged: Struct, combination: dict[str, Any]) -> Struct:
    """The settings with one value each."""
    if hasattr(ranged, "mode"):
        combination = {"mode": "Single Parameter", **combination}
    return replace(ranged, **combination)


def _judged(
    learnt: Learnt, settings: Struct, label: str, inputs: Ports, sweep: Settings
) -> Evaluation:
    """How good these settings are: on the validation rows, or on folds."""
    table = table_on(inputs, TRAINING)
    if inputs.get(VALIDATION) is not None:
        model = trained(learnt, table, label, settings=settings)
        return judged(scored(model, table_on(inputs, VALIDATION)))
    folds = fold_rows(table, sweep.seed)
    return judged(together(held_out(learnt, table, label, folds, settings)))


def _combinations(
    ranges: dict[str, list[Any]], settings: Settings
) -> list[dict[str, Any]]:
    """Which values are tried together."""
    if settings.mode == "Random sweep":
        draw = chance(settings.seed)
        runs = settings.runs if ranges else 1
        return [
            {key: values[draw.integers(len(values))] for key, values in ranges.items()}
            for _ in range(runs)
        ]
    grid = [dict(zip(ranges, each, strict=True)) for each in product(*ranges.values())]
    if settings.mode == "Random grid":
        places = chance(settings.grid_seed).permutation(len(grid))
        grid = [grid[place] for place in sorted(places[: settings.grid_runs])]
    return grid


def _rank(evaluation: Evaluation, settings: Settings) -> float:
    """Smaller is better; what cannot be measured comes last."""
    line = evaluation.lines[0]
    by_class = evaluation.kind in ("binary", "multiclass")
    metric = settings.classes if by_class else settings.numbers
    for name in FIGURES[metric]:
        value = line.get(name)
        if value is not None:
            return float(value if name in LOW else -value)
    if evaluation.kind == "quantile":
        return float(sum(line.values()))
    return float("inf")


MODULE = Module(
    name="Tune Model Hyperparameters",
    family="038d91b6c2f242a192151f2c20ed1b40",
    category="Machine Learning / Train",
    aliases=("Sweep Parameters",),
    settings=Settings,
    inputs=(
        ModulePort("Untrained model", "ILearner"),
        ModulePort(TRAINING),
        ModulePort(VALIDATION, optional=True),
    ),
    outputs=(
        ModulePort("Sweep results"),
        ModulePort("Trained best model", "ILearner"),
    ),
    run=run,
)
