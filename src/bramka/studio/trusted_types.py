"""Which types a skops file may name: those that hold data, not those that lead to code.

A function is called with what its file says, so only those for columns of numbers are
let in; `numpy.vectorize` over a function that runs texts would else be a model.
"""

import importlib
import re

import numpy as np

_ROOMS = re.compile(r"(sklearn|numpy|scipy\.sparse)(\.\w+)*")
_NO_MODELS = re.compile(
    r"sklearn\.(datasets|externals|_build_utils|conftest|(\w+\.)*(_testing|tests))\b.*"
)
"""They read files, ask the network or start programs."""
_PLAIN_ROOMS = re.compile(r"sklearn\.(cluster|feature_selection|metrics)(\.\w+)*")
"""Whose functions take columns and give numbers."""
_PLAIN = frozenset(
    f"numpy.{name}" for name in ("max", "mean", "median", "min", "std", "sum", "var")
)
_BOOSTED = frozenset(
    (
        "collections.OrderedDict",
        "lightgbm.basic.Booster",
        *(f"lightgbm.sklearn.LGBM{kind}" for kind in ("Classifier", "Regressor")),
    )
)
"""What LightGBM's estimators are made of; their trees are text, which it reads."""
_NUMPY = (
    np.generic,
    np.dtype,
    np.ndarray,
    np.random.Generator,
    np.random.RandomState,
    np.random.BitGenerator,
)


def is_trusted(name: str) -> bool:
    """Whether the thing of this dotted name can be part of a model and run no code."""
    if name in _BOOSTED:
        return True
    module, _, own = name.rpartition(".")
    if not _ROOMS.fullmatch(module):
        return False
    try:
        found = getattr(importlib.import_module(module), own, None)
    except ImportError:
        return False
    # What a module took from elsewhere is judged by where it comes from.
    home = str(getattr(found, "__module__", ""))
    if not _ROOMS.fullmatch(home) or _NO_MODELS.fullmatch(home):
        return False
    if not isinstance(found, type):
        plain = name in _PLAIN or _PLAIN_ROOMS.fullmatch(home)
        return callable(found) and bool(plain)
    if home.startswith("numpy"):
        return issubclass(found, _NUMPY) and not issubclass(found, np.memmap)
    return True
