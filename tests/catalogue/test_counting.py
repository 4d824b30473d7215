import math

import polars as pl
import pytest

from bramka.catalogue import shelf
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Learnt, ModuleError
from bramka.domain.learning.table import Table

BUILD = shelf().find("Build Counting Transform")
APPLY = shelf().find("Apply Transformation")
TABLE = Table.of(
    pl.DataFrame(
        {
            "city": ["a"] * 30 + ["b"] * 20 + ["c"] * 2,
            "y": ["no"] * 24 + ["yes"] * 6 + ["no"] * 5 + ["yes"] * 15 + ["no"] * 2,
        }
    )
)


def built(table: Table = TABLE, **settings: str) -> Learnt:
    named = {name.replace("_", " "): value for name, value in settings.items()}
    given = {
        "Label column index or name": ColumnSelector.of_names("y").stored(),
        "Select columns to count": ColumnSelector.of_names("city").stored(),
        **named,
    }
    learnt = BUILD.apply({"Dataset": table}, BUILD.settle(given))["Counting transform"]
    assert isinstance(learnt, Learnt)
    return learnt


def other(name: str, *learnt: Learnt, **settings: str) -> Learnt:
    module = shelf().find(name)
    named = {name.replace("_", " "): value for name, value in settings.items()}
    ports = [port.name for port in module.inputs]
    inputs = dict(zip(ports, learnt, strict=False))
    (result,) = module.apply(inputs, module.settle(named)).values()
    assert isinstance(result, Learnt)
    return result


def features(learnt: Learnt, cities: list[str | None]) -> dict[str, list[float]]:
    table = Table.of(pl.DataFrame({"city": cities}, schema={"city": pl.String}))
    result = APPLY.apply(
        {"Transformation": learnt, "Dataset": table}, APPLY.settle({})
    )["Transformed dataset"]
    assert isinstance(result, Table)
    found: dict[str, list[float]] = result.frame.to_dict(as_series=False)
    return {name.removeprefix("city-"): each for name, each in found.items()}


@pytest.mark.parametrize("type_", ["Dictionary", "CMSketch"])
def test_counts_and_odds_are_those_of_the_data(type_: str) -> None:
    found = features(built(Count_table_type=type_), ["a", "b", "c", "z", None])
    assert found["Class000-Count"] == [24, 5, 2, 2, 2]
    assert found["Class001-Count"] == [6, 15, 0, 0, 0]
    assert found["IsBackOff"] == [False, False, True, True, True]
    share = (31 + 1) / (52 + 2)
    odds = math.log((24 + 42 * share) / (6 + 42 * (1 - share)))
    assert found["Class000-LogOdds"][0] == pytest.approx(odds)


def test_features_can_be_changed_without_counting_again() -> None:
    modified = other(
        "Modify Count Table Parameters",
        built(),
        Garbage_bin_threshold="0",
        Output_features_include="LogOddsOnly",
        Additional_prior_pseudo_examples="0",
        Ignore_back_off_column="True",
    )
    found = features(modified, ["a", "z"])
    assert list(found) == ["Class000-LogOdds"]
    assert found["Class000-LogOdds"] == pytest.approx([math.log(4), 0.0])


def test_noise_is_the_same_in_every_run() -> None:
    noisy = [
        features(
            other("Modify Count Table Parameters", built(), Laplacian_noise_scale="2"),
            ["a"],
        )
        for _ in range(2)
    ]
    assert noisy[0] == noisy[1]
    assert noisy[0]["Class000-Count"] != [24]


def test_counts_of_two_transforms_add_up() -> None:
    merged = other("Merge Count Transform", built(), built(), Decay_factor="0.5")
    assert features(merged, ["a"])["Class000-Count"] == [36]
    with pytest.raises(ModuleError, match=r"Error 0086: .*different seeds"):
        other("Merge Count Transform", built(), built(The_seed_of_hash_function="2"))


@pytest.mark.parametrize("type_", ["Dictionary", "CMSketch"])
def test_exported_counts_can_be_imported(type_: str) -> None:
    learnt = built(Count_table_type=type_)
    export, back = (
        shelf().find("Export Count Table"),
        shelf().find("Import Count Table"),
    )
    told = export.apply({"Counting transform": learnt}, export.settle({}))
    inputs = {
        "Count metadata": told["Dracula count metadata"],
        "Count table": told["Dracula count table"],
    }
    again = back.apply(inputs, back.settle({}))["Counting transform"]
    assert isinstance(again, Learnt)
    assert features(again, ["a", "b", "z"]) == features(learnt, ["a", "b", "z"])
    with pytest.raises(ModuleError, match=r"Error 0018: .*Export Count Table"):
        back.apply({**inputs, "Count metadata": TABLE}, back.settle({}))


@pytest.mark.parametrize(
    ("column", "cells", "reason"),
    [
        ("Column", ["town", "town"], "some rows count for no column"),
        ("Table", [None, 0], "some rows count for no column"),
        ("Class000", [math.inf, 1.0], "is no count"),
        ("Class000", [-1.0, 1.0], "is no count"),
    ],
)
def test_tables_that_tell_no_counts_are_not_imported(
    column: str, cells: list[object], reason: str
) -> None:
    told = {"Name": ["bits", "seed", "class", "class", "column"]}
    metadata = Table.of(pl.DataFrame({**told, "Value": ["20", "1", "0", "1", "c"]}))
    rows = {"Column": ["c", "c"], "Table": [0, 0], "Hash": [1, 2]}
    counts = {"Class000": [1.0, 0.0], "Class001": [0.0, 2.0]}
    table = Table.of(pl.DataFrame({**rows, **counts, column: cells}))
    module = shelf().find("Import Count Table")
    inputs = {"Count metadata": metadata, "Count table": table}
    with pytest.raises(ModuleError, match=f"Error 0018: .*{reason}"):
        module.apply(inputs, module.settle({}))


def test_what_counted_nothing_is_error_86() -> None:
    select = shelf().find("Select Columns Transform")
    transform = select.apply({"Dataset with desired columns": TABLE}, select.settle({}))
    (learnt,) = transform.values()
    assert isinstance(learnt, Learnt)
    with pytest.raises(ModuleError, match="Error 0086"):
        other("Modify Count Table Parameters", learnt)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"Module_type": "Blob"}, "Error 0002: .*Blob is not"),
        ({"Label_column_index_or_name": '{"rules":[]}'}, "Error 0003"),
        (
            {"Label_column_index_or_name": ColumnSelector.of_names("city").stored()},
            'Error 0089: .* It is 2; "city" has 3',
        ),
    ],
)
def test_what_cannot_be_counted_is_told(settings: dict[str, str], reason: str) -> None:
    with pytest.raises(ModuleError, match=reason):
        built(TABLE, **settings)
