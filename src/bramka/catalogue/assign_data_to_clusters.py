"""Assign rows to the clusters of a trained clustering.

Rows that miss a value belong to no cluster.

    {
      "inputs": {
        "Trained model": {
          "module": "K-Means Clustering",
          "parameters": {"Initialization": "Evenly"},
          "trained": {"on": {
            "x": [0.0, 0.0, 9.0, 9.0],
            "y": [0.0, 1.0, 9.0, 10.0]
          }}
        },
        "Dataset": {
          "x": [0.0, 0.0, 9.0, 9.0],
          "y": [0.0, 1.0, 9.0, 10.0]
        }
      },
      "parameters": {},
      "outputs": {
        "Results dataset": {
          "x": [0.0, 0.0, 9.0, 9.0],
          "y": [0.0, 1.0, 9.0, 10.0],
          "Assignments": [0, 0, 1, 1],
          "DistancesToClusterCenter no.0": [
            "approximately", 0.5, 0.5, 12.379418, 13.086252
          ],
          "DistancesToClusterCenter no.1": [
            "approximately", 13.086252, 12.379418, 0.5, 0.5
          ]
        }
      }
    }
"""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct, field

from bramka.catalogue._clusters import FILL, OVERWRITE, Clustering, assigned
from bramka.catalogue._training import clustering_on
from bramka.domain.learning.module import (
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
    """What is given back."""

    append: Annotated[
        bool,
        Meta(description="Keep the dataset's columns; else only clusters are given."),
    ] = field(name="Check for Append or Uncheck for Result Only", default=True)


def run(inputs: Ports, settings: Settings) -> Ports:
    table, learnt = table_on(inputs, "Dataset"), clustering_on(inputs, MODEL)
    if not table.columns:
        raise ModuleError(3, 'Input "Dataset" is null or empty.')
    return {"Results dataset": assigned(learnt, table, append=settings.append)}


def row(columns: Sequence[Column], settings: Settings, others: Ports) -> RowStep | None:
    learnt = clustering_on(others, MODEL)
    clustering = Clustering.read(learnt)
    step = clustering.row(columns)
    if not settings.append:
        return step
    names = {column.name for column in columns}
    relabels = learnt.label in names and clustering.label_mode in (FILL, OVERWRITE)
    if relabels or names & {column.name for column in step.columns}:
        return None
    return RowStep(
        (*columns, *step.columns), lambda cells: [*cells, *step.apply(cells)]
    )


MODULE = Module(
    name="Assign Data to Clusters",
    family="20a0683a07f94a08a89b44b3bbaae382",
    category="Machine Learning / Score",
    aliases=("Assign to Clusters",),
    settings=Settings,
    inputs=(ModulePort(MODEL, "ICluster"), ModulePort("Dataset")),
    outputs=(ModulePort("Results dataset"),),
    run=run,
    row=row,
    row_wise=True,
)
