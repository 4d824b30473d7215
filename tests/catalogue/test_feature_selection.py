import numpy as np
import polars as pl
import pytest
from scipy import stats
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import normalized_mutual_info_score
from tests.catalogue.learning import census, learner, run, scored, trained

from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Learnt, ModuleError, Ports
from bramka.domain.learning.table import Table

DRAW = np.random.default_rng(8)
CLASSES = np.repeat(["a", "b", "c"], 40)
ROWS = DRAW.normal(size=(120, 4)) + np.where(CLASSES == "b", 1.5, 0.0)[:, None] * [
    1,
    0,
    2,
    0,
]
TABLE = Table.of(
    pl.DataFrame(ROWS, schema=["p", "q", "r", "s"]).with_columns(
        pl.Series("class", CLASSES)
    )
)
ON_CLASS = ColumnSelector.of_names("class").stored()


def table_in(outputs: Ports, port: str) -> Table:
    table = outputs[port]
    assert isinstance(table, Table)
    return table


def scores(table: Table, target: str, method: str) -> dict[str, float]:
    outputs = run(
        "Filter Based Feature Selection",
        {"Dataset": table},
        feature_scoring_method=method,
        target_column=ColumnSelector.of_names(target).stored(),
    )
    return table_in(outputs, "Features").frame.row(0, named=True)


def test_scores_are_those_of_scipy_and_scikit_learn() -> None:
    x, y = ROWS[:, 0], ROWS[:, 2]
    found = {
        method: scores(TABLE, "r", method)["p"]
        for method in (
            "Pearson Correlation",
            "Kendall Correlation",
            "Spearman Correlation",
        )
    }
    assert found["Pearson Correlation"] == pytest.approx(abs(stats.pearsonr(x, y)[0]))
    assert found["Kendall Correlation"] == pytest.approx(abs(stats.kendalltau(x, y)[0]))
    assert found["Spearman Correlation"] == pytest.approx(abs(stats.spearmanr(x, y)[0]))
    people = census()
    education, income = people.frame["education"], people.frame["income"]
    counts = pl.DataFrame({"e": education, "i": income}).pivot(
        on="i", index="e", values="i", aggregate_function="len"
    )
    told = stats.chi2_contingency(counts.drop("e").to_numpy(), correction=False)
    assert scores(people, "income", "Chi Squared")["education"] == pytest.approx(
        told[0]
    )
    shared = normalized_mutual_info_score(education.to_list(), income.to_list())
    found_shared = scores(people, "income", "Mutual Information")["education"]
    assert found_shared == pytest.approx(shared)


def test_fishers_score_and_correlation_tell_classes_apart() -> None:
    groups = [ROWS[each == CLASSES] for each in "abc"]
    mean = ROWS.mean(axis=0)
    between = sum(40 * (group.mean(axis=0) - mean) ** 2 for group in groups)
    within = sum(40 * group.var(axis=0) for group in groups)
    found = scores(TABLE, "class", "Fisher Score")
    assert [found[name] for name in "pqrs"] == pytest.approx(list(between / within))
    assert list(found)[:2] == ["r", "p"]
    means = np.select(
        [each == CLASSES for each in "abc"], [g[:, 2].mean() for g in groups]
    )
    pearson = stats.pearsonr(ROWS[:, 2], means)[0]
    assert scores(TABLE, "class", "Pearson Correlation")["r"] == pytest.approx(pearson)


def test_counting_keeps_columns_with_enough_that_is_not_0() -> None:
    table = Table.of(
        pl.DataFrame(
            {"x": [0, 1, None], "t": ["a", "b", "c"], "z": [0, 0, 0], "w": [1, 2, 3]}
        )
    )
    outputs = run(
        "Filter Based Feature Selection",
        {"Dataset": table},
        feature_scoring_method="Count Based",
    )
    assert table_in(outputs, "Filtered dataset").names == ("x", "w")
    told = table_in(outputs, "Features").frame.row(0, named=True)
    assert told == {"x": 1.0, "t": 0.0, "z": 0.0, "w": 3.0}


def test_rows_of_no_finite_number_are_left_out() -> None:
    known = {"x": [1.0, 2.0, 3.0, 5.0], "y": [2.0, 4.1, 5.9, 7.0]}
    odd = {"x": [float("inf"), float("nan"), 9.0], "y": [1.0, 1.0, float("nan")]}
    longer = {name: known[name] + odd[name] for name in known}
    for method in ("Pearson Correlation", "Mutual Information", "Kendall Correlation"):
        found = scores(Table.of(pl.DataFrame(longer)), "y", method)
        assert found == scores(Table.of(pl.DataFrame(known)), "y", method)
        assert found["x"] > 0


def test_without_a_target_the_measures_refuse() -> None:
    with pytest.raises(ModuleError, match="Error 0011"):
        run("Filter Based Feature Selection", {"Dataset": TABLE})


def test_discriminants_are_those_of_scikit_learn() -> None:
    outputs = run(
        "Fisher Linear Discriminant Analysis",
        {"Dataset": TABLE},
        class_labels_column=ON_CLASS,
        number_of_feature_extractors=2,
    )
    result = table_in(outputs, "Transformed features")
    assert result.names == ("class", "col1", "col2")
    expected = (
        LinearDiscriminantAnalysis(solver="eigen").fit(ROWS, CLASSES).transform(ROWS)
    )
    for place in range(2):
        found = result.frame[f"col{place + 1}"].to_numpy()
        assert abs(np.corrcoef(found, expected[:, place])[0, 1]) == pytest.approx(1)


def test_discriminants_of_no_number_asked_for_are_all() -> None:
    outputs = run(
        "Fisher Linear Discriminant Analysis",
        {"Dataset": TABLE},
        class_labels_column=ON_CLASS,
    )
    assert len(table_in(outputs, "Transformed features").names) == 5


def test_classes_are_told_apart_to_their_last_letter() -> None:
    frame = {"x": [1.0, 1.2, 3.0, 3.3], "z": [0.0, 1.0, 1.0, 0.0]}
    found = []
    for labels in (["a", "a", "b", "b"], ["a", "a", "a\0", "a\0"]):
        table = Table.of(pl.DataFrame({**frame, "y": labels}))
        label = ColumnSelector.of_names("y").stored()
        name = "Fisher Linear Discriminant Analysis"
        outputs = run(name, {"Dataset": table}, class_labels_column=label)
        found.append(table_in(outputs, "Transformed features").frame["col1"].to_list())
    assert found[0] == found[1]


def importances(model: Learnt, table: Table) -> dict[str, float]:
    inputs: Ports = {"Trained model": model, "Test data": table}
    outputs = run("Permutation Feature Importance", inputs)
    return dict(table_in(outputs, "Feature importance").frame.rows())


@pytest.mark.parametrize(
    "name", ["Two-Class Logistic Regression", "Two-Class Decision Forest"]
)
def test_an_importance_is_what_shuffling_the_cells_costs(name: str) -> None:
    table = census(300).select(["age", "education", "married", "income"])
    holes = pl.when(pl.int_range(300) % 9 == 2).then(None).otherwise(pl.col("age"))
    table = Table(table.frame.with_columns(age=holes), table.columns)
    model = trained(learner(name), table, "income")

    def accuracy(other: Table) -> float:
        known = scored(model, other).frame.drop_nulls("Scored Labels")
        return float((known["income"] == known["Scored Labels"]).mean())  # type: ignore[arg-type]  # there are rows

    draw = np.random.Generator(np.random.PCG64(0))
    expected = {}
    for column in ("age", "education", "married"):
        cells = table.frame[column].gather(draw.permutation(300))
        other = Table(table.frame.with_columns(cells), table.columns)
        expected[column] = accuracy(table) - accuracy(other)
    assert importances(model, table) == pytest.approx(expected, abs=1e-12)


def series_scores(values: list[float], **given: str | int | float) -> list[float]:
    port = "Input data containing time stamps and values"
    outputs = run(
        "Time Series Anomaly Detection",
        {port: Table.of(pl.DataFrame({"v": values}))},
        value_column=ColumnSelector.of_names("v").stored(),
        **{"window_size": 50, **given},
    )
    return (
        table_in(outputs, "Time series annotated with anomaly scores")
        .frame["Anomaly Score"]
        .to_list()
    )


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("martingale", ["PowerAvg", "Power"])
def test_a_series_that_changes_its_level_stands_out_soon(
    martingale: str, seed: int
) -> None:
    draw = np.random.default_rng(seed)  # Tests run in any order: each has its own.
    quiet = draw.normal(0, 1, 200)
    jump = np.concatenate([quiet, draw.normal(8, 1, 20)])
    told = series_scores(jump.tolist(), martingale_type=martingale)
    # No false alarm. Twelve values are not always enough for a true one at 3.25.
    assert max(told[:200]) < 3.25
    assert max(told[200:212]) > 2 * max(told[:200])


@pytest.mark.parametrize(
    ("values", "strangeness", "published"),
    [
        (
            [1.0, 1.4, 1.1],
            "RangePercentile",
            [-0.687952590518378, -1.07030497733224, -1.30229513613974],
        ),
        (
            [1.0, 1.4, 1.1],
            "SlowNegTrend",
            [-0.687952590518378, -1.07030497733224, -1.30229513613974],
        ),
        (
            [1.0, 1.4, 1.1],
            "SlowPosTrend",
            [-0.687952590518378, -0.884548154298423, -1.173800281031],
        ),
        (
            [3.0, 9.09, 0.0],
            "RangePercentile",
            [-0.687952590518378, -1.07030497733224, -1.05186237440962],
        ),
    ],
)
def test_scores_are_those_that_microsoft_published(
    values: list[float], strangeness: str, published: list[float]
) -> None:
    told = series_scores(values, strangeness_function_type=strangeness)
    assert told == pytest.approx(published, abs=1e-6)


def test_a_level_that_stays_is_alarmed_of_at_the_default_threshold() -> None:
    draw = np.random.default_rng(0)
    quiet = draw.normal(100, 5, 300)
    told = series_scores([*quiet, *draw.normal(160, 5, 30)], window_size=300)
    assert max(told[:300]) < 3.25 < max(told[300:])


def test_a_value_that_is_missing_leaves_the_score_as_it_was() -> None:
    told = series_scores([np.nan, 1.0, 1.4, np.nan, 1.1])
    assert told[0] == 0.0
    assert told[3] == told[2]
    assert [told[1], told[2], told[4]] == series_scores([1.0, 1.4, 1.1])


def test_a_rise_is_a_rise_and_no_fall() -> None:
    draw = np.random.default_rng(2)
    bend = np.concatenate(
        [draw.normal(0, 1, 150), draw.normal(0, 1, 40) + np.arange(40)]
    )
    rising = series_scores(bend.tolist(), strangeness_function_type="SlowPosTrend")
    falling = series_scores(bend.tolist(), strangeness_function_type="SlowNegTrend")
    assert max(rising[150:]) > 3.25
    assert max(falling[150:]) < max(rising[150:])
