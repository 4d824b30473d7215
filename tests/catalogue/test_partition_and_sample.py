from collections import Counter
from itertools import chain

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bramka.catalogue import shelf
from bramka.catalogue._folds import folds_of
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.table import Table
from bramka.domain.learning.value_file import value_bytes, value_from

MODULE = shelf().find("Partition and Sample")
TABLE = Table.of(pl.DataFrame({"n": range(50), "g": ["a"] * 40 + ["b"] * 10}))
BY_GROUP = ColumnSelector.of_names("g").stored()


def partition(mode: str, table: Table = TABLE, **settings: str) -> Table:
    named = {name.replace("_", " "): value for name, value in settings.items()}
    given = {"Partition or sample mode": mode, **named}
    result = MODULE.apply({"Dataset": table}, MODULE.settle(given))["oDataset"]
    assert isinstance(result, Table)
    return result


def folds(**settings: str) -> list[list[int]]:
    found = folds_of(partition("Assign to Folds", TABLE, **settings))
    assert found is not None
    return found


def test_a_sample_is_a_share_of_the_rows_in_order() -> None:
    rows = partition("Sampling", Rate_of_sampling="0.3").frame["n"].to_list()
    assert len(rows) == 15
    assert rows == sorted(rows)
    assert rows == partition("Sampling", Rate_of_sampling="0.3").frame["n"].to_list()


def test_a_stratified_sample_keeps_the_shares_of_groups() -> None:
    settings = {
        "Stratification_key_column_for_sampling": BY_GROUP,
        "Stratified_split_for_sampling": "True",
    }
    sample = partition("Sampling", TABLE, Rate_of_sampling="0.2", **settings)
    assert Counter(sample.frame["g"]) == {"a": 8, "b": 2}


def test_folds_are_equal_and_disjoint() -> None:
    found = folds()
    assert [len(fold) for fold in found] == [10] * 5
    assert sorted(chain(*found)) == list(range(50))


def test_without_chance_rows_are_dealt_in_turn() -> None:
    assert folds(Randomized_split="False")[1][:3] == [1, 6, 11]


def test_stratified_folds_have_the_same_share_of_each_group() -> None:
    found = folds(Stratified_split="True", Stratification_key_column=BY_GROUP)
    assert {sum(row >= 40 for row in fold) for fold in found} == {2}


def test_folds_of_told_sizes_have_the_same_share_of_each_group() -> None:
    found = folds(
        Specify_the_partitioner_method="Partition with customized proportions",
        List_of_proportions_separated_by_comma=".2, .8",
        Stratified_split_for_customized_fold_assignment="True",
        Stratification_key_column_for_customized_fold_assignment=BY_GROUP,
    )
    assert [sum(row >= 40 for row in fold) for fold in found] == [2, 8]


def test_with_replacement_a_row_may_be_in_several_folds() -> None:
    found = folds(Use_replacement_in_the_partitioning="True")
    assert [len(fold) for fold in found] == [10] * 5
    assert len(set(chain(*found))) < 50


@given(
    st.lists(st.integers(1, 30), min_size=1, max_size=4), st.booleans(), st.booleans()
)
def test_folds_are_as_large_as_told(
    percents: list[int], drawn: bool, grouped: bool
) -> None:
    shares = [percent / 120 for percent in percents]
    found = folds(
        Specify_the_partitioner_method="Partition with customized proportions",
        List_of_proportions_separated_by_comma=", ".join(map(str, shares)),
        Randomized_split=str(drawn),
        Stratified_split_for_customized_fold_assignment=str(grouped),
        Stratification_key_column_for_customized_fold_assignment=BY_GROUP,
    )
    assert sorted(chain(*found)) == list(range(50))
    expected = [*shares, 1 - sum(shares)] if sum(shares) < 1 - 1e-9 else shares
    assert len(found) == len(expected)
    for fold, share in zip(found, expected, strict=True):
        assert abs(len(fold) - share * 50) <= 1


def test_a_fold_or_all_others_can_be_picked_and_folds_survive_being_saved() -> None:
    assigned = partition("Assign to Folds", Randomized_split="False")
    saved = value_from(value_bytes(assigned))
    assert isinstance(saved, Table)
    second = {"Specify_which_fold_to_be_sampled_from": "2"}
    picked = partition("Pick Fold", saved, **second).frame["n"].to_list()
    assert picked == list(range(1, 50, 5))
    others = partition(
        "Pick Fold", saved, **second, Pick_complement_of_the_selected_fold="True"
    )
    assert sorted(others.frame["n"].to_list() + picked) == list(range(50))


def test_a_fold_that_is_not_there_is_told() -> None:
    with pytest.raises(ModuleError, match=r"Error 0018: .*has no folds"):
        partition("Pick Fold")
    assigned = partition("Assign to Folds")
    with pytest.raises(ModuleError, match=r"Error 0018: .*has 5 folds"):
        partition("Pick Fold", assigned, Specify_which_fold_to_be_sampled_from="6")


@pytest.mark.parametrize("text", ["", "a", ".5,.6", "0,1"])
def test_proportions_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(ModuleError, match=r"Error 0002"):
        folds(
            Specify_the_partitioner_method="Partition with customized proportions",
            List_of_proportions_separated_by_comma=text,
        )
