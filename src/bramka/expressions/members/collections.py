"""Members of arrays, lists, dictionaries, sets, queues, stacks; headers and URLs."""

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from bramka.expressions.compiler.table import Element, Family, Inline
from bramka.expressions.compiler.types import Type
from bramka.expressions.failures import Thrown
from bramka.expressions.members.lists import (
    _LIST_LIKE,
    ARRAY,
    ARRAYS,
    LIST,
    add,
    clear,
    copy_bytes,
    each,
    place,
)
from bramka.expressions.members.lookups import COMPARER, HEADERS, QUERY, URL
from bramka.expressions.meter import collected, room_for_items, step
from bramka.expressions.values.arithmetic import same
from bramka.expressions.values.casting import default_of
from bramka.expressions.values.collections import Comparer, Dictionary, HashSet
from bramka.expressions.values.plain import Array
from bramka.expressions.values.sequences import iterated

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
    "RemoveWhere(Predicate<T> match) -> int": lambda found, match: sum(
        [found.remove(item) for item in found if match(item)]
    ),
    "SymmetricExceptWith(IEnumerable<T> other) -> void": lambda found, other: each(
        HashSet(iterated(other), found.comparer),
        lambda item: found.remove(item) or found.add(item),
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
        "TryDequeue(out T result) -> bool": Element(
            lambda kind, row: (
                (True, row.popleft()) if row else (False, default_of(kind))
            )
        ),
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
