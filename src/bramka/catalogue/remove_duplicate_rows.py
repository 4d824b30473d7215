"""Keep one row of those that are equal in all key columns.

Missing values are equal to each other. Rows stay in their order.

    {
      "inputs": {"Dataset": {"id": [1, 2, 1, null, null], "n": [1, 2, 3, 4, 5]}},
      "parameters": {
        "Key column selection filter expression": {
          "rules": [{"ruleType": "ColumnNames", "columns": ["id"], "exclude": false}]
        }
      },
      "outputs": {"Results dataset": {"id": [1, 2, null], "n": [1, 2, 4]}}
    }
"""

from typing import Annotated

import polars.selectors as cs
from msgspec import Meta, Struct, field

from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Module, ModulePort, Ports
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import table_on


class Settings(Struct, frozen=True, kw_only=True):
    """Which rows count as equal, and which of them stays."""

    keys: Annotated[
        ColumnSelector, Meta(description="The columns in which equal rows agree.")
    ] = field(name="Key column selection filter expression")
    first: Annotated[
        bool,
        Meta(description="Keep the first of equal rows; if not, keep the last."),
    ] = field(name="Retain first duplicate row", default=True)


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    keys = list(dict.fromkeys(settings.keys.names(table.columns)))
    frame = table.frame.unique(
        subset=cs.by_name(*keys),
        keep="first" if settings.first else "last",
        maintain_order=True,
    )
    return {"Results dataset": Table(frame, table.columns)}


MODULE = Module(
    name="Remove Duplicate Rows",
    family="02016f47e4c34a069ae516c747389e34",
    category="Data Transformation / Manipulation",
    settings=Settings,
    inputs=(ModulePort("Dataset"),),
    outputs=(ModulePort("Results dataset"),),
    run=run,
)
