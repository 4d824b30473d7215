"""LINQ: members of IEnumerable, and Enumerable."""

from collections.abc import Callable, Iterable
from itertools import chain, dropwhile, islice, takewhile
from typing import Any

from bramka.expressions.compiler.table import Body, Element, Family, Generic
from bramka.expressions.compiler.types import BITS, Type
from bramka.expressions.failures import Thrown, out_of_range
from bramka.expressions.members.context import default_of, typed_value
from bramka.expressions.meter import LARGEST_COLLECTION, collected, room_for_items
from bramka.expressions.values.arithmetic import divide_decimal, same, settled
from bramka.expressions.values.casting import is_type
from bramka.expressions.values.collections import Comparer, Dictionary, HashSet
from bramka.expressions.values.ordering import sort_key
from bramka.expressions.values.plain import Array, within
from bramka.expressions.values.sequences import Grouping, Ordered, Sequence, iterated

Test = Callable[[Any], bool]
Change = Callable[[Any], Any]
_EMPTY = "Sequence contains no elements"
_NO_MATCH = "Sequence contains no matching element"
_MANY = "Sequence contains more than one element"


def _fail(text: str) -> Thrown:
    return Thrown("InvalidOperationException", text)


def hashed(value: Any) -> Any:
    """What a value is told apart by in sets and groups."""
    if isinstance(value, list):
        return id(value)
    return (type(value) is bool, value)


def _walk(items: Any) -> Iterable[Any]:
    return Sequence(lambda: iterated(items))


def where(items: Any, test: Test) -> Sequence:
    iterated(items)
    return Sequence(lambda: filter(test, iterated(items)))


def where_at(items: Any, test: Callable[[Any, int], bool]) -> Sequence:
    return Sequence(
        lambda: (item for i, item in enumerate(iterated(items)) if test(item, i))
    )


def select(items: Any, change: Change) -> Sequence:
    iterated(items)
    return Sequence(lambda: map(change, iterated(items)))


def select_at(items: Any, change: Callable[[Any, int], Any]) -> Sequence:
    return Sequence(lambda: (change(item, i) for i, item in enumerate(iterated(items))))


def select_many(items: Any, change: Change) -> Sequence:
    return Sequence(
        lambda: chain.from_iterable(iterated(change(item)) for item in iterated(items))
    )


def select_many_with(items: Any, change: Change, join: Callable[..., Any]) -> Sequence:
    return Sequence(
        lambda: (
            join(item, inner)
            for item in iterated(items)
            for inner in iterated(change(item))
        )
    )


# --- one element ----------------------------------------------------------------


def first(items: Any, test: Test | None = None) -> Any:
    for item in _walk(items):
        if test is None or test(item):
            return item
    raise _fail(_NO_MATCH if test else _EMPTY)


def first_or(kind: Type, items: Any, test: Test | None = None) -> Any:
    for item in _walk(items):
        if test is None or test(item):
            return item
    return default_of(kind)


def _matching(items: Any, test: Test | None) -> list[Any]:
    return collected(item for item in iterated(items) if test is None or test(item))


def last(items: Any, test: Test | None = None) -> Any:
    found = _matching(items, test)
    if not found:
        raise _fail(_NO_MATCH if test else _EMPTY)
    return found[-1]


def last_or(kind: Type, items: Any, test: Test | None = None) -> Any:
    found = _matching(items, test)
    return found[-1] if found else default_of(kind)


def single(items: Any, test: Test | None = None) -> Any:
    found = _matching(items, test)
    if len(found) > 1:
        raise _fail(_MANY)
    if not found:
        raise _fail(_NO_MATCH if test else _EMPTY)
    return found[0]


def single_or(kind: Type, items: Any, test: Test | None = None) -> Any:
    found = _matching(items, test)
    if len(found) > 1:
        raise _fail(_MANY)
    return found[0] if found else default_of(kind)


def element(items: Any, index: int) -> Any:
    found = next(islice(iter(_walk(items)), max(index, 0), None), _EMPTY)
    if index < 0 or found is _EMPTY:
        raise out_of_range("index")
    return found


def element_or(kind: Type, items: Any, index: int) -> Any:
    if index < 0:
        return default_of(kind)
    return next(islice(iter(_walk(items)), index, None), default_of(kind))


# --- questions ------------------------------------------------------------------


def some(items: Any, test: Test | None = None) -> bool:
    return any(test is None or test(item) for item in _walk(items))


def every(items: Any, test: Test) -> bool:
    return all(test(item) for item in _walk(items))


def count(items: Any, test: Test | None = None) -> int:
    if test is None and hasattr(items, "__len__"):
        return len(items)
    return sum(1 for item in _walk(items) if test is None or test(item))


def contains(items: Any, value: Any) -> bool:
    return any(same(item, value) for item in _walk(items))


def contains_by(items: Any, value: Any, comparer: Comparer) -> bool:
    wanted = comparer.key(value)
    return any(comparer.key(item) == wanted for item in _walk(items))


def sequence_equal(items: Any, other: Any) -> bool:
    left, right = collected(iterated(items)), collected(iterated(other))
    if len(left) != len(right):
        return False
    return all(same(a, b) for a, b in zip(left, right, strict=True))


# --- numbers --------------------------------------------------------------------


def _sum(kind: str) -> Callable[..., Any]:
    def add(items: Any, change: Change | None = None) -> Any:
        total: Any = default_of(Type(kind))
        for item in _walk(items):
            value = change(item) if change else item
            if value is not None:
                total += value
        if kind == "decimal":
            return settled(total)
        return within(total, *BITS[kind]) if kind in BITS else total

    return add


def _average(kind: str) -> Callable[..., Any]:
    def mean(items: Any, change: Change | None = None) -> Any:
        values = collected(change(i) if change else i for i in iterated(items))
        values = [value for value in values if value is not None]
        if not values:
            raise _fail(_EMPTY)
        if kind == "decimal":
            return divide_decimal(sum(values), type(values[0])(len(values)))
        return sum(values) / len(values)

    return mean


def _extreme(pick: Callable[..., Any]) -> Callable[..., Any]:
    def choose(items: Any, change: Change | None = None) -> Any:
        values = collected(change(i) if change else i for i in iterated(items))
        values = [value for value in values if value is not None]
        if not values:
            raise _fail(_EMPTY)
        return pick(values, key=sort_key)

    return choose


def aggregate(items: Any, join: Callable[[Any, Any], Any]) -> Any:
    walk = iter(_walk(items))
    found = next(walk, _EMPTY)
    if found is _EMPTY:
        raise _fail(_EMPTY)
    for item in walk:
        found = join(found, item)
    return found


def aggregate_from(items: Any, seed: Any, join: Callable[[Any, Any], Any]) -> Any:
    for item in _walk(items):
        seed = join(seed, item)
    return seed


def aggregate_to(items: Any, seed: Any, join: Any, finish: Change) -> Any:
    return finish(aggregate_from(items, seed, join))


# --- order and sets -------------------------------------------------------------


def _by(change: Change, comparer: Comparer | None = None) -> Change:
    if comparer is None:
        return lambda item: sort_key(change(item))
    return lambda item: sort_key(comparer.key(change(item)))


def order_by(items: Any, change: Change, comparer: Comparer | None = None) -> Ordered:
    return Ordered(items, [(_by(change, comparer), False)])


def order_down(items: Any, change: Change, comparer: Comparer | None = None) -> Ordered:
    return Ordered(items, [(_by(change, comparer), True)])


def then_by(items: Ordered, change: Change) -> Ordered:
    return Ordered(items.source, [*items.keys, (_by(change), False)])


def then_down(items: Ordered, change: Change) -> Ordered:
    return Ordered(items.source, [*items.keys, (_by(change), True)])


def reverse(items: Any) -> Sequence:
    return Sequence(lambda: reversed(collected(iterated(items))))


def distinct(items: Any, comparer: Comparer | None = None) -> Sequence:
    return Sequence(lambda: HashSet(iterated(items), comparer))


def _key_of(comparer: Comparer | None) -> Change:
    return comparer.key if comparer else hashed


def union(items: Any, other: Any, comparer: Comparer | None = None) -> Sequence:
    return Sequence(lambda: HashSet(chain(iterated(items), iterated(other)), comparer))


def except_(items: Any, other: Any, comparer: Comparer | None = None) -> Sequence:
    def make() -> Iterable[Any]:
        gone = HashSet(iterated(other), comparer)
        return [
            item for item in HashSet(iterated(items), comparer) if not gone.has(item)
        ]

    return Sequence(make)


def intersect(items: Any, other: Any, comparer: Comparer | None = None) -> Sequence:
    def make() -> Iterable[Any]:
        kept = HashSet(iterated(other), comparer)
        return [item for item in HashSet(iterated(items), comparer) if kept.has(item)]

    return Sequence(make)


def group_by(
    items: Any, key: Change, change: Change | None = None, comparer: Any = None
) -> Sequence:
    def make() -> Iterable[Any]:
        rows: dict[Any, Grouping] = {}
        mark = _key_of(comparer)
        for item in _walk(items):
            found = key(item)
            row = rows.setdefault(mark(found), Grouping(found))
            row.items.append(change(item) if change else item)
        return list(rows.values())

    return Sequence(make)


def join(items: Any, other: Any, left: Change, right: Change, make: Any) -> Sequence:
    def matched() -> Iterable[Any]:
        rows: dict[Any, list[Any]] = {}
        for item in _walk(other):
            rows.setdefault(hashed(right(item)), []).append(item)
        for item in iterated(items):
            for found in rows.get(hashed(left(item)), ()):
                yield make(item, found)

    return Sequence(matched)


def zipped(items: Any, other: Any, join_two: Callable[..., Any]) -> Sequence:
    return Sequence(lambda: map(join_two, iterated(items), iterated(other)))


def chunk(items: Any, size: int) -> Sequence:
    def make() -> Iterable[Any]:
        row = collected(iterated(items))
        return [Array(row[at : at + size]) for at in range(0, len(row), size)]

    if size < 1:
        raise out_of_range("size")
    return Sequence(make)


# --- parts ----------------------------------------------------------------------


def skip(items: Any, amount: int) -> Sequence:
    return Sequence(lambda: islice(iterated(items), max(amount, 0), None))


def take(items: Any, amount: int) -> Sequence:
    return Sequence(lambda: islice(iterated(items), max(amount, 0)))


def skip_last(items: Any, amount: int) -> Sequence:
    return Sequence(
        lambda: collected(iterated(items))[: -amount if amount > 0 else None]
    )


def take_last(items: Any, amount: int) -> Sequence:
    return Sequence(lambda: collected(iterated(items))[-amount:] if amount > 0 else ())


def skip_while(items: Any, test: Test) -> Sequence:
    return Sequence(lambda: dropwhile(test, iterated(items)))


def take_while(items: Any, test: Test) -> Sequence:
    return Sequence(lambda: takewhile(test, iterated(items)))


def concat(items: Any, other: Any) -> Sequence:
    return Sequence(lambda: chain(iterated(items), iterated(other)))


def default_if_empty(kind: Type, items: Any, *rest: Any) -> Sequence:
    def make() -> Iterable[Any]:
        found = collected(iterated(items))
        return found or [rest[0] if rest else default_of(kind)]

    return Sequence(make)


# --- collections ----------------------------------------------------------------


def to_array(kind: Type, items: Any) -> Any:
    found = collected(iterated(items))
    return bytearray(found) if kind.name == "byte" else Array(found)


def to_list(items: Any) -> list[Any]:
    return collected(iterated(items))


def to_dictionary(
    items: Any, key: Change, value: Change | None = None, comparer: Any = None
) -> Dictionary:
    pairs = ((key(i), value(i) if value else i) for i in _walk(items))
    return Dictionary(pairs, comparer)


def to_set(items: Any, comparer: Comparer | None = None) -> HashSet:
    return HashSet(_walk(items), comparer)


def cast(kind: Type, items: Any) -> Sequence:
    return Sequence(lambda: (typed_value(kind, item) for item in iterated(items)))


def of_type(kind: Type, items: Any) -> Sequence:
    return Sequence(lambda: (i for i in iterated(items) if is_type(i, kind)))


def number_range(start: int, amount: int) -> Sequence:
    if amount < 0 or start + amount - 1 > 0x7FFFFFFF:
        raise out_of_range("count")
    return Sequence(lambda: range(start, start + amount))


def repeat(value: Any, amount: int) -> Sequence:
    if amount < 0:
        raise out_of_range("count")
    room_for_items(min(amount, LARGEST_COLLECTION + 1))
    return Sequence(lambda: [value] * amount)


def _plain_number(kind: str) -> Family:
    """`Sum()` and `Average()` of numbers themselves."""
    members: dict[str, Body] = {}
    plain = kind.removesuffix("?")
    mean = "double" if plain in ("int", "long") else plain
    members[f"Sum() -> {plain}"] = _sum(plain)
    members[f"Average() -> {mean}"] = _average(plain)
    return members


def _per_number(
    name: str, make: Callable[[str], Callable[..., Any]]
) -> dict[str, Body]:
    """`Sum()`, `Sum(x => …)` and the like for each kind of number."""
    members: dict[str, Body] = {}
    for kind in ("int", "long", "decimal", "float", "double"):
        result = kind
        if name == "Average" and kind in ("int", "long"):
            result = "double"
        for spelled in (kind, f"{kind}?"):
            members[f"{name}(Func<T, {spelled}> selector) -> {result}"] = make(kind)
    return members


_MORE = "StringComparer comparer"
ENUMERABLE: dict[str, Body] = {
    "Where(Func<T, bool> predicate) -> IEnumerable<T>": where,
    "Where(Func<T, int, bool> predicate) -> IEnumerable<T>": where_at,
    "Select<R>(Func<T, R> selector) -> IEnumerable<R>": select,
    "Select<R>(Func<T, int, R> selector) -> IEnumerable<R>": select_at,
    "SelectMany<R>(Func<T, IEnumerable<R>> selector) -> IEnumerable<R>": select_many,
    "SelectMany<C, R>(Func<T, IEnumerable<C>> selector, Func<T, C, R> result) "
    "-> IEnumerable<R>": select_many_with,
    "First() -> T": first,
    "First(Func<T, bool> predicate) -> T": first,
    "Last() -> T": last,
    "Last(Func<T, bool> predicate) -> T": last,
    "Single() -> T": single,
    "Single(Func<T, bool> predicate) -> T": single,
    "ElementAt(int index) -> T": element,
    "FirstOrDefault() -> T": Element(first_or),
    "FirstOrDefault(Func<T, bool> predicate) -> T": Element(first_or),
    "LastOrDefault() -> T": Element(last_or),
    "LastOrDefault(Func<T, bool> predicate) -> T": Element(last_or),
    "SingleOrDefault() -> T": Element(single_or),
    "SingleOrDefault(Func<T, bool> predicate) -> T": Element(single_or),
    "ElementAtOrDefault(int index) -> T": Element(element_or),
    "DefaultIfEmpty() -> IEnumerable<T>": Element(default_if_empty),
    "DefaultIfEmpty(T defaultValue) -> IEnumerable<T>": Element(default_if_empty),
    "ToArray() -> T[]": Element(to_array),
    "Any() -> bool": some,
    "Any(Func<T, bool> predicate) -> bool": some,
    "All(Func<T, bool> predicate) -> bool": every,
    "Count() -> int": count,
    "Count(Func<T, bool> predicate) -> int": count,
    "LongCount() -> long": count,
    "Contains(T value) -> bool": contains,
    f"Contains(T value, {_MORE}) -> bool": contains_by,
    "SequenceEqual(IEnumerable<T> second) -> bool": sequence_equal,
    "Max() -> T": _extreme(max),
    "Min() -> T": _extreme(min),
    "Max<R>(Func<T, R> selector) -> R": _extreme(max),
    "Min<R>(Func<T, R> selector) -> R": _extreme(min),
    "Aggregate(Func<T, T, T> func) -> T": aggregate,
    "Aggregate<A>(A seed, Func<A, T, A> func) -> A": aggregate_from,
    "Aggregate<A, R>(A seed, Func<A, T, A> func, Func<A, R> result) -> R": aggregate_to,
    "OrderBy<K>(Func<T, K> keySelector) -> IOrderedEnumerable<T>": order_by,
    "OrderByDescending<K>(Func<T, K> keySelector) -> IOrderedEnumerable<T>": order_down,
    f"OrderBy<K>(Func<T, K> k, {_MORE}) -> IOrderedEnumerable<T>": order_by,
    f"OrderByDescending<K>(Func<T, K> k, {_MORE}) -> IOrderedEnumerable<T>": order_down,
    "Reverse() -> IEnumerable<T>": reverse,
    "Distinct() -> IEnumerable<T>": distinct,
    f"Distinct({_MORE}) -> IEnumerable<T>": distinct,
    "Union(IEnumerable<T> second) -> IEnumerable<T>": union,
    f"Union(IEnumerable<T> second, {_MORE}) -> IEnumerable<T>": union,
    "Except(IEnumerable<T> second) -> IEnumerable<T>": except_,
    f"Except(IEnumerable<T> second, {_MORE}) -> IEnumerable<T>": except_,
    "Intersect(IEnumerable<T> second) -> IEnumerable<T>": intersect,
    f"Intersect(IEnumerable<T> second, {_MORE}) -> IEnumerable<T>": intersect,
    "GroupBy<K>(Func<T, K> keySelector) -> IEnumerable<IGrouping<K, T>>": group_by,
    "GroupBy<K, R>(Func<T, K> key, Func<T, R> element) "
    "-> IEnumerable<IGrouping<K, R>>": group_by,
    "ToLookup<K>(Func<T, K> keySelector) -> IEnumerable<IGrouping<K, T>>": group_by,
    "Join<I, K, R>(IEnumerable<I> inner, Func<T, K> outerKey, Func<I, K> innerKey, "
    "Func<T, I, R> result) -> IEnumerable<R>": join,
    "Zip<U, R>(IEnumerable<U> second, Func<T, U, R> result) -> IEnumerable<R>": zipped,
    "Zip<U>(IEnumerable<U> second) -> IEnumerable<(T, U)>": lambda items, other: zipped(
        items, other, lambda a, b: (a, b)
    ),
    "Chunk(int size) -> IEnumerable<T[]>": chunk,
    "Skip(int count) -> IEnumerable<T>": skip,
    "Take(int count) -> IEnumerable<T>": take,
    "SkipLast(int count) -> IEnumerable<T>": skip_last,
    "TakeLast(int count) -> IEnumerable<T>": take_last,
    "SkipWhile(Func<T, bool> predicate) -> IEnumerable<T>": skip_while,
    "TakeWhile(Func<T, bool> predicate) -> IEnumerable<T>": take_while,
    "Concat(IEnumerable<T> second) -> IEnumerable<T>": concat,
    "Append(T element) -> IEnumerable<T>": lambda items, value: concat(items, [value]),
    "Prepend(T element) -> IEnumerable<T>": lambda items, value: concat([value], items),
    "AsEnumerable() -> IEnumerable<T>": iterated,
    "ToList() -> List<T>": to_list,
    "ToHashSet() -> HashSet<T>": to_set,
    f"ToHashSet({_MORE}) -> HashSet<T>": to_set,
    "ToDictionary<K>(Func<T, K> keySelector) -> Dictionary<K, T>": to_dictionary,
    "ToDictionary<K, V>(Func<T, K> key, Func<T, V> element) -> Dictionary<K, V>": (
        to_dictionary
    ),
    f"ToDictionary<K, V>(Func<T, K> key, Func<T, V> element, {_MORE}) "
    "-> Dictionary<K, V>": to_dictionary,
    "Cast<R>() -> IEnumerable<R>": Generic(cast),
    "OfType<R>() -> IEnumerable<R>": Generic(of_type),
    **_per_number("Sum", _sum),
    **_per_number("Average", _average),
}
FAMILIES: dict[str, Family] = {
    "IEnumerable<T>": ENUMERABLE,
    **{
        f"IEnumerable<{kind}{mark}>": _plain_number(f"{kind}{mark}")
        for kind in ("int", "long", "decimal", "float", "double")
        for mark in ("", "?")
    },
    "IOrderedEnumerable<T>": {
        "ThenBy<K>(Func<T, K> keySelector) -> IOrderedEnumerable<T>": then_by,
        "ThenByDescending<K>(Func<T, K> key) -> IOrderedEnumerable<T>": then_down,
    },
    "IGrouping<K, T>": {"Key -> K": lambda row: row.key},
    "Enumerable": {
        "static Range(int start, int count) -> IEnumerable<int>": number_range,
        "static Repeat<T>(T element, int count) -> IEnumerable<T>": repeat,
        "static Empty<T>() -> IEnumerable<T>": Array,
    },
}
