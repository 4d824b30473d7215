"""Put the columns of a second dataset beside those of the first.

Rows are matched by their place; the shorter dataset is filled up with missing values.
A column of the second whose name is taken is called `name (1)`.

    {
      "inputs": {
        "Left dataset": {"a": [1, 2], "b": ["x", "y"]},
        "Right dataset": {"a": [3]}
      },
      "parameters": {},
      "outputs": {
        "Combined dataset": {"a": [1, 2], "b": ["x", "y"], "a (1)": [3, null]}
      }
    }
"""

import polars as pl

from bramka.catalogue._columns import called_apart
from bramka.catalogue._conversion import NoSettings
from bramka.domain.learning.module import Module, ModulePort, Ports
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import table_on


def run(inputs: Ports, _settings: NoSettings) -> Ports:
    left, right = table_on(inputs, "Left dataset"), table_on(inputs, "Right dataset")
    columns = called_apart(right.columns, left.names)
    frame = right.frame.clone()
    frame.columns = [column.name for column in columns]
    height = max(left.height, right.height)
    both = pl.concat(
        [_filled(left.frame, height), _filled(frame, height)], how="horizontal"
    )
    return {"Combined dataset": Table(both, (*left.columns, *columns))}


def _filled(frame: pl.DataFrame, height: int) -> pl.DataFrame:
    """The rows, and rows of missing values behind them up to this height."""
    lacking = height - frame.height
    return pl.concat([frame, frame.clear(lacking)]) if lacking else frame


MODULE = Module(
    name="Add Columns",
    family="5714a225befd438a9bb5f6fdc50a4efb",
    category="Data Transformation / Manipulation",
    settings=NoSettings,
    inputs=(ModulePort("Left dataset"), ModulePort("Right dataset")),
    outputs=(ModulePort("Combined dataset"),),
    run=run,
)
