import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import KBinsDiscretizer

from bramka.catalogue import shelf
from bramka.catalogue._entropy_bins import entropy_edges
from bramka.domain.learning.module import Learnt, ModuleError
from bramka.domain.learning.table import Column, Table

MODULE = shelf().find("Quantize Data")
APPLY = shelf().find("Apply Transformation")
CELLS = np.random.default_rng(8).normal(size=1000)
TABLE = Table.of(pl.DataFrame({"x": CELLS}))


def binned(table: Table = TABLE, **settings: str) -> tuple[Table, Learnt]:
    named = {name.replace("_", " "): value for name, value in settings.items()}
    outputs = MODULE.apply({"Dataset": table}, MODULE.settle(named))
    result, learnt = outputs["Quantized dataset"], outputs["Binning transformation"]
    assert isinstance(result, Table)
    assert isinstance(learnt, Learnt)
    return result, learnt


@pytest.mark.parametrize(
    ("mode", "strategy"), [("Quantiles", "quantile"), ("Equal Width", "uniform")]
)
def test_bins_are_those_of_scikit_learn(mode: str, strategy: str) -> None:
    known = KBinsDiscretizer(
        10, encode="ordinal", strategy=strategy, quantile_method="linear"
    )
    expected = known.fit_transform(CELLS.reshape(-1, 1)).ravel() + 1
    result, _ = binned(Binning_mode=mode, Quantile_normalization="QuantileIndex")
    found = result.frame["x_quantized"].to_numpy()
    # An edge that is a value belongs below here, above there; 1000 values have none.
    assert found.tolist() == expected.tolist()


def test_quantiles_are_told_as_documented() -> None:
    indexes = binned(Quantile_normalization="QuantileIndex")[0].frame["x_quantized"]
    shares = binned(Quantile_normalization="PQuantile")[0].frame["x_quantized"]
    percents = binned()[0].frame["x_quantized"]
    told = {
        index: (round(share, 6), round(percent, 6))
        for index, share, percent in zip(indexes, shares, percents, strict=True)
    }
    assert told[4] == (0.363636, 36.363636)
    assert told[5] == (0.454545, 45.454545)
    assert told[10] == (0.909091, 90.909091)


def test_bins_are_categories_if_wanted() -> None:
    column = binned(Quantile_normalization="QuantileIndex", Number_of_bins="3")[0]
    assert column.column("x_quantized").levels == ("1", "2", "3")
    plain = binned(Tag_columns_as_categorical="False")[0]
    assert plain.column("x_quantized").levels is None


@pytest.mark.parametrize(
    ("output", "names"),
    [("Append", ("x", "x_quantized")), ("Inplace", ("x",)), ("ResultOnly", ("x",))],
)
def test_the_result_stands_where_it_should(output: str, names: tuple[str, ...]) -> None:
    assert binned(Output_mode=output)[0].names == names


def test_edges_may_start_and_stop_where_told() -> None:
    table = Table.of(pl.DataFrame({"x": [-1.0, 0.0, 0.2, 0.5, 0.7, 1.0, 2.0]}))
    mode = {"Binning_mode": "Equal Width with Custom Start and Stop"}
    found = binned(table, **mode)[0].frame["x_quantized"].to_list()
    assert found == [1, 1, 2, 2, 3, 3, 4]
    with pytest.raises(ModuleError, match="Error 0006"):
        binned(table, **mode, Last_edge_position="0")


def test_what_is_missing_or_no_number_stays_missing() -> None:
    table = Table.of(pl.DataFrame({"x": [1.0, None, float("nan"), 2.0]}))
    result, learnt = binned(table, Number_of_bins="2")
    assert result.frame["x_quantized"].null_count() == 2
    step = APPLY.apply_row(table.columns, APPLY.settle({}), {"Transformation": learnt})
    assert step is not None
    assert step.columns == result.columns
    rows = [list(step.apply(row))[1] for row in table.frame.rows()]
    assert rows == result.frame["x_quantized"].to_list()


def labelled(classes: list[int], x: list[float]) -> Table:
    frame = pl.DataFrame({"x": x, "y": classes})
    return Table.of(
        frame, [Column(name="y", type="Int64", kind="Label", levels=("0", "1"))]
    )


def test_entropy_cuts_where_the_label_changes() -> None:
    x = [float(n) for n in range(40)]
    table = labelled([0] * 10 + [1] * 20 + [0] * 10, x)
    found = binned(table, Binning_mode="Entropy MDL")[0].frame["x_quantized"]
    assert found.to_list() == [1] * 10 + [2] * 20 + [3] * 10
    two = binned(table, Binning_mode="Entropy MDL", Number_of_bins="2")[0]
    assert two.frame["x_quantized"].n_unique() == 2


def test_what_tells_nothing_is_one_bin() -> None:
    drawn = np.random.default_rng(0)
    classes = drawn.integers(0, 2, 200).tolist()
    table = labelled(classes, drawn.random(200).tolist())
    result = binned(table, Binning_mode="Entropy MDL")[0]
    assert result.frame["x_quantized"].to_list() == [1] * 200
    with pytest.raises(ModuleError, match="Error 0024"):
        binned(Binning_mode="Entropy MDL")


def bits(classes: np.ndarray) -> float:
    shares = np.bincount(classes) / max(len(classes), 1)
    return float(-sum(share * np.log2(share) for share in shares if share))


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 2)), min_size=2, max_size=30)
)
def test_the_first_cut_is_the_one_that_the_formula_finds(
    pairs: list[tuple[int, int]],
) -> None:
    x = np.array([pair[0] for pair in pairs], dtype=float)
    y = np.array([pair[1] for pair in pairs])
    size, kinds = len(y), len(set(y.tolist()))
    cuts = []
    for low in np.unique(x)[:-1]:
        left, right = y[x <= low], y[x > low]
        gain = bits(y) - len(left) / size * bits(left) - len(right) / size * bits(right)
        told = kinds * bits(y) - len(set(left.tolist())) * bits(left)
        told -= len(set(right.tolist())) * bits(right)
        cost = (np.log2(size - 1) + np.log2(3**kinds - 2) - told) / size
        cuts.append((gain, gain - cost))
    best = max((gain for gain, _ in cuts), default=0.0)
    worth = [rest for gain, rest in cuts if gain > best - 1e-9]
    found = entropy_edges(x, y, 2)
    if found:
        left, right = y[x <= found[0]], y[x > found[0]]
        gain = bits(y) - len(left) / size * bits(left) - len(right) / size * bits(right)
        assert gain == pytest.approx(best)
        assert max(worth) > -1e-9
    else:
        assert min(worth, default=0.0) < 1e-9


@pytest.mark.parametrize("edges", ["", "a", "2,1", "1,1"])
def test_edges_that_do_not_rise_are_refused(edges: str) -> None:
    given = {"Comma-separated list of bin edges": edges}
    with pytest.raises(ModuleError, match="Error 0002"):
        binned(TABLE, Binning_mode="Custom Edges", **given)
