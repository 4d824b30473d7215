import numpy as np
import polars as pl
import pytest
from msgspec.structs import replace
from scipy.stats import lognorm, zscore
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from bramka.catalogue import shelf
from bramka.catalogue._state import plain_bytes, state_bytes
from bramka.domain.learning.module import Learnt, ModuleError
from bramka.domain.learning.table import Column, Table

MODULE = shelf().find("Normalize Data")
APPLY = shelf().find("Apply Transformation")
METHODS = ["ZScore", "MinMax", "Logistic", "LogNormal", "Tanh"]
CELLS = np.random.default_rng(5).lognormal(1.0, 0.7, size=(200, 3))
TABLE = Table.of(pl.DataFrame(CELLS, schema=["a", "b", "c"]))


def normalized(method: str, table: Table = TABLE) -> tuple[Table, Learnt]:
    outputs = MODULE.apply(
        {"Dataset": table}, MODULE.settle({"Transformation method": method})
    )
    result = outputs["Transformed dataset"]
    learnt = outputs["Transformation function"]
    assert isinstance(result, Table)
    assert isinstance(learnt, Learnt)
    return result, learnt


@pytest.mark.parametrize("odd", [float("inf"), float("nan")])
@pytest.mark.parametrize("method", ["ZScore", "MinMax", "LogNormal"])
def test_one_odd_number_leaves_the_scale_of_the_others(odd: float, method: str) -> None:
    def scaled(values: list[float]) -> list[float]:
        table = Table.of(pl.DataFrame({"x": values}))
        found: list[float] = normalized(method, table)[0].frame["x"].to_list()
        return found

    assert scaled([1.0, 2.0, 4.0, odd])[:3] == scaled([1.0, 2.0, 4.0])


def test_the_numbers_are_those_of_scikit_learn_and_scipy() -> None:
    logs = np.log(CELLS)
    expected = {
        "ZScore": StandardScaler().fit_transform(CELLS),
        "MinMax": MinMaxScaler().fit_transform(CELLS),
        "Logistic": 1 / (1 + np.exp(-CELLS)),
        "LogNormal": lognorm.cdf(
            CELLS, s=logs.std(axis=0), scale=np.exp(logs.mean(axis=0))
        ),
        "Tanh": np.tanh(CELLS),
    }
    for method, numbers in expected.items():
        found = normalized(method)[0].frame.to_numpy()
        assert found == pytest.approx(numbers, rel=1e-12, abs=1e-12), method
    assert expected["ZScore"] == pytest.approx(zscore(CELLS))


@pytest.mark.parametrize("method", METHODS)
def test_the_function_does_to_data_to_come_what_was_learnt(method: str) -> None:
    result, learnt = normalized(method)
    applied = APPLY.apply(
        {"Transformation": learnt, "Dataset": TABLE.slice(3, 4)}, APPLY.settle({})
    )["Transformed dataset"]
    assert applied == result.slice(3, 4)


@pytest.mark.parametrize("method", ["ZScore", "MinMax"])
@pytest.mark.parametrize("zero", ["True", "False"])
def test_single_rows_come_to_the_same(method: str, zero: str) -> None:
    table = Table.of(
        pl.DataFrame({"x": [1, None, 4], "same": [7.0, 7.0, 7.0], "t": ["a", "b", "c"]})
    )
    given = {
        "Transformation method": method,
        "Use 0 for constant columns when checked": zero,
    }
    learnt = MODULE.apply({"Dataset": table}, MODULE.settle(given))
    transformation = {"Transformation": learnt["Transformation function"]}
    step = APPLY.apply_row(table.columns, APPLY.settle({}), transformation)
    assert step is not None
    other = Table.of(table.frame.with_columns(pl.Series("same", [7.0, 8.0, None])))
    result = APPLY.apply({**transformation, "Dataset": other}, APPLY.settle({}))
    expected = result["Transformed dataset"]
    assert isinstance(expected, Table)
    assert step.columns == expected.columns
    rows = [tuple(step.apply(row)) for row in other.frame.rows()]
    schema = expected.frame.schema
    assert pl.DataFrame(rows, schema=schema, orient="row").equals(expected.frame)


def test_a_constant_column_gives_0_or_nothing() -> None:
    same = Table.of(pl.DataFrame({"x": [3, 3, None]}))
    assert normalized("ZScore", same)[0].frame["x"].to_list() == [0.0, 0.0, None]


def test_values_not_above_0_have_no_logarithm() -> None:
    table = Table.of(pl.DataFrame({"x": [1.0, 2.0, 4.0, 0.0, -1.0]}))
    found = normalized("LogNormal", table)[0].frame["x"].to_list()
    assert found[3:] == [0.0, 0.0]
    assert found[1] == pytest.approx(0.5)


def test_categories_are_left_alone_and_texts_refused() -> None:
    table = Table.of(
        pl.DataFrame({"c": [1, 2], "x": [1, 2]}),
        [Column(name="c", type="Int64", levels=("1", "2"))],
    )
    assert normalized("MinMax", table)[0].frame.rows() == [(1, 0.0), (2, 1.0)]
    every = '{"rules":[{"ruleType":"AllColumns","exclude":false}]}'
    with pytest.raises(ModuleError, match=r"Error 0017: .*Categorical Int64"):
        MODULE.apply({"Dataset": table}, MODULE.settle({"Columns to transform": every}))


def test_data_without_the_columns_is_refused() -> None:
    _, learnt = normalized("ZScore")
    other = Table.of(pl.DataFrame({"a": [1.0]}))
    with pytest.raises(ModuleError, match=r'Error 0001: .*"b"'):
        APPLY.apply({"Transformation": learnt, "Dataset": other}, APPLY.settle({}))
    with pytest.raises(ModuleError, match="Error 0021"):
        normalized("ZScore", TABLE.slice(0, 0))


def test_a_function_that_was_kept_in_the_older_form_still_applies() -> None:
    result, learnt = normalized("ZScore")
    deviations = CELLS.std(axis=0)
    scales = list(zip(CELLS.mean(axis=0).tolist(), deviations.tolist(), strict=True))
    older = replace(
        learnt, state=state_bytes({"names": ["a", "b", "c"], "scales": scales})
    )
    applied = APPLY.apply(
        {"Transformation": older, "Dataset": TABLE}, APPLY.settle({})
    )["Transformed dataset"]
    assert isinstance(applied, Table)
    assert applied.frame.to_numpy() == pytest.approx(result.frame.to_numpy())


def test_a_damaged_function_is_refused_by_its_number() -> None:
    learnt = replace(normalized("ZScore")[1], state=plain_bytes({"names": "a"}))
    with pytest.raises(ModuleError) as refused:
        APPLY.apply({"Transformation": learnt, "Dataset": TABLE}, APPLY.settle({}))
    assert refused.value.number == 82


@pytest.mark.parametrize("method", METHODS)
def test_names_that_look_like_patterns_are_names(method: str) -> None:
    table = TABLE.rename({"a": "*", "b": "^.$"})
    plain, _ = normalized(method)
    assert normalized(method, table)[0].frame.rows() == plain.frame.rows()
