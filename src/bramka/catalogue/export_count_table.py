"""Give what a counting transform counted as two datasets.

One tells columns, classes and hashes, the other the counts of each hash.

    {
      "inputs": {
        "Counting transform": {
          "module": "Build Counting Transform",
          "inputs": {
            "Dataset": {
              "columns": {"c": ["a", "a", "b"], "y": [1, 1, 0]},
              "kinds": {"y": "Label"}
            }
          },
          "parameters": {
            "Label column index or name": {
              "rules": [{"ruleType": "ColumnNames", "columns": ["y"]}]
            },
            "Select columns to count": {
              "rules": [{"ruleType": "ColumnNames", "columns": ["c"]}]
            }
          }
        }
      },
      "parameters": {},
      "outputs": {
        "Dracula count metadata": {
          "Name": ["bits", "seed", "class", "class", "column"],
          "Value": ["20", "1", "0", "1", "c"]
        },
        "Dracula count table": {
          "Column": ["c", "c"],
          "Table": [0, 0],
          "Hash": [227911, 711912],
          "Class000": [1.0, 0.0],
          "Class001": [0.0, 2.0]
        }
      }
    }
"""

import polars as pl

from bramka.catalogue._conversion import NoSettings
from bramka.catalogue._count_transforms import counting_on
from bramka.domain.learning.module import Module, ModulePort, Ports
from bramka.domain.learning.table import Table


def run(inputs: Ports, _settings: NoSettings) -> Ports:
    _, counting = counting_on(inputs, "Counting transform")
    told = [
        ("bits", str(counting.bits)),
        *(("seed", str(seed)) for seed in counting.seeds),
        *(("class", each) for each in counting.classes),
        *(("column", each) for each in counting.columns),
    ]
    rows = [
        (name, number, hash_, *counts)
        for name, tables in zip(counting.columns, counting.tables, strict=True)
        for number, table in enumerate(tables)
        for hash_, counts in zip(table.hashes, table.counts, strict=True)
    ]
    schema = {"Column": pl.String, "Table": pl.Int64, "Hash": pl.Int64} | {
        f"Class{number:03}": pl.Float64 for number in range(len(counting.classes))
    }
    names = {"Name": pl.String, "Value": pl.String}
    return {
        "Dracula count metadata": Table.of(pl.DataFrame(told, names, orient="row")),
        "Dracula count table": Table.of(pl.DataFrame(rows, schema, orient="row")),
    }


MODULE = Module(
    name="Export Count Table",
    family="dfe3241804e8407d88fceadbc78e3148",
    category="Data Transformation / Learning with Counts",
    settings=NoSettings,
    inputs=(ModulePort("Counting transform", "ITransform"),),
    outputs=(
        ModulePort("Dracula count metadata"),
        ModulePort("Dracula count table"),
    ),
    run=run,
)
