"""Tell how columns of numbers go together: Pearson's coefficient of every two.

Rows and columns of the result stand for the columns in their order. A column that holds
no numbers gives NaN, as does one that is always the same. A row that misses one of two
numbers is left out of theirs.

    {
      "inputs": {"Dataset": {"x": [1, 2, 3, 4], "y": [-2.0, -4.0, -6.0, null]}},
      "parameters": {},
      "outputs": {
        "Results dataset": {
          "x": ["approximately", 1.0, -1.0], "y": ["approximately", -1.0, 1.0]
        }
      }
    }
"""

import numpy as np
import polars as pl
from msgspec import Struct
from numpy.typing import NDArray

from bramka.catalogue._columns import numeric, require_rows
from bramka.catalogue._transforms import Numbers, numbers_of, places_of
from bramka.domain.learning.module import Module, ModulePort, Ports
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import table_on

_ROUNDING = 1e-13


class Settings(Struct, frozen=True, kw_only=True):
    """There is nothing to choose."""


def run(inputs: Ports, _settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    require_rows(table.height, 2)
    names = [column.name for column in table.columns if numeric(column)]
    places = places_of(names, table.columns)
    matrix = np.full((len(table.columns), len(table.columns)), np.nan)
    matrix[np.ix_(places, places)] = correlations(numbers_of(table, names))
    frame = pl.DataFrame(matrix, schema=dict.fromkeys(table.names, pl.Float64))
    return {"Results dataset": Table.of(frame)}


def correlations(rows: Numbers) -> Numbers:
    """The matrix of coefficients; NaN misses."""
    with np.errstate(all="ignore"):
        known = np.isfinite(rows)
        if len(rows) > 1 and known.all():
            return np.atleast_2d(np.corrcoef(rows, rowvar=False))
        return _of_known(rows, known)


def _of_known(rows: Numbers, known: NDArray[np.bool_]) -> Numbers:
    """The same where every two columns have rows of their own, all pairs at once."""
    there = known.astype(np.float64)
    sums = np.where(known, rows, 0.0).sum(axis=0)
    centred = np.where(known, rows - sums / there.sum(axis=0), 0.0)
    scaled = centred / np.abs(centred).max(axis=0)
    scaled[~known] = 0.0
    count, total = there.T @ there, scaled.T @ there
    squares = (scaled**2).T @ there
    varies = squares - total**2 / count
    # What is alike where both are known varies by what rounding leaves.
    varies[varies <= _ROUNDING * squares] = np.nan
    together = scaled.T @ scaled - total * total.T / count
    found: Numbers = np.clip(together / np.sqrt(varies * varies.T), -1, 1)
    found[count < 2] = np.nan
    return found


MODULE = Module(
    name="Compute Linear Correlation",
    family="cd8daa3f9a13a69218df7008e428e559",
    category="Statistical Functions",
    settings=Settings,
    inputs=(ModulePort("Dataset"),),
    outputs=(ModulePort("Results dataset"),),
    run=run,
    aliases=("Linear Correlation",),
)
