"""Give an untrained regressor that tells a normal distribution for each row.

Weights have a normal prior of precision `Regularization weight`; the noise is that of
the training rows. Solved exactly with NumPy. Rows that miss a value are left out of the
training and get no score.

    {
      "inputs": {},
      "parameters": {"Regularization weight": "0.5"},
      "outputs": {
        "Untrained model": {
          "module": "Bayesian Linear Regression",
          "parameters": {"Regularization weight": "0.5"}
        }
      }
    }
"""

from typing import Annotated, Any

import numpy as np
from msgspec import Meta, Struct, field

from bramka.catalogue._features import Matrix
from bramka.catalogue._learning import Learner, Sample, Unknown, learner_module
from bramka.catalogue._libraries import linalg
from bramka.catalogue._scorers import InBatches, Scorer, product


class Settings(Struct, frozen=True, kw_only=True):
    """How strongly weights are held near zero."""

    weight: Annotated[
        float, Meta(gt=0, description="How strongly weights are held near zero.")
    ] = field(name="Regularization weight", default=1.0)
    unknown: Unknown = field(name="Allow unknown categorical levels", default=True)


def train(sample: Sample, settings: Settings) -> dict[str, Any]:
    centre, height = sample.rows.mean(axis=0), float(sample.targets.mean())
    rows, targets = sample.rows - centre, sample.targets - height
    precision = rows.T @ rows + settings.weight * np.eye(rows.shape[1])
    root = linalg.cholesky(precision, lower=True)
    inverse = linalg.solve_triangular(root, np.eye(len(root)), lower=True)
    weights = inverse.T @ (inverse @ (rows.T @ targets))
    noise = float(((targets - rows @ weights) ** 2).mean())
    return {
        "centre": centre,
        "weights": weights[:, None],
        "height": height,
        "noise": noise,
        "inverse": np.ascontiguousarray(inverse.T),
        "rows": len(rows),
    }


def ready(state: dict[str, Any]) -> Scorer:
    centre, weights, inverse = state["centre"], state["weights"], state["inverse"]
    height, noise, seen = state["height"], state["noise"], state["rows"]

    def batch(rows: Matrix) -> Matrix:
        moved = rows - centre
        spread = product(moved, inverse)[:, None, :]
        doubt = np.matmul(spread, spread.transpose(0, 2, 1))[:, 0]
        deviation = np.sqrt(noise * (1 + 1 / seen + doubt))
        return np.column_stack([product(moved, weights) + height, deviation])

    return InBatches(batch)


MODULE = learner_module(
    Learner(task="gaussian", train=train, ready=ready),
    name="Bayesian Linear Regression",
    family="ee12de502b344145aec023e0485da308",
    category="Regression",
    settings=Settings,
)
