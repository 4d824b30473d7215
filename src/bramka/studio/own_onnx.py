"""A published ONNX model, made ready; it runs in a scorer process only."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import polars as pl
from msgspec import Struct

from bramka.domain.errors import Invalid
from bramka.domain.learning.model import Model
from bramka.domain.learning.table import Column, ColumnType, Table
from bramka.studio.own_scores import LABELS, probabilities, scores_table

MOST_COLUMNS = 10_000
_TYPES: dict[str, tuple[ColumnType, Any]] = {
    "tensor(float16)": ("Double", np.float16),
    "tensor(float)": ("Double", np.float32),
    "tensor(double)": ("Double", np.float64),
    "tensor(uint8)": ("Int64", np.uint8),
    "tensor(int8)": ("Int64", np.int8),
    "tensor(int16)": ("Int64", np.int16),
    "tensor(int32)": ("Int64", np.int32),
    "tensor(int64)": ("Int64", np.int64),
    "tensor(bool)": ("Boolean", np.bool_),
    "tensor(string)": ("String", np.object_),
}


class _Input(Struct, frozen=True):
    """One tensor that a model takes: a row of it is so many columns."""

    name: str
    type: ColumnType
    kind: Any
    """Of its numbers."""
    shape: tuple[int, ...]
    """Of one row; empty where a row is a number."""
    rows: int | None
    """How many it takes at once, where that is fixed."""

    @property
    def width(self) -> int:
        """Columns of a row; 0 where the model does not tell."""
        return math.prod(self.shape)

    def columns(self, *, alone: bool) -> tuple[Column, ...]:
        if self.width == 1:
            names = [self.name]
        elif alone:
            names = [f"x{n + 1}" for n in range(self.width)]
        else:
            names = [f"{self.name}.{n}" for n in range(self.width)]
        return tuple(Column(name=name, type=self.type) for name in names)

    def array(self, columns: Sequence[pl.Series]) -> Any:
        """The columns as the tensor, with all rows."""
        gaps = [each.name for each in columns if each.has_nulls()]
        if gaps and np.dtype(self.kind).kind != "f":
            raise Invalid(f"'{gaps[0]}' misses a value, and the model takes no gaps.")
        arrays = [each.to_numpy().astype(self.kind) for each in columns]
        matrix = np.stack(arrays, axis=1)
        return matrix.reshape(-1, *self.shape) if self.width else matrix


def onnx(
    model: Model, content: bytes
) -> tuple[Callable[[Table], Table], tuple[Column, ...]]:
    """The model as a function, and the columns it takes."""
    import onnxruntime  # noqa: PLC0415 - an extra

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(
            content, options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # ONNX Runtime has a class for each of its codes.
        raise Invalid(
            f"ONNX Runtime {onnxruntime.__version__} does not read it: {error}"
        ) from None
    inputs = [_input(each) for each in session.get_inputs()]
    columns = model.columns or _columns(inputs)
    outputs = [each.name for each in session.get_outputs()]

    def score(table: Table) -> Table:
        frame = table.frame.select(column.name for column in columns)
        if not model.gaps and any(each.has_nulls() for each in frame.get_columns()):
            raise Invalid("Input X contains NaN.")
        pieces = [
            session.run(outputs, given)
            for given in _fitting(inputs, _given(inputs, frame), frame.height)
        ]
        results = pieces[0] if len(pieces) == 1 else _joined(pieces)
        if model.outputs:
            return _compiled(model.outputs, results)
        return scores_table(_by_name(outputs, results), frame.height)

    return score, columns


def _input(told: Any) -> _Input:
    kinds = _TYPES.get(told.type)
    if kinds is None:
        raise Invalid(f"Its input '{told.name}' is of type {told.type}, not a number.")
    shape = [each if isinstance(each, int) else 0 for each in told.shape]
    if math.prod(shape[1:]) > MOST_COLUMNS:
        raise Invalid(
            f"Its input '{told.name}' has {math.prod(shape[1:]):,} numbers a row; a "
            f"service takes at most {MOST_COLUMNS:,} columns."
        )
    if len(shape) > 2 and not math.prod(shape[1:]):
        raise Invalid(
            f"Its input '{told.name}' has the shape {list(told.shape)}; all but the "
            "first must be fixed when it is exported."
        )
    rows = shape[0] if shape and len(shape) > 1 else 0
    if rows > 1:
        raise Invalid(
            f"Its input '{told.name}' takes just {rows} rows at once; export it with "
            "a first dimension that is free, or 1."
        )
    return _Input(told.name, *kinds, shape=tuple(shape[1:]), rows=rows or None)


def _columns(inputs: Sequence[_Input]) -> tuple[Column, ...]:
    if any(not each.width for each in inputs):
        return ()  # The width is free: a sample tells it.
    alone = len(inputs) == 1
    return tuple(column for each in inputs for column in each.columns(alone=alone))


def _given(inputs: Sequence[_Input], frame: pl.DataFrame) -> dict[str, Any]:
    """The tensors of a frame: by their names, or each takes its columns in order."""
    if len(inputs) > 1 and {each.name for each in inputs} == set(frame.columns):
        return {each.name: each.array([frame[each.name]]) for each in inputs}
    columns, given = frame.get_columns(), {}
    told = sum(each.width for each in inputs)
    for each in inputs:
        width = each.width or len(columns) - told
        given[each.name] = each.array(columns[:width])
        columns = columns[width:]
    if columns:
        raise Invalid(f"The model takes {told} columns; {frame.width} were given.")
    return given


def _fitting(
    inputs: Sequence[_Input], given: dict[str, Any], height: int
) -> Iterator[dict[str, Any]]:
    """All rows at once, or one by one where the model takes no more."""
    if all(each.rows is None for each in inputs):
        yield given
        return
    for row in range(height):
        yield {name: array[row : row + 1] for name, array in given.items()}


def _joined(pieces: Sequence[Sequence[Any]]) -> list[Any]:
    return [
        [each for part in parts for each in part]
        if isinstance(parts[0], list)
        else np.concatenate([np.atleast_1d(part) for part in parts])
        for parts in zip(*pieces, strict=True)
    ]


def _by_name(names: Sequence[str], results: Sequence[Any]) -> dict[str, Any]:
    """Outputs as columns: labels and probabilities by the names Studio gives them."""
    found: dict[str, Any] = {}
    for name, value in zip(names, results, strict=True):
        if isinstance(value, list):
            classes = list(value[0]) if value else []
            matrix = np.array([[row[each] for each in classes] for row in value])
            found |= probabilities(matrix, classes)
            continue
        matrix = value.reshape(len(value), -1) if value.ndim > 1 else value
        if matrix.ndim == 2 and matrix.shape[1] > 1:
            if "proba" in name.lower():
                found |= probabilities(matrix, range(matrix.shape[1]))
            else:
                found |= {f"{name}.{n}": matrix[:, n] for n in range(matrix.shape[1])}
        else:
            title = LABELS if name in ("label", "output_label", "variable") else name
            found[title] = matrix.ravel()
    return found


def _compiled(columns: tuple[Column, ...], results: Sequence[Any]) -> Table:
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
