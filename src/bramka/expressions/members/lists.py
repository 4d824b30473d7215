"""Members of arrays and lists."""

from collections.abc import Callable, Iterable
from typing import Any

from bramka.expressions.compiler.table import Element, Family, Generic, Inline
from bramka.expressions.compiler.types import Type
from bramka.expressions.failures import Thrown, out_of_range, require
from bramka.expressions.meter import (
    collected,
    room_for_items,
    searched,
    stepping_seldom,
)
from bramka.expressions.values import collections
from bramka.expressions.values.arithmetic import same
from bramka.expressions.values.casting import default_of
from bramka.expressions.values.ordering import by_comparison, sort_key
from bramka.expressions.values.plain import Array, List
from bramka.expressions.values.sequences import iterated


def add(items: list[Any], value: Any) -> None:
    room_for_items(len(items) + 1)
    items.append(value)


def add_range(items: list[Any], more: Any) -> None:
    added = collected(iterated(more))
    room_for_items(len(items) + len(added))
    items += added


def new_list(items: Any) -> List:
    return List(collected(iterated(items)))


def insert(items: list[Any], index: int, value: Any) -> None:
    if not 0 <= index <= len(items):
        raise out_of_range("index")
    room_for_items(len(items) + 1)
    items.insert(index, value)


def place(items: Iterable[Any], value: Any) -> int:
    row = enumerate(stepping_seldom(iterated(items)))
    return next((i for i, item in row if same(item, value)), -1)


def last_place(items: Any, value: Any) -> int:
    row = list(iterated(items))
    searched(len(row))
    return next((i for i in range(len(row) - 1, -1, -1) if same(row[i], value)), -1)


def insert_range(items: list[Any], index: int, more: Any) -> None:
    if not 0 <= index <= len(items):
        raise out_of_range("index")
    added = collected(iterated(more))
    room_for_items(len(items) + len(added))
    items[index:index] = added


def remove(items: list[Any], value: Any) -> bool:
    at = place(items, value)
    if at >= 0:
        del items[at]
    return at >= 0


def remove_at(items: list[Any], index: int) -> None:
    collections.list_at(items, index)
    del items[index]


def remove_range(items: list[Any], index: int, count: int) -> None:
    if index < 0 or count < 0 or index + count > len(items):
        raise out_of_range("index")
    del items[index : index + count]


def remove_all(items: list[Any], match: Callable[[Any], bool]) -> int:
    before = len(items)
    kept = [item for item in items if not match(item)]
    items[:] = kept
    return before - len(items)


def clear(items: Any) -> None:
    items.clear()


def some(items: Iterable[Any], match: Callable[[Any], bool]) -> bool:
    return any(match(item) for item in iterated(items))


def every(items: Iterable[Any], match: Callable[[Any], bool]) -> bool:
    return all(match(item) for item in iterated(items))


def find(kind: Type, items: Any, match: Callable[[Any], bool]) -> Any:
    return next((item for item in iterated(items) if match(item)), default_of(kind))


def find_all(items: Any, match: Callable[[Any], bool]) -> Any:
    return Array([item for item in iterated(items) if match(item)])


def find_list(items: Any, match: Callable[[Any], bool]) -> List:
    return List([item for item in items if match(item)])


def find_index(items: Any, match: Callable[[Any], bool]) -> int:
    return next((i for i, item in enumerate(iterated(items)) if match(item)), -1)


def find_last(kind: Type, items: Any, match: Callable[[Any], bool]) -> Any:
    row = list(iterated(items))
    return next((one for one in reversed(row) if match(one)), default_of(kind))


def find_last_index(items: Any, match: Callable[[Any], bool]) -> int:
    row = list(iterated(items))
    return next((i for i in range(len(row) - 1, -1, -1) if match(row[i])), -1)


def each(items: Any, action: Callable[[Any], Any]) -> None:
    for item in items:
        action(item)


def convert_all(items: Any, change: Callable[[Any], Any]) -> List:
    return List([change(item) for item in items])


def convert_array(items: Any, change: Callable[[Any], Any]) -> Array:
    return Array([change(item) for item in items])


def sort(items: Any, comparison: Callable[[Any, Any], int] | None = None) -> None:
    room_for_items(len(items))
    key = by_comparison(comparison) if callable(comparison) else sort_key
    items[:] = sorted(items, key=key)
    _note(items)


def reverse(items: Any) -> None:
    items[:] = items[::-1]
    _note(items)


def _note(items: Any) -> None:
    if isinstance(items, List):
        items.note_change()


def copy(source: Any, start: int, target: Any, at: int, count: int) -> None:
    """`Array.Copy`."""
    require(sourceArray=source, destinationArray=target)
    if min(start, at, count) < 0:
        raise out_of_range("length")
    if start + count > len(source) or at + count > len(target):
        text = "Destination array was not long enough."
        raise Thrown("ArgumentException", text)
    target[at : at + count] = source[start : start + count]


def copy_all(source: Any, target: Any, count: int) -> None:
    copy(source, 0, target, 0, count)


def copy_bytes(source: Any, start: int, target: Any, at: int, count: int) -> None:
    copy(source, start, target, at, count)


def clear_range(items: Any, index: int, count: int) -> None:
    for at in range(index, index + count):
        items[at] = type(items[at])() if items[at] is not None else None


def empty(kind: Type) -> Any:
    return bytearray() if kind.name == "byte" else Array()


def part(items: list[Any], index: int, count: int) -> List:
    if index < 0 or count < 0 or index + count > len(items):
        raise out_of_range("index")
    return List(items[index : index + count])


def joined_copy(items: Any) -> Any:
    return bytearray(items) if isinstance(items, bytes | bytearray) else Array(items)


ARRAY: Family = {
    "Length -> int": Inline("len($0)"),
    "LongLength -> long": Inline("len($0)"),
    "this[int index] -> T": collections.item_at,
    "set this[int index, T value]": collections.set_item,
    "Clone() -> object": joined_copy,
    "CopyTo(T[] array, int index) -> void": lambda items, target, at: copy(
        items, 0, target, at, len(items)
    ),
    "GetLength(int dimension) -> int": lambda items, _: len(items),
}


ARRAYS: Family = {
    "static Copy<T>(T[] source, T[] target, int length) -> void": copy_all,
    "static Copy<T>(T[] source, int from, T[] target, int to, int n) -> void": copy,
    "static Exists<T>(T[] array, Predicate<T> match) -> bool": some,
    "static TrueForAll<T>(T[] array, Predicate<T> match) -> bool": every,
    "static Find<T>(T[] array, Predicate<T> match) -> T": Generic(find),
    "static FindAll<T>(T[] array, Predicate<T> match) -> T[]": find_all,
    "static FindIndex<T>(T[] array, Predicate<T> match) -> int": find_index,
    "static IndexOf<T>(T[] array, T value) -> int": place,
    "static ForEach<T>(T[] array, Action<T> action) -> void": each,
    "static ConvertAll<T, R>(T[] array, Func<T, R> converter) -> R[]": convert_array,
    "static Reverse<T>(T[] array) -> void": reverse,
    "static Sort<T>(T[] array) -> void": sort,
    "static Sort<T>(T[] array, Comparison<T> comparison) -> void": sort,
    "static Clear<T>(T[] array, int index, int length) -> void": clear_range,
    "static Empty<T>() -> T[]": Generic(empty),
    "static LastIndexOf<T>(T[] array, T value) -> int": last_place,
    "static FindLast<T>(T[] array, Predicate<T> match) -> T": Generic(find_last),
    "static FindLastIndex<T>(T[] array, Predicate<T> match) -> int": find_last_index,
}


LIST: Family = {
    "new()": List,
    "new(int capacity)": lambda _: List(),
    "new(IEnumerable<T> collection)": new_list,
    "Count -> int": Inline("len($0)"),
    "Capacity -> int": Inline("len($0)"),
    "this[int index] -> T": collections.list_at,
    "set this[int index, T value]": collections.set_list,
    "Add(T item) -> void": add,
    "AddRange(IEnumerable<T> collection) -> void": add_range,
    "Insert(int index, T item) -> void": insert,
    "Remove(T item) -> bool": remove,
    "RemoveAt(int index) -> void": remove_at,
    "RemoveRange(int index, int count) -> void": remove_range,
    "RemoveAll(Predicate<T> match) -> int": remove_all,
    "Clear() -> void": clear,
    "Contains(T item) -> bool": lambda items, value: place(items, value) >= 0,
    "IndexOf(T item) -> int": place,
    "Exists(Predicate<T> match) -> bool": some,
    "TrueForAll(Predicate<T> match) -> bool": every,
    "Find(Predicate<T> match) -> T": Element(find),
    "FindAll(Predicate<T> match) -> List<T>": find_list,
    "FindIndex(Predicate<T> match) -> int": find_index,
    "ForEach(Action<T> action) -> void": each,
    "ConvertAll<R>(Func<T, R> converter) -> List<R>": convert_all,
    "GetRange(int index, int count) -> List<T>": part,
    "LastIndexOf(T item) -> int": last_place,
    "FindLast(Predicate<T> match) -> T": Element(find_last),
    "FindLastIndex(Predicate<T> match) -> int": find_last_index,
    "AsReadOnly() -> IReadOnlyList<T>": list,
    "InsertRange(int index, IEnumerable<T> collection) -> void": insert_range,
    "Sort() -> void": sort,
    "Sort(Comparison<T> comparison) -> void": sort,
    "Reverse() -> void": reverse,
    "ToArray() -> T[]": Array,
}


_LIST_LIKE = (
    *("Count -> int", "this[int index] -> T", "set this[int index, T value]"),
    *("Add(T item) -> void", "Contains(T item) -> bool", "IndexOf(T item) -> int"),
    *("Insert(int index, T item) -> void", "RemoveAt(int index) -> void"),
    *("Remove(T item) -> bool", "Clear() -> void"),
)
