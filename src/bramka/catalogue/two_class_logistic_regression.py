"""Give an untrained classifier of two classes: logistic regression with two penalties.

Trained by SciPy's L-BFGS-B; numbers are first scaled to 0…1, as the original trainer
did. Rows that miss a value are left out of the training and get no score.

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

from typing import Annotated, Any

from msgspec import Meta, Struct, field

from bramka.catalogue._learning import (
    SINGLE,
    Learner,
    Mode,
    Sample,
    Seed,
    Unknown,
    learner_module,
    values_of,
)
from bramka.catalogue._penalised import fit_penalised, two_classes
from bramka.catalogue._scorers import linear_scorer, linear_state


class Settings(Struct, frozen=True, kw_only=True):
    """How strongly weights are penalised, and when the fit is good enough."""

    mode: Mode = field(name="Create trainer mode", default="Single Parameter")
    tolerance: Annotated[
        float,
        Meta(
            gt=0, description="The fit ends at gains smaller than this.", extra=SINGLE
        ),
    ] = field(name="Optimization tolerance", default=1e-7)
    l1: Annotated[
        float,
        Meta(ge=0, description="The cost of a weight's size.", extra=SINGLE),
    ] = field(name="L1 regularization weight", default=1.0)
    l2: Annotated[
        float,
        Meta(ge=0, description="The cost of a weight's square.", extra=SINGLE),
    ] = field(name="L2 regularization weight", default=1.0)
    memory: Annotated[
        int,
        Meta(ge=1, description="How many steps back L-BFGS remembers.", extra=SINGLE),
    ] = field(name="Memory size for L-BFGS", default=20)
    range_tolerance: Annotated[str, values_of("optimization tolerance")] = field(
        name="Range for optimization tolerance", default="0.00001; 0.00000001"
    )
    range_l1: Annotated[str, values_of("L1 regularization weight")] = field(
        name="Range for L1 regularization weight", default="0.0; 0.01; 0.1; 1.0"
    )
    range_l2: Annotated[str, values_of("L2 regularization weight")] = field(
        name="Range for L2 regularization weight", default="0.01; 0.1; 1.0"
    )
    range_memory: Annotated[str, values_of("memory size for L-BFGS")] = field(
        name="Range for memory size for L-BFGS", default="5; 20; 50"
    )
    seed: Seed = field(name="Random number seed", default=0)
    unknown: Unknown = field(name="Allow unknown categorical levels", default=True)


def train(sample: Sample, settings: Settings) -> dict[str, Any]:
    weights, bias = fit_penalised(
        sample.rows,
        two_classes(sample.targets),
        scores=1,
        l1=settings.l1,
        l2=settings.l2,
        memory=settings.memory,
        tolerance=settings.tolerance,
    )
    return linear_state(weights, bias, "logistic")


MODULE = learner_module(
    Learner(
        task="binary", train=train, ready=linear_scorer, scaling=lambda _: "min-max"
    ),
    name="Two-Class Logistic Regression",
    family="b0fd7660eeed43c5948720d9cc79ed5d",
    category="Classification",
    settings=Settings,
)
