"""Give an untrained regressor that tells quantiles, not a mean.

Trained as scikit-learn's bagged trees. Each leaf keeps a sample of its rows' labels;
the quantiles are those of the labels in all leaves a row ends up in (Meinshausen's
quantile forest). Numbers may be missing.

    {
      "inputs": {},
      "parameters": {"Quantiles to be estimated": "0.1; 0.9"},
      "outputs": {
        "Untrained model": {
          "module": "Fast Forest Quantile Regression",
          "parameters": {"Quantiles to be estimated": "0.1; 0.9"}
        }
      }
    }
"""

from typing import Annotated, Any

import numpy as np
from msgspec import Meta, Struct, field

from bramka.catalogue._features import Matrix
from bramka.catalogue._learning import Learner, Sample, Seed, Unknown, learner_module
from bramka.catalogue._libraries import ensemble, tree_models
from bramka.catalogue._ranges import SINGLE, Mode, values_of
from bramka.catalogue._scorers import InBatches, Scorer
from bramka.catalogue._trees import as_singles
from bramka.domain.learning.module import ModuleError

QUANTILES = "Quantiles to be estimated"
_AT_ONCE = 256


class Settings(Struct, frozen=True, kw_only=True):
    """How many trees there are, how large, and which quantiles are told."""

    mode: Mode = field(name="Create trainer mode", default="Single Parameter")
    trees: Annotated[
        int, Meta(ge=1, description="How many trees are built.", extra=SINGLE)
    ] = field(name="Number of Trees", default=100)
    leaves: Annotated[
        int, Meta(ge=2, description="The most leaves a tree has.", extra=SINGLE)
    ] = field(name="Number of Leaves", default=20)
    leaf_rows: Annotated[
        int, Meta(ge=1, description="The fewest rows a leaf stands on.", extra=SINGLE)
    ] = field(
        name="Minimum number of training instances required to form a leaf", default=10
    )
    bagging: Annotated[
        float,
        Meta(gt=0, le=1, description="The share of rows a tree sees.", extra=SINGLE),
    ] = field(name="Bagging fraction", default=0.7)
    features: Annotated[
        float,
        Meta(gt=0, le=1, description="The share of features of a tree.", extra=SINGLE),
    ] = field(name="Feature fraction", default=0.7)
    splits: Annotated[
        float,
        Meta(
            gt=0,
            le=1,
            description="The share of a tree's features tried at a question.",
            extra=SINGLE,
        ),
    ] = field(name="Split fraction", default=0.7)
    kept: Annotated[
        int,
        Meta(
            ge=1,
            description="How many labels a leaf keeps.",
            extra={"aliases": ("Sample count used to estimate the quantiles",)},
        ),
    ] = field(name="Quantile sample count", default=100)
    quantiles: Annotated[
        str,
        Meta(
            description="Shares between 0 and 1, parted by semicolons or commas.",
            extra={"aliases": ("Required quantile values",)},
        ),
    ] = field(name=QUANTILES, default="0.25; 0.5; 0.75")
    range_trees: Annotated[
        str,
        values_of("number of trees", alias="Number of trees constructed"),
    ] = field(name="Range for total number of trees constructed", default="16; 32; 64")
    range_leaves: Annotated[
        str,
        values_of("leaves per tree", alias="Maximum number of leaves per tree"),
    ] = field(name="Range for maximum number of leaves per tree", default="16; 32; 64")
    range_leaf_rows: Annotated[
        str,
        values_of(
            "training instances in a leaf",
            alias="Minimum number of samples per leaf node",
        ),
    ] = field(
        name="Range for minimum number of training instances required to form a leaf",
        default="1; 5; 10",
    )
    range_bagging: Annotated[str, values_of("bagging fraction")] = field(
        name="Range for bagging fraction", default="0.25; 0.5; 0.75"
    )
    range_features: Annotated[str, values_of("feature fraction")] = field(
        name="Range for feature fraction", default="0.25; 0.5; 0.75"
    )
    range_splits: Annotated[str, values_of("split fraction")] = field(
        name="Range for split fraction", default="0.25; 0.5; 0.75"
    )
    seed: Seed = field(name="Random number seed", default=0)
    unknown: Unknown = field(name="Allow unknown categorical levels", default=True)


def quantiles_of(settings: Settings) -> tuple[float, ...]:
    """The quantiles that are asked for; Error 0002 if they do not read as such."""
    try:
        told = tuple(
            float(part)
            for part in settings.quantiles.replace(",", ";").split(";")
            if part.strip()
        )
    except ValueError:
        told = ()
    if not told or min(told) <= 0 or max(told) >= 1:
        raise ModuleError(
            2,
            f'Failed to parse "{QUANTILES}" parameter: "{settings.quantiles}" are not '
            "shares between 0 and 1.",
        )
    return told


def train(sample: Sample, settings: Settings) -> dict[str, Any]:
    rows, targets = as_singles(sample.rows), sample.targets
    forest = ensemble.BaggingRegressor(
        tree_models.DecisionTreeRegressor(
            max_leaf_nodes=settings.leaves,
            min_samples_leaf=settings.leaf_rows,
            max_features=settings.splits,
        ),
        n_estimators=settings.trees,
        max_samples=settings.bagging,
        max_features=settings.features,
        random_state=sample.seed,
    ).fit(rows, targets)
    draw = np.random.Generator(np.random.PCG64(sample.seed))
    kept = []
    for tree, features in zip(
        forest.estimators_, forest.estimators_features_, strict=True
    ):
        ends = tree.apply(rows[:, features])
        labels = np.zeros((tree.tree_.node_count, settings.kept))
        for end in np.unique(ends):
            labels[end] = draw.choice(targets[ends == end], settings.kept)
        kept.append(labels)
    return {
        "trees": forest.estimators_,
        "features": [np.asarray(each) for each in forest.estimators_features_],
        "labels": kept,
        "quantiles": list(quantiles_of(settings)),
    }


def ready(state: dict[str, Any]) -> Scorer:
    parts = list(zip(state["trees"], state["features"], state["labels"], strict=True))
    quantiles = state["quantiles"]

    def some(rows: Matrix) -> Matrix:
        singles = as_singles(rows).astype(np.float32)
        labels = [
            kept[tree.tree_.apply(np.ascontiguousarray(singles[:, features]))]
            for tree, features, kept in parts
        ]
        return np.asarray(np.quantile(np.hstack(labels), quantiles, axis=1).T)

    def batch(rows: Matrix) -> Matrix:
        starts = range(0, len(rows), _AT_ONCE)
        return np.vstack([some(rows[start : start + _AT_ONCE]) for start in starts])

    return InBatches(batch)


MODULE = learner_module(
    Learner(
        task="quantile", train=train, ready=ready, quantiles=quantiles_of, gaps=True
    ),
    name="Fast Forest Quantile Regression",
    family="b9064dc32d694e06b3076cebf324686a",
    category="Regression",
    settings=Settings,
)
