from collections import Counter

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bramka.catalogue import shelf
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.table import Table

MODULE = shelf().find("Split")


def split(frame: pl.DataFrame, **settings: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    named = {name.replace("_", " "): value for name, value in settings.items()}
    if "fraction" in named:
        fraction = named.pop("fraction")
        named["Fraction of rows in the first output dataset"] = fraction
    results = MODULE.apply({"Dataset": Table.of(frame)}, MODULE.settle(named))
    first, second = results["Results dataset1"], results["Results dataset2"]
    assert isinstance(first, Table)
    assert isinstance(second, Table)
    return first.frame, second.frame


def where(text: str, frame: pl.DataFrame, kind: str = "Relative") -> list[object]:
    name = "Relational expression" if kind == "Relative" else "Regular expression"
    chosen, _ = split(frame, **{"Splitting mode": f"{kind} Expression", name: text})
    return chosen.to_series(0).to_list()


@given(st.integers(2, 60), st.floats(0, 1), st.integers(0, 9), st.booleans())
def test_every_row_goes_to_one_side_in_its_order(
    rows: int, fraction: float, seed: int, drawn: bool
) -> None:
    given = {"fraction": str(fraction), "Random_seed": str(seed)}
    frame = pl.DataFrame({"n": range(rows)})
    first, second = split(frame, **given, Randomized_split=str(drawn))
    left, right = first["n"].to_list(), second["n"].to_list()
    assert sorted(left + right) == list(range(rows))
    assert left == sorted(left)
    assert right == sorted(right)
    assert abs(len(left) - rows * fraction) < 1


def test_the_same_seed_splits_the_same_and_seed_0_too() -> None:
    frame = pl.DataFrame({"n": range(100)})
    for seed in ("0", "7"):
        one, other = (split(frame, Random_seed=seed)[0] for _ in range(2))
        assert one.equals(other)
    assert not split(frame, Random_seed="7")[0].equals(split(frame)[0])


def test_an_odd_row_goes_to_the_second() -> None:
    first, second = split(pl.DataFrame({"n": range(5)}), Randomized_split="False")
    assert (first["n"].to_list(), second["n"].to_list()) == ([0, 1], [2, 3, 4])


def test_a_stratified_split_divides_each_group() -> None:
    frame = pl.DataFrame({"g": ["a"] * 50 + ["b"] * 10 + [None] * 5, "n": range(65)})
    key = ColumnSelector.of_names("g").stored()
    settings = {"Stratified_split": "True", "Stratification_key_column": key}
    first, second = split(frame, fraction="0.8", **settings)
    assert Counter(first["g"]) == {"a": 40, "b": 8, None: 4}
    assert Counter(second["g"]) == {"a": 10, "b": 2, None: 1}
    with pytest.raises(ModuleError, match=r"Error 0017"):
        split(
            frame.cast({"n": pl.Float64}),
            Stratified_split="True",
            Stratification_key_column=ColumnSelector.of_names("n").stored(),
        )
    with pytest.raises(ModuleError, match=r"Error 0003"):
        split(frame, Stratified_split="True")


def test_columns_are_compared_by_name_and_by_place_from_0() -> None:
    years = pl.DataFrame({"Year": [2009, 2010, 2011, None], "n": [10, 20, 30, 40]})
    assert where('\\"Year" > 2010', years) == [2011]
    assert where("(\\1)<=30 & !=20", years) == [2009, 2011]
    assert where("(\\Year)==2009 | >2010", years) == [2009, 2011]
    assert where("(\\n)==10 | >20 & <40", years) == [2009, 2011]


def test_dates_and_spans_are_compared_as_people_write_them() -> None:
    days = pl.Series(["2009-01-02", "2015-10-09"]).str.to_datetime("%Y-%m-%d")
    spans = pl.Series([45, 90]) * 1_000_000
    frame = pl.DataFrame(
        {"n": [1, 2], "day": days, "took": spans.cast(pl.Duration("us"))}
    )
    assert where('\\"day" > 10-08-2015', frame) == [2]
    assert where('\\"day" > 1/1/2010', frame) == [2]
    assert where('\\"took" <00:01:00 & >00:00:30', frame) == [1]


def test_what_is_no_number_meets_no_comparison() -> None:
    assert where('\\"x" > 1', pl.DataFrame({"x": [float("nan"), 2.0]})) == [2.0]


def test_whole_numbers_beyond_doubles_are_compared_exactly() -> None:
    frame = pl.DataFrame({"x": [2**53, 2**53 + 1, None]})
    assert where(f'\\"x" > {2**53}', frame) == [2**53 + 1]
    assert where(f'\\"x" <= {2**53} & != 0.5', frame) == [2**53]


def test_texts_are_matched_anywhere_unless_anchored() -> None:
    frame = pl.DataFrame({"Text": ["a Gryphon", "gryphon", None], "n": [1, 2, 3]})
    assert where('\\"Text" Gryphon', frame, "Regular") == ["a Gryphon"]
    assert where("(\\0) ^[f-h]", frame, "Regular") == ["gryphon"]


@pytest.mark.parametrize(
    ("text", "kind", "reason"),
    [
        ("Year > 1", "Relative", "Error 0002: .*must begin with"),
        ('\\"n" > ', "Relative", "Error 0002: .*a comparison is expected"),
        ('\\"n" > 1 &', "Relative", "Error 0002: .*a comparison is expected"),
        ('\\"n" > soon', "Relative", 'Error 0002: .*"soon" from "String" to "Double"'),
        ('\\"m" > 1', "Relative", 'Error 0001: .*"m"'),
        ("(\\9) > 1", "Relative", 'Error 0001: .*"9"'),
        ('\\"t" > 1', "Relative", "Error 0017"),
        ('\\"n" x', "Regular", "Error 0017"),
        ('\\"t" (?=x)', "Regular", "Error 0002: .*it is no pattern"),
        ('\\"t" (', "Regular", "Error 0002: .*it is no pattern"),
    ],
)
def test_expressions_that_do_not_read_are_told(
    text: str, kind: str, reason: str
) -> None:
    with pytest.raises(ModuleError, match=reason):
        where(text, pl.DataFrame({"n": [1, 2], "t": ["x", "y"]}), kind)


def test_two_rows_at_least_are_asked_for() -> None:
    with pytest.raises(ModuleError, match=r"Error 0021.*minimum of 2 row"):
        split(pl.DataFrame({"n": [1]}))


RATINGS = pl.DataFrame(
    {
        "user": [user for user in range(20) for _ in range(8)],
        "item": [(user + 3 * step) % 12 for user in range(20) for step in range(8)],
        "rating": 3,
    }
)


def ratings(**shares: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    named = {f"Fraction of {name.replace('_', ' ')}": v for name, v in shares.items()}
    return split(RATINGS, **{"Splitting mode": "Recommender Split", **named})


def test_ratings_of_other_users_are_shared_between_training_and_test() -> None:
    train, test = ratings()
    assert train.height + test.height == RATINGS.height
    only = set(train["user"]) - set(test["user"])
    assert len(only) == 10
    shared = train.filter(pl.col("user").is_in(test["user"].implode()))
    assert set(Counter(shared["user"]).values()) == {2}


def test_cold_and_ignored_users_and_items_stay_out_of_training() -> None:
    train, test = ratings(
        cold_users="0.1", ignored_users="0.2", cold_items="0.25", ignored_items="0.25"
    )
    assert len(set(test["user"]) - set(train["user"])) >= 2
    assert len(set(train["item"])) == 6
    assert len(set(test["item"]) - set(train["item"])) == 3
    assert len({*train["user"]}) == 14


def test_items_that_never_train_may_be_left_out_of_the_test() -> None:
    named = {
        "Fraction of training-only users": "0",
        "Splitting mode": "Recommender Split",
        "Fraction of test user ratings for training": "0",
        "Remove occasionally produced cold items": "True",
    }
    train, test = split(RATINGS.head(16), **named)
    assert train.height == 2
    assert set(test["item"]) <= set(train["item"])


def test_ratings_are_told_by_two_or_three_columns() -> None:
    wide = RATINGS.with_columns(pl.lit(1).alias("more"))
    with pytest.raises(ModuleError, match=r"Error 0022.*does not equal to 3"):
        split(wide, **{"Splitting mode": "Recommender Split"})
