"""What modules learn, as bytes that hold data only: reading them runs no code.

Plain values, numpy arrays and scikit-learn estimators, alone or in lists and dicts.
"""

from functools import lru_cache
from typing import Any

import skops.io
from skops.io.exceptions import UntrustedTypesFoundException

from bramka.domain.learning.module_error import ModuleError

TRUSTED = [
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
    "sklearn.tree._tree.Tree",
]
"""Types skops does not know by itself; each holds numbers and calls nothing."""
READY = 64
"""So many states are kept read."""


def state_bytes(state: object) -> bytes:
    """A state as bytes."""
    content = skops.io.dumps(state)
    assert isinstance(content, bytes)
    return content


@lru_cache(maxsize=READY)
def state_from(content: bytes) -> Any:
    """The state that `state_bytes` wrote; Error 0018 for anything that could run code.

    The same bytes give the same object again: do not change it.
    """
    try:
        return skops.io.loads(content, trusted=TRUSTED)
    except UntrustedTypesFoundException as error:
        raise ModuleError(
            18, f"Dataset is not valid. The saved model holds more than data: {error}"
        ) from None
    except Exception as error:
        # Whatever a damaged file breaks on, the cause is the file.
        raise ModuleError(
            18, f"Dataset is not valid. The saved model cannot be read: {error}"
        ) from None
