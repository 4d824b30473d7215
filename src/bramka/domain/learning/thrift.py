"""Thrift's compact protocol, as far as footers of Parquet files need it.

Nothing is known of any schema: what is read can be changed and written again.
"""

from dataclasses import dataclass
from typing import Any

from bramka.domain.errors import Invalid

TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = range(1, 13)
INTEGERS = (I16, I32, I64)
DEEPEST = 32

Record = dict[int, tuple[int, Any]]
"""A struct: the type and value of each field by its number, in order."""


def read_record(content: bytes) -> Record:
    """The struct that the bytes begin with; Invalid if they are none."""
    try:
        return _Reader(content).record(0)
    except IndexError:
        raise Invalid("The footer ends in the middle of a value.") from None


def write_record(record: Record) -> bytes:
    """The bytes of a struct."""
    written = bytearray()
    _put_record(written, record)
    return bytes(written)


@dataclass
class _Reader:
    """Bytes, and how far they are read."""

    content: bytes
    place: int = 0

    def record(self, depth: int) -> Record:
        if depth > DEEPEST:
            raise Invalid("The footer is nested too deeply.")
        found: Record = {}
        number = 0
        while head := self._byte():
            step, kind = head >> 4, head & 15
            number = number + step if step else self._integer()
            found[number] = (kind, self._value(kind, depth))
        return found

    def _value(self, kind: int, depth: int) -> Any:
        if kind in (TRUE, FALSE):
            return None
        if kind in INTEGERS:
            return self._integer()
        if kind == STRUCT:
            return self.record(depth + 1)
        if kind in (LIST, SET):
            return self._list(depth)
        return self._bytes(kind)

    def _bytes(self, kind: int) -> bytes:
        sizes = {BYTE: 1, DOUBLE: 8}
        if kind not in sizes and kind != BINARY:
            raise Invalid(f"The footer holds a value of the unknown type {kind}.")
        size = sizes[kind] if kind in sizes else self._number()
        start, self.place = self.place, self.place + size
        if self.place > len(self.content):
            raise IndexError
        return self.content[start : self.place]

    def _list(self, depth: int) -> tuple[int, list[Any]]:
        head = self._byte()
        size, kind = head >> 4, head & 15
        size = self._number() if size == 15 else size
        if kind in (TRUE, FALSE):
            kind = BYTE
        return kind, [self._value(kind, depth + 1) for _ in range(size)]

    def _byte(self) -> int:
        self.place += 1
        return self.content[self.place - 1]

    def _number(self) -> int:
        value, shift = 0, 0
        while (byte := self._byte()) & 128:
            value |= (byte & 127) << shift
            shift += 7
        return value | byte << shift

    def _integer(self) -> int:
        number = self._number()
        return (number >> 1) ^ -(number & 1)


def _put_record(written: bytearray, record: Record) -> None:
    before = 0
    for number, (kind, value) in record.items():
        step = number - before
        if 0 < step < 16:
            written.append(step << 4 | kind)
        else:
            written.append(kind)
            _put_integer(written, number)
        before = number
        _put_value(written, kind, value)
    written.append(0)


def _put_value(written: bytearray, kind: int, value: Any) -> None:
    if kind in INTEGERS:
        _put_integer(written, value)
    elif kind == STRUCT:
        _put_record(written, value)
    elif kind in (LIST, SET):
        inner, values = value
        if len(values) < 15:
            written.append(len(values) << 4 | inner)
        else:
            written.append(15 << 4 | inner)
            _put_number(written, len(values))
        for each in values:
            _put_value(written, inner, each)
    elif kind not in (TRUE, FALSE):
        if kind == BINARY:
            _put_number(written, len(value))
        written += value


def _put_integer(written: bytearray, value: int) -> None:
    _put_number(written, value << 1 if value >= 0 else (-value << 1) - 1)


def _put_number(written: bytearray, number: int) -> None:
    while number > 127:
        written.append(number & 127 | 128)
        number >>= 7
    written.append(number)
