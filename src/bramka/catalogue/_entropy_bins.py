"""Where to cut a column so that the parts tell a label best (Fayyad and Irani).

A cut must tell more than its description costs (minimum description length).
"""

import heapq

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Counts = NDArray[np.float64]


class Cut(Struct, frozen=True, order=True):
    """The best cut of rows `first` to `last`; the largest gain sorts first."""

    loss: float
    first: int
    place: int
    last: int


def entropy_edges(
    cells: NDArray[np.float64], classes: NDArray[np.int64], bins: int
) -> list[float]:
    """Edges of at most so many bins, the most telling ones; none if none tells."""
    order = np.argsort(cells, kind="stable")
    values, labels = cells[order], classes[order]
    table = np.zeros((len(values) + 1, int(classes.max(initial=0)) + 1))
    table[np.arange(1, len(values) + 1), labels] = 1
    sums = table.cumsum(axis=0)
    found: list[int] = []
    waiting = _best(values, sums, 0, len(values))
    while waiting and len(found) < bins - 1:
        cut = heapq.heappop(waiting)
        found.append(cut.place)
        for part in ((cut.first, cut.place), (cut.place, cut.last)):
            for each in _best(values, sums, *part):
                heapq.heappush(waiting, each)
    middles = [(values[place - 1] + values[place]) / 2 for place in sorted(found)]
    return [float(middle) for middle in middles]


def _best(
    values: NDArray[np.float64], sums: Counts, first: int, last: int
) -> list[Cut]:
    """The best cut of a part, if it is worth its description."""
    places = first + 1 + np.flatnonzero(np.diff(values[first:last]) > 0)
    if not len(places):
        return []
    whole = sums[last] - sums[first]
    left, right = sums[places] - sums[first], sums[last] - sums[places]
    size = last - first
    shares = left.sum(axis=1) / size
    below, above = _entropies(left), _entropies(right)
    gains = _entropies(whole[None])[0] - shares * below - (1 - shares) * above
    best = int(gains.argmax())
    kinds = [int((part > 0).sum()) for part in (whole, left[best], right[best])]
    told = (
        kinds[0] * _entropies(whole[None])[0]
        - kinds[1] * below[best]
        - kinds[2] * above[best]
    )
    cost = (np.log2(size - 1) + np.log2(3.0 ** kinds[0] - 2) - told) / size
    if gains[best] <= cost:
        return []
    return [Cut(-float(gains[best] * size), first, int(places[best]), last)]


def _entropies(counts: Counts) -> Counts:
    """Bits of each row of counts."""
    sums = counts.sum(axis=1, keepdims=True)
    shares = counts / np.maximum(sums, 1)
    logs = np.log2(shares, out=np.zeros_like(shares), where=shares > 0)
    bits: Counts = -(shares * logs).sum(axis=1)
    return bits
