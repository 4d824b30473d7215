"""Keep the columns that tell the most of a target, or that hold something at all.

Correlations are told without sign; with a target of categories it is that of a column
with its own means by category. Mutual information is a share of 1; it, chi squared
and Fisher's score divide numbers of more than 10 values into 10 classes of one size.
Missing values are left out; a column that a measure does not apply to scores 0. The
target comes first, then columns by their score. Count Based needs no target, and
keeps columns in their order.

    {
      "inputs": {
        "Dataset": {"x": [1.0, 2.0, 3.0, 4.0], "z": [1.0, 5.0, 2.0, 4.0],
                    "y": [2.0, 4.0, 6.0, 8.0]}
      },
      "parameters": {
        "Feature scoring method": "Pearson Correlation",
        "Target column": {
          "rules": [{"ruleType": "ColumnNames", "columns": ["y"], "exclude": false}]
        }
      },
      "outputs": {
        "Filtered dataset": {"y": [2.0, 4.0, 6.0, 8.0], "x": [1.0, 2.0, 3.0, 4.0]},
        "Features": {
          "x": ["approximately", 1.0], "z": ["approximately", 0.4242640687]
        }
      }
    }
"""

from typing import Annotated

import polars as pl
from msgspec import Meta, Struct, field

from bramka.catalogue._columns import one_name
from bramka.catalogue._feature_scores import (
    ScoringMethod,
    Target,
    count_score,
    feature_score,
)
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Module, ModuleError, ModulePort, Ports
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import table_on

METHOD = "Feature scoring method"
MEASURED = (
    "Pearson Correlation",
    "Mutual Information",
    "Kendall Correlation",
    "Spearman Correlation",
    "Chi Squared",
    "Fisher Score",
)
_MEASURED = {"shown_when": (METHOD, MEASURED)}


class Settings(Struct, frozen=True, kw_only=True):
    """By which measure columns are kept, and how many."""

    method: Annotated[ScoringMethod, Meta(description="How columns are measured.")] = (
        field(name=METHOD, default="Pearson Correlation")
    )
    features_only: Annotated[
        bool, Meta(description="Measure features only; if not, all but scores.")
    ] = field(name="Operate on feature columns only", default=True)
    target: Annotated[
        ColumnSelector, Meta(description="The column to tell.", extra=_MEASURED)
    ] = field(
        name="Target column", default=ColumnSelector.of_types("All", kind="Label")
    )
    wanted: Annotated[
        int, Meta(ge=1, description="How many are kept.", extra=_MEASURED)
    ] = field(name="Number of desired features", default=1)
    nonzero: Annotated[
        int,
        Meta(
            ge=1,
            description="Columns with so many cells other than 0 are kept.",
            extra={"shown_when": (METHOD, ("Count Based",))},
        ),
    ] = field(name="Minimum number of non-zero elements", default=1)


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    if settings.method == "Count Based":
        return _by_count(table, settings)
    target = one_name(settings.target, table.columns)
    if table.height and table.series(target).null_count() == table.height:
        raise ModuleError(18, f'Dataset is not valid. Column "{target}" has no values.')
    told = Target(table.series(target), table.column(target))
    scores = {
        name: feature_score(
            table.series(name), table.column(name), told, settings.method
        )
        for name in _measured(table, settings)
        if name != target
    }
    ranked = sorted(scores, key=lambda name: -scores[name])
    return {
        "Filtered dataset": table.select([target, *ranked[: settings.wanted]]),
        "Features": _told({name: scores[name] for name in ranked}),
    }


def _by_count(table: Table, settings: Settings) -> Ports:
    scores = {
        name: count_score(table.series(name), table.column(name))
        for name in _measured(table, settings)
    }
    kept = [name for name, score in scores.items() if score >= settings.nonzero]
    return {"Filtered dataset": table.select(kept), "Features": _told(scores)}


def _measured(table: Table, settings: Settings) -> list[str]:
    """The columns that are measured; labels and scores are no features."""
    kinds = {"Feature"} if settings.features_only else {"Feature", "Weight", "None"}
    return [column.name for column in table.columns if column.kind in kinds]


def _told(scores: dict[str, float]) -> Table:
    """One row: the score of each column."""
    schema = dict.fromkeys(scores, pl.Float64)
    return Table.of(pl.DataFrame([list(scores.values())], schema=schema, orient="row"))


MODULE = Module(
    name="Filter Based Feature Selection",
    family="818b356b045c412baa1294a1d2dad90f",
    category="Feature Selection",
    settings=Settings,
    inputs=(ModulePort("Dataset"),),
    outputs=(ModulePort("Filtered dataset"), ModulePort("Features")),
    run=run,
)
