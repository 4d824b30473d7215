"""Figures of how well scores tell labels, and the curves and tables a page draws."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bramka.catalogue._features import Matrix
from bramka.catalogue._libraries import metrics
from bramka.domain.learning.histogram import bin_edges

Figures = dict[str, float | None]
Report = dict[str, Any]
Codes = NDArray[np.int64]

MOST_POINTS = 400
BINS = 10
_SMALLEST = 1e-15


def binary_figures(truth: Codes, scores: Matrix, threshold: float = 0.5) -> Figures:
    """Figures of two classes: `truth` is 0 or 1, `scores` the probability of 1."""
    figures: Figures = dict(_at(_parted(truth, scores), threshold))
    share = float(truth.mean())
    loss = _log_loss(truth, scores)
    chance = _log_loss(truth, np.full(len(truth), share))
    figures["Threshold"] = threshold
    figures["AUC"] = (
        float(metrics.roc_auc_score(truth, scores)) if 0 < share < 1 else None
    )
    figures["Average Log Loss"] = loss
    figures["Training Log Loss"] = (
        100 * (chance - loss) / chance if 0 < share < 1 else None
    )
    return figures


def binary_report(truth: Codes, scores: Matrix) -> Report:
    """ROC, precision and recall, lift, figures by threshold, score bins."""
    if truth.min() == truth.max():
        curves: Report = {}
    else:
        curves = {
            "roc": _roc(truth, scores),
            "precision_recall": _recall(truth, scores),
        }
    parted = _parted(truth, scores)
    by_threshold = [
        {"Threshold": float(t), **_at(parted, t)} for t in np.linspace(0, 1, 101)
    ]
    return {
        **curves,
        "lift": _lift(truth, scores),
        "thresholds": by_threshold,
        "score_bins": score_bins(truth, scores),
    }


def score_bins(truth: Codes, scores: Matrix) -> list[dict[str, Any]]:
    """Ten bins of scores from the highest down, with figures at each lower edge."""
    edges = np.linspace(1, 0, BINS + 1)
    bins, area = [], 0.0
    parted = _parted(truth, scores)
    positives, negatives = (max(len(each), 1) for each in parted)
    before = (0.0, 0.0)
    for upper, lower in pairwise(edges):
        last = lower == 0
        inside = (scores <= upper) & ((scores > lower) | (last & (scores >= lower)))
        # The last bin holds its lower edge too, so everything is above it.
        at = _at(parted, -1.0 if last else float(lower))
        point = (at["False Positive"] / negatives, at["True Positive"] / positives)
        area += (point[0] - before[0]) * (point[1] + before[1]) / 2
        before = point
        bins.append(
            {
                "Score Bin": f"({lower:.3f},{upper:.3f}]",
                "Positive Examples": int((inside & (truth == 1)).sum()),
                "Negative Examples": int((inside & (truth == 0)).sum()),
                "Fraction Above Threshold": float((scores > lower).mean())
                if not last
                else 1.0,
                "Accuracy": at["Accuracy"],
                "F1 Score": at["F-Score"],
                "Precision": at["Precision"],
                "Recall": at["Recall"],
                "Negative Precision": _ratio(
                    at["True Negative"], at["True Negative"] + at["False Negative"]
                ),
                "Negative Recall": _ratio(
                    at["True Negative"], at["True Negative"] + at["False Positive"]
                ),
                "Cumulative AUC": area,
            }
        )
    return bins


def multiclass_figures(codes: Codes, answers: Codes, classes: int) -> Figures:
    """Figures of numbers of classes: `codes` are the true ones, `answers` those told.

    They need no confusion matrix, which of ten thousand classes would fill a gigabyte.
    """
    total = len(codes)
    hits = np.bincount(codes[codes == answers], minlength=classes)
    truth = np.bincount(codes, minlength=classes)
    told = np.bincount(answers, minlength=classes)
    accuracy = float(hits.sum() / total)
    others = total - truth - told + hits
    return {
        "Overall accuracy": accuracy,
        "Average accuracy": float(((hits + others) / total).mean()),
        # Each row is told one class: all false positives are false negatives too.
        "Micro-averaged precision": accuracy,
        "Macro-averaged precision": _mean_ratio(hits, told),
        "Micro-averaged recall": accuracy,
        "Macro-averaged recall": _mean_ratio(hits, truth),
    }


def confusion(truth: Codes, told: Codes, classes: int) -> Codes:
    """How often each class was told as each: true ones are rows."""
    places = truth * classes + told
    return np.bincount(places, minlength=classes * classes).reshape(classes, classes)


def regression_figures(
    truth: Matrix, told: Matrix, deviations: Matrix | None = None
) -> Figures:
    """Figures of numbers; with deviations each told number is a normal distribution."""
    errors = told - truth
    spread = truth - truth.mean()
    squares = _ratio(float((errors**2).sum()), float((spread**2).sum()))
    likelihood = None
    if deviations is not None:
        variances = np.maximum(deviations, 1e-9) ** 2
        likelihood = float(
            (np.log(2 * np.pi * variances) / 2 + errors**2 / (2 * variances)).sum()
        )
    return {
        "Negative Log Likelihood": likelihood,
        "Mean Absolute Error": float(np.abs(errors).mean()),
        "Root Mean Squared Error": float(np.sqrt((errors**2).mean())),
        "Relative Absolute Error": _ratio(
            float(np.abs(errors).sum()), float(np.abs(spread).sum())
        ),
        "Relative Squared Error": squares,
        "Coefficient of Determination": None if squares is None else 1 - squares,
    }


def residuals(truth: Matrix, told: Matrix) -> Report:
    """The histogram of errors, told minus true; none if they are beyond numbers."""
    with np.errstate(over="ignore", invalid="ignore"):
        errors = told - truth
    if not np.isfinite(errors).all():
        return {"edges": [], "counts": []}
    edges = bin_edges(float(errors.min()), float(errors.max()), BINS)
    counts, _ = np.histogram(errors, bins=edges)
    return {"edges": edges.tolist(), "counts": counts.tolist()}


def quantile_loss(truth: Matrix, told: Matrix, quantile: float) -> float:
    """The mean error: what was told too low weighs as the quantile, else the rest."""
    errors = truth - told
    return float(np.maximum(quantile * errors, (quantile - 1) * errors).mean())


def cluster_figures(assignments: Codes, distances: Matrix) -> list[dict[str, Any]]:
    """A line for all rows together, then one for each cluster."""
    own = distances[np.arange(len(assignments)), assignments]
    other = nearest_other(assignments, distances)
    groups = [("Combined Evaluation", np.ones(len(assignments), dtype=np.bool_))]
    groups += [
        (f"Evaluation For Cluster No.{cluster}", assignments == cluster)
        for cluster in range(distances.shape[1])
    ]
    return [
        {
            "Result Description": name,
            "Average Distance to Cluster Center": _mean(own[inside]),
            "Average Distance to Other Center": _mean(other[inside]),
            "Number of Points": int(inside.sum()),
            "Maximal Distance To Cluster Center": float(own[inside].max())
            if inside.any()
            else None,
        }
        for name, inside in groups
    ]


def nearest_other(assignments: Codes, distances: Matrix) -> Matrix:
    """How far each row is from the nearest centre that is not its own."""
    others = distances.copy()
    others[np.arange(len(assignments)), assignments] = np.inf
    if distances.shape[1] == 1:
        return np.full(len(assignments), np.nan)
    return np.asarray(others.min(axis=1))


def summary(rows: Sequence[Mapping[str, float | None]], name: str) -> dict[str, Any]:
    """Mean or sample deviation of figures, of those that are there."""
    found: dict[str, Any] = {}
    for key in rows[0]:
        known = [value for row in rows if (value := row[key]) is not None]
        if name == "Mean":
            found[key] = float(np.mean(known)) if known else None
        else:
            found[key] = float(np.std(known, ddof=1)) if len(known) > 1 else None
    return found


def _parted(truth: Codes, scores: Matrix) -> tuple[Matrix, Matrix]:
    """The scores of positives and of negatives, each in order."""
    positive = truth == 1
    return np.sort(scores[positive]), np.sort(scores[~positive])


def _at(parted: tuple[Matrix, Matrix], threshold: float) -> dict[str, Any]:
    positives, negatives = parted
    misses = int(np.searchsorted(positives, threshold, side="right"))
    quiet = int(np.searchsorted(negatives, threshold, side="right"))
    hits, alarms = len(positives) - misses, len(negatives) - quiet
    precision, recall = _ratio(hits, hits + alarms), _ratio(hits, hits + misses)
    return {
        "True Positive": hits,
        "False Negative": misses,
        "False Positive": alarms,
        "True Negative": quiet,
        "Accuracy": (hits + quiet) / (len(positives) + len(negatives)),
        "Precision": precision if precision is not None else 1.0,
        "Recall": recall if recall is not None else 0.0,
        "F-Score": _ratio(2 * hits, 2 * hits + alarms + misses) or 0.0,
    }


def _log_loss(truth: Codes, scores: Matrix) -> float:
    right = np.where(truth == 1, scores, 1 - scores)
    return float(-np.log(np.clip(right, _SMALLEST, 1)).mean())


def _thinned(*lines: Matrix) -> list[list[float]]:
    """The points of a curve, evenly left out if they are too many to draw."""
    points = np.column_stack(lines)
    if len(points) > MOST_POINTS:
        kept = np.linspace(0, len(points) - 1, MOST_POINTS).round().astype(int)
        points = points[kept]
    thinned: list[list[float]] = points.tolist()
    return thinned


def _roc(truth: Codes, scores: Matrix) -> Report:
    false, true, cuts = metrics.roc_curve(truth, scores)
    return {
        "columns": ["False Positive Rate", "True Positive Rate", "Threshold"],
        "points": _thinned(false, true, np.minimum(cuts, 1.0)),
    }


def _recall(truth: Codes, scores: Matrix) -> Report:
    precision, recall, cuts = metrics.precision_recall_curve(truth, scores)
    return {
        "columns": ["Recall", "Precision", "Threshold"],
        "points": _thinned(recall, precision, np.append(cuts, 1.0)),
    }


def _lift(truth: Codes, scores: Matrix) -> Report:
    """How many positives stand among the rows with the highest scores."""
    order = np.argsort(-scores, kind="stable")
    hits = np.concatenate([[0], np.cumsum(truth[order])]).astype(np.float64)
    shares = np.arange(len(truth) + 1) / len(truth)
    # No threshold parts rows of one score, whatever order they stand in.
    ends = np.concatenate([[True], np.diff(scores[order]) != 0, [True]])
    return {
        "columns": ["Positive Rate", "True Positive"],
        "points": _thinned(shares[ends], hits[ends]),
    }


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _mean_ratio(parts: Codes, wholes: Codes) -> float:
    ratios = np.divide(parts, wholes, out=np.zeros(len(parts)), where=wholes > 0)
    return float(ratios.mean())


def _mean(values: Matrix) -> float | None:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else None
