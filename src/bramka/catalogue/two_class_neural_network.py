"""Give an untrained classifier of two classes: a neural network.

Trained as scikit-learn's network by gradient descent; its nodes are logistic, unless a
script in the language Net# says otherwise, whose layers stand in a row. Rows that miss
a value are left out of the training and get no score.
A column marked as weights tells what each row weighs in the training.

    {
      "inputs": {},
      "parameters": {"Number of hidden nodes": "10,5"},
      "outputs": {
        "Untrained model": {
          "module": "Two-Class Neural Network",
          "parameters": {"Number of hidden nodes": "10,5"}
        }
      }
    }
"""

from typing import Any

from bramka.catalogue._learning import Learner, Sample, learner_module
from bramka.catalogue._libraries import neural_network
from bramka.catalogue._networks import (
    NetworkSettings,
    network_scaling,
    network_scorer,
    train_network,
)


def train(sample: Sample, settings: NetworkSettings) -> dict[str, Any]:
    return train_network(neural_network.MLPClassifier, sample, settings, "logistic")


MODULE = learner_module(
    Learner(
        task="binary",
        train=train,
        ready=network_scorer,
        scaling=network_scaling,
        weighs=True,
    ),
    name="Two-Class Neural Network",
    family="ebc29f52719d4d0fb66a2ce85f527c7d",
    category="Classification",
    settings=NetworkSettings,
)
