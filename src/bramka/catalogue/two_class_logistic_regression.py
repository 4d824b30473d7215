"""Give an untrained classifier of two classes: logistic regression with two penalties.

Trained by SciPy's L-BFGS-B; numbers are first scaled to 0…1, as the original trainer
did. Rows that miss a value are left out of the training and get no score. A column
marked as weights tells what each row weighs in the training.

    {
      "inputs": {},
      "parameters": {"L1 regularization weight": "0"},
      "outputs": {
        "Untrained model": {
          "module": "Two-Class Logistic Regression",
          "parameters": {"L1 regularization weight": "0"}
        }
      }
    }
"""

from typing import Any

from bramka.catalogue._learning import Learner, Sample, learner_module
from bramka.catalogue._penalised import PenaltySettings, fit_as_set, two_classes
from bramka.catalogue._scorers import linear_scorer, linear_state


def train(sample: Sample, settings: PenaltySettings) -> dict[str, Any]:
    weights, bias = fit_as_set(
        sample, settings, two_classes(sample.targets, sample.weights)
    )
    return linear_state(weights, bias, "logistic")


MODULE = learner_module(
    Learner(
        task="binary",
        train=train,
        ready=linear_scorer,
        scaling=lambda _: "min-max",
        weighs=True,
    ),
    name="Two-Class Logistic Regression",
    family="b0fd7660eeed43c5948720d9cc79ed5d",
    category="Classification",
    settings=PenaltySettings,
)
