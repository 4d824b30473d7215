"""Give an untrained classifier of two classes: the centre of all that fit the rows.

No library trains Bayes point machines by expectation propagation. Trained as the
probit classifier with normal weights whose Bayes point is their most probable value,
found by Newton steps. Rows that miss a value are left out of the training and get no
score.

    {
      "inputs": {},
      "parameters": {"Include bias": "False"},
      "outputs": {
        "Untrained model": {
          "module": "Two-Class Bayes Point Machine",
          "parameters": {"Include bias": "False"}
        }
      }
    }
"""

from typing import Annotated, Any

import numpy as np
from msgspec import Meta, Struct, field

from bramka.catalogue._learning import Learner, Sample, Unknown, learner_module
from bramka.catalogue._libraries import linalg, special
from bramka.catalogue._scorers import linear_scorer, linear_state

_SMALLEST_STEP = 1e-10


class Settings(Struct, frozen=True, kw_only=True):
    """How long the centre is searched."""

    rounds: Annotated[int, Meta(ge=1, description="The most steps to the centre.")] = (
        field(name="Number of training iterations", default=30)
    )
    bias: Annotated[bool, Meta(description="Add a constant to the sum.")] = field(
        name="Include bias", default=True
    )
    unknown: Unknown = field(
        name="Allow unknown values in categorical features", default=True
    )


def train(sample: Sample, settings: Settings) -> dict[str, Any]:
    rows = sample.rows
    if settings.bias:
        rows = np.column_stack([rows, np.ones(len(rows))])
    signs = np.where(sample.targets == 1, 1.0, -1.0)
    weights = np.zeros(rows.shape[1])
    for _ in range(settings.rounds):
        margins = signs * (rows @ weights)
        # The slope of log Φ, safe far out: φ/Φ by logarithms.
        ratio = np.exp(
            -(margins**2) / 2 - np.log(2 * np.pi) / 2 - special.log_ndtr(margins)
        )
        slope = rows.T @ (signs * ratio) - weights
        bend = ratio * (margins + ratio)
        curve = (rows * bend[:, None]).T @ rows + np.eye(len(weights))
        step = linalg.solve(curve, slope, assume_a="pos")
        weights = weights + step
        if np.abs(step).max() < _SMALLEST_STEP:
            break
    bias = weights[-1:] if settings.bias else np.zeros(1)
    return linear_state(weights[: sample.rows.shape[1]], bias, "probit")


MODULE = learner_module(
    Learner(
        task="binary", train=train, ready=linear_scorer, scaling=lambda _: "min-max"
    ),
    name="Two-Class Bayes Point Machine",
    family="a1acf84ea4d042ab99d6a4f4616b92cf",
    category="Classification",
    settings=Settings,
)
