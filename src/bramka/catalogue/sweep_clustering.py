"""Try numbers of clusters and seeds, and keep the clustering that is best.

What is tried are the ranges of the untrained clustering; the best one stands first.

    {
      "inputs": {
        "Untrained model": {
          "module": "K-Means Clustering",
          "parameters": {
            "Create trainer mode": "Parameter Range",
            "Range for Number of Centroids": "2; 3",
            "Initialization for sweep": "Evenly",
            "Number of seeds to sweep": "1"
          }
        },
        "Dataset": {"x": [0.0, 1.0, 9.0, 10.0]}
      },
      "parameters": {
        "Metric for measuring clustering result": "Dunn",
        "Specify parameter sweeping mode": "Entire grid",
        "Column Set": {"rules": [{"ruleType": "AllColumns", "exclude": false}]}
      },
      "outputs": {
        "Best Trained model": {
          "applied to": {"x": [2.0]},
          "gives": {
            "Assignments": [0],
            "DistancesToClusterCenter no.0": [1.5],
            "DistancesToClusterCenter no.1": [7.5]
          }
        },
        "Results dataset": {
          "x": [0.0, 1.0, 9.0, 10.0],
          "Assignments": [0, 0, 1, 1],
          "DistancesToClusterCenter no.0": [0.5, 0.5, 8.5, 9.5],
          "DistancesToClusterCenter no.1": [9.5, 8.5, 0.5, 0.5]
        },
        "Sweep results": {
          "Cluster metric": [18.0, 2.0],
          "Number of centroids": [2, 3],
          "Index of run": [0, 1]
        }
      }
    }
"""

from itertools import product
from typing import Annotated, Any, Literal

import polars as pl
from msgspec import Meta, Struct, field
from msgspec.structs import replace

from bramka.catalogue._chance import chance
from bramka.catalogue._clusters import (
    Clustering,
    Measure,
    assigned,
    better_low,
    complete_rows,
    distances_to,
    quality,
)
from bramka.catalogue._ranges import ranges_of
from bramka.catalogue._training import (
    cluster_table,
    clustering_on,
    maker_of,
    trained,
)
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Learnt, Module, ModulePort, Ports
from bramka.domain.learning.parameter import stored
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import table_on

AT_RANDOM = {"shown_when": ("Specify parameter sweeping mode", ("Random sweep",))}


class Settings(Struct, frozen=True, kw_only=True):
    """How clusterings are compared and how many are tried."""

    measure: Annotated[
        Measure, Meta(description="How good clusters are is measured by this.")
    ] = field(
        name="Metric for measuring clustering result", default="Simplified Silhouette"
    )
    mode: Annotated[
        Literal["Random sweep", "Entire grid"],
        Meta(description="Try some combinations drawn by chance, or all."),
    ] = field(name="Specify parameter sweeping mode", default="Random sweep")
    runs: Annotated[
        int,
        Meta(ge=1, le=10000, description="How many are tried.", extra=AT_RANDOM),
    ] = field(name="Maximum number of runs on random sweep", default=5)
    seed: Annotated[int, Meta(description="Where chance begins.", extra=AT_RANDOM)] = (
        field(name="Random seed", default=0)
    )
    columns: Annotated[
        ColumnSelector, Meta(description="The columns that clusters are made of.")
    ] = field(name="Column Set")
    append: Annotated[
        bool,
        Meta(description="Keep the dataset's columns; else only clusters are given."),
    ] = field(name="Check for Append or Uncheck for Result Only", default=True)


def run(inputs: Ports, settings: Settings) -> Ports:
    table, learnt = (
        table_on(inputs, "Dataset"),
        clustering_on(inputs, "Untrained model"),
    )
    chosen, label = cluster_table(table, settings.columns)
    tried = []
    for index, candidate in enumerate(_candidates(learnt, settings)):
        model = trained(candidate, chosen, label)
        clustering = Clustering.read(model)
        rows, _ = complete_rows(clustering.encoding, chosen)
        distances = distances_to(clustering.centres, rows, clustering.metric)
        value = quality(settings.measure, clustering.centres, distances)
        tried.append((value, len(clustering.centres), index, model))
    # Of equal ones the first that was tried stays in front.
    tried.sort(key=lambda each: each[0], reverse=not better_low(settings.measure))
    best = tried[0][3]
    results = pl.DataFrame(
        {
            "Cluster metric": [each[0] for each in tried],
            "Number of centroids": [each[1] for each in tried],
            "Index of run": [each[2] for each in tried],
        }
    )
    return {
        "Best Trained model": best,
        "Results dataset": assigned(best, table, append=settings.append),
        "Sweep results": Table.of(results),
    }


def _candidates(learnt: Learnt, settings: Settings) -> list[Learnt]:
    """The same clustering with each combination of its ranges that is tried."""
    _, ranged = maker_of(learnt, "Untrained model")
    values: dict[str, list[Any]] = ranges_of(ranged)
    first: int = ranged.seed  # type: ignore[attr-defined]  # only k-means is swept
    values["seed"] = list(range(first, first + ranged.seeds))  # type: ignore[attr-defined]  # as above
    grid = [dict(zip(values, each, strict=True)) for each in product(*values.values())]
    if settings.mode == "Random sweep":
        draw = chance(settings.seed)
        grid = [grid[place] for place in draw.integers(0, len(grid), settings.runs)]
    return [
        replace(
            learnt,
            settings=stored(replace(ranged, mode="Single Parameter", **combination)),
        )
        for combination in grid
    ]


MODULE = Module(
    name="Sweep Clustering",
    family="6bb0bef83c7379902f11672c2e591021",
    category="Machine Learning / Train",
    settings=Settings,
    inputs=(ModulePort("Untrained model", "ICluster"), ModulePort("Dataset")),
    outputs=(
        ModulePort("Best Trained model", "ICluster"),
        ModulePort("Results dataset"),
        ModulePort("Sweep results"),
    ),
    run=run,
)
