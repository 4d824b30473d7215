from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from bramka.catalogue import shelf
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.table import Column, Table

MODULE = shelf().find("Clip Values")
TEN = list(range(1, 11))
EVERY = '{"rules":[{"ruleType":"AllColumns","exclude":false}]}'


def clipped(values: list[Any], **settings: str) -> Table:
    named = {name.replace("_", " "): value for name, value in settings.items()}
    table = Table.of(pl.DataFrame({"x": values}))
    result = MODULE.apply({"Dataset": table}, MODULE.settle(named))["Results dataset"]
    assert isinstance(result, Table)
    return result


def test_the_documented_table_of_percentiles() -> None:
    result = clipped(
        TEN,
        Set_of_thresholds="ClipPeaksAndSubpeaks",
        Threshold="Percentile",
        Percentile_number_of_upper_threshold="90",
        Percentile_number_of_lower_threshold="10",
        Upper_substitute_value="Missing",
        Lower_substitute_value="Missing",
        Overwrite_flag="False",
        Add_indicator_columns="True",
    )
    assert result.names == ("x", "x_clipped", "x_IsClipped")
    kept = [None, None, 3, 4, 5, 6, 7, 8, 9, None]
    assert result.frame["x_clipped"].to_list() == kept
    assert result.frame["x_IsClipped"].to_list() == [each is None for each in kept]


def test_whole_numbers_that_stay_keep_every_digit() -> None:
    found = clipped([2**60 + 1, 2**62 + 1], Constant_value_for_upper_threshold="2e18")
    assert found.frame["x"].to_list() == [2**60 + 1, 2 * 10**18]
    most = [-(2**63), 2**63 - 1]
    kept = clipped(most, Constant_value_for_upper_threshold="1e19")
    assert kept.frame["x"].to_list() == most


def test_a_constant_threshold_is_within() -> None:
    peaks = {"Constant_value_for_upper_threshold": "8", "Add_indicator_columns": "True"}
    result = clipped(TEN, **peaks)
    assert result.frame["x"].to_list() == [*TEN[:8], 8, 8]
    assert sum(result.frame["x_IsClipped"]) == 2
    assert result.column("x").type == "Int64"


@pytest.mark.parametrize(
    ("substitute", "value"), [("Mean", 3.75), ("Median", 2.5), ("Missing", None)]
)
def test_means_and_medians_are_of_the_values_before(
    substitute: str, value: float | None
) -> None:
    low = {
        "Set_of_thresholds": "ClipSubpeaks",
        "Constant_value_for_lower_threshold": "2",
        "Substitute_value_for_subpeaks": substitute,
    }
    assert clipped([1.0, 2.0, 3.0, 9.0], **low).frame["x"].to_list() == [
        value,
        2.0,
        3.0,
        9.0,
    ]


def test_a_broken_number_makes_a_whole_column_broken() -> None:
    result = clipped([1, 5], Constant_value_for_upper_threshold="2.5")
    assert result.column("x").type == "Double"
    assert result.frame["x"].to_list() == [1.0, 2.5]


def test_what_is_missing_is_never_clipped() -> None:
    result = clipped([None, 5.0, float("nan")], Add_indicator_columns="True")
    assert result.frame["x"].to_list()[:2] == [None, 1.0]
    assert result.frame["x_IsClipped"].to_list() == [False, True, False]


@pytest.mark.parametrize("zone", [None, "UTC"])
def test_dates_are_clipped_at_percentiles_only(zone: str | None) -> None:
    days = pl.date_range(date(2024, 1, 1), date(2024, 1, 10), eager=True)
    times = days.cast(pl.Datetime("us", zone)).extend_constant(None, 1)
    percentiles = {
        "Set_of_thresholds": "ClipPeaksAndSubpeaks",
        "Threshold": "Percentile",
        "Percentile_number_of_upper_threshold": "60",
        "Percentile_number_of_lower_threshold": "30",
        "Lower_substitute_value": "Mean",
        "List_of_columns": EVERY,
    }
    result = clipped(times.to_list(), **percentiles)
    assert result.column("x").type == ("DateTimeOffset" if zone else "DateTime")
    middle = datetime(2024, 1, 5, 12, tzinfo=UTC if zone else None)
    found = result.frame["x"].to_list()
    assert found == [*[middle] * 4, *times[4:7], *[times[6]] * 3, None]
    with pytest.raises(ModuleError, match=r"Error 0017.*take Percentile"):
        clipped(times.to_list(), List_of_columns=EVERY)


def test_texts_and_categories_are_passed_over() -> None:
    table = Table.of(
        pl.DataFrame({"c": [5], "t": ["5"]}),
        [Column(name="c", type="Int64", levels=("5",))],
    )
    settings = MODULE.settle({"List of columns": EVERY})
    assert MODULE.apply({"Dataset": table}, settings)["Results dataset"] == table
