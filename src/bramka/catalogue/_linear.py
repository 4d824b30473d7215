"""Linear classifiers that give no probabilities, brought to give some."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bramka.catalogue._features import Matrix
from bramka.catalogue._penalised import fit_penalised, two_classes


def calibration(
    scores: Matrix, targets: NDArray[Any], told: Matrix | None = None
) -> tuple[float, float]:
    """Platt's: the slope and shift after which the logistic of a score is a chance.

    `told` is what each row weighs, if rows weigh differently.
    """
    counts = np.ones(len(targets)) if told is None else told
    positives = float(counts @ targets)
    negatives = float(counts.sum()) - positives
    # Nothing is certain: as if each class had been seen once more.
    wanted = np.where(
        targets == 1, (positives + 1) / (positives + 2), 1 / (negatives + 2)
    )
    size = float(np.abs(scores).max()) or 1.0
    slope, shift = fit_penalised(
        scores[:, None] / size,
        two_classes(wanted, told),
        scores=1,
        l1=0.0,
        l2=1e-9,
        memory=10,
        tolerance=1e-12,
    )
    return float(slope[0, 0]) / size, float(shift[0])


def calibrated(
    weights: Matrix,
    bias: float,
    scores: Matrix,
    targets: NDArray[Any],
    told: Matrix | None = None,
) -> tuple[Matrix, Matrix]:
    """The same separating plane, whose scores through the logistic are chances."""
    slope, shift = calibration(scores, targets, told)
    return weights * slope, np.array([bias * slope + shift])
