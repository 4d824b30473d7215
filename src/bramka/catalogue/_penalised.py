"""Fits of smooth losses with both penalties, L1 and L2, by limited-memory BFGS.

The L1 penalty has a corner at zero. Each weight is therefore written as the difference
of two that are not negative, for which the penalty is smooth and only the bounds bend.
The intercept is not penalised.
"""

from collections.abc import Callable
from typing import Annotated

import numpy as np
from msgspec import Meta, Struct, field

from bramka.catalogue._features import Matrix
from bramka.catalogue._learning import Sample, Seed, Unknown
from bramka.catalogue._libraries import optimize, special
from bramka.catalogue._ranges import SINGLE, Mode, values_of

Loss = Callable[[Matrix], tuple[float, Matrix]]
"""From scores (a row for each example) to the summed loss and its slopes."""

Bounds = list[tuple[float | None, None]]

MOST_STEPS = 1000
MOST_STARTS = 50


class PenaltySettings(Struct, frozen=True, kw_only=True):
    """How strongly weights are penalised, and when the fit is good enough."""

    mode: Mode = field(name="Create trainer mode", default="Single Parameter")
    tolerance: Annotated[
        float,
        Meta(
            gt=0, description="The fit ends at gains smaller than this.", extra=SINGLE
        ),
    ] = field(name="Optimization tolerance", default=1e-7)
    l1: Annotated[
        float,
        Meta(ge=0, description="The cost of a weight's size.", extra=SINGLE),
    ] = field(name="L1 regularization weight", default=1.0)
    l2: Annotated[
        float,
        Meta(ge=0, description="The cost of a weight's square.", extra=SINGLE),
    ] = field(name="L2 regularization weight", default=1.0)
    memory: Annotated[
        int,
        Meta(ge=1, description="How many steps back L-BFGS remembers.", extra=SINGLE),
    ] = field(name="Memory size for L-BFGS", default=20)
    range_tolerance: Annotated[str, values_of("optimization tolerance")] = field(
        name="Range for optimization tolerance", default="0.00001; 0.00000001"
    )
    range_l1: Annotated[str, values_of("L1 regularization weight")] = field(
        name="Range for L1 regularization weight", default="0.0; 0.01; 0.1; 1.0"
    )
    range_l2: Annotated[str, values_of("L2 regularization weight")] = field(
        name="Range for L2 regularization weight", default="0.01; 0.1; 1.0"
    )
    range_memory: Annotated[str, values_of("memory size for L-BFGS")] = field(
        name="Range for memory size for L-BFGS", default="5; 20; 50"
    )
    seed: Seed = field(name="Random number seed", default=0)
    unknown: Unknown = field(name="Allow unknown categorical levels", default=True)


def fit_as_set(
    sample: Sample, settings: PenaltySettings, loss: Loss, scores: int = 1
) -> tuple[Matrix, Matrix]:
    """Weights and intercepts as these settings ask."""
    return fit_penalised(
        sample.rows,
        loss,
        scores=scores,
        l1=settings.l1,
        l2=settings.l2,
        memory=settings.memory,
        tolerance=settings.tolerance,
    )


def fit_penalised(
    rows: Matrix,
    loss: Loss,
    *,
    scores: int,
    l1: float,
    l2: float,
    memory: int,
    tolerance: float,
) -> tuple[Matrix, Matrix]:
    """Weights (feature by score) and intercepts at the least penalised loss."""
    width = rows.shape[1]
    size = width * scores

    def cost(point: Matrix) -> tuple[float, Matrix]:
        weights = point[:size] - point[size : 2 * size] if l1 else point[:size]
        matrix = weights.reshape(width, scores)
        value, slopes = loss(rows @ matrix + point[-scores:])
        slope = (rows.T @ slopes).ravel() + l2 * weights
        value += l2 / 2 * float(weights @ weights)
        parts = [slope, slopes.sum(axis=0)]
        if l1:
            value += l1 * float(point[: 2 * size].sum())
            parts = [slope + l1, l1 - slope, slopes.sum(axis=0)]
        return value, np.concatenate(parts)

    count = 2 * size if l1 else size
    bounds: Bounds = [(0.0 if l1 else None, None)] * count + [(None, None)] * scores
    point = _least(cost, bounds, memory, tolerance, again=l1 > 0)
    weights = point[:size] - point[size : 2 * size] if l1 else point[:size]
    return weights.reshape(width, scores), point[-scores:]


def _least(
    cost: Callable[[Matrix], tuple[float, Matrix]],
    bounds: Bounds,
    memory: int,
    tolerance: float,
    *,
    again: bool,
) -> Matrix:
    """Where the cost is least; `again` starts anew until nothing is gained."""
    point, before = np.zeros(len(bounds)), np.inf
    for _ in range(MOST_STARTS):
        found = optimize.minimize(
            cost,
            point,
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={
                "maxcor": memory,
                "ftol": tolerance,
                "gtol": tolerance,
                "maxiter": MOST_STEPS,
                "maxfun": 2 * MOST_STEPS,
            },
        )
        point = found.x
        # At bounds a long memory can end a search early: a fresh one goes on.
        if not again or before - found.fun <= tolerance * max(abs(found.fun), 1.0):
            break
        before = found.fun
    return np.asarray(point)


def two_classes(targets: Matrix, weights: Matrix | None = None) -> Loss:
    """The logistic loss; targets are probabilities, mostly 0 or 1."""
    wanted = targets[:, None]

    def loss(scores: Matrix) -> tuple[float, Matrix]:
        costs = np.logaddexp(0.0, scores) - wanted * scores
        slopes = special.expit(scores) - wanted
        if weights is not None:
            costs, slopes = costs * weights[:, None], slopes * weights[:, None]
        return float(costs.sum()), slopes

    return loss


def many_classes(targets: Matrix, classes: int) -> Loss:
    """The cross-entropy of classes numbered from 0."""
    wanted = np.eye(classes)[targets.astype(np.int64)]

    def loss(scores: Matrix) -> tuple[float, Matrix]:
        logarithms = scores - special.logsumexp(scores, axis=1, keepdims=True)
        return -float((wanted * logarithms).sum()), np.exp(logarithms) - wanted

    return loss


def counts(targets: Matrix) -> Loss:
    """The Poisson loss; the score is the logarithm of the expected count."""
    wanted = targets[:, None]

    def loss(scores: Matrix) -> tuple[float, Matrix]:
        expected = np.exp(np.minimum(scores, 700.0))
        return float((expected - wanted * scores).sum()), expected - wanted

    return loss
