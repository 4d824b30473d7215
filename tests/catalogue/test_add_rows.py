import polars as pl
import pytest

from bramka.catalogue import shelf
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.table import Column, Table

MODULE = shelf().find("Add Rows")


def added(first: Table, second: Table) -> Table:
    inputs = {"Dataset1": first, "Dataset2": second}
    result = MODULE.apply(inputs, MODULE.settle({}))["Results dataset"]
    assert isinstance(result, Table)
    return result


def test_the_values_of_a_category_are_those_of_both() -> None:
    one = Table.of(pl.DataFrame({"c": ["x"]}), [Column(name="c", levels=("x", "y"))])
    two = Table.of(pl.DataFrame({"c": ["z"]}), [Column(name="c", levels=("z", "x"))])
    assert added(one, two).column("c").levels == ("x", "y", "z")


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        ({"b": [1]}, 'Error 0010: .*column 0 .*"a" and "b"'),
        ({"a": ["x"]}, 'Error 0016: .*"a" is Int64 and String'),
        ({"a": [1], "b": [2]}, r"Error 0027: .*They have 1 and 2 columns"),
    ],
)
def test_datasets_that_do_not_match_are_refused(
    second: dict[str, list[object]], reason: str
) -> None:
    one = Table.of(pl.DataFrame({"a": [1]}))
    with pytest.raises(ModuleError, match=reason):
        added(one, Table.of(pl.DataFrame(second)))
