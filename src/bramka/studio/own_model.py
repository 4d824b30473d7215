"""Models of other makers, made ready: files in, a function from table to table out.

It runs in a scorer process only; what it reads may be code.
"""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bramka.domain.errors import Invalid
from bramka.domain.learning.model import Loaded
from bramka.domain.learning.table import Column, Table
from bramka.studio.own_boosted import lightgbm, xgboost
from bramka.studio.own_estimator import estimator
from bramka.studio.own_frames import missing
from bramka.studio.own_function import function
from bramka.studio.own_onnx import onnx
from bramka.studio.own_pyfunc import bring_code, pyfunc
from bramka.studio.trusted_types import is_trusted

Ready = Callable[[Table], Table]


def ready(loaded: Loaded) -> tuple[Ready, tuple[Column, ...]]:
    """The model as a function, and the columns it takes; none where it has no say."""
    model, content = loaded.model, loaded.files[loaded.model.file]
    if model.flavour == "function":
        return function(model, content), model.columns
    if model.flavour == "onnx":
        return onnx(model, content)
    if model.flavour == "lightgbm":
        return lightgbm(model, content)
    if model.flavour == "xgboost":
        return xgboost(model, content)
    if model.flavour == "pyfunc":
        return pyfunc(model, Path(loaded.folder))
    return estimator(model, estimator_in(loaded))


def estimator_in(loaded: Loaded) -> Any:
    """The estimator itself; for models that hold one."""
    content = loaded.files[loaded.model.file]
    if loaded.folder:
        bring_code(Path(loaded.folder))
    return _skops(content) if loaded.model.flavour == "skops" else _unpickled(content)


def _skops(content: bytes) -> Any:
    from skops import io as skops_io  # noqa: PLC0415 - only where it is needed

    try:
        found = skops_io.get_untrusted_types(data=content)
    except Exception as error:  # Whatever a damaged archive leads its reader to.
        raise Invalid(
            f"It is no skops file ({type(error).__name__}: {error}); write it with "
            "skops.io.dump."
        ) from None
    strange = [name for name in found if not is_trusted(name)]
    if strange:
        raise Invalid(
            f"The file holds {', '.join(strange[:5])}, which is no data of "
            "scikit-learn or NumPy; publish it as a pickle, which is allowed to run "
            "code, or leave it out."
        )
    try:
        return skops_io.loads(content, trusted=found)
    except ImportError as error:
        raise missing(error) from None


def _unpickled(content: bytes) -> Any:
    import joblib  # noqa: PLC0415 - only where it is needed

    try:
        return joblib.load(io.BytesIO(content))
    except ModuleNotFoundError as error:
        raise missing(error) from None
    except Exception as error:  # A pickle is code.
        raise Invalid(
            f"The pickle cannot be read ({type(error).__name__}: {error}); write it "
            "with joblib.dump or pickle.dump, with the libraries of this installation."
        ) from None
