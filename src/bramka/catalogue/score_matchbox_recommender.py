"""Tell ratings, recommend items, or find related users or items.

Users and items that were not there at the training are told by their features, if the
recommender learnt from some; without, they count as average ones. With the ratings it
was trained on connected, items that a user has rated are not recommended to him again.

    {
      "inputs": {
        "Trained Matchbox recommender": {
          "module": "Train Matchbox Recommender",
          "inputs": {
            "Training dataset of user-item-rating triples": {
              "User": ["ann", "ann", "bob", "bob", "cid"],
              "Item": ["tea", "ale", "tea", "ale", "tea"],
              "Rating": [5, 1, 4, 1, 5]
            }
          },
          "parameters": {"Number of traits": "2"}
        },
        "Dataset to score": {"User": ["cid", "new"]}
      },
      "parameters": {
        "Recommended item selection": "From All Items",
        "Maximum number of items to recommend to a user": "2"
      },
      "outputs": {
        "Scored dataset": {
          "User": ["cid", "new"],
          "Item 1": ["tea", "tea"],
          "Item 2": ["ale", "ale"]
        }
      }
    }
"""

import numpy as np
import polars as pl

from bramka.catalogue._pools import alone, pairs, pools_of, related_pools
from bramka.catalogue._recommender import (
    Recommender,
    Side,
    Traits,
    traits_of,
)
from bramka.catalogue._recommender_settings import RATED, RATING_USERS, Settings
from bramka.domain.learning.cells import typed_series
from bramka.domain.learning.module import Module, ModulePort, Ports
from bramka.domain.learning.table import Column, Table, frame_of
from bramka.domain.learning.value import learnt_on, table_on

MODEL, DATA = "Trained Matchbox recommender", "Dataset to score"
RATINGS = "Training Dataset"


def run(inputs: Ports, settings: Settings) -> Ports:
    model = Recommender.read(learnt_on(inputs, MODEL), MODEL)
    table = table_on(inputs, DATA)
    features = [
        table_on(inputs, port) if inputs.get(port) is not None else None
        for port in ("User features", "Item features")
    ]
    match settings.kind:
        case "Rating Prediction":
            result = _ratings(model, table, features)
        case "Item Recommendation":
            candidates = _pools(model, table, settings, inputs)
            result = _recommended(model, candidates, features, settings)
        case "Related Users":
            pools = None
            if settings.users == RATING_USERS:
                users, items = pairs(table)
                pools = related_pools(
                    users, items, settings.common_items, settings.least_users
                )
            result = _related(
                model.users, table, features[0], pools, "User", settings.most_users
            )
        case "Related Items":
            pools = None
            if settings.related == RATED:
                users, items = pairs(table)
                pools = related_pools(
                    items, users, settings.common_users, settings.least_items
                )
            result = _related(
                model.items, table, features[1], pools, "Item", settings.most_related
            )
    return {"Scored dataset": result}


def _ratings(model: Recommender, table: Table, features: list[Table | None]) -> Table:
    """The rating of each user and item."""
    users, items = pairs(table)
    told = model.ratings(
        traits_of(model.users, users, features[0]),
        traits_of(model.items, items, features[1]),
    )
    series = [_typed(users, model.users, "User"), _typed(items, model.items, "Item")]
    frame = frame_of([*series, pl.Series("Rating", told)])
    return Table.of(frame, [Column(name="Rating", type="Double", kind="Score")])


def _pools(
    model: Recommender, table: Table, settings: Settings, inputs: Ports
) -> dict[str, list[str]]:
    """The items that may be recommended to each user."""
    if settings.items == RATED:
        pools = pools_of(*pairs(table), settings.least_pool)
    else:
        users = dict.fromkeys(alone(table))
        pools = {name: list(model.items.names) for name in users}
    if inputs.get(RATINGS) is None:
        return pools
    rated = pools_of(*pairs(table_on(inputs, RATINGS)), 1)
    seen = {user: set(items) for user, items in rated.items()}
    return {
        user: [item for item in pool if item not in seen.get(user, ())]
        for user, pool in pools.items()
    }


def _recommended(
    model: Recommender,
    pools: dict[str, list[str]],
    features: list[Table | None],
    settings: Settings,
) -> Table:
    """The items each user would rate highest."""
    names = pl.Series(list(pools), dtype=pl.String)
    mine = traits_of(model.users, names, features[0])
    wanted = sorted({item for pool in pools.values() for item in pool})
    candidates = pl.Series(wanted, dtype=pl.String)
    theirs = traits_of(model.items, candidates, features[1])
    places = {name: place for place, name in enumerate(candidates)}
    lists = []
    for place, pool in enumerate(pools.values()):
        chosen = [places[name] for name in pool]
        one = mine.at([place] * len(chosen))
        told = model.ratings(one, theirs.at(chosen))
        order = np.argsort(-told, kind="stable")[: settings.most_items]
        lists.append([pool[each] for each in order])
    return _listed(
        model.users, names, lists, ("User", model.items, "Item"), settings.most_items
    )


def _related(
    side: Side,
    table: Table,
    features: Table | None,
    pools: dict[str, list[str]] | None,
    what: str,
    most: int,
) -> Table:
    """Those whose traits point the same way."""
    if pools is None:
        pools = {name: list(side.names) for name in dict.fromkeys(alone(table))}
    names = pl.Series(list(pools), dtype=pl.String)
    everybody = sorted({*names, *(name for pool in pools.values() for name in pool)})
    traits = _unit(traits_of(side, pl.Series(everybody, dtype=pl.String), features))
    places = {name: place for place, name in enumerate(everybody)}
    lists = []
    for name, pool in pools.items():
        others = [other for other in pool if other != name]
        near = traits[[places[other] for other in others]] @ traits[places[name]]
        order = np.argsort(-near, kind="stable")[:most]
        lists.append([others[each] for each in order])
    return _listed(side, names, lists, (what, side, f"Related {what}"), most)


def _unit(traits: Traits) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    rows = np.column_stack([traits.bias, traits.traits])
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(
        np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    )


def _listed(
    side: Side,
    names: pl.Series,
    lists: list[list[str]],
    told: tuple[str, Side, str],
    most: int,
) -> Table:
    """A line for each, what was found in columns from the best on."""
    what, of, column = told
    series = [_typed(names, side, what)]
    for place in range(most):
        cells = [found[place] if place < len(found) else None for found in lists]
        texts = pl.Series(cells, dtype=pl.String)
        series.append(_typed(texts, of, f"{column} {place + 1}"))
    return Table.of(frame_of(series))


def _typed(texts: pl.Series, side: Side, name: str) -> pl.Series:
    return typed_series(texts.rename(name), Column(name=name, type=side.column.type))


MODULE = Module(
    name="Score Matchbox Recommender",
    family="555445229a1044bd884f9a91a9cec2cd",
    category="Machine Learning / Score",
    settings=Settings,
    inputs=(
        ModulePort(MODEL, "ILearner"),
        ModulePort(DATA),
        ModulePort("User features", optional=True),
        ModulePort("Item features", optional=True),
        ModulePort(RATINGS, optional=True),
    ),
    outputs=(ModulePort("Scored dataset"),),
    run=run,
)
