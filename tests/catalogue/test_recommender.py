import numpy as np
import polars as pl
import pytest
from sklearn.metrics import (
    mean_absolute_error,
    ndcg_score,
    root_mean_squared_error,
)
from tests.catalogue.learning import run

from bramka.domain.learning.module import Learnt, ModuleError
from bramka.domain.learning.parameter import Setting
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import Value

MODEL = "Trained Matchbox recommender"
TRIPLES = "Training dataset of user-item-rating triples"


def tastes(seed: int = 0) -> Table:
    """Two kinds of users, each of which likes another kind of items."""
    draw = np.random.default_rng(seed)
    rows = [
        (f"u{user:02}", f"i{item:02}", 5 if user % 2 == item % 2 else 1)
        for user in range(20)
        for item in range(12)
        if draw.random() < 0.6
    ]
    return Table.of(pl.DataFrame(rows, schema=["User", "Item", "Rating"], orient="row"))


def kinds(letter: str, count: int) -> Table:
    names = [f"{letter}{place:02}" for place in range(count)]
    return Table.of(pl.DataFrame({"id": names, "kind": ["even", "odd"] * (count // 2)}))


def train(**features: Table) -> Learnt:
    inputs: dict[str, Value] = {TRIPLES: tastes()}
    for side, table in features.items():
        inputs[f"Training dataset of {side} features"] = table
    model = run("Train Matchbox Recommender", inputs, number_of_traits=3)[MODEL]
    assert isinstance(model, Learnt)
    return model


def score(
    model: Learnt,
    table: Table,
    users: Table | None = None,
    rated: Table | None = None,
    **given: Setting,
) -> Table:
    inputs: dict[str, Value] = {MODEL: model, "Dataset to score": table}
    if rated is not None:
        inputs["Training Dataset"] = rated
    if users is not None:
        inputs["User features"] = users
    result = run("Score Matchbox Recommender", inputs, **given)["Scored dataset"]
    assert isinstance(result, Table)
    return result


def judge(scored: Table) -> dict[str, float]:
    inputs: dict[str, Value] = {"Test dataset": tastes(), "Scored dataset": scored}
    result = run("Evaluate Recommender", inputs)["Metric"]
    assert isinstance(result, Table)
    return result.frame.row(0, named=True)


def test_ratings_are_told_nearly() -> None:
    told = score(train(), tastes(), recommender_prediction_kind="Rating Prediction")
    assert told.names == ("User", "Item", "Rating")
    assert judge(told)["MAE"] < 0.3


def test_items_that_users_like_come_first() -> None:
    told = score(train(), tastes())
    assert told.names == ("User", *(f"Item {place}" for place in range(1, 6)))
    assert judge(told)["NDCG"] > 0.95
    users = Table(
        tastes().frame.select(pl.col("User").unique().sort()), tastes().columns[:1]
    )
    told = score(train(), users, recommended_item_selection="From All Items")
    for user, first, *_ in told.frame.rows():
        assert int(user[1:]) % 2 == int(first[1:]) % 2


def test_how_good_recommendations_are_is_told_as_by_scikit_learn() -> None:
    model, ratings = train(), tastes().frame
    told = score(model, tastes(), recommender_prediction_kind="Rating Prediction")
    both = ratings.join(told.frame, on=["User", "Item"], suffix=" told")
    pair = both["Rating"], both["Rating told"]
    assert judge(told) == pytest.approx(
        {"MAE": mean_absolute_error(*pair), "RMSE": root_mean_squared_error(*pair)}
    )
    lists = score(model, tastes())
    gains = []
    for user, *items in lists.frame.rows():
        known = dict(ratings.filter(pl.col("User") == user)["Item", "Rating"].rows())
        order = [-items.index(item) if item in items else -99 for item in known]
        count = sum(item is not None for item in items)
        gains.append(ndcg_score([list(known.values())], [order], k=count))
    assert judge(lists)["NDCG"] == pytest.approx(np.mean(gains))


def test_what_a_user_has_rated_is_not_recommended_again() -> None:
    users = Table(tastes().frame.select(pl.col("User").unique()), tastes().columns[:1])
    told = score(
        train(), users, recommended_item_selection="From All Items", rated=tastes()
    )
    rated = set(tastes().frame.select("User", "Item").rows())
    found = {
        (user, item) for user, *items in told.frame.rows() for item in items if item
    }
    assert found
    assert not found & rated


def test_related_users_and_items_are_of_the_same_kind() -> None:
    for kind, names in (
        ("Related Users", "L2 Sim NDCG"),
        ("Related Items", "L1 Sim NDCG"),
    ):
        told = score(train(), tastes(), recommender_prediction_kind=kind)
        assert judge(told)[names] > 0.9
        assert all(
            int(one[1:]) % 2 == int(first[1:]) % 2
            for one, first, *_ in told.frame.rows()
        )


def test_new_users_are_told_by_their_features() -> None:
    model = train(user=kinds("u", 20))
    new = Table.of(pl.DataFrame({"User": ["x", "y"]}))
    features = Table.of(pl.DataFrame({"id": ["y", "x"], "kind": ["odd", "even"]}))
    told = score(model, new, features, recommended_item_selection="From All Items")
    assert [int(first[1:]) % 2 for _, first, *_ in told.frame.rows()] == [0, 1]
    with pytest.raises(ModuleError, match="Error 0035: Features for x required"):
        score(model, new, recommended_item_selection="From All Items")


def test_what_is_told_twice_or_is_none_is_refused_by_number() -> None:
    twice = Table(pl.concat([tastes().frame] * 2), tastes().columns)
    for table, number in (
        (twice, 34),
        (tastes().select(["User", "Item"]), 22),
        (tastes().slice(0, 0), 21),
        (tastes().select(["User", "Rating", "Item"]), 17),
    ):
        with pytest.raises(ModuleError) as refusal:
            run("Train Matchbox Recommender", {TRIPLES: table})
        assert refusal.value.number == number
    double = kinds("u", 20)
    double = Table(pl.concat([double.frame] * 2), double.columns)
    with pytest.raises(ModuleError, match="Error 0036: Duplicate feature definition"):
        train(user=double)


def test_a_classifier_is_no_recommender() -> None:
    learnt = run("Two-Class Logistic Regression", {})["Untrained model"]
    assert isinstance(learnt, Learnt)
    with pytest.raises(ModuleError, match="Error 0013"):
        score(learnt, tastes())
