"""Train a classifier or a regressor on a dataset whose label column is told.

Rows without a label are left out. Of ranges of parameters the first values are taken.

    {
      "inputs": {
        "Untrained model": {
          "module": "Linear Regression",
          "parameters": {"L2 regularization weight": "0"}
        },
        "Dataset": {"x": [1.0, 2.0, 3.0], "y": [2.0, 4.0, 6.0]}
      },
      "parameters": {
        "Label column": {
          "isFilter": true,
          "rules": [{"ruleType": "ColumnNames", "columns": ["y"], "exclude": false}]
        }
      },
      "outputs": {
        "Trained model": {
          "applied to": {"x": [4.0, 0.5]},
          "gives": {"Scored Labels": ["approximately", 8.0, 1.0]}
        }
      }
    }
"""

from typing import Annotated

from msgspec import Meta, Struct, field

from bramka.catalogue._training import label_of, trained
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Module, ModulePort, Ports
from bramka.domain.learning.value import learnt_on, table_on


class Settings(Struct, frozen=True, kw_only=True):
    """What is to be told."""

    label: Annotated[
        ColumnSelector, Meta(description="The one column the model learns to tell.")
    ] = field(name="Label column")


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    learnt = learnt_on(inputs, "Untrained model")
    return {"Trained model": trained(learnt, table, label_of(settings.label, table))}


MODULE = Module(
    name="Train Model",
    family="5cc7053eaa30450d96c0dae4be720977",
    category="Machine Learning / Train",
    settings=Settings,
    inputs=(ModulePort("Untrained model", "ILearner"), ModulePort("Dataset")),
    outputs=(ModulePort("Trained model", "ILearner"),),
    run=run,
)
