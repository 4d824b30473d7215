"""Make a counting transform of the two datasets that Export Count Table gives.

Blobs and MapReduce are refused: import the datasets first.

    {
      "inputs": {
        "Count metadata": {
          "Name": ["bits", "seed", "class", "class", "column"],
          "Value": ["20", "1", "0", "1", "c"]
        },
        "Count table": {
          "Column": ["c", "c"],
          "Table": [0, 0],
          "Hash": [227911, 711912],
          "Class000": [20.0, 0.0],
          "Class001": [0.0, 30.0]
        }
      },
      "parameters": {},
      "outputs": {
        "Counting transform": {
          "applied to": {"c": ["a", "b"]},
          "gives": {
            "c-Class000-Count": [0.0, 20.0],
            "c-Class001-Count": [30.0, 0.0],
            "c-Class000-LogOdds": ["approximately", -1.1770839, 0.389464767],
            "c-IsBackOff": [false, false]
          }
        }
      }
    }
"""

from typing import Annotated, Literal

import numpy as np
import polars as pl
from msgspec import Meta, Struct, field

from bramka.catalogue._count_transforms import BUILDER
from bramka.catalogue._counting import Counting, CountTable
from bramka.catalogue._shelf import shelf
from bramka.catalogue._state import plain_bytes
from bramka.domain.learning.module import Learnt, Module, ModuleError, ModulePort, Ports
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import table_on


class Settings(Struct, frozen=True, kw_only=True):
    """Where the counts are."""

    source: Annotated[
        Literal["Dataset", "Blob", "MapReduce"],
        Meta(description="Where the counts are."),
    ] = field(name="Counting type", default="Dataset")


def run(inputs: Ports, settings: Settings) -> Ports:
    if settings.source != "Dataset":
        raise ModuleError(
            2,
            f'Failed to parse "Counting type" parameter: {settings.source} is not '
            "supported here; read the tables with Import Data.",
        )
    told, counts = table_on(inputs, "Count metadata"), table_on(inputs, "Count table")
    try:
        counting = _counting(told, counts)
    except (ValueError, IndexError, TypeError, pl.exceptions.PolarsError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModuleError(
            18,
            "Dataset is not valid. The datasets are not those that Export Count Table "
            f"gives: {reason}.",
        ) from None
    family = shelf().find(BUILDER).family
    learnt = Learnt(type="ITransform", family=family)
    state = plain_bytes(counting)
    return {"Counting transform": learnt.taught(state, ())}


def _counting(told: Table, counts: Table) -> Counting:
    facts: dict[str, list[str]] = {}
    for name, value in told.frame.select("Name", "Value").cast(pl.String).rows():
        facts.setdefault(str(name), []).append(str(value))
    for name in ("bits", "seed", "class", "column"):
        if name not in facts:
            raise ValueError(f"the metadata tells no {name}")
    seeds = [int(seed) for seed in facts["seed"]]
    classes = [f"Class{number:03}" for number in range(len(facts["class"]))]
    tables = [
        [_table(counts, name, number, classes) for number in range(len(seeds))]
        for name in facts["column"]
    ]
    if sum(len(each.hashes) for column in tables for each in column) < counts.height:
        raise ValueError("some rows count for no column that the metadata tells")
    return Counting(
        columns=facts["column"],
        classes=facts["class"],
        bits=int(facts["bits"][0]),
        seeds=seeds,
        tables=tables,
    )


def _table(counts: Table, name: str, number: int, classes: list[str]) -> CountTable:
    mine = counts.frame.filter(
        (pl.col("Column") == name) & (pl.col("Table") == number)
    ).sort("Hash")
    rows = mine.select(pl.col(classes).cast(pl.Float64)).to_numpy()
    if not (np.isfinite(rows) & (rows >= 0)).all():
        raise ValueError(f"a count of {name!r} is missing, or is no count")
    return CountTable(mine["Hash"].cast(pl.Int64).to_list(), rows.tolist())


MODULE = Module(
    name="Import Count Table",
    family="db5468547d3f40da99608b56ba03ada0",
    category="Data Transformation / Learning with Counts",
    settings=Settings,
    inputs=(
        ModulePort("Count metadata"),
        ModulePort("Count table"),
        ModulePort("Counted data set", optional=True),
    ),
    outputs=(ModulePort("Counting transform", "ITransform"),),
    run=run,
)
