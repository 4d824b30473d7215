"""Give an untrained classifier of many classes: logistic regression with two penalties.

Trained by SciPy's L-BFGS-B; numbers are first scaled to 0…1, as the original trainer
did. Rows that miss a value are left out of the training and get no score.

    {
      "inputs": {},
      "parameters": {"L2 regularization weight": "0.1"},
      "outputs": {
        "Untrained model": {
          "module": "Multiclass Logistic Regression",
          "parameters": {"L2 regularization weight": "0.1"}
        }
      }
    }
"""

from typing import Any

from bramka.catalogue._learning import Learner, Sample, learner_module
from bramka.catalogue._penalised import PenaltySettings, fit_as_set, many_classes
from bramka.catalogue._scorers import linear_scorer, linear_state


def train(sample: Sample, settings: PenaltySettings) -> dict[str, Any]:
    loss = many_classes(sample.targets, sample.classes)
    weights, bias = fit_as_set(sample, settings, loss, sample.classes)
    return linear_state(weights, bias, "softmax")


MODULE = learner_module(
    Learner(
        task="multiclass",
        train=train,
        ready=linear_scorer,
        scaling=lambda _: "min-max",
    ),
    name="Multiclass Logistic Regression",
    family="1d195fe598cd4e1aa1c8076aaa3e02c3",
    category="Classification",
    settings=PenaltySettings,
)
