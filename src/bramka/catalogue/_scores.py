"""Score columns: what they are called, and how raw scores become cells of them."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import msgspec
import numpy as np
import polars as pl
from msgspec import Struct
from numpy.typing import NDArray

from bramka.catalogue._features import Matrix
from bramka.domain.learning.cells import Cell, text_of, typed_series
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.table import DTYPES, NUMBERS, Column, Table

Task = Literal[
    "binary", "multiclass", "regression", "gaussian", "quantile", "anomaly", "ordinal"
]
NUMBER_TASKS = ("regression", "gaussian", "quantile")
SCORED_LABELS = "Scored Labels"
SCORED_PROBABILITIES = "Scored Probabilities"
SCORED_MEAN = "Scored Label Mean"
SCORED_DEVIATION = "Scored Label Standard Deviation"
QUANTILE = "Scored Labels for Quantile "
CUT = 0.5
MOST_CHANCES = 100_000_000
_SQUARES_ARE_NUMBERS = 1e150


def class_column(level: str) -> str:
    """What the column of one class's probabilities is called."""
    return f'Scored Probabilities for Class "{level}"'


class Scores(Struct, frozen=True, kw_only=True):
    """What a learner tells: the classes as text in their order, and the label's column.

    Of two classes the second one is the positive.
    """

    task: Task
    label: Column | None = None
    classes: tuple[str, ...] = ()
    quantiles: tuple[float, ...] = ()

    def stored(self) -> str:
        return msgspec.json.encode(self).decode()

    @classmethod
    def read(cls, text: str) -> "Scores":
        return msgspec.json.decode(text, type=cls)

    @property
    def columns(self) -> tuple[Column, ...]:
        match self.task:
            case "binary" | "anomaly":
                return (self._labels, _number(SCORED_PROBABILITIES))
            case "multiclass" | "ordinal":
                shares = [_number(class_column(level)) for level in self.classes]
                return (*shares, self._labels)
            case "gaussian":
                return (_number(SCORED_MEAN), _number(SCORED_DEVIATION))
            case "quantile":
                return tuple(
                    _number(f"{QUANTILE}{quantile:g}") for quantile in self.quantiles
                )
            case "regression":
                return (_number(SCORED_LABELS),)

    @property
    def _labels(self) -> Column:
        if self.label is None:
            return Column(name=SCORED_LABELS, type="Int32", kind="Score")
        return Column(
            name=SCORED_LABELS,
            type=self.label.type,
            levels=self.label.levels,
            kind="Score",
        )

    @property
    def values(self) -> list[Cell]:
        """The classes as values of the label's type."""
        if self.task == "anomaly":
            return [0, 1]
        assert self.label is not None
        texts = pl.Series(self.label.name, self.classes, dtype=pl.String)
        values: list[Cell] = typed_series(texts, self.label).to_list()
        return values

    def missing(self, height: int) -> Table:
        """So many rows without a score."""
        return Table(Table.empty(self.columns).frame.clear(height), self.columns)

    def table(self, raw: Matrix) -> Table:
        """The score columns of raw scores."""
        columns = self.columns
        if self.task in ("binary", "anomaly"):
            chosen = (raw[:, 0] > CUT).astype(np.int64)
            series: list[Any] = [self._chosen(chosen), raw[:, 0]]
        elif self.task in ("multiclass", "ordinal"):
            series = [*raw.T, self._chosen(raw.argmax(axis=1))]
        else:
            series = list(raw.T)
        return Table(
            pl.DataFrame(
                [
                    pl.Series(column.name, values, dtype=DTYPES[column.type])
                    for column, values in zip(columns, series, strict=True)
                ]
            ),
            columns,
        )

    def _chosen(self, codes: NDArray[np.int64]) -> pl.Series:
        return pl.Series(self.values, dtype=DTYPES[self._labels.type]).gather(codes)

    def quick_cells(self) -> Callable[[Sequence[float]], Sequence[Cell]]:
        """How one row's raw scores become its score cells."""
        if self.task in ("binary", "anomaly"):
            negative, positive = self.values

            def two(raw: Sequence[float]) -> Sequence[Cell]:
                return positive if raw[0] > CUT else negative, raw[0]

            return two
        if self.task in ("multiclass", "ordinal"):
            values = self.values

            def many(raw: Sequence[float]) -> Sequence[Cell]:
                best = max(range(len(raw)), key=raw.__getitem__)
                return *raw, values[best]

            return many
        return tuple


def scores_of(
    task: Task, name: str, table: Table, label: str | None
) -> tuple[Scores, NDArray[Any]]:
    """How a label is scored, and its values as numbers where it is not missing."""
    if label is None:
        return Scores(task=task), np.zeros(table.height)
    column = table.column(label)
    known = table.series(label).drop_nulls()
    if task in NUMBER_TASKS:
        if column.type not in NUMBERS and column.type != "Boolean":
            raise unfit(name, f'Its label "{label}" is of type {column.type}.')
        targets = known.cast(pl.Float64).to_numpy()
        check_numbers(label, targets)
        return Scores(task=task, label=column), targets
    if task == "ordinal" and column.type not in NUMBERS:
        raise unfit(name, f'Its label "{label}" is of type {column.type}.')
    if known.dtype.is_float():
        check_numbers(label, known.cast(pl.Float64).to_numpy())
    values = known.unique().sort()
    if column.levels is not None and column.type == "String":
        present = set(values)
        values = pl.Series([level for level in column.levels if level in present])
    if task == "binary" and known.dtype.is_float() and len(values) > 2:
        raise ModuleError(
            58,
            f'The label column "{label}" is not expected in "Dataset". It holds '
            f"{len(values):,} numbers, where {name} tells two classes apart.",
        )
    if task == "binary" and len(values) != 2:
        raise unfit(name, f'Its label "{label}" has {len(values)} classes, not two.')
    if len(values) < 2:
        raise unfit(name, f'Its label "{label}" has only one class.')
    single = column.type == "Single"
    classes = tuple(str(text_of(value, single=single)) for value in values)
    codes = known.replace_strict(values, range(len(values)), return_dtype=pl.Int64)
    return Scores(task=task, label=column, classes=classes), codes.to_numpy()


def require_room(rows: int, classes: int) -> None:
    """Error 0138 for more chances, one a row and class, than memory holds."""
    if rows * classes > MOST_CHANCES:
        raise ModuleError(
            138,
            "Memory has been exhausted, unable to complete running of module. "
            f"{rows:,} rows of {classes:,} classes are too many; take fewer rows, or "
            "group rare classes.",
        )


def check_numbers(label: str, targets: Matrix) -> None:
    """Errors 0032 and 0033 for a column with NaN or an infinity."""
    if np.isnan(targets).any():
        raise ModuleError(32, f'"{label}" is not a number.')
    if np.isinf(targets).any():
        raise ModuleError(33, f'"{label}" is not finite.')


def unfit(name: str, found: str) -> ModuleError:
    """Error 0083: what was found about the data that this learner cannot learn from."""
    return ModuleError(
        83,
        f'"Dataset" contains invalid data for training. Learner type: {name}. {found}',
    )


def unlearnable(name: str, rows: Matrix, error: Exception) -> ModuleError:
    """Error 0083 for what a library said: mostly of numbers with infinite squares."""
    if np.abs(rows[~np.isnan(rows)]).max(initial=0.0) > _SQUARES_ARE_NUMBERS:
        return unfit(name, "Its numbers are too large to be multiplied.")
    return unfit(name, str(error).partition("\n")[0])


def _number(name: str) -> Column:
    return Column(name=name, type="Double", kind="Score")
