from collections.abc import Mapping

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bramka.catalogue import shelf
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.table import Column, Table

MODULE = shelf().find("Join Data")
KEYS = {
    "Join key columns for L": ColumnSelector.of_names("id").stored(),
    "Join key columns for R": ColumnSelector.of_names("id").stored(),
}
LEFT = {"id": ["a", "b", None, "c"], "n": [1, 2, 3, 4]}
RIGHT = {"id": ["B", "a", "a", None, "d"], "m": [10, 20, 30, 40, 50]}


def joined(
    left: Mapping[str, object],
    right: Mapping[str, object],
    **settings: str,
) -> Table:
    named = {name.replace("_", " "): value for name, value in settings.items()}
    inputs = {
        "Dataset1": Table.of(pl.DataFrame(left)),
        "Dataset2": Table.of(pl.DataFrame(right)),
    }
    result = MODULE.apply(inputs, MODULE.settle({**KEYS, **named}))["Results dataset"]
    assert isinstance(result, Table)
    return result


def test_an_inner_join_keeps_rows_that_agree() -> None:
    result = joined(LEFT, RIGHT)
    assert result.names == ("id", "n", "id (1)", "m")
    assert result.frame.rows() == [("a", 1, "a", 20), ("a", 1, "a", 30)]


def test_case_may_be_ignored() -> None:
    rows = joined(LEFT, RIGHT, Match_case="False").frame.rows()
    assert ("b", 2, "B", 10) in rows


def test_a_left_join_keeps_every_row_of_the_first() -> None:
    rows = joined(LEFT, RIGHT, Join_type="Left Outer Join").frame.rows()
    assert [row[1] for row in rows] == [1, 1, 2, 3, 4]
    assert rows[2] == ("b", 2, None, None)


def test_a_full_join_keeps_every_row_of_both() -> None:
    result = joined(
        LEFT,
        RIGHT,
        Join_type="Full Outer Join",
        Keep_right_key_columns_in_joined_table="False",
    )
    assert result.names == ("id", "n", "m")
    assert ("d", None, 50) in result.frame.rows()
    assert result.height == 2 + 3 + 3


def test_a_semi_join_keeps_columns_of_the_first_only() -> None:
    result = joined(LEFT, RIGHT, Join_type="Left Semi-Join")
    assert result.frame.rows() == [("a", 1)]


def test_numbers_of_different_types_are_compared() -> None:
    result = joined({"id": [1, 2]}, {"id": [2.0, 2.5]})
    assert result.frame.rows() == [(2, 2.0)]


def test_keys_that_cannot_agree_are_refused() -> None:
    with pytest.raises(ModuleError, match=r"Error 0016.*String.*Int64"):
        joined({"id": ["1"]}, {"id": [1]})


def test_one_key_on_each_side_is_asked_for() -> None:
    both = ColumnSelector.of_names("id", "n").stored()
    with pytest.raises(ModuleError, match=r"Error 0022.*does not equal to 1"):
        joined(
            LEFT,
            LEFT,
            **{"Join key columns for L": both, "Join key columns for R": both},
        )
    with pytest.raises(ModuleError, match=r"Error 0027.*is inconsistent.*are 2 and"):
        joined(LEFT, RIGHT, **{"Join key columns for L": both})


def test_what_is_known_about_columns_stays() -> None:
    left = Table.of(
        pl.DataFrame({"id": ["a"], "y": [1]}),
        [
            Column(name="id", levels=("a", "b")),
            Column(name="y", type="Int64", kind="Label"),
        ],
    )
    right = Table.of(pl.DataFrame({"id": ["a"]}))
    result = MODULE.apply({"Dataset1": left, "Dataset2": right}, MODULE.settle(KEYS))
    table = result["Results dataset"]
    assert isinstance(table, Table)
    assert table.columns[:2] == left.columns


keys = st.lists(st.sampled_from(["a", "b", "c", None]), max_size=8)


@given(keys, keys)
def test_joins_are_what_nested_loops_find(left: list[str], right: list[str]) -> None:
    schema = {"id": pl.String, "n": pl.Int64}
    frames = [
        pl.DataFrame({"id": each, "n": range(len(each))}, schema=schema)
        for each in (left, right)
    ]
    inputs = dict(zip(("Dataset1", "Dataset2"), map(Table.of, frames), strict=True))
    table = MODULE.apply(inputs, MODULE.settle(KEYS))["Results dataset"]
    assert isinstance(table, Table)
    expected = [
        (one, n, other, m)
        for n, one in enumerate(left)
        for m, other in enumerate(right)
        if one is not None and one == other
    ]
    assert table.frame.rows() == expected


@pytest.mark.parametrize("name", ["*", "^id.*$", "0"])
@pytest.mark.parametrize("kind", ["Inner Join", "Full Outer Join", "Left Semi-Join"])
def test_names_that_look_like_patterns_are_names(name: str, kind: str) -> None:
    on = ColumnSelector.of_names(name).stored()
    settings = {"Join key columns for L": on, "Join key columns for R": on}
    left = Table.of(pl.DataFrame({"idle": [7, 8], name: [1, 2]}))
    right = Table.of(pl.DataFrame({name: [2, 1], "ids": ["x", "y"]}))
    result = MODULE.apply(
        {"Dataset1": left, "Dataset2": right},
        MODULE.settle({**settings, "Join type": kind}),
    )["Results dataset"]
    assert isinstance(result, Table)
    more = [] if kind == "Left Semi-Join" else [f"{name} (1)", "ids"]
    assert list(result.names) == ["idle", name, *more]
    assert result.frame.rows()[0] == ((7, 1, 1, "y") if more else (7, 1))


def test_a_full_join_on_numbers_of_two_types_keeps_the_type_of_the_first() -> None:
    left = {"id": [1, 2], "n": [1, 2]}
    right = {"id": [2.0, 3.0], "m": [5, 6]}
    kept = joined(
        left,
        right,
        Join_type="Full Outer Join",
        Keep_right_key_columns_in_joined_table="False",
    )
    assert kept.column("id").type == "Int64"
    assert sorted(kept.frame["id"].to_list()) == [1, 2, 3]
