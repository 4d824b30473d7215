"""Collections of .NET: lists, dictionaries and sets with comparers, arrays."""

from collections.abc import Iterable, Iterator
from typing import Any

from bramka.expressions.failures import Thrown, argument_null, out_of_range
from bramka.expressions.meter import room_for_bytes, room_for_items
from bramka.expressions.values.plain import Array, List
from bramka.expressions.values.strings import folded


class Comparer:
    """A StringComparer: with or without case; orders as words or by number."""

    __slots__ = ("folds", "words")

    def __init__(self, *, folds: bool, words: bool = False) -> None:
        self.folds = folds
        self.words = words

    def key(self, value: Any) -> Any:
        if self.folds and isinstance(value, str):
            return folded(value)
        return value


ORDINAL = Comparer(folds=False)
IGNORE_CASE = Comparer(folds=True)
WORDS = Comparer(folds=False, words=True)
WORDS_IGNORE_CASE = Comparer(folds=True, words=True)


class Dictionary:
    """A dictionary whose keys may compare without case; remembers their order."""

    __slots__ = ("comparer", "entries", "is_sorted", "net")

    def __init__(
        self, pairs: Iterable[tuple[Any, Any]] = (), comparer: Comparer | None = None
    ) -> None:
        self.comparer = comparer or ORDINAL
        self.entries: dict[Any, tuple[Any, Any]] = {}
        self.is_sorted = False
        for key, value in pairs:
            self.add(key, value)

    def _key(self, key: Any) -> Any:
        if key is None:
            raise argument_null("key")
        return self.comparer.key(key)

    def get(self, key: Any) -> Any:
        found = self.entries.get(self._key(key))
        return self.missed(key) if found is None else found[1]

    def missed(self, key: Any) -> Any:
        """What stands at a key that is not there."""
        raise KeyError(key)

    def look(self, key: Any, default: Any = None) -> Any:
        found = self.entries.get(self._key(key))
        return default if found is None else found[1]

    def has(self, key: Any) -> bool:
        return self._key(key) in self.entries

    def set(self, key: Any, value: Any) -> None:
        known = self.entries.get(self._key(key))
        if known is None:
            room_for_items(len(self.entries) + 1)
        self.entries[self._key(key)] = (known[0] if known else key, value)

    def add(self, key: Any, value: Any) -> None:
        if self.has(key):
            text = f"An item with the same key has already been added. Key: {key}"
            raise Thrown("ArgumentException", text)
        self.set(key, value)

    def remove(self, key: Any) -> bool:
        return self.entries.pop(self._key(key), None) is not None

    def pairs(self) -> list[tuple[Any, Any]]:
        if self.is_sorted:
            return sorted(self.entries.values(), key=lambda item: item[0])
        return list(self.entries.values())

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        return iter(self.pairs())

    def __len__(self) -> int:
        return len(self.entries)


class HashSet:
    """Different elements, in the order they came."""

    __slots__ = ("comparer", "entries", "net")

    def __init__(
        self, items: Iterable[Any] = (), comparer: Comparer | None = None
    ) -> None:
        self.comparer = comparer or ORDINAL
        self.entries: dict[Any, Any] = {}
        for item in items:
            self.add(item)

    def has(self, item: Any) -> bool:
        return self.comparer.key(item) in self.entries

    def add(self, item: Any) -> bool:
        key = self.comparer.key(item)
        if key in self.entries:
            return False
        room_for_items(len(self.entries) + 1)
        self.entries[key] = item
        return True

    def remove(self, item: Any) -> bool:
        key = self.comparer.key(item)
        found = key in self.entries
        self.entries.pop(key, None)
        return found

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self.entries.values()))

    def __len__(self) -> int:
        return len(self.entries)


def new_array(length: int, default: Any) -> Any:
    """`new T[length]`; bytes have an array of their own."""
    if length < 0:
        raise Thrown(
            "OverflowException", "Arithmetic operation resulted in an overflow."
        )
    if default == b"\0" and isinstance(default, bytes):
        room_for_bytes(length)
        return bytearray(length)
    room_for_items(length)
    return Array([default] * length)


def item_at(items: Any, index: int) -> Any:
    """`array[index]`: a negative index is outside."""
    if index < 0:
        raise IndexError
    return items[index]


def set_item(items: Any, index: int, value: Any) -> Any:
    """`array[index] = value`."""
    if index < 0:
        raise IndexError
    items[index] = value
    return value


def list_at(items: list[Any], index: int) -> Any:
    """`list[index]`."""
    if not 0 <= index < len(items):
        raise out_of_range("index")
    return items[index]


def set_list(items: list[Any], index: int, value: Any) -> Any:
    """`list[index] = value`."""
    list_at(items, index)
    items[index] = value
    if isinstance(items, List):
        items.note_change()
    return value
