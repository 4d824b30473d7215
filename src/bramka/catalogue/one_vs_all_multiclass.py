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

import numpy as np

from bramka.catalogue._parts import module_of_parts, shares

combine = shares


def questions(codes: np.ndarray[Any, Any], classes: int) -> list[np.ndarray[Any, Any]]:
    return [codes == each for each in range(classes)]


MODULE = module_of_parts(
    name="One-vs-All Multiclass",
    family="7191efaeb4b14d03a6f87205f87be664",
    category="Classification",
    task="multiclass",
    questions=questions,
    combine=combine,
)
