"""Tell how good scores are: of two classes, many classes, numbers or clusters.

Two scored datasets can be compared: the first line is the left one's. Rows that miss
the label or a score are left out. The report holds the curves a page draws.

    {
      "inputs": {
        "Scored dataset": {
          "columns": {
            "y": [1, 1, 0, 0],
            "Scored Labels": [1, 0, 0, 0],
            "Scored Probabilities": [0.8, 0.4, 0.4, 0.2]
          },
          "kinds": {
            "y": "Label",
            "Scored Labels": "Score",
            "Scored Probabilities": "Score"
          }
        }
      },
      "parameters": {},
      "outputs": {
        "Evaluation results": {
          "True Positive": [1],
          "False Negative": [1],
          "False Positive": [0],
          "True Negative": [2],
          "Accuracy": [0.75],
          "Precision": [1.0],
          "Recall": [0.5],
          "F-Score": ["approximately", 0.66666667],
          "Threshold": [0.5],
          "AUC": [0.875],
          "Average Log Loss": ["approximately", 0.46835069],
          "Training Log Loss": ["approximately", 32.431277]
        }
      }
    }
"""

from typing import Any

import polars as pl
from msgspec import Struct

from bramka.catalogue._evaluation import Evaluation, evaluated, line_series
from bramka.domain.learning.module import Module, ModuleError, ModulePort, Ports
from bramka.domain.learning.table import Column, Table, type_of
from bramka.domain.learning.value import table_on

SCORED, COMPARED = "Scored dataset", "Scored dataset to compare"


class Settings(Struct, frozen=True, kw_only=True):
    """There is nothing to set."""


def run(inputs: Ports, _settings: Settings) -> Ports:
    ports = [SCORED, COMPARED] if inputs.get(COMPARED) is not None else [SCORED]
    found = [evaluated(table_on(inputs, port), port) for port in ports]
    if len({each.kind for each in found}) > 1:
        raise ModuleError(
            25,
            f'There is no score column in "{COMPARED}" that is produced by a '
            f'"{found[0].kind}" learner. Score the dataset using the correct type of '
            "learner.",
        )
    return {"Evaluation results": _table(found)}


def _table(found: list[Evaluation]) -> Table:
    lines = [line for each in found for line in each.lines]
    names = list(dict.fromkeys(name for line in lines for name in line))
    series = [line_series(name, [line.get(name) for line in lines]) for name in names]
    columns = [Column(name=each.name, type=type_of(each.dtype)) for each in series]
    return Table(pl.DataFrame(series), tuple(columns), _report(found))


def _report(found: list[Evaluation]) -> dict[str, Any]:
    """What a page draws: one entry for each dataset, with every figure."""
    return {
        "kind": found[0].kind,
        "datasets": [{"figures": each.lines, **each.drawn()} for each in found],
    }


MODULE = Module(
    name="Evaluate Model",
    family="927d65ac3b504694990320f6c1672089",
    category="Machine Learning / Evaluate",
    settings=Settings,
    inputs=(ModulePort(SCORED), ModulePort(COMPARED, optional=True)),
    outputs=(ModulePort("Evaluation results"),),
    run=run,
)
