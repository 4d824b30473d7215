"""Among whom a recommender chooses: what was rated, by whom, and what is in common."""

import polars as pl

from bramka.catalogue._recommender import ids_of
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.table import Table


def pairs(table: Table) -> tuple[pl.Series, pl.Series]:
    """Users and items; a third column, the rating, is not looked at."""
    if len(table.columns) not in (2, 3):
        raise ModuleError(
            22, "Number of selected columns in input dataset does not equal to 2."
        )
    known = table.select(table.names[:2]).frame.drop_nulls()
    return ids_of(known.to_series(0)), ids_of(known.to_series(1))


def alone(table: Table) -> pl.Series:
    """The only column; Error 0022 if there are more."""
    if len(table.columns) != 1:
        raise ModuleError(
            22, "Number of selected columns in input dataset does not equal to 1."
        )
    return ids_of(table.series(table.names[0]).drop_nulls())


def pools_of(ones: pl.Series, others: pl.Series, least: int) -> dict[str, list[str]]:
    """With whom each one occurs, if that is often enough."""
    pools: dict[str, dict[str, None]] = {}
    for one, other in zip(ones, others, strict=True):
        pools.setdefault(one, {})[other] = None
    return {one: list(pool) for one, pool in pools.items() if len(pool) >= least}


def related_pools(
    ones: pl.Series, others: pl.Series, common: int, least: int
) -> dict[str, list[str]]:
    """Who shares enough of the others with each one."""
    theirs = {one: set(pool) for one, pool in pools_of(ones, others, 1).items()}
    pools = {
        one: [
            each
            for each in theirs
            if each != one and len(mine & theirs[each]) >= common
        ]
        for one, mine in theirs.items()
    }
    return {one: pool for one, pool in pools.items() if len(pool) >= least}
