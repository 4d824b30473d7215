"""Apply a transformation that another module learnt.

Cleaning, scaling, binning, reducing, choosing columns and counting give one.

    {
      "inputs": {
        "Transformation": {
          "module": "Normalize Data",
          "parameters": {"Transformation method": "MinMax"},
          "inputs": {"Dataset": {"x": [0.0, 10.0]}},
          "output": "Transformation function"
        },
        "Dataset": {"x": [5.0, 20.0, null], "y": ["a", "b", "c"]}
      },
      "parameters": {},
      "outputs": {
        "Transformed dataset": {"x": [0.5, 2.0, null], "y": ["a", "b", "c"]}
      }
    }
"""

from collections.abc import Sequence

from bramka.catalogue._conversion import NoSettings
from bramka.catalogue._training import used
from bramka.domain.learning.module import (
    Module,
    ModuleError,
    ModulePort,
    Ports,
    RowStep,
    Use,
)
from bramka.domain.learning.table import Column
from bramka.domain.learning.value import learnt_on, table_on

PORT = "Transformation"


def run(inputs: Ports, _settings: NoSettings) -> Ports:
    table = table_on(inputs, "Dataset")
    return {"Transformed dataset": _use(inputs).apply(table)}


def row(
    columns: Sequence[Column], _settings: NoSettings, others: Ports
) -> RowStep | None:
    prepare = _use(others).row
    return prepare(columns) if prepare else None


def _use(inputs: Ports) -> Use:
    learnt = learnt_on(inputs, PORT)
    if learnt.type != "ITransform":
        raise ModuleError(13, f'Learner "{PORT}" has invalid type.')
    return used(learnt, PORT)


MODULE = Module(
    name="Apply Transformation",
    family="805e592d0f1f48eb97c9688ed0c1dc70",
    category="Machine Learning / Score",
    settings=NoSettings,
    inputs=(ModulePort(PORT, "ITransform"), ModulePort("Dataset")),
    outputs=(ModulePort("Transformed dataset"),),
    run=run,
    row=row,
    row_wise=True,
)
