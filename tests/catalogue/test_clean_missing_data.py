from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer
from sklearn.linear_model import LinearRegression

from bramka.catalogue import shelf
from bramka.domain.learning.module import Learnt, ModuleError
from bramka.domain.learning.table import Column, Table

MODULE = shelf().find("Missing Values Scrubber")
APPLY = shelf().find("Apply Transformation")
MODES = [
    "Replace using MICE",
    "Custom substitution value",
    "Replace with mean",
    "Replace with median",
    "Replace with mode",
    "Remove entire row",
    "Remove entire column",
    "Replace using Probabilistic PCA",
]


def cleaned(table: Table, mode: str, **settings: str) -> tuple[Table, Learnt]:
    named = {name.replace("_", " "): value for name, value in settings.items()}
    outputs = MODULE.apply(
        {"Dataset": table}, MODULE.settle({"Cleaning mode": mode, **named})
    )
    result, learnt = outputs["Cleaned dataset"], outputs["Cleaning transformation"]
    assert isinstance(result, Table)
    assert isinstance(learnt, Learnt)
    return result, learnt


def applied(learnt: Learnt, table: Table) -> Table:
    result = APPLY.apply(
        {"Transformation": learnt, "Dataset": table}, APPLY.settle({})
    )["Transformed dataset"]
    assert isinstance(result, Table)
    return result


def january(day: int) -> datetime:
    return datetime(2020, 1, day)  # noqa: DTZ001 - such columns know no zone


def column(mode: str, values: list[Any], **settings: str) -> list[Any]:
    table = Table.of(pl.DataFrame({"x": values}))
    return cleaned(table, mode, **settings)[0].frame["x"].to_list()


def test_means_are_rounded_to_the_columns_type() -> None:
    assert column("Replace with mean", [1, 2, 5, None]) == [1, 2, 5, 3]
    assert column("Replace with mean", [1.0, 2.0, None]) == [1.0, 2.0, 1.5]
    assert column("Replace with mean", [True, True, False, None])[-1] is True
    days = [january(1), january(3), None]
    assert column("Replace with mean", days)[-1] == january(2)
    spans = [timedelta(minutes=1), timedelta(minutes=3), None]
    assert column("Replace with mean", spans)[-1] == timedelta(minutes=2)


def test_medians_and_modes() -> None:
    assert column("Replace with median", [1, 2, 9, None]) == [1, 2, 9, 2]
    assert column("Replace with mode", [3, 3, 1, 1, None])[-1] == 1
    assert column("Replace with mode", ["b", "b", "a", None])[-1] == "b"


def test_a_value_is_read_as_each_columns_type() -> None:
    assert column("Custom substitution value", [1, None]) == [1, 0]
    assert column("Custom substitution value", ["a", None]) == ["a", "0"]
    assert column("Custom substitution value", [True, None]) == [True, False]
    assert column("Custom substitution value", [1.5, None], Replacement_value="NaN")[
        1
    ] != pytest.approx(1.5)
    day = {"Replacement_value": "1/2/2020"}
    assert column("Custom substitution value", [january(1), None], **day)[1] == january(
        2
    )
    ticks = {"Replacement_value": "637134336000000000"}
    assert column("Custom substitution value", [january(3), None], **ticks)[
        1
    ] == january(1)
    with pytest.raises(ModuleError, match=r'Error 0002: .*"none".*"Int64".*column "x"'):
        column("Custom substitution value", [1, None], Replacement_value="none")


def test_a_value_becomes_a_category() -> None:
    table = Table.of(
        pl.DataFrame({"c": ["a", None]}), [Column(name="c", levels=("a", "b"))]
    )
    result, _ = cleaned(table, "Custom substitution value", Replacement_value="none")
    assert result.column("c").levels == ("a", "b", "none")


def test_rows_and_columns_with_holes_go() -> None:
    frame = pl.DataFrame({"x": [1, None], "y": [1, 2], "z": [None, 2]})
    assert cleaned(Table.of(frame), "Remove entire column")[0].names == ("y",)
    assert cleaned(Table.of(frame), "Remove entire row")[0].height == 0
    two = Table.of(frame.select("x", "y"))
    assert cleaned(two, "Remove entire row")[0].frame.rows() == [(1, 1)]


def test_only_columns_within_the_ratios_are_cleaned() -> None:
    frame = pl.DataFrame({"one": [None, 1, 1, 1], "two": [None, None, 1, 1]})
    result, _ = cleaned(
        Table.of(frame),
        "Custom substitution value",
        Minimum_missing_value_ratio="0.3",
        Generate_missing_value_indicator_column="True",
    )
    assert result.frame.to_dict(as_series=False) == {
        "one": [None, 1, 1, 1],
        "two": [0, 0, 1, 1],
        "two_IsMissing": [True, True, False, False],
    }


def test_columns_without_values_go_or_stay() -> None:
    frame = pl.DataFrame(
        {"x": [1.0, None], "e": [None, None]}, schema_overrides={"e": pl.Int64}
    )
    for mode in [*MODES[2:5], MODES[0], MODES[7]]:
        assert cleaned(Table.of(frame), mode)[0].names == ("x",)
        kept, _ = cleaned(
            Table.of(frame), mode, Cols_with_all_missing_values="Propagate"
        )
        assert kept.frame["e"].to_list() == [None, None]


@pytest.mark.parametrize("mode", ["Replace with mean", "Replace with median"])
def test_texts_have_no_middle(mode: str) -> None:
    with pytest.raises(ModuleError, match=r'Error 0017: .*"x" of type String'):
        column(mode, ["a", None])


HOLES = np.random.default_rng(3)
FULL = HOLES.normal(size=(300, 2)) @ HOLES.normal(size=(2, 4))
FULL += HOLES.normal(scale=0.1, size=FULL.shape)
GAPS = np.where(HOLES.random(FULL.shape) < 0.15, np.nan, FULL)
GAPS[:, 3] = FULL[:, 3]
WITH_GAPS = Table.of(pl.DataFrame(GAPS, schema=["a", "b", "c", "d"]).fill_nan(None))


def test_mice_is_what_scikit_learn_gives_with_linear_regression() -> None:
    imputer = IterativeImputer(
        LinearRegression(), max_iter=5, tol=0.0, skip_complete=True
    )
    with pytest.warns(UserWarning, match="Early stopping"):
        expected = imputer.fit_transform(GAPS)
    found = cleaned(WITH_GAPS, "Replace using MICE")[0].frame.to_numpy()
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_of_many_columns_each_is_told_from_those_that_go_with_it() -> None:
    first = np.random.default_rng(0).normal(size=(70, 60))
    rows = np.hstack([first, first * 2 + 1])
    frame = pl.DataFrame({f"c{place}": rows[:, place] for place in range(120)})
    holes = pl.when(pl.int_range(70) < 2).then(None).otherwise(pl.col("c7"))
    gappy = Table.of(frame.with_columns(c7=holes))
    outputs, learnt = cleaned(gappy, "Replace using MICE")
    assert outputs.frame["c7"].to_list() == pytest.approx(rows[:, 7].tolist())
    assert applied(learnt, gappy) == outputs
    # With all others every one of 120 equations would hold 119 weights.
    assert len(learnt.state or b"") < 120 * 119 * 8


def test_ppca_recovers_what_few_directions_tell() -> None:
    found = cleaned(WITH_GAPS, "Replace using Probabilistic PCA")[0].frame.to_numpy()
    holes = np.isnan(GAPS)
    error = np.sqrt(np.mean((found - FULL)[holes] ** 2))
    means = np.broadcast_to(np.nanmean(GAPS, axis=0), FULL.shape)
    guess = np.sqrt(np.mean((means - FULL)[holes] ** 2))
    assert error < 0.35 * guess
    assert found[~holes] == pytest.approx(FULL[~holes])


def test_models_fill_whole_numbers_truths_and_the_rest() -> None:
    x = np.arange(40.0)
    table = Table.of(
        pl.DataFrame(
            {
                "x": x,
                "n": [None if i == 7 else 2 * i for i in range(40)],
                "b": [None if i == 30 else i > 20 for i in range(40)],
                "t": [None, *["often"] * 39],
            }
        )
    )
    for mode in ("Replace using MICE", "Replace using Probabilistic PCA"):
        result = cleaned(table, mode)[0].frame
        assert result.schema == table.frame.schema
        assert result.null_count().row(0) == (0, 0, 0, 0)
        assert abs(result["n"][7] - 14) <= 4
        assert result["b"][30] is True
        assert result["t"][0] == "often"


@pytest.mark.parametrize("mode", MODES)
def test_the_transformation_gives_what_the_module_gave(mode: str) -> None:
    result, learnt = cleaned(
        WITH_GAPS, mode, Generate_missing_value_indicator_column="True"
    )
    assert applied(learnt, WITH_GAPS) == result


@pytest.mark.parametrize("mode", [MODES[0], MODES[7]])
def test_a_row_alone_is_filled_as_in_a_batch(mode: str) -> None:
    result, learnt = cleaned(WITH_GAPS, mode)
    for row in range(20):
        assert applied(learnt, WITH_GAPS.slice(row, 1)) == result.slice(row, 1)


def test_single_rows_have_a_way_of_their_own() -> None:
    table = Table.of(pl.DataFrame({"x": [1, None, 4], "d": [january(1)] * 3}))
    result, learnt = cleaned(
        table, "Replace with mean", Generate_missing_value_indicator_column="True"
    )
    step = APPLY.apply_row(table.columns, APPLY.settle({}), {"Transformation": learnt})
    assert step is not None
    assert step.columns == result.columns
    assert [tuple(step.apply(row)) for row in table.frame.rows()] == result.frame.rows()


def test_what_was_learnt_fits_numbers_of_another_type_but_no_text() -> None:
    _, learnt = cleaned(Table.of(pl.DataFrame({"x": [1.0, 2.0]})), "Replace with mean")
    whole = Table.of(pl.DataFrame({"x": [None, 7]}))
    assert applied(learnt, whole).frame["x"].to_list() == [2, 7]
    with pytest.raises(ModuleError, match="Error 0016"):
        applied(learnt, Table.of(pl.DataFrame({"x": ["a", None]})))


cells = st.one_of(st.none(), st.floats(-1e6, 1e6))


@given(
    st.lists(st.tuples(cells, cells), min_size=1, max_size=12), st.sampled_from(MODES)
)
def test_nothing_known_is_changed_and_nothing_stays_missing(
    rows: list[tuple[float | None, float | None]], mode: str
) -> None:
    schema = {"x": pl.Float64, "y": pl.Float64}
    table = Table.of(pl.DataFrame(rows, schema=schema, orient="row"))
    result = cleaned(table, mode)[0].frame
    assert not any(result.null_count().row(0)) if result.width else True
    if mode != "Remove entire row":
        for name in result.columns:
            before = table.frame[name]
            assert (
                result[name]
                .filter(before.is_not_null())
                .equals(before.drop_nulls().alias(name))
            )
