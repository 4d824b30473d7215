"""Models of other makers, made ready: files in, a function from table to table out.

It runs in a scorer process only; what it reads may be code.
"""

import io
import pickle
import types
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl

from bramka.domain.errors import Invalid
from bramka.domain.learning.model import Loaded, Model
from bramka.domain.learning.table import Column, ColumnType, Table
from bramka.studio.trusted_types import is_trusted

Ready = Callable[[Table], Table]

LABELS = "Scored Labels"
PROBABILITIES = "Scored Probabilities"
_TYPES: dict[str, ColumnType] = {"b": "Boolean", "i": "Int64", "u": "Int64"}


def ready(loaded: Loaded) -> tuple[Ready, tuple[Column, ...]]:
    """The model as a function, and the columns it takes."""
    model, content = loaded.model, loaded.files[loaded.model.file]
    if model.flavour == "function":
        return _function(model, content), model.columns
    if model.flavour == "onnx":
        return _onnx(model, content)
    return _estimator(model, estimator_in(loaded))


def estimator_in(loaded: Loaded) -> Any:
    """The estimator itself; for models that hold one."""
    content = loaded.files[loaded.model.file]
    return _skops(content) if loaded.model.flavour == "skops" else _unpickled(content)


def _function(model: Model, content: bytes) -> Ready:
    """A function of single rows; what it gives stands in the columns told."""
    module = types.ModuleType("published")
    # The author's own code, in a process of its own: that is what it is for.
    exec(compile(content, model.file, "exec"), module.__dict__)  # noqa: S102
    call = getattr(module, model.entry)
    names = [column.name for column in model.columns]
    outputs = [column.name for column in model.outputs]

    def score(table: Table) -> Table:
        rows = table.frame.select(names).iter_rows()
        results = [_cells(call(*row), outputs) for row in rows]
        frame = pl.DataFrame(
            {name: [row[at] for row in results] for at, name in enumerate(outputs)},
            schema=Table.empty(model.outputs).frame.schema,
        )
        return Table(frame, model.outputs)

    return score


def _cells(result: Any, names: Sequence[str]) -> list[Any]:
    """What a call gave, in the order of the columns."""
    if isinstance(result, dict):
        return [result[name] for name in names]
    if hasattr(result, "__dataclass_fields__"):
        return [getattr(result, name) for name in names]
    found = list(result) if isinstance(result, tuple) else [result]
    if len(found) != len(names):
        raise Invalid(f"The function gave {len(found)} values instead of {len(names)}.")
    return found


def _skops(content: bytes) -> Any:
    from skops import io as skops_io  # noqa: PLC0415 - only where it is needed

    found = skops_io.get_untrusted_types(data=content)
    strange = [name for name in found if not is_trusted(name)]
    if strange:
        raise Invalid(
            f"The file holds {', '.join(strange[:5])}, which is no data of "
            "scikit-learn or NumPy; publish it as a pickle, which is allowed to run "
            "code, or leave it out."
        )
    return skops_io.loads(content, trusted=found)


def _unpickled(content: bytes) -> Any:
    try:
        import joblib  # noqa: PLC0415 - only where it is needed

        return joblib.load(io.BytesIO(content))
    except ModuleNotFoundError as error:
        raise Invalid(
            f"The pickle needs '{error.name}', which is not installed."
        ) from None
    except (pickle.UnpicklingError, EOFError, ValueError) as error:
        raise Invalid(f"The file is no pickle: {error}") from None


def _estimator(model: Model, estimator: Any) -> tuple[Ready, tuple[Column, ...]]:
    """A scikit-learn estimator: labels, and probabilities where it knows them."""
    columns = model.columns or _named(
        [str(name) for name in getattr(estimator, "feature_names_in_", ())]
        or [f"x{n + 1}" for n in range(int(getattr(estimator, "n_features_in_", 0)))]
    )
    if not columns:
        raise Invalid("The model does not tell its columns; give a sample with them.")
    names = [column.name for column in columns]
    named = hasattr(estimator, "feature_names_in_")
    mixed = len({column.type for column in columns}) > 1 or "String" in {
        column.type for column in columns
    }

    def rows(table: Table) -> Any:
        frame = table.frame.select(names)
        if mixed or named:
            # Pipelines choose columns by name; pandas is what they all know.
            return _framed(frame, mixed=mixed)
        return frame.to_numpy()

    before, last = _parts(estimator)

    def score(table: Table) -> Table:
        given = rows(table)
        for step in before:
            given = step.transform(given)
        found = {LABELS: np.asarray(last.predict(given)).ravel()}
        if hasattr(last, "predict_proba"):
            found |= _probabilities(last.predict_proba(given), estimator.classes_)
        return _table(found)

    return score, columns


def _parts(estimator: Any) -> tuple[list[Any], Any]:
    """The steps of a pipeline, as its own `predict` walks them, and what predicts.

    Labels and probabilities would each transform the rows again.
    """
    kind, skipped = type(estimator), (None, "passthrough")
    if (kind.__module__, kind.__qualname__) != ("sklearn.pipeline", "Pipeline"):
        return [], estimator
    *before, (_, last) = estimator.steps
    if last in skipped:
        return [], estimator
    return [step for _, step in before if step not in skipped], last


def _framed(frame: pl.DataFrame, *, mixed: bool) -> Any:
    try:
        import pandas as pd  # noqa: PLC0415 - an extra

        # Estimators walk through texts one by one, where Arrow's strings are slow.
        with pd.option_context("mode.string_storage", "python"):
            return frame.to_pandas()
    except ModuleNotFoundError:
        if mixed:
            return frame
        return frame.to_numpy()


def _onnx(model: Model, content: bytes) -> tuple[Ready, tuple[Column, ...]]:
    import onnxruntime  # noqa: PLC0415 - an extra

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        content, options, providers=["CPUExecutionProvider"]
    )
    inputs = session.get_inputs()
    together = len(inputs) == 1 and _width(inputs[0]) != 1
    columns = model.columns
    if not columns:
        columns = (
            _named([f"x{n + 1}" for n in range(_width(inputs[0]))])
            if together
            else tuple(
                Column(name=each.name, type=_ONNX.get(each.type, ("Double", None))[0])
                for each in inputs
            )
        )
    outputs = [each.name for each in session.get_outputs()]

    def score(table: Table) -> Table:
        frame = table.frame.select(column.name for column in columns)
        if not model.gaps and any(each.has_nulls() for each in frame.get_columns()):
            raise Invalid("Input X contains NaN.")
        if together:
            kind = _ONNX.get(inputs[0].type, ("Double", np.float32))[1]
            given = {inputs[0].name: frame.to_numpy().astype(kind)}
        else:
            given = {
                each.name: frame[each.name]
                .to_numpy()
                .astype(_ONNX.get(each.type, ("Double", np.float32))[1])
                .reshape(-1, 1)
                for each in inputs
            }
        results = session.run(outputs, given)
        if model.outputs:
            return _compiled_table(model.outputs, results)
        return _table(_onnx_columns(outputs, results))

    return score, columns


_ONNX: dict[str, tuple[ColumnType, Any]] = {
    "tensor(float)": ("Double", np.float32),
    "tensor(double)": ("Double", np.float64),
    "tensor(int64)": ("Int64", np.int64),
    "tensor(int32)": ("Int32", np.int32),
    "tensor(bool)": ("Boolean", np.bool_),
    "tensor(string)": ("String", np.object_),
}


def _width(each: Any) -> int:
    last = each.shape[-1] if len(each.shape) > 1 else 1
    return last if isinstance(last, int) else 0


def _onnx_columns(names: Sequence[str], results: Sequence[Any]) -> dict[str, Any]:
    """Outputs as columns: labels and probabilities by the names Studio gives them."""
    found: dict[str, Any] = {}
    for name, value in zip(names, results, strict=True):
        if isinstance(value, list):
            classes = list(value[0]) if value else []
            matrix = np.array([[row[each] for each in classes] for row in value])
            found |= _probabilities(matrix, classes)
        elif value.ndim == 2 and value.shape[1] > 1:
            if "proba" in name.lower():
                found |= _probabilities(value, range(value.shape[1]))
            else:
                found |= {f"{name}.{n}": value[:, n] for n in range(value.shape[1])}
        else:
            title = LABELS if name in ("label", "output_label", "variable") else name
            found[title] = value.ravel()
    return found


def _compiled_table(columns: tuple[Column, ...], results: Sequence[Any]) -> Table:
    """Outputs of a model that was compiled: columns as the original has them."""
    found: list[Any] = []
    # Scores that the original does not tell stand behind its labels.
    for value in results if len(columns) > 1 else results[:1]:
        if value.ndim == 2 and value.shape[1] == 2:
            found.append(value[:, 1])  # Of two classes the second one is told.
        elif value.ndim == 2:
            found += list(value.T)
        else:
            found.append(value)
    series = [
        pl.Series(column.name, values.tolist())
        for column, values in zip(columns, found, strict=True)
    ]
    return Table.of(pl.DataFrame(series), columns)


def _probabilities(matrix: Any, classes: Any) -> dict[str, Any]:
    if len(classes) == 2:
        return {PROBABILITIES: matrix[:, 1]}
    return {
        f'{PROBABILITIES} for Class "{each}"': matrix[:, place]
        for place, each in enumerate(classes)
    }


def _named(names: Sequence[str]) -> tuple[Column, ...]:
    return tuple(Column(name=name, type="Double") for name in names)


def _table(found: dict[str, Any]) -> Table:
    columns, series = [], []
    for name, values in found.items():
        array = np.asarray(values)
        kind = _TYPES.get(array.dtype.kind, "Double")
        if array.dtype.kind not in "biuf":
            array, kind = np.array([str(each) for each in array]), "String"
        columns.append(Column(name=name, type=kind))
        series.append(pl.Series(name, array.tolist()))
    return Table.of(pl.DataFrame(series), columns)
