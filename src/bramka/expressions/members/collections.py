"""Members of arrays, lists, dictionaries, sets, queues, stacks; headers and URLs."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bramka.expressions.compiler.table import Element, Family, Fixed, Generic, Inline
from bramka.expressions.compiler.types import Type
from bramka.expressions.failures import Thrown, out_of_range, require
from bramka.expressions.members.context import default_of
from bramka.expressions.members.text import compare as compare_words
from bramka.expressions.members.text import equal_by
from bramka.expressions.meter import collected, room_for_items, step
from bramka.expressions.values import collections, web
from bramka.expressions.values.arithmetic import same
from bramka.expressions.values.collections import Comparer, Dictionary, HashSet
from bramka.expressions.values.ordering import by_comparison, sort_key
from bramka.expressions.values.plain import Array
from bramka.expressions.values.sequences import iterated


def add(items: list[Any], value: Any) -> None:
    room_for_items(len(items) + 1)
    items.append(value)


def add_range(items: list[Any], more: Any) -> None:
    added = collected(iterated(more))
    room_for_items(len(items) + len(added))
    items += added


def new_list(items: Any) -> list[Any]:
    return collected(iterated(items))


def insert(items: list[Any], index: int, value: Any) -> None:
    if not 0 <= index <= len(items):
        raise out_of_range("index")
    room_for_items(len(items) + 1)
    items.insert(index, value)


def place(items: Iterable[Any], value: Any) -> int:
    return next((i for i, item in enumerate(iterated(items)) if same(item, value)), -1)


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
    items[:] = [item for item in items if not match(item)]
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


def find_list(items: Any, match: Callable[[Any], bool]) -> list[Any]:
    return [item for item in items if match(item)]


def find_index(items: Any, match: Callable[[Any], bool]) -> int:
    return next((i for i, item in enumerate(iterated(items)) if match(item)), -1)


def each(items: Any, action: Callable[[Any], Any]) -> None:
    for item in list(items):
        action(item)


def convert_all(items: Any, change: Callable[[Any], Any]) -> list[Any]:
    return [change(item) for item in items]


def convert_array(items: Any, change: Callable[[Any], Any]) -> Array:
    return Array([change(item) for item in items])


def sort(items: Any, comparison: Callable[[Any, Any], int] | None = None) -> None:
    room_for_items(len(items))
    key = by_comparison(comparison) if callable(comparison) else sort_key
    items[:] = sorted(items, key=key)


def reverse(items: Any) -> None:
    items[:] = items[::-1]


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


def part(items: list[Any], index: int, count: int) -> list[Any]:
    if index < 0 or count < 0 or index + count > len(items):
        raise out_of_range("index")
    return items[index : index + count]


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
}
LIST: Family = {
    "new()": list,
    "new(int capacity)": lambda _: [],
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

# --- dictionaries ---------------------------------------------------------------


def new_dictionary(pairs: Any = (), comparer: Comparer | None = None) -> Dictionary:
    return Dictionary(iterated(pairs), comparer)


def compared(comparer: Comparer) -> Dictionary:
    return Dictionary(comparer=comparer)


def sorted_dictionary(comparer: Comparer | None = None) -> Dictionary:
    made = Dictionary(comparer=comparer)
    made.is_sorted = True
    return made


def dictionary_try(found: Any, key: Any) -> tuple[bool, Any]:
    if isinstance(found, Mapping):
        return key in found, found.get(key)
    return found.has(key), found.look(key)


def dictionary_set(found: Dictionary, key: Any, value: Any) -> Any:
    found.set(key, value)
    return value


def _over(plain: Callable[..., Any], ours: Callable[..., Any]) -> Callable[..., Any]:
    """One way for Python's mappings, one for our dictionaries."""

    def choose(found: Any, *rest: Any) -> Any:
        return (plain if isinstance(found, Mapping) else ours)(found, *rest)

    return choose


def try_add(found: Dictionary, key: Any, value: Any) -> bool:
    if found.has(key):
        return False
    found.set(key, value)
    return True


def mapped(found: Any, key: Any) -> Any:
    return found[key]


def look(_: Type, kind: Type, found: Any, key: Any, *rest: Any) -> Any:
    """`GetValueOrDefault` of a dictionary."""
    default = rest[0] if rest else default_of(kind)
    if isinstance(found, Mapping):
        return found.get(key, default)
    return found.look(key, default)


def joined(found: Any, key: str, default: str | None = None) -> Any:
    """Values of a query parameter or header, joined by a comma."""
    row = found.look(key) if isinstance(found, Dictionary) else found.get(key)
    return default if row is None else ",".join(row)


READ_DICTIONARY: Family = {
    "Count -> int": Inline("len($0)"),
    "this[K key] -> V": _over(mapped, Dictionary.get),
    "ContainsKey(K key) -> bool": _over(
        lambda found, key: key in found, Dictionary.has
    ),
    "TryGetValue(K key, out V value) -> bool": dictionary_try,
    "GetValueOrDefault(K key) -> V": Element(look),
    "GetValueOrDefault(K key, V defaultValue) -> V": Element(look),
    "Keys -> ICollection<K>": lambda found: Array([k for k, _ in iterated(found)]),
    "Values -> ICollection<V>": lambda found: Array([v for _, v in iterated(found)]),
}
DICTIONARY: Family = {
    **READ_DICTIONARY,
    "set this[K key, V value]": dictionary_set,
    "Add(K key, V value) -> void": Dictionary.add,
    "TryAdd(K key, V value) -> bool": try_add,
    "Remove(K key) -> bool": Dictionary.remove,
    "Clear() -> void": lambda found: found.entries.clear(),
    "ContainsValue(V value) -> bool": lambda found, value: any(
        same(item, value) for _, item in found.pairs()
    ),
}


def _intersect(found: HashSet, other: Any) -> None:
    kept = HashSet(iterated(other), found.comparer)
    for item in found:
        step()
        if not kept.has(item):
            found.remove(item)


SET: Family = {
    "new()": HashSet,
    "new(IEnumerable<T> collection)": lambda items: HashSet(iterated(items)),
    "new(IEnumerable<T> collection, StringComparer comparer)": (
        lambda items, comparer: HashSet(iterated(items), comparer)
    ),
    "new(StringComparer comparer)": lambda comparer: HashSet((), comparer),
    "Count -> int": Inline("len($0)"),
    "Add(T item) -> bool": HashSet.add,
    "Contains(T item) -> bool": HashSet.has,
    "Remove(T item) -> bool": HashSet.remove,
    "Clear() -> void": lambda found: found.entries.clear(),
    "UnionWith(IEnumerable<T> other) -> void": lambda found, other: each(
        iterated(other), found.add
    ),
    "ExceptWith(IEnumerable<T> other) -> void": lambda found, other: each(
        iterated(other), found.remove
    ),
    "IntersectWith(IEnumerable<T> other) -> void": _intersect,
    "IsSubsetOf(IEnumerable<T> other) -> bool": lambda found, other: all(
        HashSet(iterated(other), found.comparer).has(item) for item in found
    ),
    "IsSupersetOf(IEnumerable<T> other) -> bool": lambda found, other: all(
        found.has(item) for item in iterated(other)
    ),
    "Overlaps(IEnumerable<T> other) -> bool": lambda found, other: any(
        found.has(item) for item in iterated(other)
    ),
    "SetEquals(IEnumerable<T> other) -> bool": lambda found, other: (
        set(HashSet(iterated(other), found.comparer).entries) == set(found.entries)
    ),
}


def taken(row: Any, *, first: bool) -> Any:
    """The next element, removed."""
    if not row:
        name = "Queue" if first else "Stack"
        raise Thrown("InvalidOperationException", f"{name} empty.")
    return row.popleft()


def shown(row: Any) -> Any:
    if not row:
        raise Thrown("InvalidOperationException", "Collection empty.")
    return row[0]


def push(row: Any, value: Any) -> None:
    room_for_items(len(row) + 1)
    row.appendleft(value)


def _pile(items: Any) -> Any:
    return deque(reversed(collected(iterated(items))))


_ROW: Family = {
    "new()": deque,
    "Count -> int": Inline("len($0)"),
    "Peek() -> T": shown,
    "Clear() -> void": clear,
    "Contains(T item) -> bool": lambda items, value: place(items, value) >= 0,
}
HEADERS: Family = {
    "this[string key] -> string[]": web.header_row,
    "ContainsKey(string key) -> bool": web.has_header,
    "GetValueOrDefault(string name) -> string": web.header_or,
    "GetValueOrDefault(string name, string defaultValue) -> string": web.header_or,
    "TryGetValue(string key, out string[] value) -> bool": web.header_try,
    "Keys -> IEnumerable<string>": lambda found: [
        name for name, _ in web.header_pairs(found)
    ],
    "Values -> IEnumerable<string[]>": lambda found: [
        row for _, row in web.header_pairs(found)
    ],
    "Count -> int": lambda found: len(web.header_pairs(found)),
}
QUERY: Family = {
    "GetValueOrDefault(string name) -> string": joined,
    "GetValueOrDefault(string name, string defaultValue) -> string": joined,
}
URL: Family = {
    "Scheme -> string": Inline("$0.scheme"),
    "Host -> string": Inline("$0.host"),
    "Port -> int": Inline("$0.effective_port"),
    "Path -> string": Inline("$0.path"),
    "Query -> IQuery": web.url_query,
    "QueryString -> string": web.query_string,
    "ToString() -> string": str,
}
COMPARER: Family = {
    **{
        f"static {name}{case} -> StringComparer": Fixed(
            collections.IGNORE_CASE if case else collections.ORDINAL
        )
        for name in ("Ordinal", "InvariantCulture", "CurrentCulture")
        for case in ("", "IgnoreCase")
    },
    "Equals(string x, string y) -> bool": lambda comparer, x, y: equal_by(
        x, y, 5 if comparer.folds else 4
    ),
    "Compare(string x, string y) -> int": lambda comparer, x, y: compare_words(
        x, y, comparer.folds
    ),
}
FAMILIES: dict[str, Family] = {
    "T[]": ARRAY,
    "Array": ARRAYS,
    "Buffer": {
        "static BlockCopy(byte[] src, int from, byte[] dst, int to, int n) -> void": (
            copy_bytes
        ),
    },
    "List<T>": LIST,
    "IList<T>": {key: LIST[key] for key in _LIST_LIKE},
    "ICollection<T>": {
        key: LIST[key] for key in ("Count -> int", "Add(T item) -> void")
    },
    "IReadOnlyList<T>": {
        key: LIST[key] for key in ("Count -> int", "this[int index] -> T")
    },
    "IReadOnlyCollection<T>": {"Count -> int": LIST["Count -> int"]},
    "Dictionary<K, V>": {
        "new()": Dictionary,
        "new(int capacity)": lambda _: Dictionary(),
        "new(StringComparer comparer)": compared,
        "new(int capacity, StringComparer comparer)": lambda _, by: compared(by),
        "new(IDictionary<K, V> dictionary)": new_dictionary,
        "new(IDictionary<K, V> dictionary, StringComparer comparer)": new_dictionary,
        **DICTIONARY,
    },
    "SortedDictionary<K, V>": {"new()": sorted_dictionary, **DICTIONARY},
    "IDictionary<K, V>": DICTIONARY,
    "IReadOnlyDictionary<K, V>": READ_DICTIONARY,
    "HashSet<T>": SET,
    "ISet<T>": {key: body for key, body in SET.items() if not key.startswith("new")},
    "Queue<T>": {
        **_ROW,
        "new(IEnumerable<T> collection)": lambda items: deque(
            collected(iterated(items))
        ),
        "Enqueue(T item) -> void": add,
        "Dequeue() -> T": lambda row: taken(row, first=True),
        "ToArray() -> T[]": Array,
    },
    "Stack<T>": {
        **_ROW,
        "new(IEnumerable<T> collection)": _pile,
        "Push(T item) -> void": push,
        "Pop() -> T": lambda row: taken(row, first=False),
        "ToArray() -> T[]": Array,
    },
    "IHeaders": HEADERS,
    "IQuery": QUERY,
    "IUrl": URL,
    "StringComparer": COMPARER,
}
