"""Give an untrained classifier of many classes: a neural network.

Trained as scikit-learn's network by gradient descent; its nodes are logistic, unless a
script in the language Net# says otherwise, whose layers stand in a row. Rows that miss
a value are left out of the training and get no score.

    {
      "inputs": {},
      "parameters": {"Number of hidden nodes": "10,5"},
      "outputs": {
        "Untrained model": {
          "module": "Multiclass Neural Network",
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
    # Of only two classes scikit-learn's network gives one score, not two.
    link = "softmax" if sample.classes > 2 else "two"
    return train_network(neural_network.MLPClassifier, sample, settings, link)


MODULE = learner_module(
    Learner(
        task="multiclass", train=train, ready=network_scorer, scaling=network_scaling
    ),
    name="Multiclass Neural Network",
    family="e8b401fb230a4b21bd11d1fda0d57c1f",
    category="Classification",
    settings=NetworkSettings,
)
