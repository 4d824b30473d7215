"""Characters, single-precision numbers, enums and arrays; integers that wrap."""

import struct
from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import Any

from bramka.expressions.failures import Thrown


class Char(str):
    """A C# `char`; a string of one character that knows it is one."""

    __slots__ = ()


_CHARS = [Char(chr(code)) for code in range(256)]


def char_of(code: int) -> Char:
    """The character with this UTF-16 code."""
    code &= 0xFFFF
    return _CHARS[code] if code < 256 else Char(chr(code))


def chars_of(text: str) -> list[Char]:
    """The characters as C# has them: one beyond U+FFFF is two."""
    if text.isascii():
        return [Char(item) for item in text]
    codes = memoryview(text.encode("utf-16-le", "surrogatepass")).cast("H")
    return [char_of(code) for code in codes]


class Single(float):
    """A C# `float`, boxed: a number rounded to 24 bits."""

    __slots__ = ()


def single_of(number: float) -> Single:
    try:
        return Single(struct.unpack("f", struct.pack("f", number))[0])
    except OverflowError:
        return Single("inf" if number > 0 else "-inf")


class Boxed(int):
    """An integer of another type than `int`, as an object; `(T)` takes it out."""

    __slots__ = ()
    kind = ""


BOXES: dict[str, type[Boxed]] = {
    name: type(name.title(), (Boxed,), {"__slots__": (), "kind": name})
    for name in ("sbyte", "byte", "short", "ushort", "uint", "long", "ulong")
}


def as_json_has_it(value: Any) -> Any:
    """What JSON holds, as an object: its integers are longs."""
    is_long = type(value) is int and -(1 << 63) <= value < 1 << 63
    return BOXES["long"](value) if is_long else value


class Array(list[Any]):
    """A C# array: a list whose length stays; knows its type once it is an object."""

    __slots__ = ("net",)


class List(list[Any]):
    """A `List<T>`: whoever walks over it notices that it changed."""

    __slots__ = ("changes", "net")

    def __iter__(self) -> Iterator[Any]:
        size, changes = len(self), getattr(self, "changes", 0)
        for at in range(size):
            yield list.__getitem__(self, at)
            if len(self) != size or getattr(self, "changes", 0) != changes:
                raise changed()

    def note_change(self) -> None:
        """Items were replaced; their number may be the same."""
        self.changes: int = getattr(self, "changes", 0) + 1


def changed() -> Thrown:
    """What a walk over a collection that changes meanwhile throws."""
    text = "Collection was modified; enumeration operation may not execute."
    return Thrown("InvalidOperationException", text)


class Object(tuple[Any, ...]):
    """An instance of an anonymous type: values with names."""

    __slots__ = ()
    names: tuple[str, ...] = ()


def anonymous(names: tuple[str, ...]) -> type[Object]:
    """A class for anonymous objects with these member names."""
    return type("Anonymous", (Object,), {"names": names, "__slots__": ()})


class Pair(tuple[Any, Any]):
    """A `KeyValuePair`."""

    __slots__ = ()


def pairs_of(items: Iterable[tuple[object, object]]) -> Iterable[Pair]:
    return (Pair(item) for item in items)


class Named(IntEnum):
    """An enumeration; a number without a name is a value of it, too."""

    @classmethod
    def _missing_(cls, value: object) -> "Named | None":
        if not isinstance(value, int):
            return None
        made = int.__new__(cls, value)
        made._name_, made._value_ = str(int(value)), int(value)
        return made


class DayOfWeek(Named):
    """Days from Sunday on, as .NET counts."""

    Sunday = 0
    Monday = 1
    Tuesday = 2
    Wednesday = 3
    Thursday = 4
    Friday = 5
    Saturday = 6


def wrap32(number: int) -> int:
    """`number` as a 32-bit integer that overflowed."""
    return ((number + 0x80000000) & 0xFFFFFFFF) - 0x80000000


def wrapped(number: int, bits: int, signed: bool) -> int:
    half = 1 << (bits - 1)
    if signed:
        return ((number + half) & ((1 << bits) - 1)) - half
    return number & ((1 << bits) - 1)


def within(number: int, bits: int, signed: bool) -> int:
    """`number` if so many bits hold it, else OverflowException."""
    if wrapped(number, bits, signed) != number:
        raise Thrown(
            "OverflowException", "Arithmetic operation resulted in an overflow."
        )
    return number
