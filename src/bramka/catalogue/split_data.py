"""Divide a dataset into two: by chance, by a text, by a number, or as ratings.

Seed 0 is a seed like others, so runs can be repeated. Rows keep their order. Regular
expressions have no looking around and no back-references. Missing cells meet no
condition.

    {
      "inputs": {"Dataset": {"Year": [2009, 2012, 2011, null]}},
      "parameters": {
        "Splitting mode": "Relative Expression",
        "Relational expression": "\\\\\\"Year\\" > 2010 & != 2012"
      },
      "outputs": {
        "Results dataset1": {"Year": [2011]},
        "Results dataset2": {"Year": [2009, 2012, null]}
      }
    }
"""

from typing import Annotated, Literal

import numpy as np
import polars as pl
from msgspec import Meta, Struct, field

from bramka.catalogue._chance import (
    LEAST_SEED,
    MOST_SEED,
    chance,
    chosen_by_group,
    chosen_rows,
    share_of,
)
from bramka.catalogue._columns import require_rows
from bramka.catalogue._conditions import comparing_rows, matching_rows
from bramka.catalogue._recommender_split import Fractions, split_ratings
from bramka.catalogue._strata import strata
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Module, ModulePort, Ports
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import table_on

_ROWS = {"shown_when": ("Splitting mode", ("Split Rows",))}
_RATINGS = {"shown_when": ("Splitting mode", ("Recommender Split",))}
STRATA = "Stratification key column"
PATTERN = "Regular expression"
RELATION = "Relational expression"


class Settings(Struct, frozen=True, kw_only=True):
    """What decides to which of the two datasets a row goes."""

    mode: Annotated[
        Literal[
            "Split Rows",
            "Recommender Split",
            "Regular Expression",
            "Relative Expression",
        ],
        Meta(description="What decides where a row goes."),
    ] = field(name="Splitting mode", default="Split Rows")
    fraction: Annotated[
        float,
        Meta(ge=0, le=1, description="The first dataset's share.", extra=_ROWS),
    ] = field(name="Fraction of rows in the first output dataset", default=0.5)
    randomized: Annotated[
        bool,
        Meta(
            description="Draw the rows; if not, the first ones go first.", extra=_ROWS
        ),
    ] = field(name="Randomized split", default=True)
    seed: Annotated[
        int,
        Meta(
            ge=LEAST_SEED, le=MOST_SEED, description="Where chance begins.", extra=_ROWS
        ),
    ] = field(name="Random seed", default=0)
    stratified: Annotated[
        bool,
        Meta(description="Divide each group of rows by the same share.", extra=_ROWS),
    ] = field(name="Stratified split", default=False)
    key: Annotated[
        ColumnSelector,
        Meta(
            description="The column whose values make the groups.",
            extra={"shown_when": ("Stratified split", ("True",))},
        ),
    ] = field(name=STRATA, default=ColumnSelector())
    pattern: Annotated[
        str,
        Meta(
            description=r'A column and what its texts contain, as `\"Text" Gryphon`.',
            extra={"shown_when": ("Splitting mode", ("Regular Expression",))},
        ),
    ] = field(name=PATTERN, default="")
    relation: Annotated[
        str,
        Meta(
            description=r'A column and what it is compared with, as `\"Year" > 2010`.',
            extra={"shown_when": ("Splitting mode", ("Relative Expression",))},
        ),
    ] = field(name=RELATION, default="")
    training_only_users: Annotated[
        float,
        Meta(ge=0, le=1, description="Users that only train.", extra=_RATINGS),
    ] = field(name="Fraction of training-only users", default=0.5)
    test_ratings: Annotated[
        float,
        Meta(
            ge=0,
            le=1,
            description="The share of other users' ratings that trains.",
            extra=_RATINGS,
        ),
    ] = field(name="Fraction of test user ratings for training", default=0.25)
    cold_users: Annotated[
        float,
        Meta(ge=0, le=1, description="Users that only test.", extra=_RATINGS),
    ] = field(name="Fraction of cold users", default=0.0)
    cold_items: Annotated[
        float,
        Meta(ge=0, le=1, description="Items that only test.", extra=_RATINGS),
    ] = field(name="Fraction of cold items", default=0.0)
    ignored_users: Annotated[
        float,
        Meta(ge=0, le=1, description="Users that are left out.", extra=_RATINGS),
    ] = field(name="Fraction of ignored users", default=0.0)
    ignored_items: Annotated[
        float,
        Meta(ge=0, le=1, description="Items that are left out.", extra=_RATINGS),
    ] = field(name="Fraction of ignored items", default=0.0)
    remove_cold_items: Annotated[
        bool,
        Meta(
            description="Leave out test ratings of items that by chance never train.",
            extra=_RATINGS,
        ),
    ] = field(name="Remove occasionally produced cold items", default=False)
    ratings_seed: Annotated[
        int,
        Meta(
            ge=LEAST_SEED,
            le=MOST_SEED,
            description="Where chance begins.",
            extra=_RATINGS,
        ),
    ] = field(name="Random seed for Recommender", default=0)


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    require_rows(table.height, 2)
    if settings.mode == "Recommender Split":
        first, second = split_ratings(table, _fractions(settings))
    else:
        chosen = _chosen(table, settings)
        first = Table(table.frame.filter(chosen), table.columns)
        second = Table(table.frame.filter(~chosen), table.columns)
    return {"Results dataset1": first, "Results dataset2": second}


def _chosen(table: Table, settings: Settings) -> pl.Series:
    """True for each row of the first dataset."""
    if settings.mode == "Regular Expression":
        return matching_rows(table, settings.pattern, PATTERN)
    if settings.mode == "Relative Expression":
        return comparing_rows(table, settings.relation, RELATION)
    drawn = chance(settings.seed) if settings.randomized else None
    if settings.stratified:
        groups = strata(table, settings.key, STRATA)
        rows = chosen_by_group(groups, settings.fraction, drawn)
    else:
        wanted = share_of(table.height, settings.fraction)
        rows = chosen_rows(table.height, wanted, drawn)
    chosen = np.zeros(table.height, dtype=bool)
    chosen[rows] = True
    return pl.Series(chosen)


def _fractions(settings: Settings) -> Fractions:
    return Fractions(
        training_only_users=settings.training_only_users,
        test_ratings_for_training=settings.test_ratings,
        cold_users=settings.cold_users,
        cold_items=settings.cold_items,
        ignored_users=settings.ignored_users,
        ignored_items=settings.ignored_items,
        remove_cold_items=settings.remove_cold_items,
        seed=settings.ratings_seed,
    )


MODULE = Module(
    name="Split Data",
    family="70530644c97a4ab685f788bf30a8be5f",
    category="Data Transformation / Sample and Split",
    aliases=("Split",),
    settings=Settings,
    inputs=(ModulePort("Dataset"),),
    outputs=(ModulePort("Results dataset1"), ModulePort("Results dataset2")),
    run=run,
)
