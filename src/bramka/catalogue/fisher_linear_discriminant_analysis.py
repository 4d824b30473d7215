"""Turn columns of numbers into few, along which classes lie apart the most.

The columns of numbers give way to col1, col2, …, the class label stays in front. The
directions are the eigenvectors of the scatter between classes by that within them, of
length 1 in the scatter within, with the largest weight positive; those beyond the
number of classes less one tell nothing. Rows that miss a number are not learnt from
and have no new numbers.

    {
      "inputs": {
        "Dataset": {"x": [1.0, 2.0, 4.0, 5.0], "y": [1.0, 2.0, 2.0, 1.0],
                    "class": ["a", "a", "b", "b"]}
      },
      "parameters": {
        "Class labels column": {
          "rules": [{"ruleType": "ColumnNames", "columns": ["class"], "exclude": false}]
        },
        "Number of feature extractors": "1"
      },
      "outputs": {
        "Transformed features": {
          "class": ["a", "a", "b", "b"],
          "col1": ["approximately", 1.0, 2.0, 4.0, 5.0]
        },
        "Fisher linear discriminant analysis transformation": {
          "applied to": {"x": [1.0, null], "y": [1.0, 1.0], "class": ["a", "b"]},
          "gives": {"class": ["a", "b"], "col1": ["approximately", 1.0, null]}
        }
      }
    }
"""

from typing import Annotated

import numpy as np
import polars as pl
from msgspec import Meta, Struct, field

from bramka.catalogue._columns import (
    called_apart,
    numeric,
    one_name,
    require_numeric,
    require_rows,
    unsupported,
)
from bramka.catalogue._libraries import linalg
from bramka.catalogue._state import state_from
from bramka.catalogue._transforms import (
    Numbers,
    numbers_of,
    places_of,
    row_products,
    transform,
)
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import (
    Learnt,
    Module,
    ModuleError,
    ModulePort,
    Ports,
    Use,
)
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value import table_on

FAMILY = "dcaab0b259ca4becbb6679fd23540080"
EXTRACTORS = "Number of feature extractors"
TRANSFORMATION = "Fisher linear discriminant analysis transformation"
_LEAST_SCATTER = 1e-12
"""Of the whole scatter: so much is added, for classes that do not vary some way."""


class Settings(Struct, frozen=True, kw_only=True):
    """Which classes lie apart, in how many numbers."""

    label: Annotated[ColumnSelector, Meta(description="The column of classes.")] = (
        field(name="Class labels column")
    )
    extractors: Annotated[
        int, Meta(ge=0, description="How many columns there will be; 0 is all.")
    ] = field(name=EXTRACTORS, default=0)


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    label = one_name(settings.label, table.columns)
    names = _features(table, label)
    if settings.extractors > len(names):
        raise ModuleError(
            8,
            f'Parameter "{EXTRACTORS}" value should be in the range of '
            f"[0, {len(names)}].",
        )
    rows = numbers_of(table, names)
    known = np.isfinite(rows).all(axis=1) & table.series(label).is_not_null().to_numpy()
    require_rows(int(known.sum()), 2)
    classes = table.series(label).rank("dense").to_numpy()[known]
    wanted = settings.extractors or len(names)
    weights = _directions(rows[known], classes, wanted)
    state = {"names": names, "label": label, "weights": weights}
    learnt = transform(FAMILY, settings, state, table.columns)
    return {
        "Transformed features": use(learnt, settings).apply(table),
        TRANSFORMATION: learnt,
    }


def _features(table: Table, label: str) -> list[str]:
    others = [column for column in table.columns if column.name != label]
    for column in others:
        if not numeric(column):
            raise unsupported(column)
    if not others:
        raise ModuleError(
            20,
            "Number of columns in input dataset is less than allowed minimum of "
            "2 column(s).",
        )
    return [column.name for column in others]


def _directions(rows: Numbers, classes: Numbers, wanted: int) -> Numbers:
    """Directions by how far classes lie apart along them."""
    mean = rows.mean(axis=0)
    within = np.zeros((rows.shape[1], rows.shape[1]))
    apart = []
    for each in np.unique(classes):
        members = rows[classes == each]
        centre = members.mean(axis=0)
        with np.errstate(over="ignore", invalid="ignore"):
            within += (members - centre).T @ (members - centre)
        apart.append(np.sqrt(len(members)) * (centre - mean))
    # The scatter between classes is the square of what has a column for each class:
    # so few columns make an eigenvalue problem of thousands a matter of seconds.
    between = np.array(apart).T
    if not np.isfinite(within).all():
        raise ModuleError(
            18, "Dataset is not valid. Its numbers are too large to be multiplied."
        )
    least = _LEAST_SCATTER * (np.trace(within) + (between**2).sum()) or 1.0
    root = linalg.cholesky(within + least * np.eye(len(within)), lower=True)
    told = linalg.solve_triangular(root, between, lower=True)
    axes = linalg.svd(told, full_matrices=wanted > min(told.shape))[0][:, :wanted]
    directions = linalg.solve_triangular(root, axes, lower=True, trans="T").T
    largest = np.abs(directions).argmax(axis=1)
    signs = np.sign(directions[np.arange(len(directions)), largest])
    turned: Numbers = directions * signs[:, None]
    return turned


def use(learnt: Learnt, _settings: Settings) -> Use:
    state = state_from(learnt.state or b"")
    names: list[str] = state["names"]
    label: str = state["label"]
    weights: Numbers = state["weights"]

    def apply(table: Table) -> Table:
        places = places_of(names, table.columns)
        require_numeric(table.columns[place] for place in places)
        kept = [label] if label in table.names else []
        made = called_apart(
            [
                Column(name=f"col{number + 1}", type="Double")
                for number in range(len(weights))
            ],
            kept,
        )
        rows = numbers_of(table, names)
        sums = row_products(rows, weights)
        missing = pl.Series(np.isnan(rows).any(axis=1))
        series = [
            pl.Series(column.name, each).set(missing, None)
            for column, each in zip(made, sums, strict=True)
        ]
        return table.select(kept).append(Table(pl.DataFrame(series), tuple(made)))

    return Use(apply=apply)


MODULE = Module(
    name="Fisher Linear Discriminant Analysis",
    family=FAMILY,
    category="Feature Selection",
    settings=Settings,
    inputs=(ModulePort("Dataset"),),
    outputs=(
        ModulePort("Transformed features"),
        ModulePort(TRANSFORMATION, "ITransform"),
    ),
    run=run,
    use=use,
)
