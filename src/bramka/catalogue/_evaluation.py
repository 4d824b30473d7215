"""What scored tables hold: which kind of scores, against which labels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl

from bramka.catalogue._columns import cells_of, require_rows, unsupported
from bramka.catalogue._features import Matrix
from bramka.catalogue._metrics import (
    Codes,
    Figures,
    Report,
    binary_figures,
    binary_report,
    cluster_figures,
    confusion,
    multiclass_figures,
    quantile_loss,
    regression_figures,
    residuals,
)
from bramka.catalogue._scores import (
    CUT,
    QUANTILE,
    SCORED_DEVIATION,
    SCORED_LABELS,
    SCORED_MEAN,
    SCORED_PROBABILITIES,
    check_numbers,
    class_column,
)
from bramka.domain.learning.cells import text_series
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.table import NUMBERS, Table

Kind = Literal["binary", "multiclass", "regression", "quantile", "clusters"]
MOST_DRAWN = 1000
"""A confusion matrix of more classes is not drawn: nobody could read it."""
ASSIGNMENTS = "Assignments"
DISTANCE = "DistancesToClusterCenter no."


@dataclass(frozen=True)
class Evaluation:
    """Figures line by line, and what a page draws of them, once it is asked for."""

    kind: Kind
    lines: list[dict[str, Any]]
    drawn: Callable[[], Report]


def evaluated(table: Table, port: str) -> Evaluation:
    """How good the scores of a table are; Errors 0021, 0024, 0025, 0032 and 0033."""
    kind = kind_of(table, port)
    if kind == "clusters":
        return _clusters(table)
    label = label_name(table, port)
    scores = [name for name in table.names if _is_score(table, name)]
    _require_numbers(table, scores, kind)
    known = table.frame.filter(
        pl.all_horizontal(cells_of(label, *scores).is_not_null())
    )
    require_rows(known.height, 1)
    for name in (label, *(scores if kind != "multiclass" else ())):
        if known.get_column(name).dtype.is_float():
            check_numbers(name, known.get_column(name).cast(pl.Float64).to_numpy())
    if kind == "binary":
        return _binary(known, label, port)
    if kind == "multiclass":
        return _multiclass(known, label)
    if table.column(label).type not in NUMBERS | {"Boolean"}:
        raise ModuleError(
            25,
            f'There is no score column in "{port}" that is produced by a "Classifier". '
            "Score the dataset using the correct type of learner.",
        )
    # Errors of numbers that are too large for a difference are infinite.
    with np.errstate(over="ignore", invalid="ignore"):
        if kind == "quantile":
            return _quantiles(known, label, scores)
        return _regression(known, label)


def kind_of(table: Table, port: str) -> Kind:
    """Which kind of learner gave the scores; Error 0025 if there are none."""
    names = [name for name in table.names if _is_score(table, name)]
    if SCORED_LABELS in names and SCORED_PROBABILITIES in names:
        return "binary"
    if any(name.startswith(class_column("")[:-2]) for name in names):
        return "multiclass"
    if SCORED_LABELS in names or SCORED_MEAN in names:
        return "regression"
    if any(name.startswith(QUANTILE) for name in names):
        return "quantile"
    if ASSIGNMENTS in table.names:
        return "clusters"
    raise ModuleError(25, f'There is no score column in "{port}".')


def label_name(table: Table, port: str) -> str:
    """The column that is marked as label; Errors 0024 and 0037."""
    names = [column.name for column in table.columns if column.kind == "Label"]
    if not names:
        raise ModuleError(24, f'There is no label column in "{port}".')
    if len(names) > 1:
        raise ModuleError(37, "Multiple label columns are specified.")
    return names[0]


def _require_numbers(table: Table, scores: Sequence[str], kind: Kind) -> None:
    """Error 0017 if what has to be told as a number is not; classes may be anything."""
    for name in scores:
        told_class = name == SCORED_LABELS and kind in ("binary", "multiclass")
        if not told_class and table.column(name).type not in NUMBERS | {"Boolean"}:
            raise unsupported(table.column(name))


def _is_score(table: Table, name: str) -> bool:
    return table.column(name).kind == "Score"


def _binary(frame: pl.DataFrame, label: str, port: str) -> Evaluation:
    scores = frame.get_column(SCORED_PROBABILITIES).cast(pl.Float64).to_numpy()
    labels = text_series(frame.get_column(label)).alias("")
    negative, positive = two_classes(
        labels, text_series(frame.get_column(SCORED_LABELS)), scores
    )
    if not set(labels.unique()) <= {negative, positive}:
        raise ModuleError(
            18,
            f'"{port}" contains invalid data. Its label column "{label}" holds other '
            f'values than "{negative}" and "{positive}".',
        )
    truth = (labels == positive).cast(pl.Int64).to_numpy()

    def drawn() -> Report:
        labels = {"positive_label": positive, "negative_label": negative}
        return binary_report(truth, scores) | labels

    return Evaluation("binary", [dict(binary_figures(truth, scores))], drawn)


def two_classes(labels: pl.Series, told: pl.Series, scores: Matrix) -> tuple[str, str]:
    """The negative and the positive class: what was told below and above the cut."""
    above = told.filter(pl.Series(scores > CUT)).unique().to_list()
    below = told.filter(pl.Series(scores <= CUT)).unique().to_list()
    known = sorted(set(labels.unique()) | set(above) | set(below))
    if labels.n_unique() == 2 and not set(labels.unique()) & {*above, *below}:
        # A detector tells 0 and 1, whatever the labels are called.
        return known_pair(sorted(labels.unique()))
    if above and below:
        return below[0], above[0]
    if above:
        rest = [name for name in known if name != above[0]]
        return (rest[0] if rest else "", above[0])
    rest = [name for name in known if name != below[0]]
    return (below[0], rest[-1] if rest else "")


def known_pair(names: Sequence[str]) -> tuple[str, str]:
    return names[0], names[1]


def _multiclass(frame: pl.DataFrame, label: str) -> Evaluation:
    truth, told = (
        text_series(frame.get_column(label)).alias(""),
        text_series(frame.get_column(SCORED_LABELS)),
    )
    classes = _in_order(frame.get_column(label), frame.get_column(SCORED_LABELS))
    places = {name: place for place, name in enumerate(classes)}
    codes, answers, count = _codes(truth, places), _codes(told, places), len(classes)

    def drawn() -> Report:
        if count > MOST_DRAWN:
            return {"classes": classes}
        matrix = confusion(codes, answers, count)
        return {"classes": classes, "confusion_matrix": matrix.tolist()}

    figures = multiclass_figures(codes, answers, count)
    return Evaluation("multiclass", [dict(figures)], drawn)


def _in_order(labels: pl.Series, told: pl.Series) -> list[str]:
    """The classes as text, numbers in the order of numbers."""
    if labels.dtype == told.dtype:
        values = pl.concat([labels.rename(""), told.rename("")]).unique().sort()
        return [str(text) for text in text_series(values)]
    return sorted({*text_series(labels), *text_series(told)})


def _codes(texts: pl.Series, places: dict[str, int]) -> Codes:
    return texts.replace_strict(places, return_dtype=pl.Int64).to_numpy()


def _regression(frame: pl.DataFrame, label: str) -> Evaluation:
    truth = _numbers(frame, label)
    if SCORED_MEAN in frame.columns:
        told, spread = _numbers(frame, SCORED_MEAN), _numbers(frame, SCORED_DEVIATION)
        figures: Figures = regression_figures(truth, told, spread)
    else:
        told = _numbers(frame, SCORED_LABELS)
        figures = regression_figures(truth, told)

    def drawn() -> Report:
        return {
            "error_histogram": residuals(truth, told),
            "mean_zero_one_error": float((told != truth).mean()),
        }

    return Evaluation("regression", [dict(figures)], drawn)


def _quantiles(frame: pl.DataFrame, label: str, scores: Sequence[str]) -> Evaluation:
    truth, line = _numbers(frame, label), {}
    for name in scores:
        quantile = float(name.removeprefix(QUANTILE))
        loss = quantile_loss(truth, _numbers(frame, name), quantile)
        line[f"Quantile Loss:{quantile:.3f}"] = loss
    return Evaluation("quantile", [line], dict)


def _clusters(table: Table) -> Evaluation:
    names = [name for name in table.names if name.startswith(DISTANCE)]
    if not names:
        raise ModuleError(135, "Only centroid-based cluster is supported.")
    known = table.frame.filter(pl.col(ASSIGNMENTS).is_not_null())
    require_rows(known.height, 1)
    distances = known.select(names).to_numpy()
    assignments = known[ASSIGNMENTS].cast(pl.Int64).to_numpy()
    lines = cluster_figures(assignments, distances)
    return Evaluation("clusters", lines, dict)


def _numbers(frame: pl.DataFrame, name: str) -> Matrix:
    return np.asarray(frame.get_column(name).cast(pl.Float64).to_numpy())


def line_series(name: str, values: list[Any]) -> pl.Series:
    """A column of figures; one that is always missing is one of numbers."""
    empty = all(value is None for value in values)
    return pl.Series(name, values, dtype=pl.Float64 if empty else None)
