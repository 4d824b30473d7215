"""Score rows with models that were trained without them, and tell how well it went."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from msgspec import Struct

from bramka.catalogue._chance import chance
from bramka.catalogue._evaluation import Evaluation, evaluated
from bramka.catalogue._folds import folds_of
from bramka.catalogue._scores import class_column
from bramka.catalogue._training import scored, trained
from bramka.domain.learning.module import Learnt, ModuleError
from bramka.domain.learning.table import Table

FOLDS = 10
COUNTS = (
    "True Positive",
    "False Negative",
    "False Positive",
    "True Negative",
    "Threshold",
)
"""Figures of one threshold and one set of rows: nothing to compare models by."""


def fold_rows(table: Table, seed: int) -> list[list[int]]:
    """The rows of each fold: as Partition and Sample dealt them, else by chance."""
    folds = folds_of(table)
    if folds is None:
        places = chance(seed).permutation(table.height)
        folds = [sorted(places[start::FOLDS].tolist()) for start in range(FOLDS)]
    folds = [fold for fold in folds if fold]
    if len(folds) < 2:
        raise ModuleError(
            21,
            "Number of rows in input dataset is less than allowed minimum of 2 row(s).",
        )
    return folds


def held_out(
    learnt: Learnt,
    table: Table,
    label: str,
    folds: Sequence[Sequence[int]],
    settings: Struct | None = None,
) -> list[Table]:
    """Each fold's rows with the scores of a model trained on all other rows."""
    results = []
    for fold in folds:
        rest = np.setdiff1d(np.arange(table.height), fold)
        others = Table(table.frame[rest.tolist()], table.columns)
        model = trained(learnt, others, label, settings=settings)
        rows = Table(table.frame[list(fold)], table.columns)
        results.append(scored(model, rows))
    return results


def together(tables: Sequence[Table]) -> Table:
    """The rows of several scored tables; a class some did not know has no chance."""
    widest = max(tables, key=lambda table: len(table.columns))
    known = {column.name: column for table in tables for column in table.columns}
    names = [*widest.names, *(name for name in known if name not in widest.names)]
    frame = pl.concat([_widened(table, names) for table in tables], how="vertical")
    # Scored Labels stand last, behind the classes' probabilities.
    return Table(frame, tuple(known[name] for name in names))


def _widened(table: Table, names: Sequence[str]) -> pl.DataFrame:
    lacking = [name for name in names if name not in table.names]
    assert all(name.startswith(class_column("")[:-2]) for name in lacking)
    frame = table.frame.with_columns(pl.lit(0.0).alias(name) for name in lacking)
    return frame.select(frame.get_column(name) for name in names)


def rates(evaluation: Evaluation) -> dict[str, Any]:
    """The figures of an evaluation by which models are compared."""
    line = evaluation.lines[0]
    return {name: value for name, value in line.items() if name not in COUNTS}


def judged(table: Table) -> Evaluation:
    """How good scores are that a module made itself."""
    return evaluated(table, "Scored dataset")
