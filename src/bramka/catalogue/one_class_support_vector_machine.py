"""Give an untrained detector of what is unlike the rest: a one-class machine.

Trained as scikit-learn's one-class support vector machine with a radial kernel on
numbers scaled to 0…1. A probability above one half means that a row lies outside. Rows
that miss a value are left out of the training and get no score.

    {
      "inputs": {},
      "parameters": {"nu": "0.2"},
      "outputs": {
        "Untrained model": {
          "module": "One-Class Support Vector Machine",
          "parameters": {"nu": "0.2"}
        }
      }
    }
"""

from typing import Annotated, Any

import numpy as np
from msgspec import Meta, Struct, field

from bramka.catalogue._features import Matrix
from bramka.catalogue._learning import Learner, Sample, Unknown, learner_module
from bramka.catalogue._libraries import svm
from bramka.catalogue._ranges import SINGLE, Mode, values_of
from bramka.catalogue._scorers import LINKS, InBatches, Scorer

_AT_ONCE = 512


class Settings(Struct, frozen=True, kw_only=True):
    """How much lies outside and how exactly the border is found."""

    mode: Mode = field(name="Create trainer mode", default="Single Parameter")
    nu: Annotated[
        float,
        Meta(gt=0, le=1, description="The share of rows outside.", extra=SINGLE),
    ] = field(name="nu", default=0.1)
    epsilon: Annotated[
        float,
        Meta(
            gt=0, description="The fit ends at gains smaller than this.", extra=SINGLE
        ),
    ] = field(name="epsilon", default=0.001)
    range_nu: Annotated[str, values_of("nu", alias="psnu")] = field(
        name="Range for nu", default="0.001; 0.01; 0.1"
    )
    range_epsilon: Annotated[str, values_of("epsilon", alias="psEpsilon")] = field(
        name="Range for epsilon", default="0.001; 0.01; 0.1"
    )
    unknown: Unknown = field(name="Allow unknown categorical levels", default=True)


def train(sample: Sample, settings: Settings) -> dict[str, Any]:
    machine = svm.OneClassSVM(nu=settings.nu, tol=settings.epsilon).fit(sample.rows)
    variance = float(sample.rows.var())
    gamma = 1 / (sample.rows.shape[1] * variance) if variance else 1.0
    return {
        "vectors": np.ascontiguousarray(machine.support_vectors_),
        "weights": np.ascontiguousarray(machine.dual_coef_.T),
        "bias": float(machine.intercept_[0]),
        # Scores are sums of weights, so their scale is the weights' sum.
        "scale": float(np.abs(machine.dual_coef_).sum()) or 1.0,
        "gamma": gamma,
    }


def ready(state: dict[str, Any]) -> Scorer:
    vectors, weights, gamma = state["vectors"], state["weights"], state["gamma"]
    bias, scale = state["bias"], state["scale"]

    def some(rows: Matrix) -> Matrix:
        distances = np.zeros((len(rows), len(vectors)))
        for feature in range(vectors.shape[1]):
            distances += (rows[:, feature, None] - vectors[:, feature]) ** 2
        near = np.exp(-gamma * distances)
        return np.asarray(np.matmul(near[:, None, :], weights)[:, 0] + bias)

    def batch(rows: Matrix) -> Matrix:
        starts = range(0, len(rows), _AT_ONCE)
        inside = np.vstack([some(rows[start : start + _AT_ONCE]) for start in starts])
        return LINKS["logistic"](-inside / scale)

    return InBatches(batch)


MODULE = learner_module(
    Learner(task="anomaly", train=train, ready=ready, scaling=lambda _: "min-max"),
    name="One-Class Support Vector Machine",
    family="0b6ef94d7af3f8470fcafb91b31a1d5b",
    category="Anomaly Detection",
    settings=Settings,
)
