"""Folds of a table: row numbers by fold, told in its report until the next step."""

from bramka.domain.learning.table import Table

FOLDS = "folds"


def with_folds(table: Table, folds: list[list[int]]) -> Table:
    """The table, and which of its rows are in which fold."""
    return Table(table.frame, table.columns, {**(table.report or {}), FOLDS: folds})


def folds_of(table: Table) -> list[list[int]] | None:
    """The row numbers of each fold, as Partition and Sample assigned them."""
    folds: list[list[int]] | None = (table.report or {}).get(FOLDS)
    return folds
