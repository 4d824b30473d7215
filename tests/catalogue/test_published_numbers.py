"""Figures that others published: NIST, Excel, textbooks, the module reference."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn.datasets import load_iris
from tests.catalogue.learning import learner, run, scored, trained

from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Ports
from bramka.domain.learning.table import Column, Table

LONGLEY = {
    "deflator": [
        *(83.0, 88.5, 88.2, 89.5, 96.2, 98.1, 99.0, 100.0),
        *(101.2, 104.6, 108.4, 110.8, 112.6, 114.2, 115.7, 116.9),
    ],
    "product": [
        *(234289, 259426, 258054, 284599, 328975, 346999, 365385, 363112),
        *(397469, 419180, 442769, 444546, 482704, 502601, 518173, 554894),
    ],
    "unemployed": [
        *(2356, 2325, 3682, 3351, 2099, 1932, 1870, 3578),
        *(2904, 2822, 2936, 4681, 3813, 3931, 4806, 4007),
    ],
    "army": [
        *(1590, 1456, 1616, 1650, 3099, 3594, 3547, 3350),
        *(3048, 2857, 2798, 2637, 2552, 2514, 2572, 2827),
    ],
    "people": [
        *(107608, 108632, 109773, 110929, 112075, 113270, 115094, 116219),
        *(117388, 118734, 120445, 121950, 123366, 125368, 127852, 130081),
    ],
    "year": list(range(1947, 1963)),
    "employed": [
        *(60323, 61122, 60171, 61187, 63221, 63639, 64989, 63761),
        *(66019, 67857, 68169, 66513, 68655, 69564, 69331, 70551),
    ],
}
CERTIFIED = [
    *(15.0618722713733, -0.0358191792925910, -2.02022980381683),
    *(-1.03322686717359, -0.0511041056535807, 1829.15146461355),
]
SLEEP = {
    "one": [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0],
    "two": [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4],
}
TEN = [3, 4, 5, 2, 3, 4, 5, 6, 4, 7]
RODS = [1345, 1301, 1368, 1322, 1310, 1370, 1318, 1350, 1303, 1299]
SEVEN = [4, 5, 8, 7, 11, 4, 3]
NEAR_A_MILLION = [1000000.2, *[1000000.1, 1000000.3] * 500]
NEAR_TEN_MILLIONS = [10000000.2, *[10000000.1, 10000000.3] * 500]


def only(outputs: Ports, port: str | None = None) -> Table:
    found = outputs[port] if port else next(iter(outputs.values()))
    assert isinstance(found, Table)
    return found


def column(values: list[Any]) -> Ports:
    return {"Dataset": Table.of(pl.DataFrame({"x": values}))}


def names(*chosen: str) -> str:
    return ColumnSelector.of_names(*chosen).stored()


def test_linear_regression_has_the_certified_coefficients_of_longley() -> None:
    table = Table.of(pl.DataFrame(LONGLEY))
    model = trained(
        learner("Linear Regression", l2_regularization_weight="0"), table, "employed"
    )
    result = scored(model, table)
    features = table.frame.drop("employed").cast(pl.Float64).to_numpy()
    certified = features @ np.array(CERTIFIED) - 3482258.63459582
    assert result.frame["Scored Labels"].to_numpy() == pytest.approx(
        certified, rel=1e-9
    )
    line = only(run("Evaluate Model", {"Scored dataset": result})).frame.row(
        0, named=True
    )
    told = line["Coefficient of Determination"], line["Root Mean Squared Error"]
    assert told == pytest.approx((0.995479004577296, 304.854073561965 * 0.75), rel=1e-8)


@pytest.mark.parametrize(
    ("method", "values", "expected"),
    [
        ("Sample skewness", TEN, 0.359543071),
        ("Sample kurtosis", TEN, -0.151799637),
        ("Sample standard deviation", RODS, 27.46391572),
        ("Population standard deviation", RODS, 26.05455814),
        ("Sample variance", RODS, 754.2666667),
        ("Population variance", RODS, 678.84),
        ("Geometric mean", SEVEN, 5.476986970),
        ("Harmonic mean", SEVEN, 5.028375962),
        ("Mean deviation", [4, 5, 6, 7, 5, 4, 3], 1.020408163),
        ("Sample standard deviation", NEAR_A_MILLION, 0.1),
        ("Mean", NEAR_A_MILLION, 1000000.2),
        ("Sample standard deviation", NEAR_TEN_MILLIONS, 0.1),
        ("Mean", NEAR_TEN_MILLIONS, 10000000.2),
    ],
)
def test_elementary_statistics_are_those_of_nist_and_excel(
    method: str, values: list[float], expected: float
) -> None:
    outputs = run("Compute Elementary Statistics", column(values), method=method)
    (found,) = only(outputs).frame.select(pl.col(pl.Float64)).row(0)
    assert found == pytest.approx(expected, rel=1e-7)


def test_a_summary_has_excels_shape_of_ten_numbers() -> None:
    line = only(run("Summarize Data", column(TEN))).frame.row(0, named=True)
    shape = line["Sample Skewness"], line["Sample Kurtosis"]
    assert shape == pytest.approx((0.359543071, -0.151799637), rel=1e-8)


FREEDOM = "number_of_degrees_of_freedom"


@pytest.mark.parametrize(
    ("kind", "method", "given", "value", "expected"),
    [
        ("FFisher", "Cdf", {}, 8.2, 0.984774),
        ("FFisher", "Pdf", {}, 8.2, 0.004349),
        ("FFisher", "Cdf", {}, 18.0, 0.997896),
        ("StandardNormal", "Cdf", {}, 18.0, 1.0),
        ("ChiSquare", "Cdf", {FREEDOM: 1}, 0.5, 0.52049988),
        ("ChiSquareRightTailed", "Cdf", {FREEDOM: 10}, 18.307, 0.0500006),
        (
            "FFisherRightTailed",
            "Cdf",
            {"numerator_degrees_of_freedom": 6, "denominator_degrees_of_freedom": 4},
            15.20686486,
            0.01,
        ),
        ("TStudentTwoTailed", "Cdf", {FREEDOM: 60}, 1.959999998, 0.054645),
        ("TStudent", "InverseCdf", {FREEDOM: 2}, 0.75, 0.8164966),
        ("TStudentTwoTailed", "InverseCdf", {FREEDOM: 60}, 0.546449, 0.606533),
        ("Weibull", "Cdf", {"shape": 20, "scale": 100}, 105.0, 0.929581),
        ("Weibull", "Pdf", {"shape": 20, "scale": 100}, 105.0, 0.035589),
        ("Poisson", "Cdf", {"mean": 5}, 2.0, 0.124652),
        ("Poisson", "Pdf", {"mean": 5}, 2.0, 0.084224),
        ("Gamma", "Cdf", {"shape": 9, "scale": 2}, 10.00001131, 0.068094),
        ("Gamma", "Pdf", {"shape": 9, "scale": 2}, 10.00001131, 0.032639),
        (
            "Beta",
            "Cdf",
            {"shape": 8, "scale": 10, "lower_bound": 1, "upper_bound": 3},
            2.0,
            0.6854706,
        ),
        ("Normal", "Cdf", {"mean": 40, "standard_deviation": 1.5}, 42.0, 0.9087888),
        ("Normal", "Pdf", {"mean": 40, "standard_deviation": 1.5}, 42.0, 0.10934),
        ("Lognormal", "Cdf", {"mean": 3.5, "standard_deviation": 1.2}, 4, 0.0390836),
        ("Lognormal", "Pdf", {"mean": 3.5, "standard_deviation": 1.2}, 4, 0.0176176),
        ("Exponential", "Cdf", {"lambda": 10}, 0.2, 0.86466472),
        ("Exponential", "Pdf", {"lambda": 10}, 0.2, 1.35335283),
        (
            "NegativeBinomial",
            "Pdf",
            {"probability_of_success": 0.25, "number_of_success": 5},
            10.0,
            0.0550487,
        ),
        (
            "NegativeBinomial",
            "Cdf",
            {"probability_of_success": 0.25, "number_of_success": 5},
            10.0,
            0.3135141,
        ),
        ("Binomial", "Pdf", {"number_of_trials": 10}, 6.0, 0.2050781),
        (
            "Hypergeometric",
            "Cdf",
            {"number_of_samples": 4, "number_of_success": 8, "population_size": 20},
            1.0,
            0.4654,
        ),
        (
            "Hypergeometric",
            "Pdf",
            {"number_of_samples": 4, "number_of_success": 8, "population_size": 20},
            1.0,
            0.3633,
        ),
    ],
)
def test_probabilities_are_those_of_the_reference_and_of_excel(
    kind: str, method: str, given: dict[str, float], value: float, expected: float
) -> None:
    outputs = run(
        "Evaluate Probability Function",
        column([float(value)]),
        distribution=kind,
        method=method,
        **given,
    )
    digits = len(repr(expected).split(".")[1])
    found = only(outputs).frame[f"{kind}.{method}(x)"][0]
    assert found == pytest.approx(expected, abs=0.6 * 10**-digits)


@pytest.mark.parametrize(
    ("kind", "chosen", "given", "expected"),
    [
        ("SingleSampleSet", ("one",), {}, 0.2175978),
        ("PairedSamples", ("one", "two"), {}, 0.00283289),
        ("UnpairedSamples", ("one", "two"), {}, 0.07918671),
        ("UnpairedSamples", ("one", "two"), {"equal": "False"}, 0.07939414),
    ],
)
def test_t_tests_of_students_sleepers(
    kind: str, chosen: tuple[str, ...], given: dict[str, str], expected: float
) -> None:
    more = {"assume_equal_variances": given["equal"]} if given else {}
    outputs = run(
        "Test Hypothesis Using t-Test",
        {"Dataset": Table.of(pl.DataFrame(SLEEP))},
        t_test_type=kind,
        target_columns=names(*chosen),
        **more,
    )
    assert only(outputs, "P").frame.row(0)[0] == pytest.approx(expected, rel=1e-5)


def test_the_correlation_of_anscombes_first_set() -> None:
    x = [10.0, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5]
    y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68]
    table = Table.of(pl.DataFrame({"x": x, "y": y}))
    found = only(run("Compute Linear Correlation", {"Dataset": table})).frame
    assert found["y"][0] == pytest.approx(0.81642051634484, abs=1e-13)


def feature_score(x: list[Any], y: list[Any], method: str) -> float:
    table = Table.of(pl.DataFrame({"x": x, "y": y}))
    outputs = run(
        "Filter Based Feature Selection",
        {"Dataset": table},
        feature_scoring_method=method,
        target_column=names("y"),
    )
    found: float = only(outputs, "Features").frame["x"][0]
    return found


def test_ranks_of_wit_and_hours_before_the_set() -> None:
    wit = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110]
    hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17]
    found = feature_score(wit, hours, "Spearman Correlation")
    assert abs(found) == pytest.approx(29 / 165)


def test_chi_squared_of_a_table_of_four_cells() -> None:
    x = ["a"] * 50 + ["b"] * 50
    y = [0] * 20 + [1] * 30 + [0] * 30 + [1] * 20
    assert feature_score(x, y, "Chi Squared") == pytest.approx(4.0)


def test_hours_of_study_tell_the_chance_to_pass() -> None:
    hours = [
        *(0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 1.75, 2.0, 2.25, 2.5),
        *(2.75, 3.0, 3.25, 3.5, 4.0, 4.25, 4.5, 4.75, 5.0, 5.5),
    ]
    passed = [0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1]
    table = Table.of(pl.DataFrame({"hours": hours, "passed": passed}))
    plain = {"l1_regularization_weight": "0", "l2_regularization_weight": "0"}
    model = trained(learner("Two-Class Logistic Regression", **plain), table, "passed")
    asked = Table.of(pl.DataFrame({"hours": [1.0, 2.0, 3.0, 4.0, 5.0]}))
    chances = scored(model, asked).frame["Scored Probabilities"].to_list()
    assert chances == pytest.approx([0.07, 0.26, 0.61, 0.87, 0.97], abs=6e-3)


def test_gains_of_six_recommendations() -> None:
    ratings = {"a": 3, "b": 2, "c": 3, "d": 0, "e": 1, "f": 2}
    test = pl.DataFrame(
        {"User": ["u"] * 6, "Item": list(ratings), "Rating": list(ratings.values())}
    )
    told = {f"Item {place + 1}": [item] for place, item in enumerate(ratings)}
    scores = pl.DataFrame({"User": ["u"], **told})
    outputs = run(
        "Evaluate Recommender",
        {"Test dataset": Table.of(test), "Scored dataset": Table.of(scores)},
    )
    assert only(outputs).frame["NDCG"][0] == pytest.approx(0.9608081943)


def iris() -> Table:
    rows, species = load_iris(return_X_y=True)
    frame = pl.DataFrame(rows, ["sepal_length", "sepal_width", "length", "width"])
    return Table.of(frame.with_columns(species=pl.Series(species)))


def test_main_components_of_the_first_iris() -> None:
    outputs = run(
        "Principal Component Analysis",
        {"Dataset": iris()},
        selected_columns=ColumnSelector.parse(
            '{"rules":[{"ruleType":"ColumnIndexes","columns":["1-4"]}]}'
        ).stored(),
        number_of_dimensions_to_reduce_to=2,
    )
    first = only(outputs, "Results dataset").frame.row(0)[-2:]
    assert [abs(each) for each in first] == pytest.approx(
        [2.684126, 0.3193972], abs=1e-6
    )


def test_the_first_discriminant_of_irises() -> None:
    table = iris()
    outputs = run(
        "Fisher Linear Discriminant Analysis",
        {"Dataset": table},
        class_labels_column=names("species"),
        number_of_feature_extractors=1,
    )
    made = only(outputs, "Transformed features").frame["col1"].to_numpy()
    told = table.frame.drop("species").to_numpy() @ np.array(
        [0.8293776, 1.5344731, -2.2012117, -2.8104603]
    )
    assert abs(np.corrcoef(made, told)[0, 1]) == pytest.approx(1.0, abs=1e-12)


def test_the_area_under_the_curve_of_four_scores() -> None:
    frame = pl.DataFrame(
        {
            "y": [0, 0, 1, 1],
            "Scored Labels": [0, 0, 0, 1],
            "Scored Probabilities": [0.1, 0.4, 0.35, 0.8],
        }
    )
    kinds = {"y": "Label", "Scored Labels": "Score", "Scored Probabilities": "Score"}
    columns = [
        Column(name=name, type="Double" if "Prob" in name else "Int64", kind=kind)  # type: ignore[arg-type]  # kinds of columns
        for name, kind in kinds.items()
    ]
    line = only(run("Evaluate Model", {"Scored dataset": Table.of(frame, columns)}))
    assert line.frame["AUC"][0] == 0.75


def filtered(values: list[float], name: str, **given: Any) -> list[float]:
    made = run(name, {}, **given)["Filter"]
    outputs = run("Apply Filter", {"Filter": made, **column(values)})
    return [float(each) for each in only(outputs).frame.to_series(-1)]


def test_averages_of_three_suppliers() -> None:
    costs = [9.0, 8, 9, 12, 9, 12, 11, 7, 13, 9, 11, 10]
    found = filtered(costs, "Moving Average Filter", length=3, type="Simple")
    assert found[2:] == pytest.approx(
        [8.667, 9.667, 10, 11, 10.667, 10, 10.333, 9.667, 11, 10], abs=1e-3
    )


def test_the_half_band_filter_of_butterworth() -> None:
    found = filtered([1.0, 0, 0, 0], "IIR Filter", order=4, low_cutoff="0.5")
    assert found == pytest.approx([0.0940, 0.3759, 0.5182, 0.1932], abs=1e-4)


def test_the_deviation_of_eight_marks_is_two() -> None:
    marks = [2.0, 4, 4, 4, 5, 5, 7, 9]
    outputs = run("Normalize Data", column(marks), transformation_method="ZScore")
    found = only(outputs, "Transformed dataset").frame["x"].to_list()
    assert found == [(mark - 5) / 2 for mark in marks]


def test_multiples_of_powers_of_two_are_those_of_the_reference() -> None:
    outputs = run(
        "Apply Math Operation",
        column([0.0, 1, 2, 3, 4, 5]),
        basic_math_function="Exp2",
        second_argument_type="ColumnSet",
        second_argument=names("x"),
    )
    assert only(outputs).frame.to_series(-1).to_list() == [0, 2, 8, 24, 64, 160]


def test_a_dataset_is_added_to_itself_as_in_the_reference() -> None:
    numbers = {"Num1": [1, 2, 0], "Num2": [5, 3, 1], "Num3": [2, -1, -1]}
    outputs = run(
        "Apply Math Operation",
        {"Dataset": Table.of(pl.DataFrame(numbers))},
        category="Operations",
        operation_argument_type="ColumnSet",
    )
    found = only(outputs).frame.to_dict(as_series=False)
    assert found == {
        **numbers,
        "Add(Num1_Num1)": [2, 4, 0],
        "Add(Num2_Num2)": [10, 6, 2],
        "Add(Num3_Num3)": [4, -2, -2],
    }


def test_bins_of_the_reference() -> None:
    outputs = run(
        "Group Data into Bins",
        column([1.5, 0.5, 3.5]),
        binning_mode="Custom Edges",
        comma_separated_list_of_bin_edges="1, 2, 3",
        output_mode="ResultOnly",
    )
    found = only(outputs, "Quantized dataset").frame.to_series(0)
    assert found.cast(pl.Int64).to_list() == [2, 1, 4]


def test_indicators_of_the_reference() -> None:
    frame = pl.DataFrame(
        {"Server ID": [10301, 10302, 10303], "Failure score": ["Low", "Medium", "High"]}
    )
    score = Column(name="Failure score", levels=("Low", "Medium", "High"))
    outputs = run(
        "Convert to Indicator Values",
        {"Dataset": Table.of(frame, [score])},
        categorical_columns_to_convert=names("Failure score"),
        overwrite_categorical_columns="True",
    )
    found = only(outputs).frame
    assert [name.replace(" ", "") for name in found.columns[1:]] == [
        f"Failurescore-{level}" for level in ("Low", "Medium", "High")
    ]
    assert found.drop("Server ID").to_numpy().tolist() == np.eye(3).tolist()
