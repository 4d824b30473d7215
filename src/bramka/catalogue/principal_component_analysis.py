"""Turn many columns of numbers into few, the directions in which they differ most.

The chosen columns give way to Col1, Col2, …; others stay in front. Directions are
learnt from rows that miss nothing, with the largest weight positive; a row that
misses a number has no components.

    {
      "inputs": {"Dataset": {"x": [1.0, 2.0, 3.0], "y": [2.0, 4.0, 6.0]}},
      "parameters": {
        "Selected columns": {"rules": [{"ruleType": "AllColumns", "exclude": false}]},
        "Number of dimensions to reduce to": "1"
      },
      "outputs": {
        "Results dataset": {"Col1": ["approximately", -2.236068, 0.0, 2.236068]},
        "PCA Transformation": {
          "applied to": {"x": [2.0, null], "y": [4.0, 1.0]},
          "gives": {"Col1": ["approximately", 0.0, null]}
        }
      }
    }
"""

from collections.abc import Sequence
from typing import Annotated

import numpy as np
import polars as pl
from msgspec import Meta, Struct, field

from bramka.catalogue._columns import (
    called_apart,
    cells_of,
    require_numeric,
    require_rows,
)
from bramka.catalogue._state import state_from
from bramka.catalogue._transforms import Numbers, numbers_of, places_of, transform
from bramka.domain.learning.cells import Cell
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import (
    Learnt,
    Module,
    ModuleError,
    ModulePort,
    Ports,
    RowStep,
    Use,
)
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value import table_on

FAMILY = "be9f63d60b5745dc2081cb0967ddd387"
DIMENSIONS = "Number of dimensions to reduce to"


class Settings(Struct, frozen=True, kw_only=True):
    """Which columns become how many."""

    chosen: Annotated[
        ColumnSelector, Meta(description="The columns of numbers that are reduced.")
    ] = field(name="Selected columns")
    dimensions: Annotated[
        int, Meta(gt=0, description="How many columns they become.")
    ] = field(name=DIMENSIONS)
    centred: Annotated[
        bool, Meta(description="Take each column's mean away first.")
    ] = field(name="Normalize dense dataset to zero mean", default=True)


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    names = list(dict.fromkeys(settings.chosen.names(table.columns)))
    require_numeric(table.column(name) for name in names)
    if settings.dimensions > len(names):
        raise ModuleError(
            7,
            f'Parameter "{DIMENSIONS}" value should be less than or equal to parameter '
            f'"Selected columns" value. Chosen are {len(names)} columns.',
        )
    rows = numbers_of(table, names)
    rows = rows[np.isfinite(rows).all(axis=1)]
    require_rows(len(rows), 2)
    means = rows.mean(axis=0) if settings.centred else np.zeros(len(names))
    state = {
        "names": names,
        "means": means,
        "weights": _directions(rows - means)[: settings.dimensions],
    }
    learnt = transform(FAMILY, settings, state, table.columns)
    return {
        "Results dataset": use(learnt, settings).apply(table),
        "PCA Transformation": learnt,
    }


def use(learnt: Learnt, settings: Settings) -> Use:
    state = state_from(learnt.state or b"")
    names: list[str] = state["names"]
    means: Numbers = state["means"]
    weights: Numbers = state["weights"]
    plain = [
        (float(mean), [float(weight) for weight in column])
        for mean, column in zip(means, weights.T, strict=True)
    ]

    def described(columns: Sequence[Column]) -> tuple[list[Column], list[Column]]:
        places = places_of(names, columns)
        require_numeric(columns[place] for place in places)
        kept = [column for column in columns if column.name not in names]
        made = [
            Column(name=f"Col{number + 1}", type="Double")
            for number in range(settings.dimensions)
        ]
        return kept, called_apart(made, (column.name for column in kept))

    def apply(table: Table) -> Table:
        kept, made = described(table.columns)
        rows = numbers_of(table, names)
        sums = np.zeros((len(weights), table.height))
        # Column by column: a row alone must come to the same as in a batch.
        for place, (mean, column) in enumerate(plain):
            centred = rows[:, place] - mean
            for number, weight in enumerate(column):
                sums[number] += centred * weight
        missing = table.frame.select(pl.any_horizontal(cells_of(*names).is_null()))
        series = [
            pl.Series(column.name, each).set(missing.to_series(), None)
            for column, each in zip(made, sums, strict=True)
        ]
        rest = table.select([column.name for column in kept])
        return rest.append(Table(pl.DataFrame(series), tuple(made)))

    def row(columns: Sequence[Column]) -> RowStep:
        kept, made = described(columns)
        places = places_of(names, columns)
        others = places_of((column.name for column in kept), columns)

        def reduce_row(cells: Sequence[Cell]) -> list[Cell]:
            result = [cells[place] for place in others]
            if any(cells[place] is None for place in places):
                return result + [None] * len(made)
            sums = [0.0] * len(made)
            for place, (mean, column) in zip(places, plain, strict=True):
                centred = float(cells[place]) - mean  # type: ignore[arg-type] # numeric
                for number, weight in enumerate(column):
                    sums[number] += centred * weight
            return [*result, *sums]

        return RowStep((*kept, *made), reduce_row)

    return Use(apply=apply, row=row)


def _directions(rows: Numbers) -> Numbers:
    """Directions by how much rows differ along them, each with a certain sign."""
    # What rows span together is told by the triangle of their QR decomposition.
    triangle = np.linalg.qr(rows, mode="r")
    directions: Numbers = np.linalg.svd(triangle, full_matrices=True)[2]
    largest = np.abs(directions).argmax(axis=1)
    signs = np.sign(directions[np.arange(len(directions)), largest])
    turned: Numbers = directions * signs[:, None]
    return turned


MODULE = Module(
    name="Principal Component Analysis",
    family=FAMILY,
    category="Data Transformation / Scale and Reduce",
    settings=Settings,
    inputs=(ModulePort("Dataset"),),
    outputs=(
        ModulePort("Results dataset"),
        ModulePort("PCA Transformation", "ITransform"),
    ),
    run=run,
    use=use,
)
