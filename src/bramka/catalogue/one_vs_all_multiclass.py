"""Give an untrained classifier of many classes made of one of two classes.

One binary learner is trained for each class against all others; their probabilities are
cut to sum to one.

    {
      "inputs": {
        "Untrained binary classification model": {
          "module": "Two-Class Logistic Regression",
          "parameters": {"L1 regularization weight": "0"}
        }
      },
      "parameters": {},
      "outputs": {
        "Untrained model": {
          "module": "One-vs-All Multiclass",
          "inputs": {
            "Untrained binary classification model": {
              "module": "Two-Class Logistic Regression",
              "parameters": {"L1 regularization weight": "0"}
            }
          }
        }
      }
    }
"""

from typing import Any

from numpy.typing import NDArray

from bramka.catalogue._parts import PartsLearner, shares

combine = shares


def questions(codes: NDArray[Any], classes: int) -> list[NDArray[Any]]:
    return [codes == each for each in range(classes)]


MODULE = PartsLearner(
    name="One-vs-All Multiclass",
    family="7191efaeb4b14d03a6f87205f87be664",
    category="Classification",
    task="multiclass",
    questions=questions,
    combine=combine,
).module
