"""Tensors of the Open Inference Protocol, in JSON or as bytes behind it."""

import math
import struct
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from msgspec import Struct

from bramka.domain.errors import Invalid
from bramka.domain.learning.cells import Cell, text_of
from bramka.domain.learning.service import Column

_NUMPY = {
    "BOOL": "?",
    "UINT8": "<u1",
    "UINT16": "<u2",
    "UINT32": "<u4",
    "UINT64": "<u8",
    "INT8": "<i1",
    "INT16": "<i2",
    "INT32": "<i4",
    "INT64": "<i8",
    "FP16": "<f2",
    "FP32": "<f4",
    "FP64": "<f8",
}
_OF_COLUMNS = {
    "Boolean": "BOOL",
    "Byte": "UINT8",
    "Int16": "INT16",
    "Int32": "INT32",
    "Int64": "INT64",
    "Single": "FP32",
    "Double": "FP64",
}
BYTES = "BYTES"
_LENGTH = struct.Struct("<I")


class Tensor(Struct, kw_only=True):
    """One input of a request; its data may follow the JSON as bytes."""

    name: str
    shape: list[int]
    datatype: str
    data: list[object] | None = None
    parameters: dict[str, object] = {}

    @property
    def binary_size(self) -> int | None:
        size = self.parameters.get("binary_data_size")
        return size if isinstance(size, int) else None


def datatype_of(column: Column) -> str:
    """How a column is told; what is no number or truth value is text."""
    return _OF_COLUMNS.get(column.type, BYTES)


def values_of(tensor: Tensor, raw: bytes | None) -> list[list[Cell]]:
    """The rows of a tensor: `[n]` and `[n, 1]` have one value in each."""
    if tensor.datatype not in _NUMPY and tensor.datatype != BYTES:
        known = ", ".join((*_NUMPY, BYTES))
        raise _wrong(tensor, f"is of {tensor.datatype[:20]}, which is none of {known}")
    count = math.prod(tensor.shape) if tensor.shape else 0
    if not 1 <= len(tensor.shape) <= 2 or min(tensor.shape) < 0:
        raise _wrong(
            tensor, f"has the shape {tensor.shape}; rows and columns are wanted"
        )
    width = tensor.shape[1] if len(tensor.shape) == 2 else 1
    flat = _told(tensor) if raw is None else _unpacked(tensor, raw)
    if len(flat) != count:
        raise _wrong(tensor, f"holds {len(flat)} values where its shape has {count}")
    return [flat[at : at + width] for at in range(0, count, max(1, width))]


def _told(tensor: Tensor) -> list[Cell]:
    """What stands in the JSON."""
    cells = list(_flat(tensor.data or []))
    if "INT" in tensor.datatype:
        for each in cells:
            if isinstance(each, float) and not each.is_integer():
                raise _wrong(tensor, f"holds {each}, which is no {tensor.datatype}")
    return cells


def _flat(data: Sequence[object]) -> Iterator[Cell]:
    for each in data:
        if isinstance(each, list):
            yield from _flat(each)
        elif each is None or isinstance(each, bool | int | float | str):
            yield each
        else:
            raise Invalid("A tensor holds numbers, texts and truth values.")


def _unpacked(tensor: Tensor, raw: bytes) -> list[Cell]:
    if tensor.datatype == BYTES:
        return list(_texts(raw))
    kind = _NUMPY[tensor.datatype]
    if len(raw) % np.dtype(kind).itemsize:
        raise _wrong(tensor, f"is no whole tensor of {tensor.datatype[:20]}")
    values: list[Cell] = np.frombuffer(raw, dtype=kind).tolist()
    return values


def _texts(raw: bytes) -> Iterator[str]:
    at = 0
    while at < len(raw):
        start = at + _LENGTH.size
        end = start + int.from_bytes(raw[at:start], "little")
        if end > len(raw):
            raise Invalid("A text of a tensor is cut off.")
        yield raw[start:end].decode("utf-8", "replace")
        at = end


def as_json(column: Column, cells: Sequence[Cell]) -> list[object]:
    """The values of a column in JSON; what JSON has no number for is null."""
    if datatype_of(column) == BYTES:
        return [text_of(cell) for cell in cells]
    return [
        None if isinstance(cell, float) and not np.isfinite(cell) else cell
        for cell in cells
    ]


def as_bytes(column: Column, cells: Sequence[Cell]) -> bytes:
    """The values of a column as they stand behind the JSON."""
    kind = datatype_of(column)
    if kind == BYTES:
        texts = [(text_of(cell) or "").encode() for cell in cells]
        return b"".join(_LENGTH.pack(len(text)) + text for text in texts)
    if any(cell is None for cell in cells):
        if not kind.startswith("FP"):
            raise Invalid(f"Column '{column.name}' misses values; ask for JSON data.")
        cells = [float("nan") if cell is None else cell for cell in cells]
    return np.array(cells, dtype=_NUMPY[kind]).tobytes()


def _wrong(tensor: Tensor, what: str) -> Invalid:
    return Invalid(f"Input '{tensor.name[:80]}' {what}.", target=tensor.name[:80])


def split(
    body: bytes, length: int | None, tensors: Sequence[Tensor]
) -> Mapping[str, bytes]:
    """The bytes behind the JSON, by the names of the inputs they belong to."""
    at, found = len(body) if length is None else length, {}
    for each in tensors:
        size = each.binary_size
        if size is not None:
            if size < 0 or at + size > len(body):
                raise _wrong(each, f"tells {size} bytes, which are not there")
            found[each.name] = body[at : at + size]
            at += size
    return found
