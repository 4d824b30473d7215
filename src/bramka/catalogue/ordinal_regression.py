"""Give an untrained regressor of ranks made of a classifier of two classes.

One binary learner is trained for each step between ranks ("is it above this one?", as
Frank and Hall do; the original trained one learner on all steps at once). The label
holds numbers; their order counts, not how far they are apart.

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
          "module": "Ordinal Regression",
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
from numpy.typing import NDArray

from bramka.catalogue._features import Matrix
from bramka.catalogue._parts import PartsLearner, shares


def questions(codes: NDArray[Any], classes: int) -> list[NDArray[Any]]:
    return [codes > each for each in range(classes - 1)]


def combine(above: Matrix) -> Matrix:
    # What lies above a higher rank lies above a lower one too.
    above = np.minimum.accumulate(above, axis=1)
    return shares(-np.diff(above, axis=1, prepend=1.0, append=0.0))


MODULE = PartsLearner(
    name="Ordinal Regression",
    family="ffb557f8dc7f44bd8fd0b25666dd23f1",
    category="Regression",
    task="ordinal",
    questions=questions,
    combine=combine,
).module
