"""Learn which columns a dataset has, to choose the same ones in data to come.

The order is learnt too; columns that are not known are left out.

    {
      "inputs": {"Dataset with desired columns": {"x": [1], "y": [2]}},
      "parameters": {},
      "outputs": {
        "Columns selection transformation": {
          "applied to": {"z": [7], "y": [8], "x": [9]},
          "gives": {"x": [9], "y": [8]}
        }
      }
    }
"""

from collections.abc import Sequence

from bramka.catalogue._conversion import NoSettings
from bramka.catalogue._transforms import places_of, transform
from bramka.domain.learning.cells import Cell
from bramka.domain.learning.module import (
    Learnt,
    Module,
    ModulePort,
    Ports,
    RowStep,
    Use,
)
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value import table_on

FAMILY = "aa517da1497843ed960ff26cf55bfa95"
PORT = "Dataset with desired columns"


def run(inputs: Ports, settings: NoSettings) -> Ports:
    table = table_on(inputs, PORT)
    learnt = transform(FAMILY, settings, {}, table.columns)
    return {"Columns selection transformation": learnt}


def use(learnt: Learnt, _settings: NoSettings) -> Use:
    names = [column.name for column in learnt.columns]

    def apply(table: Table) -> Table:
        places_of(names, table.columns)
        return table.select(names)

    def row(columns: Sequence[Column]) -> RowStep:
        places = places_of(names, columns)

        def choose(cells: Sequence[Cell]) -> list[Cell]:
            return [cells[place] for place in places]

        return RowStep(tuple(columns[place] for place in places), choose)

    return Use(apply=apply, row=row)


MODULE = Module(
    name="Select Columns Transform",
    family=FAMILY,
    category="Data Transformation / Manipulation",
    settings=NoSettings,
    inputs=(ModulePort(PORT),),
    outputs=(ModulePort("Columns selection transformation", "ITransform"),),
    run=run,
    use=use,
)
