import numpy as np
import polars as pl
import pytest
from sklearn.decomposition import PCA

from bramka.catalogue import shelf
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.table import Column, Table

MODULE = shelf().find("Principal Component Analysis")
APPLY = shelf().find("Apply Transformation")
CELLS = np.random.default_rng(1).normal(size=(60, 4)) @ np.diag([3.0, 2.0, 1.0, 0.5])
NUMERIC = (
    '{"rules":[{"ruleType":"ColumnTypes","columnTypes":["Numeric"],'
    '"columnKinds":["Feature"],"exclude":false}]}'
)
TABLE = Table.of(
    pl.DataFrame(CELLS).with_columns(y=pl.Series([1, 0] * 30), t=pl.lit("x")),
    [Column(name="y", type="Int64", kind="Label")],
)


def settings(dimensions: int, centred: str = "True") -> dict[str, str]:
    return {
        "Selected columns": NUMERIC,
        "Number of dimensions to reduce to": str(dimensions),
        "Normalize dense dataset to zero mean": centred,
    }


def test_components_are_those_of_scikit_learn_up_to_sign() -> None:
    outputs = MODULE.apply({"Dataset": TABLE}, MODULE.settle(settings(2)))
    result = outputs["Results dataset"]
    assert isinstance(result, Table)
    assert result.names == ("y", "t", "Col1", "Col2")
    found = result.frame.select("Col1", "Col2").to_numpy()
    expected = PCA(2, svd_solver="full").fit_transform(CELLS)
    assert np.abs(found) == pytest.approx(np.abs(expected), rel=1e-9, abs=1e-9)


def test_without_centring_directions_go_through_0() -> None:
    given = settings(1, "False")
    result = MODULE.apply({"Dataset": TABLE}, MODULE.settle(given))["Results dataset"]
    assert isinstance(result, Table)
    first = np.linalg.svd(CELLS, full_matrices=False)[2][0]
    found = result.frame["Col1"].to_numpy()
    assert np.abs(found) == pytest.approx(np.abs(CELLS @ first), rel=1e-9, abs=1e-9)


def test_single_rows_come_to_the_same() -> None:
    outputs = MODULE.apply({"Dataset": TABLE}, MODULE.settle(settings(3)))
    result = outputs["Results dataset"]
    assert isinstance(result, Table)
    step = APPLY.apply_row(
        TABLE.columns,
        APPLY.settle({}),
        {"Transformation": outputs["PCA Transformation"]},
    )
    assert step is not None
    assert step.columns == result.columns
    assert [tuple(step.apply(row)) for row in TABLE.frame.rows()] == result.frame.rows()
    hole = [None, *TABLE.frame.row(0)[1:]]
    assert list(step.apply(hole)) == [1, "x", None, None, None]


def test_more_components_than_columns_are_refused() -> None:
    with pytest.raises(ModuleError, match=r"Error 0007: .*Chosen are 4 columns"):
        MODULE.apply({"Dataset": TABLE}, MODULE.settle(settings(5)))


def test_rows_to_learn_from_are_asked_for() -> None:
    with pytest.raises(ModuleError, match="Error 0021"):
        MODULE.apply({"Dataset": TABLE.slice(0, 1)}, MODULE.settle(settings(1)))
