"""Give an untrained classifier of two classes: linear machines at the ends of a tree.

No library trains locally-deep support vector machines. Trained as a decision tree of
the given depth (scikit-learn) at each end of which stands a linear support vector
machine of its own; probabilities come by Platt's calibration on the training rows. Rows
that miss a value are left out of the training and get no score.

    {
      "inputs": {},
      "parameters": {"Depth of the tree": "2"},
      "outputs": {
        "Untrained model": {
          "module": "Two-Class Locally-Deep Support Vector Machine",
          "parameters": {"Depth of the tree": "2"}
        }
      }
    }
"""

from typing import Annotated, Any, Literal

import numpy as np
from msgspec import Meta, Struct, field

from bramka.catalogue._encoding import Scaling
from bramka.catalogue._features import Matrix
from bramka.catalogue._learning import Learner, Sample, Seed, Unknown, learner_module
from bramka.catalogue._libraries import linear_model, tree_models
from bramka.catalogue._linear import calibration
from bramka.catalogue._ranges import SINGLE, Mode, values_of
from bramka.catalogue._scorers import LINKS, InBatches, Scorer
from bramka.catalogue._trees import as_singles

SCALINGS: dict[str, Scaling] = {
    "Min-Max normalizer": "min-max",
    "Gaussian normalizer": "gaussian",
    "Binning normalizer": "binning",
    "Do not normalize": "none",
}
_KEPT = "Kept for old experiments; the tree's questions are not learnt by descent."
_EPOCHS_AT_LEAST = 5


class Settings(Struct, frozen=True, kw_only=True):
    """How deep the tree is and how strongly the machines are penalised."""

    mode: Mode = field(name="Create trainer mode", default="Single Parameter")
    depth: Annotated[
        int,
        # The documentation knows no most; 4,096 ends are more than rows can fill.
        Meta(ge=1, le=12, description="The most questions on a path.", extra=SINGLE),
    ] = field(name="Depth of the tree", default=3)
    weight: Annotated[
        float,
        Meta(gt=0, description="The cost of a machine's weights.", extra=SINGLE),
    ] = field(name="Lambda W", default=0.1)
    theta: Annotated[float, Meta(gt=0, description=_KEPT, extra=SINGLE)] = field(
        name="Lambda Theta", default=0.01
    )
    theta_prime: Annotated[float, Meta(gt=0, description=_KEPT, extra=SINGLE)] = field(
        name="Lambda Theta Prime", default=0.01
    )
    sharpness: Annotated[float, Meta(gt=0, description=_KEPT, extra=SINGLE)] = field(
        name="Sigmoid sharpness", default=1.0
    )
    steps: Annotated[
        int, Meta(ge=1, description="How many rows a machine sees.", extra=SINGLE)
    ] = field(name="Number of iterations", default=15000)
    range_depth: Annotated[str, values_of("depth of the tree")] = field(
        name="Range for depth of the tree", default="1; 3; 5; 7"
    )
    range_weight: Annotated[str, values_of("lambda W")] = field(
        name="Range for Lambda W", default="0.1; 0.01; 0.001"
    )
    range_theta: Annotated[str, values_of("lambda theta")] = field(
        name="Range for Lambda Theta", default="0.1; 0.01; 0.001"
    )
    range_theta_prime: Annotated[str, values_of("lambda theta prime")] = field(
        name="Range for Lambda Theta Prime", default="0.1; 0.01; 0.001"
    )
    range_sharpness: Annotated[str, values_of("sigmoid sharpness")] = field(
        name="Range for sigmoid sharpness", default="1.0; 0.1; 0.01"
    )
    range_steps: Annotated[str, values_of("iterations")] = field(
        name="Range for number of iterations", default="10000; 15000; 20000"
    )
    normalizer: Annotated[
        Literal[
            "Min-Max normalizer",
            "Gaussian normalizer",
            "Binning normalizer",
            "Do not normalize",
        ],
        Meta(description="How numbers are brought to one scale."),
    ] = field(name="Feature normalizer", default="Min-Max normalizer")
    seed: Seed = field(name="Random number seed", default=0)
    unknown: Unknown = field(name="Allow unknown categorical levels", default=True)


def train(sample: Sample, settings: Settings) -> dict[str, Any]:
    rows, targets = sample.rows, sample.targets
    tree = tree_models.DecisionTreeClassifier(
        max_depth=settings.depth,
        min_samples_leaf=max(1, len(rows) // (10 << settings.depth)),
        random_state=sample.seed,
    ).fit(as_singles(rows), targets)
    ends = tree.apply(as_singles(rows))
    weights = np.zeros((tree.tree_.node_count, rows.shape[1]))
    bias = np.zeros(len(weights))
    for end in np.unique(ends):
        inside = ends == end
        if len(np.unique(targets[inside])) == 1:
            bias[end] = 1.0 if targets[inside][0] else -1.0
            continue
        machine = linear_model.SGDClassifier(
            loss="hinge",
            alpha=settings.weight / len(rows),
            max_iter=max(_EPOCHS_AT_LEAST, settings.steps // len(rows)),
            tol=None,
            average=True,
            random_state=sample.seed,
        ).fit(rows[inside], targets[inside])
        weights[end], bias[end] = machine.coef_[0], machine.intercept_[0]
    state = {"tree": tree, "weights": weights, "bias": bias, "slope": 1.0, "shift": 0.0}
    slope, shift = calibration(_scores(state, rows)[:, 0], targets)
    return {**state, "slope": slope, "shift": shift}


def ready(state: dict[str, Any]) -> Scorer:
    logistic = LINKS["logistic"]
    return InBatches(
        lambda rows: logistic(_scores(state, rows) * state["slope"] + state["shift"])
    )


def _scores(state: dict[str, Any], rows: Matrix) -> Matrix:
    ends = state["tree"].tree_.apply(as_singles(rows).astype(np.float32))
    chosen = state["weights"][ends][:, :, None]
    products = np.matmul(np.ascontiguousarray(rows)[:, None, :], chosen)[:, 0]
    return np.asarray(products + state["bias"][ends][:, None])


MODULE = learner_module(
    Learner(
        task="binary",
        train=train,
        ready=ready,
        scaling=lambda settings: SCALINGS[settings.normalizer],
    ),
    name="Two-Class Locally-Deep Support Vector Machine",
    family="449602816126457a9411b0bc9ffd128f",
    category="Classification",
    settings=Settings,
)
