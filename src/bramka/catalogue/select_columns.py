"""Keep the chosen columns of a dataset.

Columns stay in the dataset's order unless the selection keeps its own order. A column
that is chosen twice is then called `name (1)` the second time.

    {
      "inputs": {"Dataset": {"Col1": [5, 1], "Col2": ["good", "bad"]}},
      "parameters": {
        "Select Columns": {
          "isFilter": true,
          "rules": [{"ruleType": "ColumnNames", "columns": ["Col2"], "exclude": false}]
        }
      },
      "outputs": {"Results dataset": {"Col2": ["good", "bad"]}}
    }
"""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct, field
from msgspec.structs import replace

from bramka.domain.learning.cells import Cell
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Module, ModulePort, Ports, RowStep
from bramka.domain.learning.table import Column, Table, frame_of
from bramka.domain.learning.value import table_on


class Settings(Struct, frozen=True, kw_only=True):
    """Which columns to keep."""

    selected: Annotated[
        ColumnSelector,
        Meta(
            description="The columns that the result keeps.",
            extra={"aliases": ("Select columns",)},
        ),
    ] = field(name="Select Columns")


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    chosen = settings.selected.names(table.columns)
    columns = _called_apart([table.column(name) for name in chosen])
    series = [
        table.series(name).alias(column.name)
        for name, column in zip(chosen, columns, strict=True)
    ]
    return {"Results dataset": Table(frame_of(series), columns)}


def row(columns: Sequence[Column], settings: Settings, _others: Ports) -> RowStep:
    names = [column.name for column in columns]
    places = [names.index(name) for name in settings.selected.names(columns)]

    def choose(cells: Sequence[Cell]) -> list[Cell]:
        return [cells[place] for place in places]

    return RowStep(_called_apart([columns[place] for place in places]), choose)


def _called_apart(columns: Sequence[Column]) -> tuple[Column, ...]:
    """The same columns, where repeated names get a number."""
    taken: dict[str, Column] = {}
    for column in columns:
        name, number = column.name, 0
        while name in taken:
            number += 1
            name = f"{column.name} ({number})"
        taken[name] = replace(column, name=name)
    return tuple(taken.values())


MODULE = Module(
    name="Select Columns in Dataset",
    family="1ec722fab6234e26a44ea50c6d726223",
    category="Data Transformation / Manipulation",
    aliases=("Project Columns",),
    settings=Settings,
    inputs=(ModulePort("Dataset"),),
    outputs=(ModulePort("Results dataset"),),
    run=run,
    row=row,
    row_wise=True,
)
