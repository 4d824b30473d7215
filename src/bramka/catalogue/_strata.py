"""Groups of rows that a stratified split divides alike."""

import numpy as np
import polars as pl

from bramka.catalogue._chance import Rows
from bramka.catalogue._columns import one_name, unsupported
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module_error import ModuleError
from bramka.domain.learning.table import Table


def strata(table: Table, key: ColumnSelector, parameter: str) -> Rows:
    """A number for each row, the same for rows that agree in the key column."""
    if not key.rules:
        raise ModuleError(3, f'Input "{parameter}" is null or empty.')
    column = table.column(one_name(key, table.columns))
    if column.type in ("Single", "Double") and not column.categorical:
        raise unsupported(column)
    ranks = table.series(column.name).rank("dense").fill_null(0)
    return ranks.cast(pl.Int64).to_numpy().astype(np.int64)
