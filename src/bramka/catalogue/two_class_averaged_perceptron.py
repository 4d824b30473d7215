"""Give an untrained classifier of two classes: the mean of a perceptron's weights.

Trained as scikit-learn's averaged perceptron on numbers scaled to 0…1; probabilities
come by Platt's calibration on the training rows. Rows that miss a value are left out of
the training and get no score.

    {
      "inputs": {},
      "parameters": {"Learning rate": "0.5"},
      "outputs": {
        "Untrained model": {
          "module": "Two-Class Averaged Perceptron",
          "parameters": {"Learning rate": "0.5"}
        }
      }
    }
"""

from typing import Annotated, Any

from msgspec import Meta, Struct, field

from bramka.catalogue._learning import Learner, Sample, Seed, Unknown, learner_module
from bramka.catalogue._libraries import linear_model
from bramka.catalogue._linear import calibrated
from bramka.catalogue._ranges import SINGLE, Mode, values_of
from bramka.catalogue._scorers import linear_scorer, linear_state


class Settings(Struct, frozen=True, kw_only=True):
    """How far a step goes and how often all rows are seen."""

    mode: Mode = field(name="Create trainer mode", default="Single Parameter")
    rate: Annotated[
        float, Meta(gt=0, description="How far a step goes.", extra=SINGLE)
    ] = field(name="Learning rate", default=1.0)
    rounds: Annotated[
        int, Meta(ge=1, description="How often all rows are seen.", extra=SINGLE)
    ] = field(name="Maximum number of iterations", default=10)
    range_rate: Annotated[str, values_of("learning rate")] = field(
        name="Range for learning rate", default="0.1; 0.5; 1.0"
    )
    range_rounds: Annotated[str, values_of("number of iterations")] = field(
        name="Range for maximum number of iterations", default="1; 10"
    )
    seed: Seed = field(name="Random number seed", default=0)
    unknown: Unknown = field(name="Allow unknown categorical levels", default=True)


def train(sample: Sample, settings: Settings) -> dict[str, Any]:
    estimator = linear_model.SGDClassifier(
        loss="perceptron",
        penalty=None,
        learning_rate="constant",
        eta0=settings.rate,
        average=True,
        max_iter=settings.rounds,
        tol=None,
        random_state=sample.seed,
    )
    estimator.fit(sample.rows, sample.targets)
    scores = estimator.decision_function(sample.rows)
    weights, bias = calibrated(
        estimator.coef_[0], estimator.intercept_[0], scores, sample.targets
    )
    return linear_state(weights, bias, "logistic")


MODULE = learner_module(
    Learner(
        task="binary", train=train, ready=linear_scorer, scaling=lambda _: "min-max"
    ),
    name="Two-Class Averaged Perceptron",
    family="5ed44caa5360407dae6c7a88c491474a",
    category="Classification",
    settings=Settings,
)
