"""What the modules of decision forests and jungles share."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from bramka.catalogue._learning import Sample, Unknown
from bramka.catalogue._libraries import ensemble
from bramka.catalogue._ranges import SINGLE, Mode, values_of
from bramka.catalogue._trees import as_singles

Resampling = Annotated[
    Literal["Bagging", "Replicate"],
    Meta(description="Show each tree or graph rows drawn by chance, or all rows."),
]


class ForestSettings(Struct, frozen=True, kw_only=True):
    """How many trees there are, how large, and what each is shown."""

    resampling: Resampling = field(name="Resampling method", default="Bagging")
    mode: Mode = field(name="Create trainer mode", default="Single Parameter")
    trees: Annotated[
        int, Meta(ge=1, description="How many trees vote.", extra=SINGLE)
    ] = field(name="Number of decision trees", default=8)
    depth: Annotated[
        int, Meta(ge=1, description="The most questions on a path.", extra=SINGLE)
    ] = field(name="Maximum depth of the decision trees", default=32)
    splits: Annotated[
        int,
        Meta(
            ge=1,
            description="So many features, drawn by chance, are tried at a question.",
            extra=SINGLE,
        ),
    ] = field(name="Number of random splits per node", default=128)
    leaf_rows: Annotated[
        int, Meta(ge=1, description="The fewest rows a leaf stands on.", extra=SINGLE)
    ] = field(name="Minimum number of samples per leaf node", default=1)
    range_trees: Annotated[str, values_of("number of trees")] = field(
        name="Range for number of decision trees", default="1; 8; 32"
    )
    range_depth: Annotated[str, values_of("depth of trees")] = field(
        name="Range for the maximum depth of the decision trees", default="1; 16; 64"
    )
    range_splits: Annotated[str, values_of("random splits per node")] = field(
        name="Range for the number of random splits per node", default="1; 128; 1024"
    )
    range_leaf_rows: Annotated[str, values_of("samples per leaf node")] = field(
        name="Range for the minimum number of samples per leaf node",
        default="1; 4; 16",
    )
    unknown: Unknown = field(
        name="Allow unknown values for categorical features", default=True
    )


class JungleSettings(Struct, frozen=True, kw_only=True):
    """How many graphs there are, how deep and wide, and what each is shown."""

    resampling: Resampling = field(name="Resampling method", default="Bagging")
    mode: Mode = field(name="Create trainer mode", default="Single Parameter")
    graphs: Annotated[
        int, Meta(ge=1, description="How many graphs vote.", extra=SINGLE)
    ] = field(name="Number of decision DAGs", default=8)
    depth: Annotated[
        int, Meta(ge=1, description="The most questions on a path.", extra=SINGLE)
    ] = field(name="Maximum depth of the decision DAGs", default=32)
    width: Annotated[
        int, Meta(ge=8, description="The most ends a graph has.", extra=SINGLE)
    ] = field(name="Maximum width of the decision DAGs", default=128)
    steps: Annotated[
        int,
        Meta(
            ge=1000,
            description="Kept for old experiments; trees have no layers to improve.",
            extra=SINGLE,
        ),
    ] = field(name="Number of optimization steps per decision DAG layer", default=2048)
    range_graphs: Annotated[str, values_of("number of graphs")] = field(
        name="Range for number of decision DAGs", default="1; 8; 32"
    )
    range_depth: Annotated[str, values_of("depth of graphs")] = field(
        name="Range for the maximum depth of the decision DAGs", default="1; 16; 64"
    )
    range_width: Annotated[str, values_of("width of graphs")] = field(
        name="Range for the maximum width of the decision DAGs", default="8; 32; 128"
    )
    range_steps: Annotated[str, values_of("optimization steps")] = field(
        name="Range for the number of optimization steps per decision DAG layer",
        default="1024; 4096; 8192",
    )
    unknown: Unknown = field(
        name="Allow unknown values for categorical features", default=True
    )


def forest_options(sample: Sample, settings: ForestSettings) -> dict[str, Any]:
    """The same for scikit-learn's forests."""
    return {
        "n_estimators": settings.trees,
        "max_depth": settings.depth,
        "max_features": min(settings.splits, sample.rows.shape[1]),
        "min_samples_leaf": settings.leaf_rows,
        "bootstrap": settings.resampling == "Bagging",
        "random_state": sample.seed,
    }


def train_forest(sample: Sample, settings: ForestSettings) -> object:
    """A forest of classifying trees."""
    return _grown(sample, forest_options(sample, settings))


def train_jungle(sample: Sample, settings: JungleSettings) -> object:
    """A forest of classifying trees of few leaves."""
    options = {
        "n_estimators": settings.graphs,
        "max_depth": settings.depth,
        "max_leaf_nodes": settings.width,
        "max_features": None,
        "bootstrap": settings.resampling == "Bagging",
        "random_state": sample.seed,
    }
    return _grown(sample, options)


def _grown(sample: Sample, options: dict[str, Any]) -> object:
    estimator = ensemble.RandomForestClassifier(**options)
    return estimator.fit(as_singles(sample.rows), sample.targets)
