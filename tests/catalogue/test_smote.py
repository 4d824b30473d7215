from collections import Counter

import numpy as np
import polars as pl
import pytest

from bramka.catalogue import shelf
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.table import Column, Table

MODULE = shelf().find("SMOTE")
CHANCE = np.random.default_rng(2)
POINTS = CHANCE.normal(size=(748, 2))
TABLE = Table.of(
    pl.DataFrame(
        {
            "x": POINTS[:, 0],
            "z": POINTS[:, 1],
            "n": CHANCE.integers(0, 50, 748),
            "t": ["yes" if n < 178 else "no" for n in range(748)],
            "y": [1] * 178 + [0] * 570,
        }
    ),
    [Column(name="y", type="Int64", kind="Label")],
)


def oversampled(percentage: int, table: Table = TABLE, **settings: str) -> pl.DataFrame:
    named = {name.replace("_", " "): value for name, value in settings.items()}
    given = {"SMOTE percentage": str(percentage), **named}
    result = MODULE.apply({"Samples": table}, MODULE.settle(given))["Table"]
    assert isinstance(result, Table)
    assert result.columns == table.columns
    return result.frame


@pytest.mark.parametrize(
    ("percentage", "rare"), [(0, 178), (50, 267), (100, 356), (200, 534), (300, 712)]
)
def test_the_rarest_class_grows_as_documented(percentage: int, rare: int) -> None:
    assert Counter(oversampled(percentage)["y"]) == {0: 570, 1: rare}


def test_new_rows_lie_between_a_row_and_a_neighbour() -> None:
    frame = oversampled(100, Number_of_nearest_neighbors="5")
    assert frame.head(748).equals(TABLE.frame)
    old = TABLE.frame.head(178).select("x", "z", "n").to_numpy().astype(float)
    for row, (x, z, n) in enumerate(frame.tail(178).select("x", "z", "n").rows()[:25]):
        base, rest = old[row], np.delete(old, row, axis=0)
        near = rest[np.argsort(np.linalg.norm(rest - base, axis=1))[:5]]
        steps = [
            (step, other)
            for other in near
            for step in [(x - base[0]) / (other[0] - base[0])]
            if abs(base[1] + step * (other[1] - base[1]) - z) < 1e-9
        ]
        assert len(steps) == 1
        step, other = steps[0]
        assert 0 <= step <= 1
        assert n == round(base[2] + step * (other[2] - base[2]))
    assert set(frame.tail(178)["t"]) == {"yes"}


def test_the_same_seed_makes_the_same_rows() -> None:
    assert oversampled(100).equals(oversampled(100))
    assert not oversampled(100).equals(oversampled(100, Random_seed="1"))


def test_a_lonely_row_is_repeated_and_holes_stay_the_bases() -> None:
    table = Table.of(
        pl.DataFrame({"x": [1.0, 5.0, 6.0], "y": ["a", "b", "b"]}),
        [Column(name="y", kind="Label")],
    )
    assert oversampled(200, table)["x"].to_list() == [1.0, 5.0, 6.0, 1.0, 1.0]


def test_one_label_is_asked_for() -> None:
    with pytest.raises(ModuleError, match="Error 0024"):
        oversampled(100, Table.of(TABLE.frame))


def test_infinite_numbers_have_nothing_between_them() -> None:
    frame = TABLE.frame.with_columns(x=pl.lit(float("inf")))
    with pytest.raises(ModuleError, match='Error 0033: "x" is not finite'):
        oversampled(100, Table(frame, TABLE.columns))


def test_numbers_too_far_apart_for_a_difference_have_points_between() -> None:
    frame = pl.DataFrame({"x": [1e308, -1e308, 1e308, 0.0], "y": [1, 1, 1, 0]})
    frame = pl.concat([frame, pl.DataFrame({"x": [0.0] * 4, "y": [0] * 4})])
    table = Table.of(frame, [Column(name="y", type="Int64", kind="Label")])
    found = oversampled(200, table)["x"]
    assert len(found) == 14
    assert found.is_finite().all()
    assert found.is_between(-1e308, 1e308).all()
