"""Give an untrained regressor: a weighted sum of the features.

Ordinary least squares is solved exactly (scikit-learn's Ridge), online gradient descent
goes row by row (scikit-learn's SGDRegressor). Rows that miss a value are left out of
the training and get no score.

    {
      "inputs": {},
      "parameters": {"L2 regularization weight": "0.5"},
      "outputs": {
        "Untrained model": {
          "module": "Linear Regression",
          "parameters": {"L2 regularization weight": "0.5"}
        }
      }
    }
"""

from typing import Annotated, Any, Literal

import numpy as np
from msgspec import Meta, Struct, field

from bramka.catalogue._encoding import Scaling
from bramka.catalogue._learning import Learner, Sample, Seed, Unknown, learner_module
from bramka.catalogue._libraries import linear_model
from bramka.catalogue._ranges import Mode, values_of
from bramka.catalogue._scorers import linear_scorer, linear_state

SQUARES = "Ordinary Least Squares"
DESCENT = "Online Gradient Descent"
BY_SQUARES = {"shown_when": ("Solution method", (SQUARES,))}
BY_DESCENT = {"shown_when": ("Solution method", (DESCENT,))}


class Settings(Struct, frozen=True, kw_only=True):
    """How the weights are found."""

    method: Annotated[
        Literal["Ordinary Least Squares", "Online Gradient Descent"],
        Meta(description="Solve for all rows at once, or learn row by row."),
    ] = field(name="Solution method", default="Ordinary Least Squares")
    mode: Mode = field(name="Create trainer mode", default="Single Parameter")
    rate: Annotated[
        float,
        Meta(gt=0, description="How far the first steps go.", extra=BY_DESCENT),
    ] = field(name="Learning rate", default=0.1)
    epochs: Annotated[
        int,
        Meta(ge=1, description="How often all rows are seen.", extra=BY_DESCENT),
    ] = field(name="Number of training epochs", default=10)
    l2: Annotated[float, Meta(ge=0, description="The cost of a weight's square.")] = (
        field(name="L2 regularization weight", default=0.001)
    )
    range_rate: Annotated[str, values_of("learning rate")] = field(
        name="Range for learning rate", default="0.025; 0.05; 0.1; 0.2"
    )
    range_epochs: Annotated[str, values_of("training epochs")] = field(
        name="Range for number of training epochs", default="1; 10; 100"
    )
    range_l2: Annotated[str, values_of("L2 regularization weight")] = field(
        name="Range for L2 regularization weight", default="0.001; 0.01; 0.1"
    )
    normalize: Annotated[
        bool, Meta(description="Scale numbers to 0…1 first.", extra=BY_DESCENT)
    ] = field(name="Normalize features", default=True)
    average: Annotated[
        bool,
        Meta(description="Give the mean of all steps' weights.", extra=BY_DESCENT),
    ] = field(name="Average final hypothesis", default=True)
    decrease: Annotated[
        bool, Meta(description="Go shorter and shorter steps.", extra=BY_DESCENT)
    ] = field(name="Decrease learning rate", default=True)
    intercept: Annotated[
        bool, Meta(description="Add a constant to the sum.", extra=BY_SQUARES)
    ] = field(name="Include intercept term", default=True)
    seed: Seed = field(name="Random number seed", default=0)
    unknown: Unknown = field(name="Allow unknown categorical levels", default=True)


def train(sample: Sample, settings: Settings) -> dict[str, Any]:
    if settings.method == SQUARES:
        estimator = linear_model.Ridge(
            alpha=settings.l2, fit_intercept=settings.intercept, solver="svd"
        )
    else:
        estimator = linear_model.SGDRegressor(
            alpha=settings.l2,
            eta0=settings.rate,
            learning_rate="invscaling" if settings.decrease else "constant",
            max_iter=settings.epochs,
            tol=None,
            average=settings.average,
            random_state=sample.seed,
        )
    estimator.fit(sample.rows, sample.targets)
    return linear_state(estimator.coef_, np.asarray(estimator.intercept_), "identity")


def scaling(settings: Settings) -> Scaling:
    descends = settings.method == DESCENT and settings.normalize
    return "min-max" if descends else "none"


MODULE = learner_module(
    Learner(task="regression", train=train, ready=linear_scorer, scaling=scaling),
    name="Linear Regression",
    family="31960a6f789b4cf788d62e1152c0bd1a",
    category="Regression",
    settings=Settings,
)
