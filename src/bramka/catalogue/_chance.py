"""Chance of modules: drawn from their own seed, the same in every run."""

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
MOST_SEED = 2**31 - 1
LEAST_SEED = -(2**31)
"""Seeds are any of .NET's whole numbers, unless the documentation says otherwise."""


def chance(seed: int) -> np.random.Generator:
    """What draws; seed 0 is a seed like others, so that runs can be repeated."""
    return np.random.Generator(np.random.PCG64(natural(seed)))


def natural(seed: int) -> int:
    """A seed as libraries take it, which know none below 0."""
    return seed % 2**32


def share_of(count: int, fraction: float) -> int:
    """So many of `count`, rounded down but for what floating point took away."""
    return min(count, int(count * fraction + 1e-9))


def chosen_rows(count: int, wanted: int, chance: np.random.Generator | None) -> Rows:
    """`wanted` of `count` row numbers in order: the first, or drawn by chance."""
    if chance is None:
        return np.arange(wanted, dtype=np.int64)
    return np.sort(chance.permutation(count)[:wanted]).astype(np.int64)


def chosen_by_group(
    groups: Rows, fraction: float, chance: np.random.Generator | None
) -> Rows:
    """Row numbers of about this share of each group, and of exactly it in all.

    What rounding takes away goes to the groups that lost the most.
    """
    count = len(groups)
    order = np.argsort(groups, kind="stable")
    _, sizes = np.unique(groups, return_counts=True)
    exact = sizes * fraction
    wanted = np.floor(exact + 1e-9).astype(np.int64)
    lacking = share_of(count, fraction) - int(wanted.sum())
    for place in np.argsort(wanted - exact, kind="stable")[: max(lacking, 0)]:
        wanted[place] += 1
    ends = np.cumsum(sizes)
    found = [
        order[end - size : end][chosen_rows(int(size), int(take), chance)]
        for end, size, take in zip(ends, sizes, wanted, strict=True)
    ]
    return np.sort(np.concatenate(found)) if found else np.empty(0, dtype=np.int64)
