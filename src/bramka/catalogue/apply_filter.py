"""Filter columns of numbers, as signals, by a filter that another module made.

The result has the filtered columns only. A missing number is not a number in the
result, and neither are those after it, as far as the filter reaches.

    {
      "inputs": {
        "Filter": {
          "module": "Moving Average Filter",
          "parameters": {"Length": "2"}
        },
        "Dataset": {"x": [1, 3, 5], "t": ["a", "b", "c"]}
      },
      "parameters": {},
      "outputs": {"Results dataset": {"x": [1.0, 2.0, 4.0]}}
    }
"""

from typing import Annotated

from msgspec import Meta, Struct, field

from bramka.catalogue._columns import NUMERIC_COLUMNS, require_numeric
from bramka.catalogue._training import used
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Module, ModuleError, ModulePort, Ports
from bramka.domain.learning.value import learnt_on, table_on


class Settings(Struct, frozen=True, kw_only=True):
    """Which columns are filtered."""

    chosen: Annotated[
        ColumnSelector, Meta(description="The columns of numbers to filter.")
    ] = field(name="Column set", default=NUMERIC_COLUMNS)


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    learnt = learnt_on(inputs, "Filter")
    if learnt.type != "IFilter":
        raise ModuleError(13, 'Learner "Filter" has invalid type.')
    chosen = table.select(list(dict.fromkeys(settings.chosen.names(table.columns))))
    require_numeric(chosen.columns)
    return {"Results dataset": used(learnt, "Filter").apply(chosen)}


MODULE = Module(
    name="Apply Filter",
    family="278e11eccb1649d4a13c54b2c9f5ce88",
    category="Data Transformation / Filter",
    settings=Settings,
    inputs=(ModulePort("Filter", "IFilter"), ModulePort("Dataset")),
    outputs=(ModulePort("Results dataset"),),
    run=run,
)
