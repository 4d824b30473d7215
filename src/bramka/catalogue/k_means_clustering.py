"""Give an untrained clustering: rows around so many centres.

Trained as scikit-learn's k-means. With the metric Cosine rows are first cut to length
1. Rows that miss a value are left out and belong to no cluster.

    {
      "inputs": {},
      "parameters": {"Number of Centroids": "3"},
      "outputs": {
        "Untrained model": {
          "module": "K-Means Clustering",
          "parameters": {"Number of Centroids": "3"}
        }
      }
    }
"""

from typing import Annotated, Literal

import numpy as np
import polars as pl
from msgspec import Meta, Struct, field

from bramka.catalogue._chance import natural
from bramka.catalogue._clusters import (
    Clustering,
    Metric,
    complete_rows,
    distances_to,
)
from bramka.catalogue._features import Matrix, encoding_of, feature_names
from bramka.catalogue._learning import UNTRAINED, Seed, training
from bramka.catalogue._libraries import cluster
from bramka.catalogue._ranges import SINGLE, Mode, first_of_ranges, values_of
from bramka.catalogue._scorers import unit_rows
from bramka.catalogue._state import state_bytes
from bramka.domain.learning.cells import text_series
from bramka.domain.learning.module import (
    Learnt,
    Module,
    ModuleError,
    ModulePort,
    Ports,
    Use,
)
from bramka.domain.learning.parameter import stored
from bramka.domain.learning.table import Table

FAMILY = "5049a09bbd904c4e9b467c87e3a36810"
Start = Literal[
    "K-Means++", "First N", "Random", "K-Means++ Fast", "Evenly", "Use label column"
]
_FAST = 10


class Settings(Struct, frozen=True, kw_only=True):
    """How many clusters there are and where their centres begin."""

    mode: Mode = field(name="Create trainer mode", default="Single Parameter")
    centroids: Annotated[
        int, Meta(ge=2, description="How many clusters are made.", extra=SINGLE)
    ] = field(name="Number of Centroids", default=2)
    start: Annotated[
        Start, Meta(description="Where the centres begin.", extra=SINGLE)
    ] = field(name="Initialization", default="K-Means++")
    range_centroids: Annotated[str, values_of("number of clusters")] = field(
        name="Range for Number of Centroids", default="2; 3; 4; 5"
    )
    range_start: Annotated[str, values_of("where the centres begin")] = field(
        name="Initialization for sweep", default="K-Means++"
    )
    seeds: Annotated[
        int,
        Meta(
            ge=1,
            le=100,
            description="With how many seeds each number of clusters is tried.",
            extra={"shown_when": ("Create trainer mode", ("Parameter Range",))},
        ),
    ] = field(name="Number of seeds to sweep", default=10)
    seed: Seed = field(name="Random number seed", default=0)
    metric: Annotated[Metric, Meta(description="How distance is measured.")] = field(
        name="Metric", default="Euclidean"
    )
    rounds: Annotated[
        int, Meta(ge=1, description="How often the centres may move.")
    ] = field(name="Iterations", default=100)
    label_mode: Annotated[
        Literal[
            "Ignore label column",
            "Fill missing values",
            "Overwrite from closest to center",
        ],
        Meta(description="Whether clusters give missing or all rows their labels."),
    ] = field(name="Assign Label Mode", default="Ignore label column")


def run(_inputs: Ports, settings: Settings) -> Ports:
    return {
        UNTRAINED: Learnt(type="ICluster", family=FAMILY, settings=stored(settings))
    }


def fit(learnt: Learnt, settings: Settings, table: Table, label: str | None) -> Learnt:
    settings = first_of_ranges(settings)
    names = feature_names(table, label)
    encoding = encoding_of(table, names, unknown=True)
    rows, complete = complete_rows(encoding, table)
    if len(rows) < settings.centroids:
        raise ModuleError(
            21,
            "Number of rows in input dataset is less than allowed minimum of "
            f"{settings.centroids} row(s).",
        )
    labels = None
    if label is not None:
        labels = text_series(table.series(label)).filter(pl.Series(complete))
    with training():
        centres = _centres(rows, settings, labels)
    near: list[str] = []
    if labels is not None and labels.null_count() < len(labels):
        known = labels.is_not_null().to_numpy()
        distances = distances_to(centres, rows[known], settings.metric)
        near = labels.drop_nulls().gather(distances.argmin(axis=0)).to_list()
    clustering = Clustering(
        encoding, centres, settings.metric, tuple(near), settings.label_mode
    )
    columns = [table.column(name) for name in names]
    return learnt.taught(state_bytes(clustering.state()), columns, label)


def use(learnt: Learnt, _settings: Settings) -> Use:
    clustering = Clustering.read(learnt)
    return Use(apply=clustering.apply, row=clustering.row)


def _centres(rows: Matrix, settings: Settings, labels: pl.Series | None) -> Matrix:
    points = unit_rows(rows) if settings.metric == "Cosine" else rows
    estimator = cluster.KMeans(
        n_clusters=settings.centroids,
        init=_start(points, settings, labels),
        n_init=1,
        max_iter=settings.rounds,
        random_state=natural(settings.seed),
    )
    return np.ascontiguousarray(estimator.fit(points).cluster_centers_)


def _start(
    points: Matrix, settings: Settings, labels: pl.Series | None
) -> Matrix | str:
    """Where the centres begin."""
    count, draw = settings.centroids, np.random.default_rng(natural(settings.seed))
    evenly = points[np.linspace(0, len(points) - 1, count).round().astype(int)]
    match settings.start:
        case "K-Means++":
            return "k-means++"
        case "First N":
            return np.asarray(points[:count])
        case "Evenly":
            return np.asarray(evenly)
        case "K-Means++ Fast":
            size = max(count, len(points) // _FAST)
            some = points[draw.permutation(len(points))[:size]]
            return np.asarray(
                cluster.kmeans_plusplus(
                    some, count, random_state=natural(settings.seed)
                )[0]
            )
        case "Random":
            parts = draw.permutation(len(points)) % count
            return np.array(
                [points[parts == part].mean(axis=0) for part in range(count)]
            )
        case "Use label column":
            return _label_means(points, evenly, labels)


def _label_means(points: Matrix, evenly: Matrix, labels: pl.Series | None) -> Matrix:
    """The mean of each label's rows; what lacks is taken evenly from all rows."""
    if labels is None:
        raise ModuleError(24, 'There is no label column in "Dataset".')
    values = labels.drop_nulls().unique().sort()
    means = [
        points[(labels == value).fill_null(value=False).to_numpy()].mean(axis=0)
        for value in values[: len(evenly)]
    ]
    return np.array([*means, *evenly[len(means) :]])


MODULE = Module(
    name="K-Means Clustering",
    family=FAMILY,
    category="Machine Learning / Initialize Model / Clustering",
    settings=Settings,
    inputs=(),
    outputs=(ModulePort(UNTRAINED, "ICluster"),),
    run=run,
    fit=fit,
    use=use,
)
