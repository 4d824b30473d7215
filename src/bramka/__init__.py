"""API management for machine-learning web services that people run themselves."""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """`bramka.publish`, which brings many libraries: imported when it is asked for."""
    if name == "publish":
        return import_module("bramka.app.publishing.from_python").publish
    raise AttributeError(f"module 'bramka' has no attribute {name!r}")
