"""Clusters: what a trained clustering holds, where rows belong, how good it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl

from bramka.catalogue._encoding import Encoding
from bramka.catalogue._evaluation import ASSIGNMENTS, DISTANCE
from bramka.catalogue._feature_rows import quick_numbers
from bramka.catalogue._features import Mask, Matrix, matrix_of
from bramka.catalogue._libraries import decomposition
from bramka.catalogue._metrics import Codes, nearest_other
from bramka.catalogue._scorers import product, unit_rows
from bramka.catalogue._scores import unfit
from bramka.catalogue._state import state_from
from bramka.domain.learning.cells import Cell, typed_series
from bramka.domain.learning.module import Learnt, ModuleError, RowStep
from bramka.domain.learning.table import Column, Table

Metric = Literal["Euclidean", "Cosine"]
Measure = Literal[
    "Simplified Silhouette", "Davies-Bouldin", "Dunn", "Average Deviation"
]
FILL, OVERWRITE = "Fill missing values", "Overwrite from closest to center"
_MOST_POINTS = 400


@dataclass(frozen=True)
class Clustering:
    """Centres of clusters among encoded rows; `labels` is the label near each."""

    encoding: Encoding
    centres: Matrix
    metric: Metric
    labels: tuple[str, ...] = ()
    label_mode: str = ""

    @classmethod
    def read(cls, learnt: Learnt) -> "Clustering":
        """What a trained clustering holds; Error 0013 if it is not trained."""
        if learnt.state is None:
            raise ModuleError(13, 'Learner "Trained model" has invalid type.')
        state = state_from(learnt.state)
        return cls(
            Encoding.read(state["encoding"]),
            state["centres"],
            state["metric"],
            tuple(state["labels"]),
            state["label_mode"],
        )

    def state(self) -> dict[str, Any]:
        return {
            "encoding": self.encoding.stored(),
            "centres": self.centres,
            "metric": self.metric,
            "labels": list(self.labels),
            "label_mode": self.label_mode,
        }

    @property
    def columns(self) -> tuple[Column, ...]:
        distances = [
            Column(name=f"{DISTANCE}{place}", type="Double", kind="Score")
            for place in range(len(self.centres))
        ]
        return (Column(name=ASSIGNMENTS, type="Int32", kind="Score"), *distances)

    def apply(self, table: Table) -> Table:
        """Each row's cluster and distances; rows that miss a value get none."""
        rows, complete = matrix_of(self.encoding, table)
        distances = np.full((len(rows), len(self.centres)), np.nan)
        distances[complete] = distances_to(self.centres, rows[complete], self.metric)
        nearest = np.where(complete, np.argmin(distances, axis=1), 0)
        series = [pl.Series(ASSIGNMENTS, nearest, dtype=pl.Int32)]
        series += [
            pl.Series(column.name, distances[:, place])
            for place, column in enumerate(self.columns[1:])
        ]
        known = pl.Series(complete)
        frame = pl.DataFrame(series).select(pl.when(known).then(pl.all()))
        return Table(frame, self.columns)

    def row(self, columns: Sequence[Column]) -> RowStep:
        numbers = quick_numbers(self.encoding, columns)

        def assign(cells: Sequence[Cell]) -> Sequence[Cell]:
            row, complete = numbers(cells)
            if not complete:
                return [None] * (1 + len(self.centres))
            told = distances_to(self.centres, np.array([row]), self.metric)[0].tolist()
            return [min(range(len(told)), key=told.__getitem__), *told]

        return RowStep(self.columns, assign)


def distances_to(centres: Matrix, rows: Matrix, metric: Metric) -> Matrix:
    """How far each row is from each centre, the same alone as among others."""
    if metric == "Cosine":
        near = product(unit_rows(rows), np.ascontiguousarray(unit_rows(centres).T))
        return np.asarray(1 - near)
    squares = np.zeros((len(rows), len(centres)))
    for feature in range(centres.shape[1]):
        squares += (rows[:, feature, None] - centres[:, feature]) ** 2
    return np.sqrt(squares)


def assigned(learnt: Learnt, table: Table, *, append: bool) -> Table:
    """The dataset with its clusters, or the clusters alone."""
    clustering = Clustering.read(learnt)
    scores = clustering.apply(table)
    report = _chart(clustering, table, scores)
    if append:
        replaced = set(scores.names)
        kept = [name for name in table.names if name not in replaced]
        labelled = _labelled(clustering, table.select(kept), learnt.label, scores)
        scores = labelled.append(scores)
    return Table(scores.frame, scores.columns, report)


def _labelled(
    clustering: Clustering, table: Table, label: str | None, scores: Table
) -> Table:
    """The labels filled or replaced by those near the clusters' centres."""
    if label not in table.names or clustering.label_mode not in (FILL, OVERWRITE):
        return table
    assert label is not None
    column = table.column(label)
    near = typed_series(pl.Series(clustering.labels), column).alias("")
    told = near.gather(scores.series(ASSIGNMENTS))
    if clustering.label_mode == FILL:
        told = table.series(label).zip_with(table.series(label).is_not_null(), told)
    return Table(table.frame.with_columns(told.alias(label)), table.columns)


def _chart(clustering: Clustering, table: Table, scores: Table) -> dict[str, Any]:
    """The rows in the plane of their two main components, as a page draws them."""
    rows, complete = matrix_of(clustering.encoding, table)
    kept = np.flatnonzero(complete)
    if len(kept) < 2 or rows.shape[1] < 2:
        return {"kind": "clusters", "points": []}
    kept = kept[np.linspace(0, len(kept) - 1, _MOST_POINTS).round().astype(int)]
    kept = np.unique(kept)
    # Rows that are all alike have no directions, but the plane is drawn.
    with np.errstate(invalid="ignore"):
        plane = decomposition.PCA(2, svd_solver="full").fit_transform(rows[kept])
    clusters = scores.series(ASSIGNMENTS).gather(kept).to_list()
    points = [
        [*point, cluster]
        for point, cluster in zip(plane.tolist(), clusters, strict=True)
    ]
    columns = ["Principal Component 1", "Principal Component 2", ASSIGNMENTS]
    return {"kind": "clusters", "columns": columns, "points": points}


def quality(measure: Measure, centres: Matrix, distances: Matrix) -> float:
    """How good clusters are; see `better_low` for which way is better."""
    assignments = distances.argmin(axis=1)
    own = distances[np.arange(len(distances)), assignments]
    if measure == "Average Deviation":
        return float(own.mean())
    if measure == "Simplified Silhouette":
        other = nearest_other(assignments, distances)
        larger = np.maximum(own, other)
        known = larger > 0
        return float(((other[known] - own[known]) / larger[known]).mean())
    between = distances_to(centres, centres, "Euclidean")
    np.fill_diagonal(between, np.inf)
    if measure == "Dunn":
        widest = float(own.max())
        return float(between.min()) / widest if widest else float("inf")
    return _davies_bouldin(own, assignments, between)


def _davies_bouldin(own: Matrix, assignments: Codes, between: Matrix) -> float:
    scatter = np.array(
        [
            own[assignments == cluster].mean() if (assignments == cluster).any() else 0
            for cluster in range(len(between))
        ]
    )
    between = np.maximum(between, np.finfo(np.float64).tiny)
    return float(((scatter[:, None] + scatter) / between).max(axis=1).mean())


def better_low(measure: Measure) -> bool:
    """Whether a smaller value of a measure is the better one."""
    return measure in ("Davies-Bouldin", "Average Deviation")


def complete_rows(encoding: Encoding, table: Table) -> tuple[Matrix, Mask]:
    """The rows that miss nothing, and which they are; Error 0083 if there are none."""
    rows, complete = matrix_of(encoding, table)
    if not complete.any():
        raise unfit("K-Means Clustering", "Every row misses a value.")
    return rows[complete], complete
