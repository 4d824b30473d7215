"""Give an untrained regressor of counts: their logarithm is a weighted sum.

Trained by SciPy's L-BFGS-B with both penalties; numbers are first scaled to 0…1. Rows
that miss a value are left out of the training and get no score.

    {
      "inputs": {},
      "parameters": {"L1 regularization weight": "0"},
      "outputs": {
        "Untrained model": {
          "module": "Poisson Regression",
          "parameters": {"L1 regularization weight": "0"}
        }
      }
    }
"""

from typing import Any

from bramka.catalogue._learning import Learner, Sample, learner_module
from bramka.catalogue._penalised import PenaltySettings, counts, fit_as_set
from bramka.catalogue._scorers import linear_scorer, linear_state
from bramka.catalogue._scores import unfit


def train(sample: Sample, settings: PenaltySettings) -> dict[str, Any]:
    if sample.targets.min() < 0:
        raise unfit("Poisson Regression", "A label is negative.")
    weights, bias = fit_as_set(sample, settings, counts(sample.targets))
    return linear_state(weights, bias, "exp")


MODULE = learner_module(
    Learner(
        task="regression",
        train=train,
        ready=linear_scorer,
        scaling=lambda _: "min-max",
    ),
    name="Poisson Regression",
    family="80e21b9d382740d8b733b53148becbc2",
    category="Regression",
    settings=PenaltySettings,
)
