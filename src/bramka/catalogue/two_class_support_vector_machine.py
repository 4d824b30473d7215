"""Give an untrained classifier of two classes: a linear support vector machine.

Trained as scikit-learn's stochastic descent on the hinge loss with the L2 penalty
Lambda; probabilities come by Platt's calibration on the training rows. Rows that miss a
value are left out of the training and get no score.
A column marked as weights tells what each row weighs in the training.

    {
      "inputs": {},
      "parameters": {"Number of iterations": "10"},
      "outputs": {
        "Untrained model": {
          "module": "Two-Class Support Vector Machine",
          "parameters": {"Number of iterations": "10"}
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
from bramka.catalogue._scorers import linear_scorer, linear_state, unit_rows


class Settings(Struct, frozen=True, kw_only=True):
    """How strongly weights are penalised and how often all rows are seen."""

    mode: Mode = field(name="Create trainer mode", default="Single Parameter")
    rounds: Annotated[
        int, Meta(ge=1, description="How often all rows are seen.", extra=SINGLE)
    ] = field(name="Number of iterations", default=1)
    penalty: Annotated[
        float, Meta(gt=0, description="The cost of a weight's square.", extra=SINGLE)
    ] = field(name="Lambda", default=0.001)
    range_rounds: Annotated[str, values_of("number of iterations")] = field(
        name="Range for number of iterations", default="1; 10; 100"
    )
    range_penalty: Annotated[str, values_of("lambda")] = field(
        name="Range for lambda", default="0.00001; 0.0001; 0.001; 0.01; 0.1"
    )
    normalize: Annotated[bool, Meta(description="Scale numbers to 0…1 first.")] = field(
        name="Normalize features", default=True
    )
    unit: Annotated[
        bool, Meta(description="Cut or stretch each row to length 1 first.")
    ] = field(name="Project to the unit-sphere", default=False)
    seed: Seed = field(name="Random number seed", default=0)
    unknown: Unknown = field(name="Allow unknown categorical levels", default=True)


def train(sample: Sample, settings: Settings) -> dict[str, Any]:
    rows = unit_rows(sample.rows) if settings.unit else sample.rows
    estimator = linear_model.SGDClassifier(
        loss="hinge",
        alpha=settings.penalty,
        max_iter=settings.rounds,
        tol=None,
        random_state=sample.seed,
    )
    estimator.fit(rows, sample.targets, sample_weight=sample.weights)
    weights, bias = calibrated(
        estimator.coef_[0],
        estimator.intercept_[0],
        estimator.decision_function(rows),
        sample.targets,
        sample.weights,
    )
    return {**linear_state(weights, bias, "logistic"), "unit": settings.unit}


MODULE = learner_module(
    Learner(
        task="binary",
        train=train,
        ready=linear_scorer,
        weighs=True,
        scaling=lambda settings: "min-max" if settings.normalize else "none",
    ),
    name="Two-Class Support Vector Machine",
    family="12d8479b74b44e67b8ded32867380e20",
    category="Classification",
    settings=Settings,
)
