"""Give an untrained detector of what is unlike the rest: far from the main directions.

Trained with scikit-learn's randomised decomposition. The score is the share of a row's
length that the main directions do not explain; above one half a row is an anomaly.
Rows that miss a value are left out of the training and get no score.

    {
      "inputs": {},
      "parameters": {"Number of components to use in PCA": "3"},
      "outputs": {
        "Untrained model": {
          "module": "PCA-Based Anomaly Detection",
          "parameters": {"Number of components to use in PCA": "3"}
        }
      }
    }
"""

from typing import Annotated, Any

import numpy as np
from msgspec import Meta, Struct, field

from bramka.catalogue._features import Matrix
from bramka.catalogue._learning import Learner, Sample, Seed, Unknown, learner_module
from bramka.catalogue._libraries import extmath
from bramka.catalogue._ranges import Mode, values_of
from bramka.catalogue._scorers import InBatches, Scorer, product

MODE = "Training mode"
_SINGLE = {"shown_when": (MODE, ("Single Parameter",))}
_AS_GOOD_AS_ZERO = 1e-300


class Settings(Struct, frozen=True, kw_only=True):
    """How many directions count as normal."""

    mode: Mode = field(name=MODE, default="Single Parameter")
    components: Annotated[
        int, Meta(ge=1, description="How many directions are normal.", extra=_SINGLE)
    ] = field(name="Number of components to use in PCA", default=2)
    oversampling: Annotated[
        int,
        Meta(
            ge=0, description="How many directions more are looked at.", extra=_SINGLE
        ),
    ] = field(name="Oversampling parameter for randomized PCA", default=2)
    centre: Annotated[
        bool, Meta(description="Measure from the mean of the rows, not from zero.")
    ] = field(name="Enable input feature mean normalization", default=False)
    range_components: Annotated[str, values_of("number of components", MODE)] = field(
        name="Range for number of PCA components", default="2; 4; 6; 8; 10"
    )
    range_oversampling: Annotated[str, values_of("oversampling", MODE)] = field(
        name="Range for the oversampling parameter used in randomized PCA",
        default="2; 4; 6; 8; 10",
    )
    seed: Seed = field(name="Random number seed", default=0)
    unknown: Unknown = field(name="Allow unknown categorical levels", default=True)


def train(sample: Sample, settings: Settings) -> dict[str, Any]:
    centre = np.zeros(sample.rows.shape[1])
    if settings.centre:
        centre = sample.rows.mean(axis=0)
    _, _, directions = extmath.randomized_svd(
        sample.rows - centre,
        n_components=min(settings.components, *sample.rows.shape),
        n_oversamples=settings.oversampling,
        random_state=sample.seed,
    )
    return {"centre": centre, "directions": np.ascontiguousarray(directions)}


def ready(state: dict[str, Any]) -> Scorer:
    centre, directions = state["centre"], state["directions"]
    columns = np.ascontiguousarray(directions.T)

    def batch(rows: Matrix) -> Matrix:
        moved = np.ascontiguousarray(rows - centre)
        rest = moved - product(product(moved, columns), directions)
        length = _length(moved)
        known = length > _AS_GOOD_AS_ZERO
        shares = np.divide(
            _length(rest), length, out=np.zeros_like(length), where=known
        )
        return np.minimum(shares, 1.0)

    return InBatches(batch)


def _length(rows: Matrix) -> Matrix:
    return np.asarray(np.sqrt(np.matmul(rows[:, None, :], rows[:, :, None])[:, 0]))


MODULE = learner_module(
    Learner(task="anomaly", train=train, ready=ready, scaling=lambda _: "min-max"),
    name="PCA-Based Anomaly Detection",
    family="c3822fa510954c72bd1efd43d285153a",
    category="Anomaly Detection",
    settings=Settings,
)
