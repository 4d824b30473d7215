"""What the two modules of boosted trees share: their parameters and scikit-learn's."""

from typing import Annotated, Any

from msgspec import Meta, Struct, field

from bramka.catalogue._learning import Seed, Unknown
from bramka.catalogue._ranges import SINGLE, Mode, values_of


class BoostingSettings(Struct, frozen=True, kw_only=True):
    """How many trees there are, how large each is, and how much each adds."""

    mode: Mode = field(name="Create trainer mode", default="Single Parameter")
    leaves: Annotated[
        int, Meta(ge=2, description="The most leaves a tree has.", extra=SINGLE)
    ] = field(name="Maximum number of leaves per tree", default=20)
    leaf_rows: Annotated[
        int, Meta(ge=1, description="The fewest rows a leaf stands on.", extra=SINGLE)
    ] = field(name="Minimum number of samples per leaf node", default=10)
    rate: Annotated[
        float,
        Meta(gt=0, le=1, description="How much of a tree is added.", extra=SINGLE),
    ] = field(name="Learning rate", default=0.2)
    trees: Annotated[
        int,
        Meta(
            ge=1,
            description="How many trees are built.",
            extra={**SINGLE, "aliases": ("Total number of trees constructed",)},
        ),
    ] = field(name="Number of trees constructed", default=100)
    range_leaves: Annotated[str, values_of("leaves per tree")] = field(
        name="Range for maximum number of leaves per tree", default="2; 8; 32; 128"
    )
    range_leaf_rows: Annotated[str, values_of("samples per leaf node")] = field(
        name="Range for minimum number of samples per leaf node", default="1; 10; 50"
    )
    range_rate: Annotated[str, values_of("learning rate")] = field(
        name="Range for learning rate", default="0.025; 0.05; 0.1; 0.2; 0.4"
    )
    range_trees: Annotated[str, values_of("number of trees")] = field(
        name="Range for number of trees constructed", default="20; 100; 500"
    )
    seed: Seed = field(name="Random number seed", default=0)
    unknown: Unknown = field(name="Allow unknown categorical levels", default=True)


def boosting_options(settings: BoostingSettings, seed: int) -> dict[str, Any]:
    """The same for scikit-learn's histogram gradient boosters."""
    return {
        "learning_rate": settings.rate,
        "max_iter": settings.trees,
        "max_leaf_nodes": settings.leaves,
        "min_samples_leaf": settings.leaf_rows,
        "early_stopping": False,
        "random_state": seed,
    }
