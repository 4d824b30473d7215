"""Train a clustering on chosen columns, and assign the dataset's rows to clusters.

A label column, if the dataset has one, is not learnt from; the clustering's own
settings say what it is for. The report holds the rows in the plane of their two main
components.

    {
      "inputs": {
        "Untrained model": {
          "module": "K-Means Clustering",
          "parameters": {"Initialization": "Evenly"}
        },
        "Dataset": {
          "x": [0.0, 0.0, 9.0, 9.0],
          "y": [0.0, 1.0, 9.0, 10.0]
        }
      },
      "parameters": {
        "Column Set": {"rules": [{"ruleType": "AllColumns", "exclude": false}]}
      },
      "outputs": {
        "Trained model": {
          "applied to": {"x": [1.0], "y": [1.0]},
          "gives": {
            "Assignments": [0],
            "DistancesToClusterCenter no.0": ["approximately", 1.1180339887],
            "DistancesToClusterCenter no.1": ["approximately", 11.672617529]
          }
        },
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

from typing import Annotated

from msgspec import Meta, Struct, field

from bramka.catalogue._clusters import assigned
from bramka.catalogue._training import cluster_table, clustering_on, trained
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Module, ModulePort, Ports
from bramka.domain.learning.value import table_on


class Settings(Struct, frozen=True, kw_only=True):
    """Which columns tell rows apart, and what is given back."""

    columns: Annotated[
        ColumnSelector, Meta(description="The columns that clusters are made of.")
    ] = field(name="Column Set")
    append: Annotated[
        bool,
        Meta(description="Keep the dataset's columns; else only clusters are given."),
    ] = field(name="Check for Append or Uncheck for Result Only", default=True)


def run(inputs: Ports, settings: Settings) -> Ports:
    table, learnt = (
        table_on(inputs, "Dataset"),
        clustering_on(inputs, "Untrained model"),
    )
    chosen, label = cluster_table(table, settings.columns)
    model = trained(learnt, chosen, label)
    return {
        "Trained model": model,
        "Results dataset": assigned(model, table, append=settings.append),
    }


MODULE = Module(
    name="Train Clustering Model",
    family="bb43c744f7fa41d0ae6774ae75da3ffd",
    category="Machine Learning / Train",
    settings=Settings,
    inputs=(ModulePort("Untrained model", "ICluster"), ModulePort("Dataset")),
    outputs=(ModulePort("Trained model", "ICluster"), ModulePort("Results dataset")),
    run=run,
)
