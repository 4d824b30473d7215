"""Where the bins of a histogram begin and end, for numbers of any size."""

import numpy as np
from numpy.typing import NDArray


def bin_edges(low: float, high: float, bins: int) -> NDArray[np.float64]:
    """Edges of bins of one width from the least to the greatest finite number.

    Numbers too near to each other to tell so many bins apart get wider ones around.
    """
    least = 4 * bins * float(np.spacing(max(abs(low), abs(high))))
    if high - low < least:
        half = least if high > low else max(least, 0.5)
        low, high = low - half, high + half
    # Halves, for the difference of the greatest numbers is none.
    edges: NDArray[np.float64] = 2 * np.linspace(low / 2, high / 2, bins + 1)
    return edges
