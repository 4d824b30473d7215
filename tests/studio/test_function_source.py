"""Functions with types: what their columns are, and what they are called with."""

from typing import Any

import polars as pl
import pytest

from bramka.domain.errors import Invalid
from bramka.domain.learning.table import Table
from bramka.studio.function_source import read_function
from bramka.studio.own_function import function

CODE = b"""
from __future__ import annotations
import enum
from dataclasses import dataclass
from typing import Annotated, Literal, NamedTuple, NewType, Optional, TypedDict, Union
import numpy as np

Metres = NewType("Metres", float)


class Kind(enum.Enum):
    FLAT = "flat"
    HOUSE = "house"


@dataclass
class Home:
    rooms: int
    area: Metres
    kind: Kind = Kind.FLAT


class Price(NamedTuple):
    price: float
    kind: Kind


class Row(TypedDict):
    a: int


def optional(a: Optional[int], b: "Union[None, float]", c: str | None = "x") -> str:
    return f"{a} {b} {c}"


def literal(a: Literal["red", "blue"], n: Literal[1, 2]) -> Annotated[int, "n"]:
    return n + len(a)


def kinds(k: Kind) -> tuple[Kind, bool]:
    return k, isinstance(k, Kind)


def home(home: Home) -> Price:
    return Price(home.rooms * home.area, home.kind)


def row(row: Row) -> Row:
    return Row(a=row["a"] + 1)


def numbers(a: np.float64, b: np.int32) -> np.float32:
    return np.float32(a.item() + b.item())


def named(a: int, /, b: int = 2, *, c: float = 3.0) -> int | float:
    return a + b + c


def wrong(a: float) -> int:
    return a


def lacking(a: int) -> Row:
    return {}


async def later(a: int) -> int:
    return a


def nothing() -> int:
    return 1


def many(a: list[float]) -> float:
    return sum(a)


def several(*a: int) -> int:
    return 1


def two(a: int | str) -> int:
    return 1


def itself(a: Itself) -> int:
    return 1


Itself = Optional["Itself"]
"""


def called(name: str, *rows: tuple[Any, ...]) -> tuple[list[str], list[Any]]:
    """The types of what a function takes, and what it gives."""
    model = read_function("code.py", CODE, name)
    cells = {
        each.name: [row[at] for row in rows] for at, each in enumerate(model.columns)
    }
    table = Table.of(pl.DataFrame(cells, strict=False), model.columns)
    scored = function(model, CODE)(table)
    assert scored.columns == model.outputs
    return [each.type for each in model.columns], scored.frame.rows()


@pytest.mark.parametrize(
    ("name", "rows", "types", "results"),
    [
        (
            "optional",
            [(1, 2.0, "y"), (None, None, None)],
            ["Int64", "Double", "String"],
            [("1 2.0 y",), ("None None x",)],
        ),
        ("literal", [("red", 1)], ["String", "Int64"], [(4,)]),
        ("kinds", [("house",)], ["String"], [("house", True)]),
        (
            "home",
            [(2, 10.5, "house"), (3, 1.0, None)],
            ["Int64", "Double", "String"],
            [(21.0, "house"), (3.0, "flat")],
        ),
        ("row", [(1,)], ["Int64"], [(2,)]),
        ("numbers", [(1.5, 2)], ["Double", "Int32"], [(3.5,)]),
        (
            "named",
            [(1, None, None), (1, 1, 1.0)],
            ["Int64", "Int64", "Double"],
            [(6.0,), (3.0,)],
        ),
    ],
)
def test_a_function_is_called_with_what_its_types_say(
    name: str, rows: list[Any], types: list[str], results: list[Any]
) -> None:
    assert called(name, *rows) == (types, results)


def test_the_values_of_an_enum_or_a_literal_are_told() -> None:
    model = read_function("code.py", CODE, "kinds")
    assert model.columns[0].levels == model.outputs[0].levels == ("flat", "house")
    model = read_function("code.py", CODE, "literal")
    assert [each.levels for each in model.columns] == [("red", "blue"), None]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("later", "'later' is async"),
        ("nothing", "'nothing' takes nothing"),
        ("many", r"'a' has the type 'list\[float\]'; write int"),
        ("several", r"'several' may not take \*"),
        ("two", r"'a' has the type 'int \| str'"),
        ("itself", "has the type"),
    ],
)
def test_a_function_that_is_no_service_says_why(name: str, message: str) -> None:
    with pytest.raises(Invalid, match=message):
        read_function("code.py", CODE, name)


def test_a_result_of_another_type_is_told() -> None:
    with pytest.raises(Invalid, match=r"gave '1.5' for 'result', which is no Int64"):
        called("wrong", (1.5,))
    with pytest.raises(Invalid, match="result lacks 'a'"):
        called("lacking", (1,))
    with pytest.raises(ValueError, match="'tent' is not a valid Kind"):
        called("kinds", ("tent",))
