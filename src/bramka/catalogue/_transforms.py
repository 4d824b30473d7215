"""Transforms in few lines: columns they need, numbers they take, how they are kept."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec
import numpy as np
import polars as pl
from msgspec import Struct
from numpy.typing import NDArray

from bramka.catalogue._state import plain_bytes, state_bytes, state_from, unreadable
from bramka.domain.learning.module import Learnt, ModuleError
from bramka.domain.learning.parameter import stored
from bramka.domain.learning.table import Column, Table

Numbers = NDArray[np.float64]
_AT_ONCE = 64
S = TypeVar("S", bound=Struct)


def transform(
    family: str, settings: Struct, state: object, columns: Sequence[Column]
) -> Learnt:
    """A transform that a module learnt on a table of these columns."""
    learnt = Learnt(type="ITransform", family=family, settings=stored(settings))
    return learnt.taught(state_bytes(state), columns)


def plain_transform(
    family: str, settings: Struct, state: Struct, columns: Sequence[Column]
) -> Learnt:
    """The same where the state is plain data, which is kept and read much faster."""
    learnt = Learnt(type="ITransform", family=family, settings=stored(settings))
    return learnt.taught(plain_bytes(state), columns)


def plain_state(learnt: Learnt, type_: type[S]) -> S:
    """The state of a `plain_transform`, or of one that `transform` made before."""
    try:
        return msgspec.convert(state_from(learnt.state or b""), type_)
    except msgspec.MsgspecError as error:
        raise unreadable(str(error)) from None


def places_of(names: Iterable[str], columns: Sequence[Column]) -> list[int]:
    """Where columns stand; Error 0001 for the first that is not there."""
    known = {column.name: place for place, column in enumerate(columns)}
    wanted = list(names)
    for name in wanted:
        if name not in known:
            raise ModuleError(
                1, f'Column with name or index "{name}" does not exist in "Dataset".'
            )
    return [known[name] for name in wanted]


def require_finite(table: Table, names: Iterable[str]) -> None:
    """Errors 0032 and 0033 for the first column with NaN or an infinity."""
    for name in names:
        numbers = table.series(name).cast(pl.Float64)
        if numbers.is_nan().any():
            raise ModuleError(32, f'"{name}" is not a number.')
        if numbers.is_infinite().any():
            raise ModuleError(33, f'"{name}" is not finite.')


def row_products(rows: Numbers, weights: Numbers) -> Numbers:
    """Each row with each row of weights, as columns.

    A row alone comes to the same as in a batch: each product is one of two vectors.
    """
    rows = np.ascontiguousarray(rows)
    products = np.empty((len(rows), len(weights)))
    # So many weights at once as stay in the cache while the rows go by.
    for start in range(0, len(weights), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        np.vecdot(rows[:, None, :], weights[None, part], out=products[:, part])
    return np.asarray(products.T)


def numbers_of(table: Table, names: Sequence[str]) -> Numbers:
    """Columns as doubles, one beside the other; NaN where one is missing."""
    matrix = np.empty((table.height, len(names)), order="F")
    for place, name in enumerate(names):
        matrix[:, place] = table.series(name).cast(pl.Float64).fill_null(np.nan)
    return matrix
