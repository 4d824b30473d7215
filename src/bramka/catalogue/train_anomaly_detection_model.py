"""Train a detector of anomalies on a dataset; no label is needed.

A column that is marked as label is not learnt from.

    {
      "inputs": {
        "Untrained model": {
          "module": "PCA-Based Anomaly Detection",
          "parameters": {"Number of components to use in PCA": "1"}
        },
        "Dataset": {"x": [0.0, 1.0, 2.0, 3.0], "y": [0.0, 1.0, 2.0, 3.0]}
      },
      "parameters": {},
      "outputs": {
        "Trained model": {
          "applied to": {"x": [1.5, 3.0], "y": [1.5, -3.0]},
          "gives": {
            "Scored Labels": [0, 1],
            "Scored Probabilities": ["approximately", 0.0, 1.0]
          }
        }
      }
    }
"""

from msgspec import Struct

from bramka.catalogue._training import trained
from bramka.domain.learning.module import Module, ModulePort, Ports
from bramka.domain.learning.value import learnt_on, table_on


class Settings(Struct, frozen=True, kw_only=True):
    """There is nothing to set."""


def run(inputs: Ports, _settings: Settings) -> Ports:
    table, learnt = table_on(inputs, "Dataset"), learnt_on(inputs, "Untrained model")
    return {"Trained model": trained(learnt, table, None)}


MODULE = Module(
    name="Train Anomaly Detection Model",
    family="d6acbacea72d44b99878869115e02458",
    category="Machine Learning / Train",
    settings=Settings,
    inputs=(ModulePort("Untrained model", "ILearner"), ModulePort("Dataset")),
    outputs=(ModulePort("Trained model", "ILearner"),),
    run=run,
)
