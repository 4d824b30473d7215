import math
from itertools import product
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import special, stats
from tests.catalogue.learning import run

from bramka.catalogue import shelf
from bramka.catalogue._arithmetic import OF_ONE, OF_TWO
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import ModuleError, Ports
from bramka.domain.learning.table import Column, Table

CELLS = np.random.default_rng(3).lognormal(0.4, 0.6, size=(60, 3))
TABLE = Table.of(pl.DataFrame(CELLS, schema=["a", "b", "c"]))


def table_in(outputs: Ports, port: str = "Results dataset") -> Table:
    table = outputs[port]
    assert isinstance(table, Table)
    return table


def chosen(*names: str) -> str:
    return ColumnSelector.of_names(*names).stored()


def computed(table: Table, **given: Any) -> Table:
    return table_in(run("Apply Math Operation", {"Dataset": table}, **given))


def function_of(name: str) -> dict[str, str]:
    """The category of a function, and the parameter that chooses it."""
    module = shelf().find("Apply Math Operation")
    for parameter in module.parameters:
        if name in parameter.values and parameter.shown_when:
            return {parameter.name: name, "Category": parameter.shown_when.values[0]}
    raise KeyError(name)


@pytest.mark.parametrize("name", [*OF_ONE, *OF_TWO])
def test_every_function_is_offered_and_computed(name: str) -> None:
    given = {**function_of(name), "Constant second argument": "2"}
    module = shelf().find("Apply Math Operation")
    outputs = module.apply({"Dataset": TABLE}, module.settle(given))
    result = table_in(outputs)
    told = f"{name}(a)" if name in OF_ONE else f"{name}(a_$2)"
    assert result.names[:4] == ("a", "b", "c", told)
    domain = CELLS[:, 0] if not name.startswith(("Asin", "Acos", "Atanh")) else None
    if domain is not None and not name.startswith(("Asec", "Acsc", "Acoth", "Asech")):
        assert result.frame[told].is_not_null().all()


def test_functions_are_those_of_numpy_and_scipy() -> None:
    x = CELLS[:, 0]
    expected = {
        "Erf": special.erf(x),
        "GammaLn": special.gammaln(x),
        "DoubleFactorial": special.factorial2(np.trunc(x).astype(int)),
        "Factorial": special.factorial(np.trunc(x)),
        "CosDegrees": np.cos(np.deg2rad(x)),
        "Csch": 1 / np.sinh(x),
        "LnPlus1": np.log(x + 1),
        "EllipticIntegralK": special.ellipk(x),
    }
    for name, numbers in expected.items():
        found = computed(TABLE, output_mode="ResultOnly", **function_of(name))
        assert found.frame[f"{name}(a)"].to_numpy() == pytest.approx(
            numbers, rel=1e-12, nan_ok=True
        )


def test_ein_is_the_integral_it_is_named_for() -> None:
    points = [-3.0, -1e-7, 0.0, 0.5, 4.0]
    series = [sum(_ein_terms(point)) for point in points]
    table = Table.of(pl.DataFrame({"x": points}))
    given = function_of("ExponentialIntegralEin")
    found = computed(table, output_mode="Inplace", **given)
    assert found.frame["x"].to_list() == pytest.approx(series, rel=1e-10)


def _ein_terms(x: float) -> list[float]:
    return [-((-x) ** k) / (k * math.factorial(k)) for k in range(1, 60)]


def test_rounding_follows_its_digits_and_steps() -> None:
    table = Table.of(pl.DataFrame({"x": [2.345, -2.345, 7.0]}))

    def rounded(name: str, second: str) -> list[float]:
        given = {"Constant second argument": second, "Output mode": "Inplace"}
        return computed(table, **function_of(name), **given).frame["x"].to_list()

    assert rounded("RoundDigits", "1") == pytest.approx([2.3, -2.3, 7.0])
    assert rounded("RoundUp", "1") == pytest.approx([2.4, -2.4, 7.0])
    assert rounded("RoundDown", "2") == pytest.approx([2.34, -2.34, 7.0])
    assert rounded("ToMultiple", "2") == [2.0, -2.0, 8.0]
    assert rounded("Mod", "2") == pytest.approx([0.345, 1.655, 1.0])
    assert rounded("Remainder", "2") == pytest.approx([0.345, -0.345, 1.0])
    assert rounded("CeilingPower2", "0")[2] == 8.0


def test_a_division_by_0_is_infinity_and_a_comparison_is_a_truth_value() -> None:
    table = Table.of(pl.DataFrame({"x": [1.0, None], "y": [0, 1]}))
    divided = computed(
        table,
        category="Operations",
        arithmetic_operation="Divide",
        column_set=chosen("x"),
        second_argument_type="ColumnSet",
        second_argument=chosen("y"),
        output_mode="ResultOnly",
    )
    assert divided.frame.to_dict(as_series=False) == {"Divide(x_y)": [math.inf, None]}
    compared = computed(table, category="Compare", column_set=chosen("y"))
    assert compared.frame["EqualTo(y_$0)"].to_list() == [True, False]


def test_whole_numbers_beyond_doubles_are_told_apart() -> None:
    table = Table.of(pl.DataFrame({"x": [2**53, 2**53 + 1], "y": [2**53 + 1] * 2}))
    given = {"category": "Compare", "column_set": chosen("x")}
    equal = computed(table, **given, constant_value_to_compare=str(2**53))
    assert equal.frame.to_series(2).to_list() == [True, False]
    by_column = {"value_to_compare_type": "ColumnSet", "value_to_compare": chosen("y")}
    assert computed(table, **given, **by_column).frame.to_series(2)[0] is False
    summary = table_in(run("Summarize Data", {"Dataset": table})).frame
    assert summary["Unique Value Count"].to_list() == [2, 1]


def test_the_negative_binomial_has_a_method_of_its_own() -> None:
    table = Table.of(pl.DataFrame({"x": [3.0]}))
    outputs = run(
        "Evaluate Probability Function",
        {"Dataset": table},
        distribution="NegativeBinomial",
        negative_binomial_distribution_method="Pdf",
        number_of_success=2,
    )
    frame = table_in(outputs).frame
    assert frame["NegativeBinomial.Pdf(x)"].item() == pytest.approx(
        stats.nbinom(2, 0.5).pmf(3)
    )


@pytest.mark.parametrize(
    ("category", "function", "constant", "expected"),
    [
        ({"category": "Basic"}, "Pow", "constant_second_argument", 49.0),
        ({"category": "Operations"}, "Subtract", "constant_operation_argument", 5.0),
        ({"category": "Rounding"}, "ToMultiple", "constant_precision", 8.0),
        ({"category": "Compare"}, "PairMin", "constant_value_to_compare", 2.0),
    ],
)
def test_each_category_has_its_own_name_for_the_second_number(
    category: dict[str, str], function: str, constant: str, expected: float
) -> None:
    table = Table.of(pl.DataFrame({"x": [7.0]}))
    named = {
        "Basic": "basic_math_function",
        "Operations": "arithmetic_operation",
        "Rounding": "rounding_operation",
        "Compare": "comparison_function",
    }[category["category"]]
    given = {**category, named: function, "output_mode": "ResultOnly"}
    told = computed(table, **given, **{constant: "2"})
    assert told.frame.row(0) == (expected,)
    # What all categories share counts where a category's own says nothing.
    shared = computed(table, **given, constant_second_argument="2")
    assert shared.frame.row(0) == (expected,)


def test_second_columns_pair_or_are_refused() -> None:
    with pytest.raises(ModuleError, match="Error 0022"):
        computed(
            TABLE,
            category="Operations",
            second_argument_type="ColumnSet",
            second_argument=chosen("a", "b"),
        )


def test_elementary_figures_are_those_of_scipy() -> None:
    x = CELLS[:, 0]
    expected = {
        "Deviation squared": ((x - x.mean()) ** 2).sum(),
        "Geometric mean": stats.gmean(x),
        "Harmonic mean": stats.hmean(x),
        "K-th central moment": stats.moment(x, 3),
        "Mean deviation": np.abs(x - x.mean()).mean(),
        "Median deviation": stats.median_abs_deviation(x),
        "Population variance": x.var(),
        "Product": x.prod(),
        "Sample kurtosis": stats.kurtosis(x, bias=False),
        "Sample skewness": stats.skew(x, bias=False),
        "Sample standard deviation": x.std(ddof=1),
    }
    for method, number in expected.items():
        outputs = run(
            "Compute Elementary Statistics", {"Dataset": TABLE}, method=method
        )
        assert table_in(outputs).frame.row(0)[0] == pytest.approx(number), method


def test_all_modes_are_told_and_truth_values_have_figures_of_their_own() -> None:
    table = Table.of(
        pl.DataFrame({"x": [1, 1, 2, 2, 3], "b": [True, False, True] + [None] * 2})
    )
    both = chosen("x", "b")

    def told(method: str) -> dict[str, list[object]]:
        outputs = run(
            "Compute Elementary Statistics",
            {"Dataset": table},
            method=method,
            column_set=both,
        )
        return table_in(outputs).frame.to_dict(as_series=False)

    assert told("Mode") == {"Mode(x)": [1.0, 2.0], "Mode(b)": [1.0, None]}
    assert told("Min")["Min(b)"] == [False]
    assert told("Max")["Max(b)"] == [True]
    assert told("Range")["Range(b)"] == [True]


def test_numbers_that_name_categories_have_no_figures() -> None:
    column = Column(name="x", type="Int64", levels=("1", "2"))
    table = Table.of(pl.DataFrame({"x": [1, 2]}), [column])
    with pytest.raises(ModuleError, match="Error 0056"):
        run(
            "Compute Elementary Statistics",
            {"Dataset": table},
            method="Mean",
            column_set=chosen("x"),
        )


def test_a_summary_agrees_with_numpy() -> None:
    x = CELLS[:, 1]
    line = table_in(run("Summarize Data", {"Dataset": TABLE})).frame.row(1, named=True)
    for name, percent in {"1st Quartile": 25, "P95": 95, "P99.5": 99.5}.items():
        expected = np.percentile(x, percent, method="averaged_inverted_cdf")
        assert line[name] == expected
    assert line["Sample Variance"] == pytest.approx(x.var(ddof=1))
    assert (line["Count"], line["Unique Value Count"]) == (60, 60)


def test_correlations_are_numpys_also_where_values_miss() -> None:
    result = table_in(run("Compute Linear Correlation", {"Dataset": TABLE}))
    assert result.frame.to_numpy() == pytest.approx(np.corrcoef(CELLS, rowvar=False))
    holes = TABLE.frame.with_columns(
        pl.when(pl.int_range(60) < 5).then(None).otherwise(pl.col("a")).alias("a")
    )
    outputs = run("Compute Linear Correlation", {"Dataset": Table.of(holes)})
    expected = np.corrcoef(CELLS[5:, 0], CELLS[5:, 1])[0, 1]
    assert table_in(outputs).frame["b"][0] == pytest.approx(expected)


def test_every_two_columns_go_by_the_rows_that_have_both() -> None:
    draw = np.random.default_rng(3)
    cells = draw.normal(size=(12, 4)) * [1e-6, 1, 1e6, 0] + [0, 5, 1e7, 7.1]
    cells[draw.random(cells.shape) < 0.3] = np.nan
    table = Table.of(pl.DataFrame(cells, schema=["a", "b", "c", "same"]).fill_nan(None))
    told = table_in(run("Compute Linear Correlation", {"Dataset": table})).frame
    assert told["same"].is_nan().all()
    for one, other in product(range(3), range(3)):
        both = np.isfinite(cells[:, [one, other]]).all(axis=1)
        expected = np.corrcoef(cells[both, one], cells[both, other])[0, 1]
        assert told.to_numpy()[one, other] == pytest.approx(expected)


def test_columns_that_hold_no_numbers_have_coefficients_that_are_none() -> None:
    cars = pl.DataFrame(
        {"make": ["a", "b", "c"], "base": [1, 2, 3], "weight": [2, 4, 6]}
    )
    outputs = run("Compute Linear Correlation", {"Dataset": Table.of(cars)})
    assert table_in(outputs).names == ("make", "base", "weight")
    expected = [[math.nan] * 3, [math.nan, 1, 1], [math.nan, 1, 1]]
    told = table_in(outputs).frame.to_numpy()
    assert told == pytest.approx(np.array(expected), nan_ok=True)


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        ("Binomial", {"number_of_trials": 5}, stats.binom(5, 0.5)),
        ("Gamma", {"shape": 2, "scale": 3}, stats.gamma(2, 0, 3)),
        ("GeneralizedExtremeValues", {"shape": 0.2}, stats.genextreme(-0.2)),
        ("Hypergeometric", {}, stats.hypergeom(52, 24, 9)),
        ("Lognormal", {"mean": 0.3}, stats.lognorm(1, 0, math.exp(0.3))),
        ("Poisson", {"mean": 2.5}, stats.poisson(2.5)),
        ("FFisher", {}, stats.f(3, 6)),
        ("Weibull", {"shape": 1.7}, stats.weibull_min(1.7)),
    ],
)
def test_probabilities_are_those_of_scipy(
    kind: str, given: dict[str, float], expected: Any
) -> None:
    table = Table.of(pl.DataFrame({"x": [0.0, 1.0, 2.0, 0.25]}))
    density = expected.pmf if hasattr(expected.dist, "pmf") else expected.pdf
    functions = {"Cdf": expected.cdf, "Pdf": density, "InverseCdf": expected.ppf}
    for method, function in functions.items():
        outputs = run(
            "Evaluate Probability Function",
            {"Dataset": table},
            distribution=kind,
            method=method,
            **given,
        )
        found = table_in(outputs).frame[f"{kind}.{method}(x)"].to_numpy()
        assert found == pytest.approx(
            function(table.frame["x"].to_numpy()), nan_ok=True
        )


def test_every_distribution_has_all_its_functions() -> None:
    module = shelf().find("Evaluate Probability Function")
    kinds = next(
        each.values for each in module.parameters if each.name == "Distribution"
    )
    table = Table.of(pl.DataFrame({"x": [0.3, 0.6]}))
    for kind in kinds:
        for method in ("Cdf", "Pdf", "InverseCdf"):
            given = {"Distribution": kind, "Method": method, "Mean": "1"}
            outputs = module.apply({"Dataset": table}, module.settle(given))
            assert table_in(outputs).frame.to_numpy().dtype == np.float64


def test_tails_are_told_as_spreadsheets_do() -> None:
    table = Table.of(pl.DataFrame({"x": [-2.0, 2.0]}))

    def told(kind: str) -> list[float]:
        outputs = run(
            "Evaluate Probability Function",
            {"Dataset": table},
            distribution=kind,
            number_of_degrees_of_freedom=7,
        )
        return table_in(outputs).frame[f"{kind}.Cdf(x)"].to_list()

    assert told("TStudentRightTailed") == pytest.approx(stats.t.sf([-2, 2], 7))
    assert told("TStudentTwoTailed") == pytest.approx([2 * stats.t.sf(2, 7)] * 2)


def test_numbers_are_replaced_by_mean_and_deviation_of_their_category() -> None:
    doors = Column(name="doors", type="String", levels=("two", "four"))
    table = Table.of(
        pl.DataFrame(
            {"doors": ["two", "four", "two", None], "weight": [2.0, 5.0, 4.0, 9.0]}
        ),
        [doors],
    )
    outputs = run(
        "Replace Discrete Values",
        {"Dataset": table},
        discrete_columns=chosen("doors"),
        replacement_columns=chosen("weight"),
    )
    frame = table_in(outputs, "Supplemented dataset").frame
    assert frame["Mean(weight|doors)"].to_list() == [3.0, 5.0, 3.0, None]
    assert frame["Std-Dev(weight|doors)"].to_list() == [1.0, 0.0, 1.0, None]


@pytest.mark.parametrize("tail", ["Two-tail", "One tail GT", "One tail LT"])
def test_t_tests_are_those_of_scipy(tail: str) -> None:
    other = {"Two-tail": "two-sided", "One tail GT": "greater", "One tail LT": "less"}
    a, b = CELLS[:, 0], CELLS[:, 1] + 0.2
    table = Table.of(pl.DataFrame({"a": a, "b": b}))
    told = {"alternative": other[tail]}
    expected = {
        "PairedSamples": stats.ttest_rel(a, b, **told),
        "UnpairedSamples": stats.ttest_ind(a, b, equal_var=False, **told),
    }
    for kind, result in expected.items():
        outputs = run(
            "Test Hypothesis Using t-Test",
            {"Dataset": table},
            t_test_type=kind,
            hypothesis_type=tail,
            target_columns=chosen("a", "b"),
            assume_equal_variances="False",
            α="0.05",
        )
        (found,) = table_in(outputs, "P").frame.row(0)
        assert found == pytest.approx(result.pvalue)
        assert table_in(outputs, "Reject H0").frame.row(0) == (result.pvalue < 0.05,)
