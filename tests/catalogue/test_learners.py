"""What every learner of the shelf keeps, parametrised over the folder."""

from functools import cache

import polars as pl
import pytest
from tests.catalogue.learning import (
    FEATURES,
    census,
    learner,
    rows_scored,
    run,
    scored,
    trained,
)

from bramka.catalogue import shelf
from bramka.catalogue._state import state_from
from bramka.domain.learning.module import Learnt, ModuleError
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value import Value

SHELF = shelf()
OF_ONES_OWN = ("Create R Model",)
"""What such models keep is a matter of their scripts: see test_r_scripts."""
LEARNERS = sorted(
    module.name
    for module in SHELF.values()
    if module.fit and not module.inputs and module.outputs[0].type == "ILearner"
    if module.name not in OF_ONES_OWN
)
DETECTORS = ("One-Class Support Vector Machine", "PCA-Based Anomaly Detection")
SLOW = {
    "Number of learning iterations": "15",
    "Learning rate": "0.5",
    "Number of hidden nodes": "12",
    "Number of trees constructed": "15",
    "Number of Trees": "8",
}
"""Less work where it changes nothing of what is asked here."""
every_learner = pytest.mark.parametrize("name", LEARNERS)


def label_for(name: str) -> str:
    if "Two-Class" in name:
        return "income"
    return "class" if "Multiclass" in name else "pay"


def people(name: str, rows: int = 400) -> Table:
    label = [] if name in DETECTORS else [label_for(name)]
    return census().select([*FEATURES, *label]).slice(0, rows)


def untrained(name: str) -> Learnt:
    known = {each.name for each in SHELF.find(name).parameters}
    given = {key: value for key, value in SLOW.items() if key in known}
    module = SHELF.find(name)
    (learnt,) = module.apply({}, module.settle(given)).values()
    assert isinstance(learnt, Learnt)
    return learnt


def train(name: str, table: Table) -> Learnt:
    if name not in DETECTORS:
        return trained(untrained(name), table, label_for(name))
    inputs: dict[str, Value] = {"Untrained model": untrained(name), "Dataset": table}
    (model,) = run("Train Anomaly Detection Model", inputs).values()
    assert isinstance(model, Learnt)
    return model


@cache
def model_of(name: str) -> Learnt:
    return train(name, people(name))


def test_there_are_learners() -> None:
    assert len(LEARNERS) >= 20


@every_learner
def test_a_row_alone_is_scored_as_in_a_batch_to_the_last_bit(name: str) -> None:
    table = census().select(FEATURES).slice(380, 60)
    holes = Table(pl.concat([table.frame, table.frame.clear(1)]), table.columns)
    result = scored(model_of(name), holes)
    assert result.frame.rows() == rows_scored(model_of(name), holes)
    assert (
        result.frame.rows()[7:8]
        == scored(model_of(name), table.slice(7, 1)).frame.rows()
    )


@every_learner
def test_what_was_learnt_is_read_once_however_often_it_scores(name: str) -> None:
    row = census().select(FEATURES).slice(7, 1)
    scored(model_of(name), row)
    read = state_from.cache_info()
    scored(model_of(name), row)
    again = state_from.cache_info()
    assert (again.misses, again.hits > read.hits) == (read.misses, True)


@every_learner
def test_the_same_seed_trains_the_same_model(name: str) -> None:
    assert train(name, people(name, 120)) == train(name, people(name, 120))


@every_learner
def test_it_learns_something(name: str) -> None:
    if name in DETECTORS:
        return
    table = people(name)
    result = scored(model_of(name), table)
    (figures,) = run("Evaluate Model", {"Scored dataset": result}).values()
    assert isinstance(figures, Table)
    line = figures.frame.row(0, named=True)
    told = (
        line.get("AUC")
        or line.get("Overall accuracy")
        or line.get("Coefficient of Determination")
    )
    if told is not None:
        assert told > 0.6


@every_learner
def test_levels_that_are_new_count_as_none_unless_they_are_refused(name: str) -> None:
    table = census().select(FEATURES).slice(0, 3)
    strange = Table.of(
        table.frame.with_columns(pl.lit("Atlantis").alias("native-country")),
        table.columns,
    )
    result = scored(model_of(name), strange)
    assert result.frame.null_count().sum_horizontal().item() == 0
    assert result.frame.rows() == rows_scored(model_of(name), strange)


@every_learner
def test_rows_of_missing_values_are_scored_or_left_without_score(name: str) -> None:
    table = census().select(FEATURES)
    empty = Table(table.frame.clear(2), table.columns)
    result = scored(model_of(name), empty)
    assert result.height == 2
    assert scored(model_of(name), table.slice(0, 0)).names == result.names


@every_learner
def test_a_table_of_missing_values_cannot_be_learnt_from(name: str) -> None:
    table = people(name)
    empty = Table(table.frame.clear(5), table.columns)
    if name in DETECTORS:
        with pytest.raises(ModuleError, match="Error 0083"):
            train(name, empty)
    else:
        with pytest.raises(ModuleError, match="Error 0134"):
            train(name, empty)


@every_learner
def test_odd_numbers_are_refused_by_number(name: str) -> None:
    table = census().select(FEATURES).slice(0, 2)
    for odd, number in ((float("nan"), 32), (float("inf"), 33)):
        frame = table.frame.with_columns(pl.lit(odd).alias("hours-per-week"))
        strange = Table(frame, table.columns)
        with pytest.raises(ModuleError) as refusal:
            scored(model_of(name), strange)
        assert refusal.value.number == number
        with pytest.raises(ModuleError) as refusal:
            rows_scored(model_of(name), strange)
        assert refusal.value.number == number


@every_learner
def test_a_column_that_is_gone_is_told(name: str) -> None:
    table = census().select(FEATURES[1:]).slice(0, 2)
    with pytest.raises(ModuleError, match=r'Error 0001: .*"age" does not exist'):
        scored(model_of(name), table)


@every_learner
def test_a_range_trains_with_its_first_values(name: str) -> None:
    names = [each.name for each in SHELF.find(name).parameters]
    if not any(each.startswith("Range") for each in names):
        return
    mode = next(each for each in names if "mode" in each)
    ranged = learner(name, **{mode: "Parameter Range"})
    if name in DETECTORS or "Neural" in name:
        assert ranged.settings[mode] == "Parameter Range"
    else:
        assert trained(ranged, people(name, 80), label_for(name)).trained


def test_levels_may_be_refused() -> None:
    table = census()
    strict = learner(
        "Two-Class Logistic Regression", allow_unknown_categorical_levels=False
    )
    model = trained(strict, table.select(["workclass", "income"]), "income")
    strange = Table.of(pl.DataFrame({"workclass": ["Mining"]}))
    for score in (scored, rows_scored):
        with pytest.raises(ModuleError, match=r'Error 0018: .*holds "Mining"'):
            score(model, strange)


def test_times_and_categories_of_numbers_are_features() -> None:
    frame = pl.DataFrame(
        {
            "when": pl.Series(range(40)).cast(pl.Datetime("us")),
            "span": pl.Series(range(40)).cast(pl.Duration("us")),
            "kind": [1, 2] * 20,
            "y": [0, 1] * 20,
        }
    )
    table = Table.of(frame, [Column(name="kind", type="Int64", levels=("1", "2"))])
    for name in ("Two-Class Logistic Regression", "Two-Class Decision Forest"):
        model = trained(learner(name), table, "y")
        result = scored(model, table)
        assert result.frame["Scored Labels"].to_list() == [0, 1] * 20
        assert result.frame.rows() == rows_scored(model, table)


def test_labels_that_cannot_be_learnt_are_told() -> None:
    table = census().select(["age", "income", "class", "pay"]).slice(0, 50)
    one = Table(table.frame.with_columns(pl.lit("x").alias("income")), table.columns)
    for name, given, label, found in (
        (
            "Two-Class Decision Forest",
            table,
            "class",
            'Its label "class" has 4 classes',
        ),
        ("Multiclass Decision Forest", one, "income", "has only one class"),
        ("Linear Regression", table, "income", "is of type String"),
    ):
        with pytest.raises(ModuleError, match="Error 0083: .*" + found) as refusal:
            trained(learner(name), given, label)
        assert f"Learner type: {name}." in refusal.value.message
    with pytest.raises(ModuleError, match="Error 0140"):
        trained(learner("Linear Regression"), table.select(["pay"]), "pay")
    negative = Table(table.frame.with_columns(-pl.col("pay")), table.columns)
    with pytest.raises(ModuleError, match="A label is negative"):
        trained(learner("Poisson Regression"), negative, "pay")


def test_more_classes_than_memory_holds_are_refused() -> None:
    count = 10_001
    frame = {"x": [float(place) for place in range(count)]}
    names = [f"class {place}" for place in range(count)]
    table = Table.of(pl.DataFrame({**frame, "y": names}))
    with pytest.raises(ModuleError, match="10,001 rows of 10,001 classes") as refusal:
        trained(learner("Multiclass Logistic Regression"), table, "y")
    assert refusal.value.number == 138


def test_a_class_that_only_incomplete_rows_have_is_not_learnt() -> None:
    frame = pl.DataFrame(
        {"x": [1.0, 2.0, 3.0, 4.0, None], "y": ["a", "a", "b", "b", "c"]}
    )
    for name in ("Multiclass Neural Network", "Multiclass Logistic Regression"):
        model = trained(learner(name), Table.of(frame), "y")
        result = scored(model, Table.of(frame))
        assert result.names[2:] == (
            'Scored Probabilities for Class "a"',
            'Scored Probabilities for Class "b"',
            "Scored Labels",
        )
        assert result.frame["Scored Labels"].null_count() == 1


@every_learner
def test_the_smallest_tables_are_learnt(name: str) -> None:
    classifies = "Two-Class" in name or "Multiclass" in name
    frame = pl.DataFrame({"x": [1.0, 2.0], "y": ["a", "b"]})
    if not classifies:
        frame = pl.DataFrame({"x": [1.0], label_for(name): [3.0]})
    table = Table.of(frame.rename({"y": label_for(name)}) if classifies else frame)
    if name in DETECTORS:
        table = table.select(["x"])
    model = train(name, table)
    result = scored(model, table)
    assert result.frame.rows() == rows_scored(model, table)
    assert result.frame.null_count().sum_horizontal().item() == 0


@every_learner
def test_a_column_of_gaps_tells_nothing(name: str) -> None:
    table = people(name, 60)
    frame = table.frame.with_columns(
        pl.lit(None, dtype=pl.Float64).alias("gone"),
        pl.lit(None, dtype=pl.String).alias("nothing"),
    )
    gaps = Table.of(frame, table.columns)
    if not any(word in name for word in ("Decision", "Fast Forest")):
        with pytest.raises(ModuleError, match="Error 0083"):
            train(name, gaps)
        return
    model = train(name, gaps)
    filled = Table.of(frame.with_columns(pl.lit(1.0).alias("gone")), table.columns)
    assert scored(model, filled).frame.rows() == rows_scored(model, filled)
    plain = scored(train(name, table), table)
    scores = [each.name for each in plain.columns if each.kind == "Score"]
    assert scored(model, gaps).select(scores) == plain.select(scores)


def test_numbers_too_far_apart_for_one_scale_are_refused() -> None:
    frame = pl.DataFrame({"x": [1e308, -1e308, 0.0, 1.0], "y": [0, 1, 0, 1]})
    with pytest.raises(ModuleError, match='Error 0033: "x" is not finite'):
        trained(learner("Two-Class Logistic Regression"), Table.of(frame), "y")


@pytest.mark.parametrize("seed", [-1, -(2**31)])
def test_a_seed_below_0_is_one_like_others(seed: int) -> None:
    table = census().select([*FEATURES, "income"]).slice(0, 60)
    given = learner("Two-Class Averaged Perceptron", random_number_seed=seed)
    told = scored(trained(given, table, "income"), table)
    assert told == scored(trained(given, table, "income"), table)
    other = learner("Two-Class Averaged Perceptron", random_number_seed=7)
    assert told != scored(trained(other, table, "income"), table)
    halves = run("Split Data", {"Dataset": table}, random_seed=seed)
    assert halves == run("Split Data", {"Dataset": table}, random_seed=seed)


@pytest.mark.parametrize("name", ["Bayesian Linear Regression", "Linear Regression"])
def test_what_a_library_cannot_learn_from_is_told_by_number(name: str) -> None:
    frame = pl.DataFrame(
        {"x": [1e308, -1e308, 1e308, -1e308], "y": [0.0, 1.0, 2.0, 1.0]}
    )
    frame = pl.concat([frame] * 12)
    with pytest.raises(ModuleError, match=r"Error 0083: .* too large"):
        trained(learner(name), Table.of(frame), "y")
