"""LINQ: members of IEnumerable, and Enumerable."""

from collections.abc import Callable
from typing import Any

from bramka.expressions.compiler.table import Body, Element, Family, Generic
from bramka.expressions.members.query_answers import (
    aggregate,
    aggregate_from,
    aggregate_to,
    contains,
    contains_by,
    count,
    element,
    element_or,
    every,
    extreme_by,
    extreme_of,
    first,
    first_or,
    last,
    last_or,
    mean_of,
    sequence_equal,
    single,
    single_or,
    some,
    sum_of,
    to_array,
    to_dictionary,
    to_list,
    to_lookup,
    to_set,
)
from bramka.expressions.members.query_steps import (
    cast,
    chunk,
    concat,
    default_if_empty,
    distinct,
    distinct_by,
    except_,
    group_by,
    group_join,
    grouped_as,
    grouped_parts_as,
    intersect,
    join,
    number_range,
    of_type,
    order_by,
    order_down,
    repeat,
    reverse,
    select,
    select_at,
    select_many,
    select_many_with,
    skip,
    skip_last,
    skip_while,
    skip_while_at,
    take,
    take_last,
    take_while,
    take_while_at,
    then_by,
    then_down,
    union,
    where,
    where_at,
    zipped,
)
from bramka.expressions.values.plain import Array
from bramka.expressions.values.sequences import Lookup, iterated


def _plain_number(kind: str) -> Family:
    """`Sum()` and `Average()` of numbers themselves."""
    members: dict[str, Body] = {}
    plain = kind.removesuffix("?")
    mean = "double" if plain in ("int", "long") else plain
    members[f"Sum() -> {plain}"] = sum_of(plain)
    members[f"Average() -> {mean}"] = mean_of(plain)
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
    "SelectMany<C, R>(Func<T, IEnumerable<C>> selector, Func<T, C, R> resultSelector) "
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
    f"SequenceEqual(IEnumerable<T> second, {_MORE}) -> bool": sequence_equal,
    "Max() -> T": Element(extreme_of(max)),
    "Min() -> T": Element(extreme_of(min)),
    "Max<R>(Func<T, R> selector) -> R": Generic(extreme_of(max)),
    "Min<R>(Func<T, R> selector) -> R": Generic(extreme_of(min)),
    "Aggregate(Func<T, T, T> func) -> T": aggregate,
    "Aggregate<A>(A seed, Func<A, T, A> func) -> A": aggregate_from,
    "Aggregate<A, R>(A seed, Func<A, T, A> func, Func<A, R> resultSelector) -> "
    "R": aggregate_to,
    "OrderBy<K>(Func<T, K> keySelector) -> IOrderedEnumerable<T>": order_by,
    "OrderByDescending<K>(Func<T, K> keySelector) -> IOrderedEnumerable<T>": order_down,
    f"OrderBy<K>(Func<T, K> keySelector, {_MORE}) -> IOrderedEnumerable<T>": order_by,
    f"OrderByDescending<K>(Func<T, K> keySelector, {_MORE}) -> "
    "IOrderedEnumerable<T>": order_down,
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
    "GroupBy<K, R>(Func<T, K> keySelector, Func<T, R> elementSelector) "
    "-> IEnumerable<IGrouping<K, R>>": group_by,
    f"GroupBy<K>(Func<T, K> keySelector, {_MORE}) -> IEnumerable<IGrouping<K, T>>": (
        lambda items, key, comparer: group_by(items, key, None, comparer)
    ),
    "GroupBy<K, R>(Func<T, K> keySelector, Func<K, IEnumerable<T>, R> resultSelector) "
    "-> IEnumerable<R>": grouped_as,
    "GroupBy<K, E, R>(Func<T, K> keySelector, Func<T, E> elementSelector, "
    "Func<K, IEnumerable<E>, R> resultSelector) -> IEnumerable<R>": grouped_parts_as,
    "GroupJoin<I, K, R>(IEnumerable<I> inner, Func<T, K> outerKeySelector, "
    "Func<I, K> innerKeySelector, Func<T, IEnumerable<I>, R> resultSelector) -> "
    "IEnumerable<R>": (group_join),
    "ToLookup<K>(Func<T, K> keySelector) -> ILookup<K, T>": to_lookup,
    f"ToLookup<K>(Func<T, K> keySelector, {_MORE}) -> ILookup<K, T>": (
        lambda items, key, comparer: to_lookup(items, key, None, comparer)
    ),
    "ToLookup<K, E>(Func<T, K> keySelector, Func<T, E> elementSelector) -> ILookup<K, "
    "E>": to_lookup,
    "DistinctBy<K>(Func<T, K> keySelector) -> IEnumerable<T>": distinct_by,
    "MaxBy<K>(Func<T, K> keySelector) -> T": extreme_by(max),
    "MinBy<K>(Func<T, K> keySelector) -> T": extreme_by(min),
    "Join<I, K, R>(IEnumerable<I> inner, Func<T, K> outerKeySelector, Func<I, K> "
    "innerKeySelector, "
    "Func<T, I, R> resultSelector) -> IEnumerable<R>": join,
    "Join<I, K, R>(IEnumerable<I> inner, Func<T, K> outerKeySelector, "
    "Func<I, K> innerKeySelector, Func<T, I, R> resultSelector, "
    f"{_MORE}) -> IEnumerable<R>": join,
    "Zip<U, R>(IEnumerable<U> second, Func<T, U, R> resultSelector) -> "
    "IEnumerable<R>": zipped,
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
    "SkipWhile(Func<T, int, bool> predicate) -> IEnumerable<T>": skip_while_at,
    "TakeWhile(Func<T, int, bool> predicate) -> IEnumerable<T>": take_while_at,
    "Concat(IEnumerable<T> second) -> IEnumerable<T>": concat,
    "Append(T element) -> IEnumerable<T>": lambda items, value: concat(items, [value]),
    "Prepend(T element) -> IEnumerable<T>": lambda items, value: concat([value], items),
    "AsEnumerable() -> IEnumerable<T>": iterated,
    "ToList() -> List<T>": to_list,
    "ToHashSet() -> HashSet<T>": to_set,
    f"ToHashSet({_MORE}) -> HashSet<T>": to_set,
    "ToDictionary<K>(Func<T, K> keySelector) -> Dictionary<K, T>": to_dictionary,
    f"ToDictionary<K>(Func<T, K> keySelector, {_MORE}) -> Dictionary<K, T>": (
        lambda items, key, comparer: to_dictionary(items, key, None, comparer)
    ),
    "ToDictionary<K, V>(Func<T, K> keySelector, Func<T, V> elementSelector) -> "
    "Dictionary<K, V>": (to_dictionary),
    f"ToDictionary<K, V>(Func<T, K> keySelector, Func<T, V> elementSelector, {_MORE}) "
    "-> Dictionary<K, V>": to_dictionary,
    "Cast<R>() -> IEnumerable<R>": Generic(cast),
    "OfType<R>() -> IEnumerable<R>": Generic(of_type),
    **_per_number("Sum", sum_of),
    **_per_number("Average", mean_of),
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
        f"ThenBy<K>(Func<T, K> keySelector, {_MORE}) -> IOrderedEnumerable<T>": then_by,
        f"ThenByDescending<K>(Func<T, K> keySelector, {_MORE}) -> "
        "IOrderedEnumerable<T>": (then_down),
    },
    "IGrouping<K, T>": {"Key -> K": lambda row: row.key},
    "ILookup<K, T>": {
        "this[K key] -> IEnumerable<T>": Lookup.row,
        "Contains(K key) -> bool": Lookup.has,
        "Count -> int": lambda found: len(found.rows),
    },
    "Enumerable": {
        "static Range(int start, int count) -> IEnumerable<int>": number_range,
        "static Repeat<T>(T element, int count) -> IEnumerable<T>": repeat,
        "static Empty<T>() -> IEnumerable<T>": Array,
    },
}
