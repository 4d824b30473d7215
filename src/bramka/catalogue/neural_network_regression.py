"""Give an untrained regressor: a neural network.

Trained as scikit-learn's network by gradient descent; its nodes are logistic, unless a
script in the language Net# says otherwise, whose layers stand in a row. The label is
brought to mean 0 and deviation 1 for it and back. Rows that miss a value are left out
of the training and get no score.

    {
      "inputs": {},
      "parameters": {"Number of hidden nodes": "10"},
      "outputs": {
        "Untrained model": {
          "module": "Neural Network Regression",
          "parameters": {"Number of hidden nodes": "10"}
        }
      }
    }
"""

import dataclasses
from typing import Any

from msgspec import field

from bramka.catalogue._learning import Learner, Sample, learner_module
from bramka.catalogue._libraries import neural_network
from bramka.catalogue._networks import (
    NetworkSettings,
    Rate,
    network_scaling,
    network_scorer,
    train_network,
)


class Settings(NetworkSettings, frozen=True, kw_only=True):
    """How large the network is and how it learns: more slowly than a classifier."""

    rate: Rate = field(name="Learning rate", default=0.005)


def train(sample: Sample, settings: Settings) -> dict[str, Any]:
    shift, scale = float(sample.targets.mean()), float(sample.targets.std()) or 1.0
    scaled = dataclasses.replace(sample, targets=(sample.targets - shift) / scale)
    state = train_network(neural_network.MLPRegressor, scaled, settings, "identity")
    return {**state, "shift": shift, "scale": scale}


MODULE = learner_module(
    Learner(
        task="regression", train=train, ready=network_scorer, scaling=network_scaling
    ),
    name="Neural Network Regression",
    family="d7ee222c669f4200a576a761a9c1a928",
    category="Regression",
    settings=Settings,
)
