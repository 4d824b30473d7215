"""ONNX files of many shapes: the columns they take, and what comes of their tensors."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
import pytest
from onnx import TensorProto, helper, numpy_helper

from bramka.domain.errors import Invalid
from bramka.domain.learning.model import Model
from bramka.domain.learning.table import DTYPES, Column, Table
from bramka.studio.own_onnx import onnx

WEIGHTS = np.arange(6, dtype=np.float32).reshape(3, 2)
FLOAT, INT64, STRING = TensorProto.FLOAT, TensorProto.INT64, TensorProto.STRING
Shape = list[int | str | None]
Tensors = dict[str, tuple[int, Shape]]


def graph(operator: str, inputs: Tensors, outputs: Tensors, **more: Any) -> bytes:
    """A model of one operator; MatMul is by the weights."""
    weights = [numpy_helper.from_array(WEIGHTS, "w")] if operator == "MatMul" else []
    taken = [*inputs, *(each.name for each in weights)]
    made = helper.make_graph(
        [helper.make_node(operator, taken, list(outputs), **more)],
        "graph",
        [helper.make_tensor_value_info(n, *told) for n, told in inputs.items()],
        [helper.make_tensor_value_info(n, *told) for n, told in outputs.items()],
        weights,
    )
    opset = [helper.make_opsetid("", 13)]
    model = helper.make_model(made, opset_imports=opset, ir_version=8)
    content: bytes = model.SerializeToString()
    return content


def scored(content: bytes, *rows: Sequence[Any], names: Sequence[str] = ()) -> Table:
    """What a model gives; `names` are those of a sample."""
    known = tuple(Column(name=name, type="Double") for name in names)
    score, columns = onnx(Model(flavour="onnx", file="m", columns=known), content)
    series = [
        pl.Series(each.name, [row[at] for row in rows], dtype=DTYPES[each.type])
        for at, each in enumerate(columns)
    ]
    return score(Table.of(pl.DataFrame(series), columns))


def same(shape: Shape, kind: int = FLOAT) -> bytes:
    return graph("Identity", {"x": (kind, shape)}, {"y": (kind, shape)})


def test_an_image_is_a_column_for_each_of_its_numbers() -> None:
    means = graph(
        "ReduceMean",
        {"x": (FLOAT, ["n", 1, 2, 2])},
        {"m": (FLOAT, ["n", 1])},
        axes=[2, 3],
        keepdims=0,
    )
    assert scored(means, [1, 2, 3, 6], [1, 1, 1, 1]).frame["m"].to_list() == [3.0, 1.0]
    found = scored(same(["n", 1, 2, 2]), [1, 2, 3, 4])
    assert found.frame.columns == ["y.0", "y.1", "y.2", "y.3"]
    assert found.frame.row(0) == (1.0, 2.0, 3.0, 4.0)


def test_each_of_several_inputs_takes_its_columns() -> None:
    two: Tensors = {"a": (FLOAT, ["n", 2]), "b": (FLOAT, ["n", 2])}
    content = graph("Add", two, {"y": (FLOAT, ["n", 2])})
    _, columns = onnx(Model(flavour="onnx", file="m"), content)
    assert [each.name for each in columns] == ["a.0", "a.1", "b.0", "b.1"]
    assert scored(content, [1, 2, 3, 4]).frame.row(0) == (4.0, 6.0)
    flat: Tensors = {"a": (FLOAT, ["n"]), "b": (FLOAT, ["n"])}
    content = graph("Add", flat, {"y": (FLOAT, ["n"])})
    assert scored(content, [1, 2], [3, 4]).frame["y"].to_list() == [3.0, 7.0]
    # An MLflow signature may tell them in another order.
    content = graph("Sub", flat, {"y": (FLOAT, ["n"])})
    assert scored(content, [1, 2], names=["b", "a"]).frame["y"].to_list() == [1.0]


def test_a_model_of_one_row_is_called_row_by_row() -> None:
    content = graph("MatMul", {"x": (FLOAT, [1, 3])}, {"y": (FLOAT, [1, 2])})
    found = scored(content, [1, 2, 3], [4, 5, 6]).frame.rows()
    assert found == [(16.0, 22.0), (34.0, 49.0)]


def test_a_free_width_is_that_of_the_sample() -> None:
    content = graph("MatMul", {"x": (FLOAT, [None, None])}, {"y": (FLOAT, [None, 2])})
    assert onnx(Model(flavour="onnx", file="m"), content)[1] == ()
    found = scored(content, [1, 2, 3], names=["p", "q", "r"])
    assert found.frame.row(0) == (16.0, 22.0)


def test_texts_and_whole_numbers_stay_what_they_are() -> None:
    assert scored(same([None, 1], STRING), ["ł"]).frame.row(0) == ("ł",)
    assert scored(same([None, 1], INT64), [2**53 + 1]).frame.row(0) == (2**53 + 1,)
    with pytest.raises(Invalid, match="'x' misses a value"):
        scored(same([None, 1], INT64), [1], [None])


def test_a_result_that_is_no_row_for_each_row_is_told() -> None:
    content = graph(
        "ReduceMean", {"x": (FLOAT, [None, 2])}, {"y": (FLOAT, [1, 2])}, axes=[0]
    )
    with pytest.raises(Invalid, match=r"1 values of 'y.0' for 2 rows"):
        scored(content, [1, 2], [3, 4])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"hello", "ONNX Runtime .* does not read it"),
        (same(["n", 3, 224, 224]), "'x' has 150,528 numbers a row"),
        (same(["n", 3, None, None]), "all but the first must be fixed"),
        (same([8, 3]), "takes just 8 rows at once"),
    ],
)
def test_a_model_that_cannot_be_a_service_says_why(
    content: bytes, message: str
) -> None:
    with pytest.raises(Invalid, match=message):
        onnx(Model(flavour="onnx", file="m"), content)
