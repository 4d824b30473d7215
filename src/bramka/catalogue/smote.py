"""Make more rows of the rarest class, between its rows and their nearest neighbours.

New rows stand behind the others. Numbers lie between those of two rows, by chance; all
else is the first row's. Neighbours are told by numbers alone. Seed 0 is a seed like
others, so runs can be repeated.

    {
      "inputs": {
        "Samples": {
          "columns": {"x": [1.0, 1.0, 5.0, 6.0, 7.0], "y": ["a", "a", "b", "b", "b"]},
          "kinds": {"y": "Label"}
        }
      },
      "parameters": {"SMOTE percentage": "100"},
      "outputs": {
        "Table": {
          "columns": {
            "x": [1.0, 1.0, 5.0, 6.0, 7.0, 1.0, 1.0],
            "y": ["a", "a", "b", "b", "b", "a", "a"]
          },
          "kinds": {"y": "Label"}
        }
      }
    }
"""

from typing import Annotated

import numpy as np
import polars as pl
from msgspec import Meta, Struct, field

from bramka.catalogue._chance import LEAST_SEED, MOST_SEED, Rows, chance, chosen_rows
from bramka.catalogue._columns import numeric
from bramka.catalogue._libraries import neighbors
from bramka.catalogue._transforms import Numbers, numbers_of
from bramka.domain.learning.module import Module, ModuleError, ModulePort, Ports
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import table_on

MOST_ROWS = 10_000_000
_SQUARES_ARE_NUMBERS = 1e150


class Settings(Struct, frozen=True, kw_only=True):
    """How many rows are made, and how near neighbours are."""

    percentage: Annotated[
        int,
        Meta(ge=0, description="New rows in percent of the rarest class's rows."),
    ] = field(name="SMOTE percentage", default=100)
    neighbours: Annotated[
        int, Meta(ge=1, description="How many neighbours a new row may lie towards.")
    ] = field(name="Number of nearest neighbors", default=1)
    seed: Annotated[
        int, Meta(ge=LEAST_SEED, le=MOST_SEED, description="Where chance begins.")
    ] = field(name="Random seed", default=0)


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Samples")
    rare = _rare_rows(table)
    count = len(rare) * settings.percentage // 100
    if not count:
        return {"Table": table}
    if count > MOST_ROWS:
        raise ModuleError(
            138,
            "Memory has been exhausted, unable to complete running of module. "
            f"{count:,} new rows are asked for; at most {MOST_ROWS:,} fit.",
        )
    drawn = chance(settings.seed)
    whole, rest = divmod(settings.percentage, 100)
    part = chosen_rows(len(rare), len(rare) * rest // 100, drawn)
    bases = np.concatenate([np.tile(np.arange(len(rare)), whole), part])
    names = [c.name for c in table.columns if numeric(c) and c.kind == "Feature"]
    rows = numbers_of(Table(table.frame[rare], table.columns), names)
    infinite = np.flatnonzero(np.isinf(rows).any(axis=0))
    if len(infinite):
        raise ModuleError(33, f'"{names[infinite[0]]}" is not finite.')
    others = _neighbours(rows, bases, settings.neighbours, drawn)
    made = _points_between(rows[bases], rows[others], drawn.random(len(bases))[:, None])
    new = table.frame[rare[bases]].with_columns(
        _between(table.series(name)[rare[bases]], made[:, place]).alias(name)
        for place, name in enumerate(names)
    )
    return {"Table": Table(pl.concat([table.frame, new]), table.columns)}


def _rare_rows(table: Table) -> Rows:
    """The rows of the rarest label, the first of those that are equally rare."""
    labels = [column.name for column in table.columns if column.kind == "Label"]
    if len(labels) != 1:
        found = f"There are {len(labels)}" if labels else "Mark it with Edit Metadata"
        raise ModuleError(24, f'There is no label column in "Samples". {found}.')
    label = table.series(labels[0])
    if label.null_count() == len(label):
        return np.empty(0, dtype=np.int64)
    counts = label.drop_nulls().unique_counts()
    values = label.drop_nulls().unique(maintain_order=True)
    rarest = values[int(counts.arg_min() or 0)]
    rows: Rows = (label == rarest).arg_true().to_numpy().astype(np.int64)
    return rows


def _neighbours(
    rows: Numbers, bases: Rows, count: int, drawn: np.random.Generator
) -> Rows:
    """One of the nearest neighbours for each base; a lonely row has but itself."""
    if len(rows) == 1 or not rows.shape[1]:
        return bases
    known = np.where(np.isnan(rows), _means(rows), rows)
    size = np.abs(known).max()
    if size > _SQUARES_ARE_NUMBERS:
        known = known / size
    nearest = neighbors.NearestNeighbors(n_neighbors=min(count, len(rows) - 1)).fit(
        known
    )
    found = nearest.kneighbors(return_distance=False)
    drawn_ones = drawn.integers(0, found.shape[1], len(bases))
    others: Rows = found[bases, drawn_ones].astype(np.int64)
    return others


def _points_between(rows: Numbers, others: Numbers, steps: Numbers) -> Numbers:
    with np.errstate(over="ignore"):
        apart = others - rows
    # Of numbers too far apart for a difference, each is taken by its share.
    shares = rows * (1 - steps) + others * steps
    return np.where(np.isinf(apart), shares, rows + apart * steps)


def _means(rows: Numbers) -> Numbers:
    known = ~np.isnan(rows)
    sums = np.where(known, rows, 0.0).sum(axis=0)
    means: Numbers = sums / np.maximum(known.sum(axis=0), 1)
    return means


def _between(base: pl.Series, made: Numbers) -> pl.Series:
    """The numbers made, of the column's type; the base's where one is missing."""
    found = pl.Series(made).fill_nan(None)
    if base.dtype.is_integer():
        found = found.round(mode="half_to_even")
    return found.cast(base.dtype).fill_null(base)


MODULE = Module(
    name="SMOTE",
    family="9f3fe1c4520e49aca1522e104169912a",
    category="Data Transformation / Manipulation",
    settings=Settings,
    inputs=(ModulePort("Samples"),),
    outputs=(ModulePort("Table"),),
    run=run,
)
