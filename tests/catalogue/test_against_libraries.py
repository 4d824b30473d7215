"""Golden numbers: what modules give, beside scikit-learn called directly."""

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from scipy.special import logit
from sklearn.cluster import KMeans
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import (
    LogisticRegression,
    PoissonRegressor,
    Ridge,
    SGDClassifier,
)
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    f1_score,
    log_loss,
    mean_absolute_error,
    precision_score,
    r2_score,
    recall_score,
    roc_auc_score,
)
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import OneHotEncoder, minmax_scale
from sklearn.svm import OneClassSVM
from tests.catalogue.learning import FEATURES, census, learner, run, scored, trained

from bramka.catalogue._learning import training
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Learnt
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import Value

LABELS = ("income", "class", "pay")


def split() -> tuple[Table, Table]:
    table = census(2000)
    return table.slice(0, 1500), table.slice(1500)


def numbers(table: Table, *, scaled: bool = False) -> NDArray[np.float64]:
    """The features as a person would encode them for scikit-learn."""
    parts = []
    for name in FEATURES:
        column = table.column(name)
        if column.type != "String":
            values = table.frame[name].cast(float).to_numpy()
            parts.append(minmax_scale(values)[:, None] if scaled else values[:, None])
        else:
            known = column.levels or sorted(set(census(2000).frame[name]))
            encoder = OneHotEncoder(categories=[list(known)], sparse_output=False)
            parts.append(encoder.fit_transform(table.frame[name].to_numpy()[:, None]))
    return np.hstack(parts)


def truth(table: Table, label: str) -> NDArray[np.float64]:
    if label == "income":
        return np.asarray((table.frame[label] == ">50K").to_numpy(), dtype=np.float64)
    return np.asarray(table.frame[label].to_numpy(), dtype=np.float64)


def data(label: str) -> tuple[Table, Table]:
    train, test = split()
    return train.select([*FEATURES, label]), test.select([*FEATURES, label])


def probabilities(name: str) -> tuple[NDArray[np.float64], float]:
    """What a two-class module tells of the test rows, and its AUC."""
    train, test = data("income")
    result = scored(trained(learner(name), train, "income"), test)
    (evaluation,) = run("Evaluate Model", {"Scored dataset": result}).values()
    assert isinstance(evaluation, Table)
    told = result.frame["Scored Probabilities"].to_numpy()
    return told, evaluation.frame["AUC"].item()


def test_boosted_trees_have_the_same_area_under_the_curve() -> None:
    train, test = split()
    direct = HistGradientBoostingClassifier(
        learning_rate=0.2,
        max_iter=100,
        max_leaf_nodes=20,
        min_samples_leaf=10,
        early_stopping=False,
        random_state=0,
    )
    with training():
        direct.fit(numbers(train), truth(train, "income"))
    wanted = direct.predict_proba(numbers(test))[:, 1]
    told, area = probabilities("Two-Class Boosted Decision Tree")
    assert told == pytest.approx(wanted, abs=1e-12)
    assert area == pytest.approx(roc_auc_score(truth(test, "income"), wanted), abs=1e-9)


def test_a_forest_votes_the_same() -> None:
    train, test = split()
    direct = RandomForestClassifier(
        n_estimators=8, max_depth=32, max_features=None, random_state=0
    ).fit(numbers(train), truth(train, "income"))
    wanted = direct.predict_proba(numbers(test))[:, 1]
    told, area = probabilities("Two-Class Decision Forest")
    assert told == pytest.approx(wanted, abs=1e-12)
    assert area == pytest.approx(roc_auc_score(truth(test, "income"), wanted), abs=1e-9)


def test_logistic_regression_finds_the_same_least_loss() -> None:
    train, _ = split()
    rows = numbers(train, scaled=True)
    direct = LogisticRegression(
        C=0.5, l1_ratio=0.5, solver="saga", tol=1e-7, max_iter=3000
    ).fit(rows, truth(train, "income"))
    model = trained(
        learner("Two-Class Logistic Regression", optimization_tolerance="1e-10"),
        train.select([*FEATURES, "income"]),
        "income",
    )
    told = scored(model, train).frame["Scored Probabilities"].to_numpy()
    assert told == pytest.approx(direct.predict_proba(rows)[:, 1], abs=1e-4)


def test_logistic_regression_of_many_classes_agrees() -> None:
    train, _ = split()
    rows = numbers(train, scaled=True)
    direct = LogisticRegression(C=2.0, tol=1e-8, max_iter=2000).fit(
        rows, truth(train, "class")
    )
    given = learner(
        "Multiclass Logistic Regression",
        L1_regularization_weight=0,
        L2_regularization_weight=0.5,
        optimization_tolerance="1e-12",
    )
    result = scored(trained(given, train.select([*FEATURES, "class"]), "class"), train)
    told = result.frame.select(
        f'Scored Probabilities for Class "{each}"' for each in range(4)
    ).to_numpy()
    assert told == pytest.approx(direct.predict_proba(rows), abs=1e-4)
    assert result.frame["Scored Labels"].to_list() == direct.predict(rows).tolist()


def test_regressors_agree() -> None:
    train, test = data("pay")
    rows, wanted = numbers(train), truth(train, "pay")
    ridge = Ridge(alpha=0.001).fit(rows, wanted)
    boosted = HistGradientBoostingRegressor(
        learning_rate=0.2,
        max_leaf_nodes=20,
        min_samples_leaf=10,
        early_stopping=False,
        random_state=0,
    )
    with training():
        boosted.fit(rows, wanted)
    forest = RandomForestRegressor(
        n_estimators=8, max_depth=32, max_features=None, random_state=0
    ).fit(rows, wanted)
    for name, direct, column in (
        ("Linear Regression", ridge, "Scored Labels"),
        ("Boosted Decision Tree Regression", boosted, "Scored Labels"),
        ("Decision Forest Regression", forest, "Scored Label Mean"),
    ):
        result = scored(trained(learner(name), train, "pay"), test)
        told = result.frame[column].to_numpy()
        assert told == pytest.approx(direct.predict(numbers(test)), abs=1e-7)


def test_poisson_regression_agrees() -> None:
    train, _ = data("pay")
    rows, wanted = numbers(train, scaled=True), truth(train, "pay")
    direct = PoissonRegressor(alpha=1 / len(rows), tol=1e-8, max_iter=2000)
    direct.fit(rows, wanted)
    given = learner(
        "Poisson Regression", L1_regularization_weight=0, optimization_tolerance="1e-13"
    )
    told = scored(trained(given, train, "pay"), train).frame["Scored Labels"].to_numpy()
    assert told == pytest.approx(direct.predict(rows), rel=1e-3)


def test_the_bayesian_mean_is_ridge_regression() -> None:
    train, test = data("pay")
    direct = Ridge(alpha=1.0).fit(numbers(train), truth(train, "pay"))
    result = scored(trained(learner("Bayesian Linear Regression"), train, "pay"), test)
    told = result.frame["Scored Label Mean"].to_numpy()
    assert told == pytest.approx(direct.predict(numbers(test)), abs=1e-7)
    assert result.frame["Scored Label Standard Deviation"].to_numpy().min() > 1.5


def test_quantiles_lie_around_as_many_labels() -> None:
    train, test = data("pay")
    result = scored(
        trained(learner("Fast Forest Quantile Regression"), train, "pay"), test
    )
    for quantile in (0.25, 0.5, 0.75):
        told = result.frame[f"Scored Labels for Quantile {quantile:g}"].to_numpy()
        below = float((truth(test, "pay") <= told).mean())
        assert below == pytest.approx(quantile, abs=0.2)


def test_detectors_agree() -> None:
    table = census(300).select(FEATURES)
    rows = numbers(table, scaled=True)
    direct = OneClassSVM(nu=0.1).fit(rows)
    learnt = learner("One-Class Support Vector Machine")
    inputs: dict[str, Value] = {"Untrained model": learnt, "Dataset": table}
    model = run("Train Anomaly Detection Model", inputs)["Trained model"]
    result = run("Score Model", {"Trained model": model, "Dataset": table})
    told = result["Scored dataset"]
    assert isinstance(told, Table)
    outside = told.frame["Scored Labels"].to_numpy() == 1
    assert (outside == (direct.decision_function(rows) < 0)).mean() > 0.99


def test_clusters_agree() -> None:
    table = census(500).select(["age", "hours-per-week"])
    rows = table.frame.cast(pl.Float64).to_numpy()
    direct = KMeans(3, n_init=1, max_iter=100, random_state=0).fit(rows)
    inputs: dict[str, Value] = {
        "Untrained model": learner("K-Means Clustering", number_of_centroids=3),
        "Dataset": table,
    }
    everything = ColumnSelector.of_types("Numeric", kind="All").stored()
    result = run("Train Clustering Model", inputs, column_set=everything)
    told = result["Results dataset"]
    assert isinstance(told, Table)
    assert told.frame["Assignments"].to_list() == direct.labels_.tolist()
    distances = told.frame.select(f"DistancesToClusterCenter no.{n}" for n in range(3))
    assert distances.to_numpy() == pytest.approx(direct.transform(rows), abs=1e-6)


def test_figures_of_two_classes_agree() -> None:
    train, test = data("income")
    result = scored(
        trained(learner("Two-Class Bayes Point Machine"), train, "income"), test
    )
    (evaluation,) = run("Evaluate Model", {"Scored dataset": result}).values()
    assert isinstance(evaluation, Table)
    line = evaluation.frame.row(0, named=True)
    wanted, told = (
        truth(test, "income"),
        result.frame["Scored Probabilities"].to_numpy(),
    )
    chosen = told > 0.5
    quiet, alarms, misses, hits = confusion_matrix(wanted, chosen).ravel().tolist()
    share = wanted.mean()
    chance = log_loss(wanted, np.full(len(wanted), share))
    assert line == {
        "True Positive": hits,
        "False Negative": misses,
        "False Positive": alarms,
        "True Negative": quiet,
        "Accuracy": pytest.approx(accuracy_score(wanted, chosen)),
        "Precision": pytest.approx(precision_score(wanted, chosen)),
        "Recall": pytest.approx(recall_score(wanted, chosen)),
        "F-Score": pytest.approx(f1_score(wanted, chosen)),
        "Threshold": 0.5,
        "AUC": pytest.approx(roc_auc_score(wanted, told)),
        "Average Log Loss": pytest.approx(log_loss(wanted, told)),
        "Training Log Loss": pytest.approx(
            100 * (chance - log_loss(wanted, told)) / chance
        ),
    }


def test_figures_of_many_classes_and_of_numbers_agree() -> None:
    train, test = data("class")
    result = scored(
        trained(learner("Multiclass Decision Forest"), train, "class"), test
    )
    (evaluation,) = run("Evaluate Model", {"Scored dataset": result}).values()
    assert isinstance(evaluation, Table)
    line = evaluation.frame.row(0, named=True)
    wanted, told = truth(test, "class"), result.frame["Scored Labels"].to_numpy()
    assert line["Overall accuracy"] == pytest.approx(accuracy_score(wanted, told))
    assert line["Macro-averaged precision"] == pytest.approx(
        precision_score(wanted, told, average="macro")
    )
    assert line["Macro-averaged recall"] == pytest.approx(
        recall_score(wanted, told, average="macro")
    )
    assert evaluation.report is not None
    assert evaluation.report["datasets"][0]["confusion_matrix"] == (
        confusion_matrix(wanted, told).tolist()
    )
    train, test = data("pay")
    result = scored(trained(learner("Linear Regression"), train, "pay"), test)
    (evaluation,) = run("Evaluate Model", {"Scored dataset": result}).values()
    assert isinstance(evaluation, Table)
    line = evaluation.frame.row(0, named=True)
    pay, guess = truth(test, "pay"), result.frame["Scored Labels"].to_numpy()
    assert line["Mean Absolute Error"] == pytest.approx(mean_absolute_error(pay, guess))
    assert line["Coefficient of Determination"] == pytest.approx(r2_score(pay, guess))


def few(label: str) -> tuple[Table, NDArray[np.float64], NDArray[np.float64]]:
    """Few people, and the same for scikit-learn, brought to one scale."""
    table = census(2000).select([*FEATURES, label]).slice(0, 400)
    return table, numbers(table, scaled=True), truth(table, label)


@pytest.mark.parametrize(
    ("name", "direct"),
    [
        (
            "Two-Class Support Vector Machine",
            SGDClassifier(
                loss="hinge", alpha=0.001, max_iter=1, tol=None, random_state=0
            ),
        ),
        (
            "Two-Class Averaged Perceptron",
            SGDClassifier(
                loss="perceptron",
                penalty=None,
                learning_rate="constant",
                eta0=1.0,
                average=True,
                max_iter=10,
                tol=None,
                random_state=0,
            ),
        ),
    ],
)
def test_planes_that_part_two_classes_agree(name: str, direct: SGDClassifier) -> None:
    table, rows, wanted = few("income")
    distances = direct.fit(rows, wanted).decision_function(rows)
    result = scored(trained(learner(name), table, "income"), table)
    told = logit(result.frame["Scored Probabilities"].to_numpy())
    # A chance is made of a distance by Platt's slope and shift, and nothing else.
    slope, shift = np.polyfit(distances, told, 1)
    assert slope > 0
    assert told == pytest.approx(slope * distances + shift, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("Multiclass Decision Forest", {}),
        ("Multiclass Decision Jungle", {"max_leaf_nodes": 128}),
    ],
)
def test_forests_and_jungles_of_many_classes_agree(
    name: str, options: dict[str, int]
) -> None:
    table, _, wanted = few("class")
    direct = RandomForestClassifier(
        n_estimators=8, max_depth=32, max_features=None, random_state=0, **options
    ).fit(numbers(table), wanted)
    result = scored(trained(learner(name), table, "class"), table)
    told = result.frame.select(
        f'Scored Probabilities for Class "{each}"' for each in range(4)
    ).to_numpy()
    assert told == pytest.approx(direct.predict_proba(numbers(table)), abs=1e-12)


def test_a_jungle_of_two_classes_agrees() -> None:
    table, _, wanted = few("income")
    direct = RandomForestClassifier(
        n_estimators=8,
        max_depth=32,
        max_leaf_nodes=128,
        max_features=None,
        random_state=0,
    ).fit(numbers(table), wanted)
    result = scored(
        trained(learner("Two-Class Decision Jungle"), table, "income"), table
    )
    told = result.frame["Scored Probabilities"].to_numpy()
    assert told == pytest.approx(direct.predict_proba(numbers(table))[:, 1], abs=1e-12)


def test_one_against_all_others_agrees() -> None:
    table, rows, wanted = few("class")
    part = learner(
        "Two-Class Logistic Regression",
        L1_regularization_weight=0,
        optimization_tolerance="1e-10",
    )
    inputs: dict[str, Value] = {"Untrained binary classification model": part}
    untrained = run("One-vs-All Multiclass", inputs)["Untrained model"]
    assert isinstance(untrained, Learnt)
    result = scored(trained(untrained, table, "class"), table)
    direct = OneVsRestClassifier(LogisticRegression(C=1.0, tol=1e-8, max_iter=2000))
    told = result.frame.select(
        f'Scored Probabilities for Class "{each}"' for each in range(4)
    ).to_numpy()
    assert told == pytest.approx(direct.fit(rows, wanted).predict_proba(rows), abs=1e-3)


def test_what_main_components_do_not_tell_agrees() -> None:
    table, rows, _ = few("income")
    table = table.select(FEATURES)
    inputs: dict[str, Value] = {
        "Untrained model": learner("PCA-Based Anomaly Detection"),
        "Dataset": table,
    }
    model = run("Train Anomaly Detection Model", inputs)["Trained model"]
    told = run("Score Model", {"Trained model": model, "Dataset": table})
    result = told["Scored dataset"]
    assert isinstance(result, Table)
    directions = np.linalg.svd(rows, full_matrices=False)[2][:2]
    rest = rows - rows @ directions.T @ directions
    lengths = np.linalg.norm(rows, axis=1)
    left = result.frame["Scored Probabilities"].to_numpy() * lengths
    # Nothing tells more by two directions; chance finds nearly as good ones.
    assert 1 - 1e-9 <= (left**2).sum() / (rest**2).sum() < 1.05


@pytest.mark.parametrize(
    "name",
    ["Two-Class Locally-Deep Support Vector Machine", "Two-Class Bayes Point Machine"],
)
def test_learners_that_no_library_has_tell_as_much_as_a_plane(name: str) -> None:
    table, rows, wanted = few("income")
    direct = LogisticRegression(max_iter=2000).fit(rows, wanted).predict_proba(rows)
    told = scored(trained(learner(name), table, "income"), table)
    area = roc_auc_score(wanted, told.frame["Scored Probabilities"].to_numpy())
    assert area > roc_auc_score(wanted, direct[:, 1]) - 0.03


NETWORKS = [
    ("Two-Class Neural Network", "income", MLPClassifier),
    ("Multiclass Neural Network", "class", MLPClassifier),
    ("Neural Network Regression", "pay", MLPRegressor),
]


@pytest.mark.parametrize(("name", "label", "kind"), NETWORKS)
def test_networks_learn_the_same_weights(
    name: str, label: str, kind: type[MLPClassifier | MLPRegressor]
) -> None:
    train = data(label)[0].slice(0, 200)
    rows, labels = numbers(train, scaled=True), truth(train, label)
    shift, scale = (labels.mean(), labels.std()) if label == "pay" else (0.0, 1.0)
    direct = kind(hidden_layer_sizes=(4, 3), activation="logistic", solver="sgd")
    direct.set_params(alpha=0, learning_rate_init=0.01)
    direct.set_params(batch_size=1, momentum=0.5, shuffle=False, tol=0, max_iter=1)
    with training():
        # One round makes the layers, which then begin as the settings say.
        direct.fit(rows, (labels - shift) / scale)
        draw = np.random.Generator(np.random.PCG64(7))
        direct.coefs_ = [draw.uniform(-0.5, 0.5, w.shape) for w in direct.coefs_]
        direct.intercepts_ = [np.zeros_like(each) for each in direct.intercepts_]
        direct.set_params(warm_start=True, max_iter=5)
        direct.fit(rows, (labels - shift) / scale)
    given = learner(
        name,
        number_of_hidden_nodes="4,3",
        learning_rate="0.01",
        the_momentum="0.5",
        shuffle_examples="False",
        number_of_learning_iterations="5",
        the_initial_learning_weights_diameter="1",
        random_number_seed="7",
        allow_unknown_categorical_levels="False",
    )
    result = scored(trained(given, train, label), train).frame
    if label == "pay":
        told, wanted = result[["Scored Labels"]], direct.predict(rows) * scale + shift
    else:
        told = result.select(pl.selectors.starts_with("Scored Probabilities"))
        wanted = direct.predict_proba(rows)[:, -told.width :]
    assert told.to_numpy() == pytest.approx(wanted.reshape(told.shape), abs=1e-9)
