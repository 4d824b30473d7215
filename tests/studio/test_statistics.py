"""What Visualize shows: exact, whatever the length of the column."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bramka.domain.learning.table import Column
from bramka.studio import figures
from bramka.studio.statistics import TableStatistics, compute, feature_type

numbers = st.floats(-1e9, 1e9, allow_nan=False, width=32)


def shown(frame: pl.DataFrame, *columns: Column) -> TableStatistics:
    return compute(frame.lazy(), columns, frame.height)


@settings(max_examples=40)
@given(
    st.lists(st.none() | numbers | st.just(7.0), min_size=1, max_size=60),
    st.integers(1, 20),
)
def test_figures_are_those_of_numpy_however_few_fit_into_memory(
    cells: list[float | None], at_once: int
) -> None:
    frame = pl.DataFrame({"a": pl.Series(cells, dtype=pl.Float64)})
    present = np.array([cell for cell in cells if cell is not None])
    before, figures.AT_ONCE = figures.AT_ONCE, at_once
    try:
        found = shown(frame, Column(name="a", type="Double")).columns[0]
    finally:
        figures.AT_ONCE = before
    assert found.missing_values == len(cells) - len(present)
    assert found.unique_values == len(set(present.tolist()))
    if len(present):
        wanted = np.quantile(present, (0.25, 0.5, 0.75))
        box = found.box_plot
        assert box is not None
        quartiles = (box.lower_quartile, box.median, box.upper_quartile)
        assert quartiles == pytest.approx(tuple(wanted), rel=1e-12, abs=1e-9)
        assert (found.min, found.max) == (present.min(), present.max())
        counts = np.histogram(present, 10)[0]
        assert [bar.count for bar in found.histogram] == counts.tolist()


def test_what_is_no_number_is_missing_or_left_out() -> None:
    frame = pl.DataFrame({"a": [1.0, float("nan"), float("inf"), None]})
    found = shown(frame, Column(name="a", type="Double")).columns[0]
    assert (found.missing_values, found.mean, found.max) == (2, 1.0, 1.0)


def test_all_missing_and_empty_columns_have_no_figures() -> None:
    for cells in ([None, None], []):
        frame = pl.DataFrame({"a": pl.Series(cells, dtype=pl.Int32)})
        found = shown(frame, Column(name="a", type="Int32")).columns[0]
        assert (found.mean, found.histogram, found.box_plot) == (None, (), None)
        assert found.missing_values == len(cells)


def test_texts_have_bars_and_days_a_span() -> None:
    frame = pl.DataFrame({"t": ["b", "a", "b", None], "d": ["2020-01-02"] * 4})
    frame = frame.with_columns(pl.col("d").str.to_datetime(time_unit="us"))
    text, day = shown(
        frame, Column(name="t"), Column(name="d", type="DateTime")
    ).columns
    assert [(bar.value, bar.count) for bar in text.histogram] == [("b", 2), ("a", 1)]
    assert (day.min, day.unique_values) == ("1/2/2020 12:00:00 AM", 1)


def test_feature_types_read_as_on_the_page() -> None:
    assert feature_type(Column(name="a", type="Int32")) == "Numeric Feature"
    assert feature_type(Column(name="a", kind="Label")) == "String Label"
    assert feature_type(Column(name="a", levels=("x",))) == "Categorical Feature"
    assert feature_type(Column(name="a", type="Boolean", kind="None")) == "Boolean"


@pytest.mark.parametrize(
    ("values", "filled"),
    [
        ([2**62, 2**62 + 1, 2**62 + 2], [5]),
        ([2**62, 2**62], [5]),
        ([1e308, -1e308, 0.0], [0, 5, 9]),
        ([-(2**63), 2**63 - 1], [0, 9]),
    ],
)
def test_numbers_of_any_size_have_bars(values: list[float], filled: list[int]) -> None:
    frame = pl.DataFrame({"^x.*$": values})
    whole = Column(name="^x.*$", type="Int64")
    broken = Column(name="^x.*$", type="Double")
    columns = [broken if isinstance(values[0], float) else whole]
    (told,) = compute(frame.lazy(), columns, len(values)).columns
    assert told.missing_values == 0
    assert told.unique_values == len(set(values))
    counts = [bar.count for bar in told.histogram]
    assert sum(counts) == len(values)
    assert [place for place, count in enumerate(counts) if count] == filled
