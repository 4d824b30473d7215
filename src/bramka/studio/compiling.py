"""Finds the quickest form of a trained estimator that scores the same: data, or ONNX.

It runs in a scorer process at publication: the estimator may be code.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from bramka.domain.learning.compiled import Form
from bramka.domain.learning.model import Loaded, Model, onnx_of
from bramka.domain.learning.table import NUMBERS, Table
from bramka.studio.own_estimator import homes, reads_texts
from bramka.studio.own_model import Ready, estimator_in, ready
from bramka.studio.plain_forms import Made, sums_and_trees
from bramka.studio.trial import Unlike, difference, takes_gaps, trial

CLOSE = 1e-9
CLOSE_SINGLE = 1e-5
"""What ONNX may differ by: it computes in single precision at places."""


class Attempt(Struct, frozen=True, kw_only=True):
    """What came of a try to compile: the form, why, and its content."""

    form: Form
    why: str
    content: bytes = b""


def compile_model(loaded: Loaded, direct: Ready, sample: Table) -> Attempt:
    """The quickest form of a model that agrees with it; `sample` may be empty."""
    estimator = estimator_in(loaded)
    reasons = []
    gaps = takes_gaps(direct, loaded.model.columns)
    model = replace(loaded.model, gaps=gaps)
    tries: tuple[tuple[str, _Make, float], ...] = (
        ("as data", sums_and_trees, CLOSE),
        ("as ONNX", partial(_onnx, number="Double"), CLOSE_SINGLE),
        ("as ONNX of single precision", partial(_onnx, number="Float"), CLOSE_SINGLE),
    )
    for name, make, close in tries:
        try:
            form, content, score, hard = make(estimator, model)
            rows = trial(sample, model, hard)
            far = difference(direct(rows), score(rows), close)
        except ImportError as error:
            reasons.append(f"{name}: '{error.name}' is not installed")
        except Exception as error:
            # A model of somebody's own breaks on anything; then it is scored directly.
            reasons.append(f"{name}: {str(error).partition(chr(10))[0][:200]}")
        else:
            why = (
                f"{_FORMS[form]} at publication, which differ from the model by "
                f"{far:.0e} at most on {rows.height} rows."
            )
            return Attempt(form=form, why=why, content=content)
    reason = "; ".join(reasons)
    return Attempt(form="direct", why=f"Scored by the model itself: {reason}."[:1000])


_FORMS: dict[Form, str] = {
    "sums": "Scored by weighted sums, made",
    "trees": "Scored by decision trees as data, made",
    "onnx": "Scored by ONNX operators, made",
}
_Make = Callable[[Any, Model], Made]


def _onnx(estimator: Any, model: Model, *, number: str) -> Made:
    from skl2onnx import to_onnx  # noqa: PLC0415 - an extra
    from skl2onnx.common import data_types  # noqa: PLC0415

    numbers = getattr(data_types, f"{number}TensorType")
    kinds = {
        "String": data_types.StringTensorType,
        "Boolean": data_types.BooleanTensorType,
    }
    if reads_texts(estimator):
        raise Unlike("ONNX cuts texts into words otherwise")
    columns = model.columns
    if {column.type for column in columns} <= NUMBERS and not _chooses(estimator):
        types = [("input", numbers([None, len(columns)]))]
    else:
        types = [
            (column.name, kinds.get(column.type, numbers)([None, 1]))
            for column in columns
        ]
    classifies = hasattr(estimator, "classes_") and hasattr(estimator, "predict_proba")
    options = {id(estimator): {"zipmap": False}} if classifies else None
    made = to_onnx(estimator, initial_types=types, options=options)
    content = made.SerializeToString()
    score, _ = ready(onnx_of(model, "compiled.onnx", content))
    return "onnx", content, score, homes(estimator, len(columns))


def _chooses(estimator: Any) -> bool:
    """Whether a pipeline chooses columns by their names."""
    steps: Sequence[tuple[str, Any]] = getattr(estimator, "steps", ())
    return any(type(each).__name__ == "ColumnTransformer" for _, each in steps)
