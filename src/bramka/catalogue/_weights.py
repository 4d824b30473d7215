"""What each row weighs in the training: the column that is marked so."""

import numpy as np
import polars as pl

from bramka.catalogue._columns import numeric
from bramka.catalogue._features import Matrix
from bramka.catalogue._scores import unfit
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.table import Table


def weight_name(table: Table) -> str | None:
    """The column of weights; Errors 0122 for several, 0124 for no numbers."""
    marked = [column for column in table.columns if column.kind == "Weight"]
    if len(marked) > 1:
        names = ", ".join(f'"{column.name}"' for column in marked)
        raise ModuleError(
            122, f"Multiple weight columns are specified. They are {names}."
        )
    if marked and not numeric(marked[0]):
        raise ModuleError(
            124,
            "Non-numeric column is specified as the weight column. "
            f'"{marked[0].name}" is {marked[0].type}.',
        )
    return marked[0].name if marked else None


def weighing(table: Table, name: str, learner: str) -> Table:
    """The rows that weigh anything; Error 0083 for weights below 0 or not finite."""
    weights = table.series(name).cast(pl.Float64)
    odd = weights.filter(~weights.is_finite() | (weights < 0))
    if len(odd):
        raise unfit(
            learner,
            f'Its weight column "{name}" holds {odd[0]:g}; weights are 0 or more.',
        )
    some = (weights > 0).fill_null(value=False)
    if not some.any():
        raise unfit(learner, f'Its weight column "{name}" gives no row any weight.')
    return Table(table.frame.filter(some), table.columns)


def weights_of(table: Table, name: str | None) -> Matrix | None:
    """What each row weighs; nothing if all weigh the same."""
    if name is None:
        return None
    return np.asarray(table.series(name).cast(pl.Float64).to_numpy())
