"""Libraries that take seconds to import: loaded when something of them is first used.

Every process knows the whole shelf, but few of them train or score.
"""

from importlib import import_module
from typing import Any


class Library:
    """Stands for a library's module until it is needed."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        found = getattr(import_module(self._name), name)
        setattr(self, name, found)
        return found


cluster = Library("sklearn.cluster")
decomposition = Library("sklearn.decomposition")
ensemble = Library("sklearn.ensemble")
extmath = Library("sklearn.utils.extmath")
linear_model = Library("sklearn.linear_model")
metrics = Library("sklearn.metrics")
neighbors = Library("sklearn.neighbors")
neural_network = Library("sklearn.neural_network")
svm = Library("sklearn.svm")
text_features = Library("sklearn.feature_extraction.text")
tree_models = Library("sklearn.tree")

linalg = Library("scipy.linalg")
optimize = Library("scipy.optimize")
signal = Library("scipy.signal")
special = Library("scipy.special")
stats = Library("scipy.stats")

skops_io = Library("skops.io")
skops_exceptions = Library("skops.io.exceptions")
threadpoolctl = Library("threadpoolctl")
