"""How ratings are split: users and items stay together as the fractions say."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from msgspec import Struct

from bramka.catalogue._chance import Rows, chance, share_of
from bramka.domain.learning.module_error import ModuleError
from bramka.domain.learning.table import Table


class Fractions(Struct, frozen=True, kw_only=True):
    """What share of users, items and ratings goes where."""

    training_only_users: float
    test_ratings_for_training: float
    cold_users: float
    cold_items: float
    ignored_users: float
    ignored_items: float
    remove_cold_items: bool
    seed: int


def split_ratings(table: Table, fractions: Fractions) -> tuple[Table, Table]:
    """Rows to train on and rows to test with, by Studio's six steps."""
    if len(table.columns) not in (2, 3):
        raise ModuleError(
            22,
            "Number of selected columns in input dataset does not equal to 3. There "
            f"are {len(table.columns)} (user and item, and a rating if you have one).",
        )
    return _Split(table, fractions).parts()


class _Split:
    """One split in progress: which rows are still undecided."""

    def __init__(self, table: Table, fractions: Fractions) -> None:
        self._table = table
        self._fractions = fractions
        self._chance = chance(fractions.seed)
        self._users = _codes(table.frame.to_series(0))
        self._items = _codes(table.frame.to_series(1))
        self._open = np.ones(table.height, dtype=bool)
        self._training = np.zeros(table.height, dtype=bool)
        self._test = np.zeros(table.height, dtype=bool)

    def parts(self) -> tuple[Table, Table]:
        fractions = self._fractions
        items = self._drawn(self._items)
        shares = (fractions.ignored_items, fractions.cold_items)
        ignored, cold_items = _shared(items, shares)
        self._open &= ~np.isin(self._items, ignored)
        self._test |= self._open & np.isin(self._items, cold_items)
        self._open &= ~self._test
        # Steps 3 to 5 take their share of the users that are left after step 2.
        users = self._drawn(self._users)
        ignored, cold_users, trainers = _shared(
            users,
            (
                fractions.ignored_users,
                fractions.cold_users,
                fractions.training_only_users,
            ),
        )
        self._open &= ~np.isin(self._users, ignored)
        self._test |= self._open & np.isin(self._users, cold_users)
        self._training |= self._open & np.isin(self._users, trainers)
        self._open &= ~(self._test | self._training)
        self._share_ratings()
        if fractions.remove_cold_items:
            known = np.unique(self._items[self._training])
            occasional = ~np.isin(self._items, np.concatenate([known, cold_items]))
            self._test &= ~occasional
        return self._rows(self._training), self._rows(self._test)

    def _drawn(self, codes: Rows) -> Rows:
        """Who has undecided rows, in an order of chance."""
        return self._chance.permutation(np.unique(codes[self._open]))

    def _share_ratings(self) -> None:
        """Each other user trains with a share of its ratings, at least with one."""
        for user in np.unique(self._users[self._open]):
            rows = self._chance.permutation(
                np.flatnonzero(self._open & (self._users == user))
            )
            share = share_of(len(rows), self._fractions.test_ratings_for_training)
            self._training[rows[: max(share, 1)]] = True
            self._test[rows[max(share, 1) :]] = True

    def _rows(self, chosen: Rows) -> Table:
        frame = self._table.frame.filter(pl.Series(chosen))
        return Table(frame, self._table.columns)


def _shared(drawn: Rows, shares: Sequence[float]) -> list[Rows]:
    """The first ones for the first share, the next ones for the next, and so on."""
    sizes = [share_of(len(drawn), share) for share in shares]
    return np.split(drawn, np.cumsum(sizes))[: len(sizes)]


def _codes(series: pl.Series) -> Rows:
    """A number for each value, by its first row, so that order is the data's."""
    return series.rank("dense").fill_null(0).cast(pl.Int64).to_numpy()
