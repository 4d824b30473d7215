"""A recommender: traits of users and items whose products tell ratings.

A rating is a mean, what is peculiar to the user and to the item, and the product of
their traits, found by alternating ridge regressions. Where features are given, a ridge
regression from features to traits stands in for users and items nobody has rated.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from bramka.catalogue._encoding import Encoding
from bramka.catalogue._features import Matrix, encoding_of, matrix_of
from bramka.catalogue._state import state_from
from bramka.domain.learning.cells import text_series
from bramka.domain.learning.module import Learnt, ModuleError
from bramka.domain.learning.table import NUMBERS, Column, Table

Places = NDArray[np.int64]
RIDGE = 0.5
_START = 0.1


@dataclass(frozen=True)
class Side:
    """Users or items: who they are, their peculiarity and traits, and their features.

    `slopes` lead from encoded features (and a 1) to peculiarity and traits.
    """

    column: Column
    names: tuple[str, ...]
    bias: Matrix
    traits: Matrix
    encoding: Encoding | None = None
    fill: Matrix | None = None
    slopes: Matrix | None = None

    def stored(self) -> dict[str, Any]:
        return {
            "column": [self.column.name, self.column.type],
            "names": msgspec.json.encode(self.names).decode(),
            "bias": self.bias,
            "traits": self.traits,
            "encoding": self.encoding.stored() if self.encoding else None,
            "fill": self.fill,
            "slopes": self.slopes,
        }

    @classmethod
    def read(cls, state: Mapping[str, Any]) -> "Side":
        name, type_ = state["column"]
        encoding = state["encoding"]
        return cls(
            Column(name=name, type=type_),
            msgspec.json.decode(state["names"], type=tuple[str, ...]),
            state["bias"],
            state["traits"],
            Encoding.read(encoding) if encoding else None,
            state["fill"],
            state["slopes"],
        )


@dataclass(frozen=True)
class Recommender:
    """What was learnt of users, items and the scale of ratings."""

    users: Side
    items: Side
    mean: float
    lowest: float
    highest: float

    def stored(self) -> dict[str, Any]:
        return {
            "users": self.users.stored(),
            "items": self.items.stored(),
            "scale": [self.mean, self.lowest, self.highest],
        }

    @classmethod
    def read(cls, learnt: Learnt, port: str) -> "Recommender":
        """What a trained recommender holds; Error 0013 for anything else."""
        state = state_from(learnt.state) if learnt.state is not None else {}
        if not isinstance(state, dict) or "items" not in state:
            raise ModuleError(13, f'Learner "{port}" has invalid type.')
        mean, lowest, highest = state["scale"]
        users, items = Side.read(state["users"]), Side.read(state["items"])
        return cls(users, items, mean, lowest, highest)

    def ratings(self, users: "Traits", items: "Traits") -> Matrix:
        """The rating of each pair, within the scale."""
        told = self.mean + users.bias + items.bias
        told = told + (users.traits * items.traits).sum(axis=1)
        return np.asarray(np.clip(told, self.lowest, self.highest))


@dataclass(frozen=True)
class Traits:
    """Peculiarity and traits, row by row."""

    bias: Matrix
    traits: Matrix

    def at(self, places: Places | list[int]) -> "Traits":
        return Traits(self.bias[places], self.traits[places])


def ids_of(series: pl.Series) -> pl.Series:
    """Who is meant, as text; without a name, which polars could take for a pattern."""
    return text_series(series).alias("")


def fit_recommender(
    triples: Table,
    features: tuple[Table | None, Table | None],
    traits: int,
    rounds: int,
) -> Recommender:
    """Traits of all users and items that ratings name."""
    user_ids, item_ids, ratings = read_triples(triples)
    users, user_places = _numbered(user_ids)
    items, item_places = _numbered(item_ids)
    mean = float(ratings.mean())
    draw = np.random.Generator(np.random.PCG64(0))
    user_side = np.zeros((len(users), traits + 1))
    item_side = draw.normal(0, _START, (len(items), traits + 1))
    rest = ratings - mean
    for _ in range(rounds):
        user_side = _solved(user_places, len(users), item_side[item_places], rest)
        item_side = _solved(item_places, len(items), user_side[user_places], rest)
    columns = triples.columns
    return Recommender(
        _side(columns[0], users, user_side, features[0]),
        _side(columns[1], items, item_side, features[1]),
        mean,
        float(ratings.min()),
        float(ratings.max()),
    )


def read_triples(table: Table) -> tuple[pl.Series, pl.Series, Matrix]:
    """Users, items and ratings; Errors 0018, 0021, 0022 and 0034."""
    if len(table.columns) != 3:
        raise ModuleError(
            22, "Number of selected columns in input dataset does not equal to 3."
        )
    if table.columns[2].type not in NUMBERS:
        raise ModuleError(
            17,
            f'Cannot process column "{table.columns[2].name}" of type '
            f"{table.columns[2].type}. The type is not supported by the module.",
        )
    known = table.frame.drop_nulls()
    if not known.height:
        raise ModuleError(
            21,
            "Number of rows in input dataset is less than allowed minimum of 1 row(s).",
        )
    users, items = ids_of(known.to_series(0)), ids_of(known.to_series(1))
    pairs = pl.DataFrame({"user": users, "item": items})
    twice = pairs.filter(pairs.is_duplicated())
    if twice.height:
        user, item = twice.row(0)
        raise ModuleError(
            34,
            f"More than one rating for user {user} and item {item} in rating "
            "prediction data table.",
        )
    ratings = known.to_series(2).cast(pl.Float64).to_numpy()
    if not np.isfinite(ratings).all():
        raise ModuleError(33, f'"{table.columns[2].name}" is not finite.')
    return users, items, ratings


def _numbered(ids: pl.Series) -> tuple[tuple[str, ...], Places]:
    names = ids.unique().sort()
    places = ids.replace_strict(names, range(len(names)), return_dtype=pl.Int64)
    return tuple(names), places.to_numpy()


def _solved(places: Places, count: int, others: Matrix, ratings: Matrix) -> Matrix:
    """Each one's peculiarity and traits, best for its ratings while the rest stands.

    Of `others` the first column is their peculiarity, which is taken off the ratings.
    """
    known = np.column_stack([np.ones(len(others)), others[:, 1:]])
    wanted = ratings - others[:, 0]
    order = np.argsort(places, kind="stable")
    ends = np.searchsorted(places[order], np.arange(count + 1))
    penalty = RIDGE * np.eye(known.shape[1])
    solved = np.zeros((count, known.shape[1]))
    for one in range(count):
        rows = order[ends[one] : ends[one + 1]]
        mine = known[rows]
        solved[one] = np.linalg.solve(mine.T @ mine + penalty, mine.T @ wanted[rows])
    return solved


def _side(
    column: Column, names: tuple[str, ...], solved: Matrix, features: Table | None
) -> Side:
    if features is None:
        return Side(column, names, solved[:, 0].copy(), solved[:, 1:].copy())
    known = features_by_id(features)
    lacking = [name for name in names if name not in known]
    if lacking:
        raise ModuleError(35, f"Features for {lacking[0]} required but not provided.")
    plain = list(features.names[1:])
    rows = Table(features.frame[[known[name] for name in names]], features.columns)
    encoding = encoding_of(rows, plain, scaling="min-max", unknown=True)
    matrix, _ = matrix_of(encoding, rows)
    fill = _modes(matrix)
    encoded = _filled(matrix, fill)
    penalty = RIDGE * np.eye(encoded.shape[1])
    slopes = np.linalg.solve(encoded.T @ encoded + penalty, encoded.T @ solved)
    return Side(
        column,
        names,
        solved[:, 0].copy(),
        solved[:, 1:].copy(),
        encoding,
        fill,
        np.asarray(slopes, dtype=np.float64),
    )


def features_by_id(features: Table) -> dict[str, int]:
    """Where each one's features stand; Error 0036 if they are told twice."""
    if len(features.columns) < 2:
        raise ModuleError(
            20,
            "Number of columns in input dataset is less than allowed minimum of 2 "
            "column(s).",
        )
    places: dict[str, int] = {}
    for place, name in enumerate(ids_of(features.frame.to_series(0))):
        if name in places:
            raise ModuleError(36, f"Duplicate feature definition for {name}.")
        if name is not None:
            places[name] = place
    return places


def _modes(matrix: Matrix) -> Matrix:
    """What is most common in each column; 0 where nothing is known."""
    modes = np.zeros(matrix.shape[1])
    for column in range(matrix.shape[1]):
        known = matrix[:, column][~np.isnan(matrix[:, column])]
        if len(known):
            values, counts = np.unique(known, return_counts=True)
            modes[column] = values[counts.argmax()]
    return modes


def _filled(matrix: Matrix, fill: Matrix) -> Matrix:
    return np.column_stack(
        [np.ones(len(matrix)), np.where(np.isnan(matrix), fill, matrix)]
    )


def traits_of(side: Side, ids: pl.Series, features: Table | None) -> Traits:
    """Peculiarity and traits of those who are named.

    Whoever was not there at the training is told by features if there are some, or is
    as everybody in the middle; Error 0035 if features were learnt and are not told.
    """
    places = dict(zip(side.names, range(len(side.names)), strict=True))
    found = np.array([places.get(name, -1) for name in ids], dtype=np.int64)
    bias = np.where(found >= 0, side.bias[found], 0.0)
    traits = np.where(found[:, None] >= 0, side.traits[found], 0.0)
    new = np.flatnonzero(found < 0)
    if len(new) and side.encoding and side.slopes is not None and side.fill is not None:
        known = features_by_id(features) if features is not None else {}
        for name in ids[new.tolist()]:
            if name not in known:
                raise ModuleError(35, f"Features for {name} required but not provided.")
        assert features is not None
        rows = features.frame[[known[name] for name in ids[new.tolist()]]]
        matrix, _ = matrix_of(side.encoding, Table(rows, features.columns))
        told = _filled(matrix, side.fill) @ side.slopes
        bias[new], traits[new] = told[:, 0], told[:, 1:]
    return Traits(bias, traits)
