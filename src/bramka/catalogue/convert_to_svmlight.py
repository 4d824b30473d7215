"""Make a dataset what an SVMLight file can hold: numbers, and one label.

The label is the column marked so, else the first one; labels 0 and 1 become -1 and 1.
Names are lost: features are Col1, Col2, …, the label is Labels. Missing values are 0.

    {
      "inputs": {"Dataset": {"class": [1, 0], "size": [6.3, 4.8], "age": [2, null]}},
      "parameters": {},
      "outputs": {
        "Results dataset": {
          "Col1": [6.3, 4.8],
          "Col2": [2.0, 0.0],
          "Labels": [1.0, -1.0]
        }
      }
    }
"""

import polars as pl

from bramka.catalogue._columns import unsupported
from bramka.catalogue._conversion import NoSettings
from bramka.domain.learning.module import Module, ModulePort, Ports
from bramka.domain.learning.table import NUMBERS, Column, Table, frame_of
from bramka.domain.learning.value import table_on

LABELS = "Labels"


def run(inputs: Ports, _settings: NoSettings) -> Ports:
    table = table_on(inputs, "Dataset")
    label = _label(table)
    series = [_numbers(table, each) for each in table.columns if each is not label]
    named = [each.alias(f"Col{number}") for number, each in enumerate(series, 1)]
    columns = [Column(name=each.name, type="Double") for each in named]
    columns.append(Column(name=LABELS, type="Double", kind="Label"))
    labels = _signs(_numbers(table, label)).alias(LABELS)
    return {"Results dataset": Table(frame_of([*named, labels]), tuple(columns))}


def _label(table: Table) -> Column:
    marked = (column for column in table.columns if column.kind == "Label")
    return next(marked, table.columns[0])


def _numbers(table: Table, column: Column) -> pl.Series:
    if column.type not in NUMBERS and column.type != "Boolean":
        raise unsupported(column)
    return table.series(column.name).cast(pl.Float64).fill_null(0.0)


def _signs(labels: pl.Series) -> pl.Series:
    """Labels that are 0 and 1 as -1 and 1, others as they are."""
    return labels.replace(0.0, -1.0) if labels.is_in([0.0, 1.0]).all() else labels


MODULE = Module(
    name="Convert to SVMLight",
    family="8d44b92397df4dd5a6d4173bb89c7441",
    category="Data Format Conversions",
    settings=NoSettings,
    inputs=(ModulePort("Dataset"),),
    outputs=(ModulePort("Results dataset"),),
    run=run,
)
