"""Tell how good told ratings, recommended items or related users or items are.

What is told is seen from its columns: `Rating`, `Item 1`…, `Related User 1`…,
`Related Item 1`…. Gains are the true ratings, for related ones how alike the ratings
are; NDCG compares their order to the best one.

    {
      "inputs": {
        "Test dataset": {
          "User": ["ann", "ann", "bob"],
          "Item": ["tea", "ale", "tea"],
          "Rating": [5, 1, 4]
        },
        "Scored dataset": {
          "User": ["ann", "bob"],
          "Item": ["tea", "tea"],
          "Rating": [4.0, 4.0]
        }
      },
      "parameters": {},
      "outputs": {"Metric": {"MAE": [0.5], "RMSE": ["approximately", 0.70710678]}}
    }
"""

from collections.abc import Mapping
from typing import Annotated

import numpy as np
import polars as pl
from msgspec import Meta, Struct, field

from bramka.catalogue._recommender import ids_of, read_triples
from bramka.domain.learning.module import Module, ModuleError, ModulePort, Ports
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import table_on

Ratings = Mapping[str, Mapping[str, float]]
"""What each one gave whom, or got from whom."""


class Settings(Struct, frozen=True, kw_only=True):
    """From how much in common on likeness is measured."""

    common_items: Annotated[
        int, Meta(ge=1, description="So many items both users must have rated.")
    ] = field(
        name="Minimum number of items that the query user and the related user must "
        "have rated in common",
        default=2,
    )
    common_users: Annotated[
        int, Meta(ge=1, description="So many users must have rated both items.")
    ] = field(
        name="Minimum number of users that the query item and the related item must "
        "have been rated by in common",
        default=2,
    )


def run(inputs: Ports, settings: Settings) -> Ports:
    users, items, ratings = read_triples(table_on(inputs, "Test dataset"))
    scored = table_on(inputs, "Scored dataset")
    triples = list(zip(users, items, ratings.tolist(), strict=True))
    by_user = _grouped(triples)
    by_item = _grouped([(item, user, rating) for user, item, rating in triples])
    names = scored.names
    if names == ("User", "Item", "Rating"):
        figures = _errors(by_user, scored)
    elif names[:2] == ("User", "Item 1"):
        figures = {"NDCG": _mean_gain(_lists(scored), by_user, "Item")}
    elif names[:2] == ("User", "Related User 1"):
        figures = _alike(by_user, scored, settings.common_items)
    elif names[:2] == ("Item", "Related Item 1"):
        figures = _alike(by_item, scored, settings.common_users)
    else:
        raise ModuleError(
            18,
            '"Scored dataset" contains invalid data. Its columns are none that Score '
            f"Matchbox Recommender gives: {', '.join(names[:5])}.",
        )
    return {"Metric": Table.of(pl.DataFrame({key: [figures[key]] for key in figures}))}


def _grouped(triples: list[tuple[str, str, float]]) -> dict[str, dict[str, float]]:
    grouped: dict[str, dict[str, float]] = {}
    for one, other, rating in triples:
        grouped.setdefault(one, {})[other] = rating
    return grouped


def _errors(truth: Ratings, scored: Table) -> dict[str, float]:
    """Mean errors of the told ratings whose true ones are known."""
    users, items, told = read_triples(scored)
    errors = [
        rating - truth[user][item]
        for user, item, rating in zip(users, items, told.tolist(), strict=True)
        if item in truth.get(user, {})
    ]
    if not errors:
        raise _nothing_common()
    found = np.array(errors)
    return {
        "MAE": float(np.abs(found).mean()),
        "RMSE": float(np.sqrt((found**2).mean())),
    }


def _lists(scored: Table) -> dict[str, list[str]]:
    """What was told of each one, from the best on."""
    columns = [ids_of(scored.series(name)).to_list() for name in scored.names]
    rows = zip(*columns, strict=True)
    return {
        one: [each for each in told if each is not None]
        for one, *told in rows
        if one is not None
    }


def _mean_gain(lists: dict[str, list[str]], gains: Ratings, what: str) -> float:
    """The mean over all lists of how near their order is to the best one."""
    found = []
    for one, told in lists.items():
        known = gains.get(one, {})
        strange = [each for each in told if each not in known]
        if strange:
            raise ModuleError(
                18,
                f'"Scored dataset" contains invalid data. {what} {strange[0]} told of '
                f"{one} is not in the test dataset.",
            )
        best = _discounted(sorted(known.values(), reverse=True)[: len(told)])
        if told and best:
            found.append(_discounted([known[each] for each in told]) / best)
    if not found:
        raise _nothing_common()
    return float(np.mean(found))


def _discounted(gains: list[float]) -> float:
    return float(sum(gain / np.log2(place + 2) for place, gain in enumerate(gains)))


def _alike(ratings: Ratings, scored: Table, common: int) -> dict[str, float]:
    """NDCG where the gain is how alike two are in what both rated."""
    return {
        f"L{power} Sim NDCG": _mean_gain(
            _lists(scored), _likeness(ratings, power, common), "Related one"
        )
        for power in (1, 2)
    }


def _likeness(ratings: Ratings, power: int, common: int) -> Ratings:
    spread = [rating for given in ratings.values() for rating in given.values()]
    widest = (max(spread) - min(spread)) or 1.0
    alike: dict[str, dict[str, float]] = {}
    for one, mine in ratings.items():
        for other, theirs in ratings.items():
            both = mine.keys() & theirs.keys()
            if other != one and len(both) >= common:
                apart = [
                    abs(mine[each] - theirs[each]) / widest for each in sorted(both)
                ]
                mean = float(np.mean(np.array(apart) ** power) ** (1 / power))
                alike.setdefault(one, {})[other] = 1 - mean
    return alike


def _nothing_common() -> ModuleError:
    return ModuleError(
        18,
        '"Scored dataset" contains invalid data. Nothing of it is in the test dataset.',
    )


MODULE = Module(
    name="Evaluate Recommender",
    family="9c4d0cb5213e47859cc8d29ce467b9c8",
    category="Machine Learning / Evaluate",
    settings=Settings,
    inputs=(ModulePort("Test dataset"), ModulePort("Scored dataset")),
    outputs=(ModulePort("Metric"),),
    run=run,
)
