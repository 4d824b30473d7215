"""What models of other makers give, as columns with the names that Studio has."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from bramka.domain.errors import Invalid
from bramka.domain.learning.table import Column, ColumnType, Table

LABELS = "Scored Labels"
PROBABILITIES = "Scored Probabilities"
_TYPES: dict[str, ColumnType] = {"b": "Boolean", "i": "Int64", "u": "Int64"}


def labels(found: Any) -> dict[str, Any]:
    """One column of labels or numbers, or a numbered one for each target."""
    array = np.asarray(found)
    if array.ndim == 2 and array.shape[1] > 1:
        return {f"{LABELS}.{n}": array[:, n] for n in range(array.shape[1])}
    return {LABELS: array.ravel()}


def probabilities(matrix: Any, classes: Any) -> dict[str, Any]:
    """A column for each class; of two classes the second one is told."""
    if len(classes) == 2:
        return {PROBABILITIES: matrix[:, 1]}
    return {
        f'{PROBABILITIES} for Class "{each}"': matrix[:, place]
        for place, each in enumerate(classes)
    }


def numbered(names: Sequence[str]) -> tuple[Column, ...]:
    """Columns of numbers with these names."""
    return tuple(Column(name=name, type="Double") for name in names)


def scores_table(found: dict[str, Any], height: int) -> Table:
    """Arrays as a table, which has a row for each row that was given."""
    columns, series = [], []
    for name, values in found.items():
        array = np.asarray(values)
        if len(array) != height:
            raise Invalid(
                f"The model gave {len(array)} values of '{name}' for {height} rows."
            )
        kind = _TYPES.get(array.dtype.kind, "Double")
        if array.dtype.kind not in "biuf":
            array, kind = np.array([str(each) for each in array]), "String"
        columns.append(Column(name=name, type=kind))
        series.append(pl.Series(name, array.tolist()))
    return Table.of(pl.DataFrame(series), columns)
