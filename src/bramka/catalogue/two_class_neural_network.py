"""Give an untrained classifier of two classes: a neural network.

Trained as scikit-learn's network of logistic nodes by gradient descent; networks told
in the language Net# are not read. Rows that miss a value are left out of the training
and get no score.

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
    Learner(task="binary", train=train, ready=network_scorer, scaling=network_scaling),
    name="Two-Class Neural Network",
    family="ebc29f52719d4d0fb66a2ce85f527c7d",
    category="Classification",
    settings=NetworkSettings,
)
