"""How often values come with each class, and the features that tells.

A value is known by its hash alone. A dictionary has one table of counts for a column;
a count-min sketch has several, of different hashes, and the least of its counts holds.
"""

from collections.abc import Sequence
from typing import Any, Literal

import mmh3
import msgspec
import numpy as np
import polars as pl
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from bramka.catalogue._chance import natural
from bramka.catalogue._columns import called_apart, cells_of
from bramka.catalogue._transforms import places_of
from bramka.domain.learning.cells import text_series
from bramka.domain.learning.module_error import ModuleError
from bramka.domain.learning.table import Column, ColumnType, Table

Counts = NDArray[np.float64]
Output = Literal["CountsOnly", "LogOddsOnly", "BothCountsAndLogOdds"]


class Features(Struct, frozen=True, kw_only=True):
    """How counts become features."""

    rare: float = 10.0
    prior: float = 42.0
    output: Output = "BothCountsAndLogOdds"
    plain: bool = False


class CountTable(Struct, frozen=True):
    """Counts of one column by hash: a row for each hash, a number for each class."""

    hashes: list[int]
    counts: list[list[float]]

    def of(self, hashes: NDArray[np.int64], classes: int) -> Counts:
        """The counts of each hash; nothing for one that is not known."""
        found = np.zeros((len(hashes), classes))
        if self.hashes:
            known = np.array(self.hashes)
            places = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
            same = known[places] == hashes
            found[same] = np.array(self.counts)[places[same]]
        return found

    def rows(self, classes: int) -> Counts:
        """All counts."""
        return np.array(self.counts, dtype=float).reshape(-1, classes)


class Counting(Struct, frozen=True, kw_only=True):
    """Tables of counts by column, one for each seed, and what is made of them."""

    columns: list[str]
    classes: list[str]
    bits: int
    seeds: list[int]
    tables: list[list[CountTable]]
    features: Features = Features()

    def featurize(self, table: Table) -> Table:
        """The table, where features stand in place of the counted columns."""
        places_of(self.columns, table.columns)
        kept = [name for name in table.names if name not in self.columns]
        columns: list[Column] = []
        series: list[NDArray[Any]] = []
        for name, tables in zip(self.columns, self.tables, strict=True):
            made, cells = self._features(name, table.series(name), tables)
            columns += made
            series += cells
        fresh = called_apart(columns, kept)
        frame = pl.DataFrame(
            [
                pl.Series(each.name, cells)
                for each, cells in zip(fresh, series, strict=True)
            ]
        )
        return table.select(kept).append(Table.of(frame, fresh))

    def _features(
        self, name: str, cells: pl.Series, tables: list[CountTable]
    ) -> tuple[list[Column], list[NDArray[Any]]]:
        counts = self._counts(cells, tables)
        rows = tables[0].rows(len(self.classes))
        rare = counts.sum(axis=1) < self.features.rare
        bin_ = rows[rows.sum(axis=1) < self.features.rare].sum(axis=0)
        counts[rare] = bin_
        made = [
            *self._counted(name, counts),
            *self._odds(name, counts, rows.sum(axis=0)),
        ]
        if not self.features.plain:
            made.append((_column(f"{name}-IsBackOff", "Boolean"), rare))
        return [column for column, _ in made], [values for _, values in made]

    def _counted(self, name: str, counts: Counts) -> list[tuple[Column, NDArray[Any]]]:
        if self.features.output == "LogOddsOnly":
            return []
        return [
            (_column(f"{name}-Class{number:03}-Count", "Double"), counts[:, number])
            for number in range(len(self.classes))
        ]

    def _odds(
        self, name: str, counts: Counts, sums: Counts
    ) -> list[tuple[Column, NDArray[Any]]]:
        """Logarithms of the odds of each class but the last, which follows."""
        if self.features.output == "CountsOnly":
            return []
        shares = (sums + 1) / (sums.sum() + len(sums))
        smooth = counts + self.features.prior * shares
        # Without a prior a value that never came has no odds, so a little is left.
        smooth += 1e-9
        rest = smooth.sum(axis=1, keepdims=True) - smooth
        # Of one class alone the odds are infinite.
        with np.errstate(divide="ignore"):
            odds = np.log(smooth / rest)
        return [
            (_column(f"{name}-Class{number:03}-LogOdds", "Double"), odds[:, number])
            for number in range(len(self.classes) - 1)
        ]

    def _counts(self, cells: pl.Series, tables: list[CountTable]) -> Counts:
        """The least counts among the tables."""
        found = [
            table.of(hashes_of(cells, seed, self.bits), len(self.classes))
            for seed, table in zip(self.seeds, tables, strict=True)
        ]
        least: Counts = np.min(found, axis=0)
        return least


def count(
    table: Table, label: str, columns: Sequence[str], bits: int, seeds: Sequence[int]
) -> Counting:
    """Count the values of columns by class; rows without a label count nothing."""
    known = table.frame.filter(cells_of(label).is_not_null())
    texts = text_series(known.get_column(label).alias(""))
    classes = texts.unique().sort()
    codes = texts.replace_strict(classes, range(len(classes))).to_numpy()
    codes = codes.astype(np.int64)
    tables = [
        [
            _counted(hashes_of(known[name], seed, bits), codes, len(classes))
            for seed in seeds
        ]
        for name in columns
    ]
    return Counting(
        columns=list(columns),
        classes=[str(each) for each in classes],
        bits=bits,
        seeds=list(seeds),
        tables=tables,
    )


def merge(first: Counting, second: Counting, factor: float) -> Counting:
    """The counts of both, the second's times a factor; Error 0086 if they differ."""
    for what in ("columns", "classes", "bits", "seeds"):
        one, other = getattr(first, what), getattr(second, what)
        if one != other:
            raise invalid(f"the two have different {what}: {one} and {other}")
    classes = len(first.classes)
    tables = [
        [_joined(one, other, factor, classes) for one, other in zip(a, b, strict=True)]
        for a, b in zip(first.tables, second.tables, strict=True)
    ]
    return replace(first, tables=tables)


def noisy(counting: Counting, scale: float, drawn: np.random.Generator) -> Counting:
    """The counts with Laplace's noise, none below 0."""
    classes = len(counting.classes)
    tables = []
    for column in counting.tables:
        rows = [each.rows(classes) for each in column]
        noise = [drawn.laplace(0.0, scale, each.shape) for each in rows]
        tables.append(
            [
                CountTable(each.hashes, np.maximum(row + extra, 0).tolist())
                for each, row, extra in zip(column, rows, noise, strict=True)
            ]
        )
    return replace(counting, tables=tables)


def counting_from(state: Any) -> Counting:
    """What `plain_bytes` kept of a counting; Error 0086 if it is something else."""
    try:
        return msgspec.convert(state, Counting)
    except msgspec.ValidationError as error:
        raise invalid(str(error)) from None


def invalid(reason: str) -> ModuleError:
    """Error 0086 for a reason."""
    return ModuleError(86, f"Invalid counting transform specified. It says: {reason}.")


def hashes_of(cells: pl.Series, seed: int, bits: int) -> NDArray[np.int64]:
    """The hash of each cell's text; a missing cell counts as an empty text."""
    texts = text_series(cells.alias("")).fill_null("")
    values = texts.unique(maintain_order=True)
    mask = (1 << bits) - 1
    start = natural(seed)
    hashes = [mmh3.hash(text, start, signed=False) & mask for text in values]
    told = texts.replace_strict(values, pl.Series(hashes, dtype=pl.Int64))
    found: NDArray[np.int64] = told.to_numpy().astype(np.int64)
    return found


def _counted(
    hashes: NDArray[np.int64], codes: NDArray[np.int64], classes: int
) -> CountTable:
    known, which = np.unique(hashes, return_inverse=True)
    counts = np.zeros((len(known), classes))
    np.add.at(counts, (which.ravel(), codes), 1)
    return CountTable(known.tolist(), counts.tolist())


def _joined(
    one: CountTable, other: CountTable, factor: float, classes: int
) -> CountTable:
    known = np.union1d(one.hashes, other.hashes).astype(np.int64)
    counts = one.of(known, classes) + factor * other.of(known, classes)
    return CountTable(known.tolist(), counts.tolist())


def _column(name: str, type_: ColumnType) -> Column:
    return Column(name=name, type=type_)
