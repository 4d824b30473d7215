import json

import numpy as np
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

from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Learnt, ModuleError
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value import Value


def label(name: str) -> str:
    return ColumnSelector.of_names(name).stored()


def evaluate(table: Table, compared: Table | None = None) -> Table:
    inputs: dict[str, Value] = {"Scored dataset": table}
    if compared is not None:
        inputs["Scored dataset to compare"] = compared
    result = run("Evaluate Model", inputs)["Evaluation results"]
    assert isinstance(result, Table)
    return result


def told(name: str, target: str, rows: int = 600, **given: str) -> Table:
    table = census().select([*FEATURES, target]).slice(0, rows)
    return scored(trained(learner(name, **given), table, target), table)


def test_the_report_holds_every_curve_of_two_classes() -> None:
    result = evaluate(told("Two-Class Logistic Regression", "income"))
    assert result.report is not None
    json.dumps(result.report, allow_nan=False)
    (report,) = result.report["datasets"]
    assert report["positive_label"] == ">50K"
    assert report["roc"]["points"][0][:2] == [0, 0]
    assert report["roc"]["points"][-1][:2] == [1, 1]
    assert report["precision_recall"]["points"][0][0] == 1
    assert len(report["lift"]["points"]) <= 400
    assert len(report["thresholds"]) == 101
    bins = report["score_bins"]
    assert [each["Score Bin"] for each in bins][::9] == [
        "(0.900,1.000]",
        "(0.000,0.100]",
    ]
    assert (
        sum(each["Positive Examples"] + each["Negative Examples"] for each in bins)
        == 600
    )
    assert bins[-1]["Fraction Above Threshold"] == 1
    assert bins[-1]["Recall"] == 1
    assert bins[-1]["Cumulative AUC"] == pytest.approx(
        result.frame["AUC"].item(), abs=0.03
    )
    half = next(each for each in report["thresholds"] if each["Threshold"] == 0.5)
    assert half["Accuracy"] == result.frame["Accuracy"].item()


def test_two_models_are_compared_line_by_line() -> None:
    left = told("Two-Class Logistic Regression", "income")
    right = told("Two-Class Decision Forest", "income")
    result = evaluate(left, right)
    assert (
        result.frame.rows()
        == evaluate(left).frame.rows() + evaluate(right).frame.rows()
    )
    assert result.report is not None
    assert len(result.report["datasets"]) == 2
    with pytest.raises(
        ModuleError, match='Error 0025: There is no score column in "Sco'
    ):
        evaluate(left, told("Linear Regression", "pay"))


def test_residuals_are_drawn() -> None:
    result = evaluate(told("Decision Forest Regression", "pay"))
    assert result.frame["Negative Log Likelihood"].item() is not None
    assert result.report is not None
    (report,) = result.report["datasets"]
    assert sum(report["error_histogram"]["counts"]) == 600
    assert 0.9 < report["mean_zero_one_error"] <= 1


def guessed(truth: list[float], guesses: list[float] | list[str]) -> Table:
    frame = pl.DataFrame({"y": truth, "Scored Labels": guesses})
    kinds = [
        Column(name="y", type="Double", kind="Label"),
        Column(
            name="Scored Labels",
            type="String" if isinstance(guesses[0], str) else "Double",
            kind="Score",
        ),
    ]
    return Table.of(frame, kinds)


@pytest.mark.parametrize(
    ("truth", "guesses", "counted"),
    [
        ([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], 3),
        ([2.0**62, 2.0**62 + 1024], [2.0**62, 2.0**62], 2),
        ([2.0**62, 2.0**62], [0.0, 0.0], 2),
        ([1e308, 0.0], [-1e308, 0.0], 0),
    ],
)
def test_residuals_of_any_size_are_counted(
    truth: list[float], guesses: list[float], counted: int
) -> None:
    result = evaluate(guessed(truth, guesses))
    assert result.report is not None
    (report,) = result.report["datasets"]
    assert sum(report["error_histogram"]["counts"]) == counted
    wrong = [one != other for one, other in zip(truth, guesses, strict=True)]
    assert report["mean_zero_one_error"] == pytest.approx(sum(wrong) / len(wrong))


def test_scores_that_are_no_numbers_are_refused_by_number() -> None:
    with pytest.raises(ModuleError, match="Error 0017"):
        evaluate(guessed([1.0, 2.0], ["one", "two"]))
    quantiles = evaluate(told("Fast Forest Quantile Regression", "pay", 200))
    assert quantiles.names == (
        "Quantile Loss:0.250",
        "Quantile Loss:0.500",
        "Quantile Loss:0.750",
    )


def test_clusters_are_told_together_and_one_by_one() -> None:
    table = census().select(["age", "hours-per-week"])
    inputs: dict[str, Value] = {
        "Untrained model": learner("K-Means Clustering"),
        "Dataset": table,
    }
    columns = ColumnSelector.of_types("Numeric", kind="All").stored()
    result = run("Train Clustering Model", inputs, column_set=columns)[
        "Results dataset"
    ]
    assert isinstance(result, Table)
    assert result.report is not None
    assert len(result.report["points"][0]) == 3
    figures = evaluate(result).frame
    assert figures["Result Description"].to_list() == [
        "Combined Evaluation",
        "Evaluation For Cluster No.0",
        "Evaluation For Cluster No.1",
    ]
    points = figures["Number of Points"].to_list()
    assert points[0] == points[1] + points[2] == table.height


def test_what_cannot_be_evaluated_is_refused_by_number() -> None:
    table = told("Two-Class Logistic Regression", "income", 50)
    no_label = Table(
        table.frame,
        tuple(
            Column(name=each.name, type=each.type, kind="Score")
            if each.kind == "Score"
            else Column(name=each.name, type=each.type)
            for each in table.columns
        ),
    )
    for given, number in (
        (no_label, 24),
        (census(), 25),
        (table.slice(0, 0), 21),
        (table.select(["age", "income"]), 25),
    ):
        with pytest.raises(ModuleError) as refusal:
            evaluate(given)
        assert refusal.value.number == number


def test_labels_that_are_numbers_or_truth_values_are_told_as_such() -> None:
    for values, positive in (([0, 2], "2"), ([False, True], "True")):
        frame = pl.DataFrame(
            {"x": [1.0, 2.0, 3.0, 4.0] * 5, "y": [*values, *values] * 5}
        )
        frame = frame.with_columns(pl.col("y").sort_by("x"))
        table = Table.of(
            frame.sort("x").with_columns(y=pl.Series(values[:1] * 10 + values[1:] * 10))
        )
        result = scored(
            trained(learner("Two-Class Decision Forest"), table, "y"), table
        )
        assert result.frame["Scored Labels"].to_list() == table.frame["y"].to_list()
        report = evaluate(result).report
        assert report is not None
        assert report["datasets"][0]["positive_label"] == positive


@pytest.mark.parametrize(
    ("name", "target"),
    [("One-vs-All Multiclass", "class"), ("Ordinal Regression", "class")],
)
def test_learners_of_parts_tell_probabilities_of_every_class(
    name: str, target: str
) -> None:
    parts: dict[str, Value] = {
        "Untrained binary classification model": learner(
            "Two-Class Logistic Regression"
        )
    }
    (learnt,) = run(name, parts).values()
    assert isinstance(learnt, Learnt)
    table = census().select([*FEATURES, target]).slice(0, 500)
    model = trained(learnt, table, target)
    holes = Table(pl.concat([table.frame, table.frame.clear(1)]), table.columns)
    result = scored(model, holes)
    assert result.frame.rows() == rows_scored(model, holes)
    assert result.names[-5:] == (
        *(f'Scored Probabilities for Class "{each}"' for each in range(4)),
        "Scored Labels",
    )
    shares = result.frame.select(result.names[-5:-1]).slice(0, 500).to_numpy()
    assert shares.sum(axis=1) == pytest.approx(np.ones(500))
    assert evaluate(result).frame["Overall accuracy"].item() > 0.7
    wrong: dict[str, Value] = {
        "Untrained binary classification model": learner("Linear Regression")
    }
    (learnt,) = run(name, wrong).values()
    assert isinstance(learnt, Learnt)
    with pytest.raises(ModuleError, match="Error 0013: Learner"):
        trained(learnt, table, target)


def test_ranks_must_be_numbers() -> None:
    parts: dict[str, Value] = {
        "Untrained binary classification model": learner(
            "Two-Class Logistic Regression"
        )
    }
    (learnt,) = run("Ordinal Regression", parts).values()
    assert isinstance(learnt, Learnt)
    with pytest.raises(ModuleError, match=r"Error 0083: .*is of type String"):
        trained(learnt, census(), "education")


def cross_validate(table: Table, target: str, name: str) -> tuple[Table, Table]:
    inputs: dict[str, Value] = {"Untrained model": learner(name), "Dataset": table}
    result = run("Cross Validate Model", inputs, label_column=label(target))
    scores, folds = result.values()
    assert isinstance(scores, Table)
    assert isinstance(folds, Table)
    return scores, folds


def test_each_row_is_scored_by_a_model_without_it() -> None:
    table = census().select([*FEATURES, "income"]).slice(0, 300)
    scores, folds = cross_validate(table, "income", "Two-Class Logistic Regression")
    assert scores.frame.select(table.names).equals(table.frame)
    assert scores.names[-3:] == (
        "Fold Assignments",
        "Scored Labels",
        "Scored Probabilities",
    )
    assert sorted(set(scores.frame["Fold Assignments"])) == list(range(10))
    assert folds.frame["Fold Number"].to_list()[-3:] == [
        "9",
        "Mean",
        "Standard Deviation",
    ]
    areas = folds.frame["AUC"].to_list()
    assert areas[-2] == pytest.approx(np.mean(areas[:-2]))
    assert areas[-1] == pytest.approx(np.std(areas[:-2], ddof=1))
    rest = scores.frame["Fold Assignments"] != 3
    others = Table(table.frame.filter(rest), table.columns)
    model = trained(learner("Two-Class Logistic Regression"), others, "income")
    wanted = scored(model, Table(table.frame.filter(~rest), table.columns))
    assert scores.frame.filter(~rest)["Scored Probabilities"].equals(
        wanted.frame["Scored Probabilities"]
    )


def test_folds_of_partition_and_sample_are_taken() -> None:
    table = census().select([*FEATURES, "pay"]).slice(0, 120)
    (dealt,) = run(
        "Partition and Sample",
        {"Dataset": table},
        partition_or_sample_mode="Assign to Folds",
        specify_number_of_folds_to_split_evenly_into=4,
    ).values()
    assert isinstance(dealt, Table)
    scores, folds = cross_validate(dealt, "pay", "Linear Regression")
    assert sorted(set(scores.frame["Fold Assignments"])) == [0, 1, 2, 3]
    assert folds.frame["Number of examples in fold"].to_list() == [30] * 4 + [120, None]


def test_a_class_that_a_fold_lacks_has_no_chance_there() -> None:
    table = census().select(["age", "class"]).slice(0, 60)
    rare = table.frame["class"].to_list()
    rare[0] = 9
    rare_table = Table(
        table.frame.with_columns(pl.Series("class", rare)), table.columns
    )
    scores, _ = cross_validate(rare_table, "class", "Multiclass Decision Forest")
    assert scores.names[-1] == "Scored Labels"
    assert scores.frame['Scored Probabilities for Class "9"'][0] == 0


def tune(name: str, target: str, **given: str | int) -> tuple[Table, Learnt]:
    table = census().select([*FEATURES, target]).slice(0, 240)
    inputs: dict[str, Value] = {
        "Untrained model": learner(name),
        "Training dataset": table,
        "Validation dataset": census().select([*FEATURES, target]).slice(240, 200),
    }
    result = run(
        "Tune Model Hyperparameters", inputs, label_column=label(target), **given
    )
    sweep, best = result.values()
    assert isinstance(sweep, Table)
    assert isinstance(best, Learnt)
    return sweep, best


GRID = "Specify parameter sweeping mode"


def test_the_whole_grid_is_tried_and_the_best_is_trained() -> None:
    sweep, best = tune(
        "Two-Class Averaged Perceptron", "income", **{GRID: "Entire grid"}
    )
    assert sweep.height == 6
    assert sweep.names[:2] == ("Learning rate", "Maximum number of iterations")
    accuracies = sweep.frame["Accuracy"].to_list()
    assert accuracies == sorted(accuracies, reverse=True)
    assert float(best.settings["Learning rate"] or 0) == sweep.frame["Learning rate"][0]
    assert best.settings["Create trainer mode"] == "Single Parameter"
    valid = census().select([*FEATURES, "income"]).slice(240, 200)
    figures = evaluate(scored(best, valid)).frame
    assert figures["Accuracy"].item() == accuracies[0]


def test_sweeps_at_random_try_so_many() -> None:
    name = "Two-Class Averaged Perceptron"
    sweep, _ = tune(name, "income", maximum_number_of_runs_on_random_sweep=3)
    assert sweep.height == 3
    sweep, _ = tune(
        name,
        "income",
        **{GRID: "Random grid"},
        maximum_number_of_runs_on_random_grid=4,
        metric_for_measuring_performance_for_classification="Average Log Loss",
    )
    assert sweep.height == 4
    assert sweep.frame.select(sweep.names[:2]).is_duplicated().sum() == 0
    losses = sweep.frame["Average Log Loss"].to_list()
    assert losses == sorted(losses)


def test_without_validation_rows_folds_judge() -> None:
    table = census().select(["age", "pay"]).slice(0, 60)
    inputs: dict[str, Value] = {
        "Untrained model": learner("Linear Regression"),
        "Training dataset": table,
    }
    sweep, _ = run(
        "Tune Model Hyperparameters",
        inputs,
        label_column=label("pay"),
        **{GRID: "Entire grid"},
    ).values()
    assert isinstance(sweep, Table)
    assert sweep.frame["L2 regularization weight"].sort().to_list() == [
        0.001,
        0.01,
        0.1,
    ]


def test_what_matters_is_told_by_shuffling() -> None:
    table = census().select([*FEATURES, "income"])
    model = trained(learner("Two-Class Logistic Regression"), table, "income")
    inputs: dict[str, Value] = {"Trained model": model, "Test data": table}
    (result,) = run("Permutation Feature Importance", inputs).values()
    assert isinstance(result, Table)
    assert result.frame["Feature"].to_list()[0] == "age"
    assert result.frame["Score"].is_sorted(descending=True)
    with pytest.raises(ModuleError, match="Error 0062"):
        run(
            "Permutation Feature Importance",
            inputs,
            metric_for_measuring_performance="Regression - Mean Absolute Error",
        )
    del inputs["Test data"]
    inputs["Test data"] = table.select(FEATURES)
    with pytest.raises(ModuleError, match="Error 0024"):
        run("Permutation Feature Importance", inputs)


def test_thousands_of_classes_are_told_and_not_drawn() -> None:
    names = [f"class {place}" for place in range(3000)]
    answers = [*names[:2700], *names[:300]]
    chance = 'Scored Probabilities for Class "class 0"'
    frame = pl.DataFrame({"y": names, chance: 1.0, "Scored Labels": answers})
    columns = [
        Column(name="y", kind="Label"),
        Column(name=chance, type="Double", kind="Score"),
        Column(name="Scored Labels", kind="Score"),
    ]
    result = evaluate(Table.of(frame, columns))
    assert result.frame["Overall accuracy"][0] == 0.9
    assert result.report is not None
    (report,) = result.report["datasets"]
    assert report["classes"] == sorted(names)
    assert "confusion_matrix" not in report


def of_two_classes(truth: list[int], scores: list[float]) -> Table:
    answers = [int(score > 0.5) for score in scores]
    frame = pl.DataFrame(
        {"y": truth, "Scored Labels": answers, "Scored Probabilities": scores}
    )
    columns = [
        Column(name="y", type="Int64", kind="Label"),
        Column(name="Scored Labels", type="Int64", kind="Score"),
        Column(name="Scored Probabilities", type="Double", kind="Score"),
    ]
    return Table.of(frame, columns)


def test_a_lift_parts_no_rows_of_one_score() -> None:
    result = evaluate(of_two_classes([1, 0, 1, 0], [0.7, 0.7, 0.7, 0.2]))
    assert result.report is not None
    lift = result.report["datasets"][0]["lift"]["points"]
    assert lift == [[0.0, 0.0], [0.75, 2.0], [1.0, 2.0]]


@pytest.mark.parametrize(
    ("odd", "number"), [(float("nan"), 32), (float("inf"), 33), (float("-inf"), 33)]
)
def test_scores_that_are_no_numbers_are_refused(odd: float, number: int) -> None:
    with pytest.raises(ModuleError, match='"Scored Probabilities" is not') as refusal:
        evaluate(of_two_classes([1, 0, 1], [odd, 0.7, 0.2]))
    assert refusal.value.number == number
