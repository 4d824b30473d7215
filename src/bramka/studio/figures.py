"""Exact figures of columns of any length, with few values in memory at a time.

Unique values are counted a share of all hashes at a time; quartiles are found by
narrowing down the stretch that holds them until it fits.
"""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bramka.domain.learning.histogram import bin_edges

AT_ONCE = 4_000_000
"""Values in memory."""
STRETCHES = 4_096

Numbers = NDArray[np.float64]


class Values:
    """The numbers of one column that are there and finite."""

    def __init__(self, scan: pl.LazyFrame, rows: int) -> None:
        """`scan` has one column; `rows` is how many rows the table has."""
        self._scan = scan.select(x=pl.all().cast(pl.Float64))
        self._rows = rows
        self._all: Numbers | None = None
        self.count = int(
            collected(self._scan.select(pl.col("x").is_finite().sum())).item() or 0
        )

    def __repr__(self) -> str:
        return f"<Values: {self.count}>"

    def totals(self) -> tuple[float | None, ...]:
        """Mean, standard deviation (of a sample), least and greatest."""
        if self.count <= AT_ONCE:
            held = self._held()
            # Of the greatest numbers sums are infinite.
            with np.errstate(over="ignore", invalid="ignore"):
                spread = float(held.std(ddof=1)) if self.count > 1 else None
                mean = float(held.mean())
            return mean, spread, float(held.min()), float(held.max())
        x = pl.col("x").filter(pl.col("x").is_finite())
        asked = self._scan.select(m=x.mean(), s=x.std(ddof=1), a=x.min(), b=x.max())
        return collected(asked).row(0)

    def histogram(self, bins: int, low: float, high: float) -> tuple[Numbers, Any]:
        """Edges, and how many lie between each two."""
        edges = bin_edges(low, high, bins)
        counts = np.zeros(bins, dtype=np.int64)
        for piece in self._pieces():
            counts += np.histogram(piece, edges)[0]
        return edges, counts

    def quantile(self, share: float) -> float:
        """Between two values in proportion, as most libraries do."""
        if self.count <= AT_ONCE:
            return float(np.quantile(self._held(), share))
        place = (self.count - 1) * share
        lower = self._ranked(math.floor(place))
        upper = lower if place.is_integer() else self._ranked(math.ceil(place))
        return lower + (upper - lower) * (place - math.floor(place))

    def within(self, low: float, high: float) -> tuple[float, float]:
        """The least and the greatest of those between two bounds."""
        inside = self._scan.filter(pl.col("x").is_between(low, high))
        asked = inside.select(a=pl.col("x").min(), b=pl.col("x").max())
        least, greatest = collected(asked).row(0)
        return float(least), float(greatest)

    def _held(self) -> Numbers:
        """All of them, where they fit."""
        if self._all is None:
            self._all = np.concatenate(list(self._pieces()))
        return self._all

    def _ranked(self, rank: int) -> float:
        """The value at a place of the sorted column."""
        _, _, low, high = self.totals()
        assert low is not None
        assert high is not None
        before = 0
        while low < high:
            low, high = self.within(low, high)
            edges = np.linspace(low, high, STRETCHES + 1)
            counts = np.zeros(STRETCHES, dtype=np.int64)
            for piece in self._pieces(low, high):
                counts += np.histogram(piece, edges)[0]
            sums = before + np.cumsum(counts)
            place = int(np.searchsorted(sums, rank, side="right"))
            before = int(sums[place] - counts[place])
            low, high = float(edges[place]), float(edges[place + 1])
            if place < STRETCHES - 1:
                high = float(np.nextafter(high, -np.inf))
            if counts[place] <= AT_ONCE:
                held = np.concatenate(list(self._pieces(low, high)))
                return float(np.partition(held, rank - before)[rank - before])
        return float(low)

    def _pieces(
        self, low: float = -math.inf, high: float = math.inf
    ) -> Iterator[Numbers]:
        for start in range(0, max(1, self._rows), AT_ONCE):
            piece = self._scan.slice(start, AT_ONCE).collect().to_series()
            numbers = piece.drop_nulls().to_numpy()
            numbers = numbers[np.isfinite(numbers)]
            yield numbers[(numbers >= low) & (numbers <= high)]


def unique_values(scan: pl.LazyFrame, rows: int) -> int:
    """How many different values a column has; missing ones are none.

    Texts are told apart by 64 bits each, so that long ones fit into memory.
    """
    hashes = scan.select(h=pl.all().drop_nulls().hash())
    shares = -(-rows // AT_ONCE)
    found = 0
    for share in range(shares):
        some = hashes.filter(pl.col("h") % shares == share) if shares > 1 else hashes
        found += int(collected(some.select(pl.col("h").n_unique())).item())
    return found


def collected(query: pl.LazyFrame) -> pl.DataFrame:
    """What a query gives, read as a stream."""
    frame = query.collect(engine="streaming")
    assert isinstance(frame, pl.DataFrame), "nothing runs in the background"
    return frame
