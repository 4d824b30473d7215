"""Put values of a category together under fewer names.

What no list names gets the default name; missing values stay missing. Up to 20 names,
the default among them.

    {
      "inputs": {
        "Dataset": {
          "columns": {"cylinders": ["two", "six", "five", null]},
          "levels": {"cylinders": ["two", "five", "six"]}
        }
      },
      "parameters": {
        "Default level name": "other",
        "New number of levels": "3",
        "Name of new level 1": "big",
        "Comma-separated list of old levels to map to new level 1": "six, eight",
        "Name of new level 2": "small",
        "Comma-separated list of old levels to map to new level 2": "two, four"
      },
      "outputs": {
        "Results dataset": {
          "columns": {"cylinders": ["small", "big", "other", null]},
          "levels": {"cylinders": ["big", "small", "other"]}
        }
      }
    }
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import polars as pl
from msgspec import Meta, Struct, defstruct, field
from msgspec.structs import replace

from bramka.catalogue._columns import CATEGORICAL_COLUMNS, called_apart
from bramka.catalogue._transforms import places_of
from bramka.domain.learning.cells import Cell, text_of, text_series
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import (
    Module,
    ModuleError,
    ModulePort,
    Ports,
    RowStep,
)
from bramka.domain.learning.table import Column, Table, frame_of
from bramka.domain.learning.value import table_on

MOST_LEVELS = 20
COUNT = "New number of levels"
_LIST = "Comma-separated list of old levels to map to new level"

Counts = Literal[
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
    "8",
    "9",
    "10",
    "11",
    "12",
    "13",
    "14",
    "15",
    "16",
    "17",
    "18",
    "19",
    "20",
]


class Choices(Struct, frozen=True, kw_only=True):
    """Which categories are grouped, and what becomes of what no list names."""

    chosen: Annotated[
        ColumnSelector, Meta(description="The categories that are grouped.")
    ] = field(name="Selected columns", default=CATEGORICAL_COLUMNS)
    output: Annotated[
        Literal["ResultOnly", "Append", "Inplace"],
        Meta(description="Whether other columns stay, and the ungrouped ones."),
    ] = field(name="Output mode", default="ResultOnly")
    default: Annotated[
        str, Meta(description="What every value is called that no list names.")
    ] = field(name="Default level name")
    count: Annotated[
        Counts, Meta(description="How many names there are, the default among them.")
    ] = field(name=COUNT, default="2")

    @property
    def groups(self) -> int:
        """How many names have a list."""
        return int(self.count) - 1


def _fields(number: int) -> list[tuple[str, Any, Any]]:
    shown = tuple(str(count) for count in range(number + 1, MOST_LEVELS + 1))
    extra = {"shown_when": (COUNT, shown)}
    return [
        (
            f"name_{number}",
            Annotated[
                str, Meta(description=f"The name of group {number}.", extra=extra)
            ],
            field(name=f"Name of new level {number}", default=""),
        ),
        (
            f"list_{number}",
            Annotated[
                str,
                Meta(
                    description=f"The values of group {number}, parted by commas.",
                    extra=extra,
                ),
            ],
            field(name=f"{_LIST} {number}", default=""),
        ),
    ]


Settings: type[Choices] = defstruct(  # type: ignore[assignment]  # it says Struct
    "Settings",
    [each for number in range(1, MOST_LEVELS) for each in _fields(number)],
    bases=(Choices,),
    frozen=True,
    kw_only=True,
)
"""The choices, and a name and a list for each group."""


def run(inputs: Ports, settings: Choices) -> Ports:
    table = table_on(inputs, "Dataset")
    names = _names(table.columns, settings)
    groups = _groups(settings)
    made = [
        text_series(table.series(name)).replace_strict(
            groups, default=settings.default, return_dtype=pl.String
        )
        for name in names
    ]
    missing = [table.series(name).is_null() for name in names]
    cells = [each.set(holes, None) for each, holes in zip(made, missing, strict=True)]
    columns, sources = _layout(table.columns, names, settings)
    series = [
        (cells[source] if fresh else table.series(table.names[source])).alias(
            column.name
        )
        for column, (fresh, source) in zip(columns, sources, strict=True)
    ]
    return {"Results dataset": Table(frame_of(series), columns)}


def row(columns: Sequence[Column], settings: Choices, _others: Ports) -> RowStep:
    names = _names(columns, settings)
    groups = _groups(settings)
    places = places_of(names, columns)
    described, sources = _layout(columns, names, settings)

    def group(cells: Sequence[Cell]) -> list[Cell]:
        texts = [text_of(cells[place]) for place in places]
        made = [None if t is None else groups.get(t, settings.default) for t in texts]
        return [made[at] if fresh else cells[at] for fresh, at in sources]

    return RowStep(described, group)


def _layout(
    columns: Sequence[Column], names: Sequence[str], settings: Choices
) -> tuple[tuple[Column, ...], list[tuple[bool, int]]]:
    """The result's columns: each is the n-th grouped one, or the n-th given one."""
    known = {column.name: column for column in columns}
    levels = tuple(dict.fromkeys([*_new_names(settings), settings.default]))
    made = [replace(known[name], type="String", levels=levels) for name in names]
    grouped = [(True, number) for number in range(len(names))]
    if settings.output == "ResultOnly":
        return tuple(made), grouped
    given = [(False, place) for place in range(len(columns))]
    if settings.output == "Append":
        return (*columns, *called_apart(made, known)), given + grouped
    at = {name: number for number, name in enumerate(names)}
    sources = [
        (True, at[column.name]) if column.name in at else (False, place)
        for place, column in enumerate(columns)
    ]
    return tuple(made[n] if new else columns[n] for new, n in sources), sources


def _names(columns: Sequence[Column], settings: Choices) -> list[str]:
    names = list(dict.fromkeys(settings.chosen.names(columns)))
    for column in columns:
        if column.name in names and column.levels is None:
            raise ModuleError(
                56,
                f'Column with name "{column.name}" is not in an allowed category. '
                "Make it categorical with Edit Metadata first.",
            )
    return names


def _new_names(settings: Choices) -> list[str]:
    names = [str(getattr(settings, f"name_{n}")) for n in range(1, settings.groups + 1)]
    for number, name in enumerate(names, 1):
        if not name:
            raise ModuleError(
                3, f'Input "Name of new level {number}" is null or empty.'
            )
    return names


def _groups(settings: Choices) -> dict[str, str]:
    """The name of each value that a list names; the first list that does decides."""
    groups: dict[str, str] = {}
    for number, name in enumerate(_new_names(settings), 1):
        for value in str(getattr(settings, f"list_{number}")).split(","):
            if value.strip():
                groups.setdefault(value.strip(), name)
    return groups


MODULE: Module[Choices] = Module(
    name="Group Categorical Values",
    family="cd7343261fc7480fb5f62e9a50694c96",
    category="Data Transformation / Manipulation",
    settings=Settings,
    inputs=(ModulePort("Dataset"),),
    outputs=(ModulePort("Results dataset"),),
    run=run,
    row=row,
    row_wise=True,
)
