import polars as pl
import pytest

from bramka.catalogue import shelf
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.table import Column, Table

MODULE = shelf().find("Group Categorical Values")
TABLE = Table.of(
    pl.DataFrame({"n": [1, 2, 3], "c": ["a", "b", None]}),
    [Column(name="c", levels=("a", "b"), kind="Label")],
)
GROUP_A = {
    "Default level name": "rest",
    "Name of new level 1": "first",
    "Comma-separated list of old levels to map to new level 1": "a, z",
}


def grouped(**settings: str) -> Table:
    named = {name.replace("_", " "): value for name, value in settings.items()}
    given = MODULE.settle({**GROUP_A, **named})
    result = MODULE.apply({"Dataset": TABLE}, given)["Results dataset"]
    assert isinstance(result, Table)
    step = MODULE.apply_row(TABLE.columns, given)
    assert step is not None
    assert step.columns == result.columns
    assert [tuple(step.apply(row)) for row in TABLE.frame.rows()] == result.frame.rows()
    return result


@pytest.mark.parametrize(
    ("mode", "names"),
    [
        ("ResultOnly", ("c",)),
        ("Inplace", ("n", "c")),
        ("Append", ("n", "c", "c (1)")),
    ],
)
def test_the_result_stands_alone_or_beside_the_rest(
    mode: str, names: tuple[str, ...]
) -> None:
    result = grouped(Output_mode=mode)
    assert result.names == names
    assert result.frame[names[-1]].to_list() == ["first", "rest", None]
    assert result.column(names[-1]).levels == ("first", "rest")
    assert result.column(names[-1]).kind == "Label"


def test_every_group_needs_a_name() -> None:
    with pytest.raises(ModuleError, match=r"Error 0003: .*Name of new level 2"):
        grouped(New_number_of_levels="3")


def test_numbers_that_are_no_categories_are_error_56() -> None:
    every = '{"rules":[{"ruleType":"AllColumns","exclude":false}]}'
    with pytest.raises(ModuleError, match='Error 0056: Column with name "n"'):
        grouped(Selected_columns=every)
