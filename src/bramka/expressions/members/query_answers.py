"""Ends of LINQ queries: one element, a number, a truth, a collection."""

from collections.abc import Callable
from itertools import islice
from typing import Any

from bramka.expressions.compiler.types import BITS, VALUES, Type
from bramka.expressions.failures import Thrown, out_of_range
from bramka.expressions.members.query_steps import Change, Test, group_by, walked
from bramka.expressions.meter import collected, stepping_seldom
from bramka.expressions.values.arithmetic import divide_decimal, same, settled
from bramka.expressions.values.casting import default_of
from bramka.expressions.values.collections import Comparer, Dictionary, HashSet
from bramka.expressions.values.ordering import sort_key
from bramka.expressions.values.plain import Array, List, within
from bramka.expressions.values.sequences import Lookup, iterated

_EMPTY = "Sequence contains no elements"


_NO_MATCH = "Sequence contains no matching element"


_MANY = "Sequence contains more than one element"


def _fail(text: str) -> Thrown:
    return Thrown("InvalidOperationException", text)


def first(items: Any, test: Test | None = None) -> Any:
    for item in walked(items):
        if test is None or test(item):
            return item
    raise _fail(_NO_MATCH if test else _EMPTY)


def first_or(kind: Type, items: Any, test: Test | None = None) -> Any:
    for item in walked(items):
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
    found = next(islice(iter(walked(items)), max(index, 0), None), _EMPTY)
    if index < 0 or found is _EMPTY:
        raise out_of_range("index")
    return found


def element_or(kind: Type, items: Any, index: int) -> Any:
    if index < 0:
        return default_of(kind)
    return next(islice(iter(walked(items)), index, None), default_of(kind))


def some(items: Any, test: Test | None = None) -> bool:
    return any(test is None or test(item) for item in walked(items))


def every(items: Any, test: Test) -> bool:
    return all(test(item) for item in walked(items))


def count(items: Any, test: Test | None = None) -> int:
    if test is None and hasattr(items, "__len__"):
        return len(items)
    return sum(1 for item in walked(items) if test is None or test(item))


def contains(items: Any, value: Any) -> bool:
    return any(same(item, value) for item in stepping_seldom(walked(items)))


def contains_by(items: Any, value: Any, comparer: Comparer) -> bool:
    wanted = comparer.key(value)
    return any(comparer.key(item) == wanted for item in walked(items))


def sequence_equal(items: Any, other: Any, comparer: Comparer | None = None) -> bool:
    left, right = collected(iterated(items)), collected(iterated(other))
    if len(left) != len(right):
        return False
    if comparer is not None:
        left, right = list(map(comparer.key, left)), list(map(comparer.key, right))
    return all(same(a, b) for a, b in zip(left, right, strict=True))


def sum_of(kind: str) -> Callable[..., Any]:
    def add(items: Any, change: Change | None = None) -> Any:
        total: Any = default_of(Type(kind))
        for item in walked(items):
            value = change(item) if change else item
            if value is not None:
                total += value
        if kind == "decimal":
            return settled(total)
        return within(total, *BITS[kind]) if kind in BITS else total

    return add


def mean_of(kind: str) -> Callable[..., Any]:
    def mean(items: Any, change: Change | None = None) -> Any:
        values = collected(change(i) if change else i for i in iterated(items))
        values = [value for value in values if value is not None]
        if not values:
            raise _fail(_EMPTY)
        if kind == "decimal":
            return divide_decimal(sum(values), type(values[0])(len(values)))
        return sum(values) / len(values)

    return mean


def extreme_of(pick: Callable[..., Any]) -> Callable[..., Any]:
    def choose(kind: Type, items: Any, change: Change | None = None) -> Any:
        values = collected(change(i) if change else i for i in iterated(items))
        values = [value for value in values if value is not None]
        if not values and kind.name in VALUES:
            raise _fail(_EMPTY)
        return pick(values, key=sort_key) if values else None

    return choose


def extreme_by(pick: Callable[..., Any]) -> Callable[..., Any]:
    def choose(items: Any, key: Change) -> Any:
        values = collected(iterated(items))
        if not values:
            raise _fail(_EMPTY)
        return pick(values, key=lambda item: sort_key(key(item)))

    return choose


def aggregate(items: Any, join: Callable[[Any, Any], Any]) -> Any:
    walk = iter(walked(items))
    found = next(walk, _EMPTY)
    if found is _EMPTY:
        raise _fail(_EMPTY)
    for item in walk:
        found = join(found, item)
    return found


def aggregate_from(items: Any, seed: Any, join: Callable[[Any, Any], Any]) -> Any:
    for item in walked(items):
        seed = join(seed, item)
    return seed


def aggregate_to(items: Any, seed: Any, join: Any, finish: Change) -> Any:
    return finish(aggregate_from(items, seed, join))


def to_array(kind: Type, items: Any) -> Any:
    found = collected(iterated(items))
    return bytearray(found) if kind.name == "byte" else Array(found)


def to_list(items: Any) -> List:
    return List(collected(iterated(items)))


def to_dictionary(
    items: Any, key: Change, value: Change | None = None, comparer: Any = None
) -> Dictionary:
    pairs = ((key(i), value(i) if value else i) for i in walked(items))
    return Dictionary(pairs, comparer)


def to_lookup(
    items: Any, key: Change, change: Change | None = None, comparer: Any = None
) -> Lookup:
    return Lookup(group_by(items, key, change, comparer), comparer)


def to_set(items: Any, comparer: Comparer | None = None) -> HashSet:
    return HashSet(walked(items), comparer)
