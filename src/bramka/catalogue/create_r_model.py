"""Give an untrained model of one's own: R that trains it, and R that scores by it.

The trainer finds the data.frame `dataset` and leaves `model`; the scorer finds `model`
and `dataset` and leaves the data.frame `scores`, a row for each. Both know the old
functions: get.feature.columns, get.feature.column.names, get.label.column,
get.label.column.name, set.score.column and the others. Its scores are not for
Evaluate Model, Cross Validate Model or Tune Model Hyperparameters. Scripts run as those
of Execute R Script do, each in a process of its own.

    {
      "inputs": {},
      "parameters": {
        "Trainer R script": "model <- mean(get.label.column(dataset))",
        "Scorer R script": "scores <- data.frame(mean = rep(model, nrow(dataset)))"
      },
      "outputs": {
        "Model": {
          "module": "Create R Model",
          "parameters": {
            "Trainer R script": "model <- mean(get.label.column(dataset))",
            "Scorer R script": "scores <- data.frame(mean = rep(model, nrow(dataset)))"
          }
        }
      }
    }
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from msgspec import Meta, Struct, field
from msgspec.structs import replace

from bramka.catalogue._isolated import failed, left_file
from bramka.catalogue._r_session import (
    put_roles,
    put_table,
    run_r,
    table_left,
)
from bramka.catalogue._software import R
from bramka.catalogue._state import plain_bytes, state_from
from bramka.domain.learning.module import (
    Learnt,
    Module,
    ModulePort,
    Ports,
    Use,
)
from bramka.domain.learning.parameter import stored
from bramka.domain.learning.table import Table

FAMILY = "314e34a8b24c4870afe62649b6fc7476"
MODEL = "model.rds"
TRAINER = """# Input: dataset
# Output: model

features <- get.feature.columns(dataset)
labels <- as.factor(get.label.column(dataset))
train.data <- data.frame(features, Class = labels)
model <- glm(Class ~ ., binomial, train.data)
"""
SCORER = """# Input: model, dataset
# Output: scores

features <- data.frame(get.feature.columns(dataset))
probabilities <- predict(model, features, type = "response")
classes <- as.factor(as.numeric(probabilities >= 0.5))
scores <- data.frame(classes, probabilities)
"""


class Settings(Struct, frozen=True, kw_only=True):
    """What trains and what scores."""

    trainer: Annotated[
        str, Meta(description="R that makes the variable model out of dataset.")
    ] = field(name="Trainer R script", default=TRAINER)
    scorer: Annotated[
        str, Meta(description="R that makes scores out of model and dataset.")
    ] = field(name="Scorer R script", default=SCORER)


def run(_inputs: Ports, settings: Settings) -> Ports:
    return {"Model": Learnt(type="ILearner", family=FAMILY, settings=stored(settings))}


def fit(learnt: Learnt, settings: Settings, table: Table, label: str | None) -> Learnt:
    """Run the trainer, and keep what it left as R writes it."""
    with TemporaryDirectory(prefix="bramka-script-") as name:
        folder = Path(name).resolve()
        put_table(folder, "Dataset1", table)
        put_roles(folder, _features(table, label), label)
        run_r(folder, "train_model", settings.trainer)
        model = left_file(folder / MODEL)
    if model is None:
        raise failed("It left no model.", 63)
    features = [table.column(each) for each in _features(table, label)]
    return learnt.taught(plain_bytes({"rds": model}), features, label)


def use(learnt: Learnt, settings: Settings) -> Use:
    assert learnt.state is not None
    # Only R in a process of its own reads it: what it holds may run code.
    model: bytes = state_from(learnt.state)["rds"]
    return Use(apply=lambda table: _scores(learnt, settings, model, table))


def _scores(learnt: Learnt, settings: Settings, model: bytes, table: Table) -> Table:
    with TemporaryDirectory(prefix="bramka-script-") as name:
        folder = Path(name).resolve()
        (folder / MODEL).write_bytes(model)
        put_table(folder, "Dataset1", table)
        put_roles(folder, [each.name for each in learnt.columns], learnt.label)
        run_r(folder, "score_rows", settings.scorer)
        scores = table_left(folder)
    if scores.height != table.height:
        raise failed(
            f"scores has {scores.height} rows, but dataset has {table.height}.", 63
        )
    marked = tuple(replace(column, kind="Score") for column in scores.columns)
    return Table(scores.frame, marked)


def _features(table: Table, label: str | None) -> list[str]:
    return [
        column.name
        for column in table.columns
        if column.kind == "Feature" and column.name != label
    ]


MODULE = Module(
    name="Create R Model",
    family=FAMILY,
    category="R Language Modules",
    settings=Settings,
    inputs=(),
    outputs=(ModulePort("Model", "ILearner"),),
    run=run,
    fit=fit,
    use=use,
    lacking=R.lacking,
)
