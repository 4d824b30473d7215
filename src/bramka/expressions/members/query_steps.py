"""Steps of LINQ that give another sequence: nothing runs before it is walked."""

from collections.abc import Callable, Iterable
from itertools import chain, dropwhile, islice, takewhile
from typing import Any

from bramka.expressions.compiler.types import Type
from bramka.expressions.failures import out_of_range
from bramka.expressions.members.variables import typed_value
from bramka.expressions.meter import LARGEST_COLLECTION, collected, room_for_items
from bramka.expressions.values.casting import default_of, is_type
from bramka.expressions.values.collections import Comparer, HashSet
from bramka.expressions.values.ordering import key_under, sort_key
from bramka.expressions.values.plain import Array
from bramka.expressions.values.sequences import Grouping, Ordered, Sequence, iterated

Test = Callable[[Any], bool]
Change = Callable[[Any], Any]


def hashed(value: Any) -> Any:
    """What a value is told apart by in sets and groups."""
    if isinstance(value, list):
        return id(value)
    return (type(value) is bool, value)


def walked(items: Any) -> Iterable[Any]:
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


def _by(change: Change, comparer: Comparer | None = None) -> Change:
    if comparer is None:
        return lambda item: sort_key(change(item))
    return lambda item: key_under(comparer, change(item))


def order_by(items: Any, change: Change, comparer: Comparer | None = None) -> Ordered:
    return Ordered(items, [(_by(change, comparer), False)])


def order_down(items: Any, change: Change, comparer: Comparer | None = None) -> Ordered:
    return Ordered(items, [(_by(change, comparer), True)])


def then_by(
    items: Ordered, change: Change, comparer: Comparer | None = None
) -> Ordered:
    return Ordered(items.source, [*items.keys, (_by(change, comparer), False)])


def then_down(
    items: Ordered, change: Change, comparer: Comparer | None = None
) -> Ordered:
    return Ordered(items.source, [*items.keys, (_by(change, comparer), True)])


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
        for item in walked(items):
            found = key(item)
            row = rows.setdefault(mark(found), Grouping(found))
            row.items.append(change(item) if change else item)
        return list(rows.values())

    return Sequence(make)


def grouped_as(items: Any, key: Change, make: Callable[[Any, Any], Any]) -> Sequence:
    """`GroupBy(key, (key, group) => …)`."""
    return select(group_by(items, key), lambda row: make(row.key, row))


def grouped_parts_as(
    items: Any, key: Change, change: Change, make: Callable[[Any, Any], Any]
) -> Sequence:
    return select(group_by(items, key, change), lambda row: make(row.key, row))


def _rows(other: Any, right: Change, mark: Change) -> dict[Any, list[Any]]:
    """The items of `other` by what they are joined by."""
    rows: dict[Any, list[Any]] = {}
    for item in walked(other):
        rows.setdefault(mark(right(item)), []).append(item)
    return rows


def group_join(
    items: Any,
    other: Any,
    left: Change,
    right: Change,
    make: Callable[[Any, Any], Any],
    comparer: Comparer | None = None,
) -> Sequence:
    mark = _key_of(comparer)

    def matched() -> Iterable[Any]:
        rows = _rows(other, right, mark)
        for item in iterated(items):
            yield make(item, Array(rows.get(mark(left(item)), ())))

    return Sequence(matched)


def distinct_by(items: Any, key: Change) -> Sequence:
    def kept() -> Iterable[Any]:
        seen: set[Any] = set()
        for item in walked(items):
            mark = hashed(key(item))
            if mark not in seen:
                seen.add(mark)
                yield item

    return Sequence(kept)


def join(
    items: Any,
    other: Any,
    left: Change,
    right: Change,
    make: Callable[[Any, Any], Any],
    comparer: Comparer | None = None,
) -> Sequence:
    def each(item: Any, found: Iterable[Any]) -> Iterable[Any]:
        return [make(item, one) for one in found]

    groups = group_join(items, other, left, right, each, comparer)
    return Sequence(lambda: chain.from_iterable(groups))


def zipped(items: Any, other: Any, join_two: Callable[..., Any]) -> Sequence:
    return Sequence(lambda: map(join_two, iterated(items), iterated(other)))


def chunk(items: Any, size: int) -> Sequence:
    def make() -> Iterable[Any]:
        row = collected(iterated(items))
        return [Array(row[at : at + size]) for at in range(0, len(row), size)]

    if size < 1:
        raise out_of_range("size")
    return Sequence(make)


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


def skip_while_at(items: Any, test: Callable[[Any, int], bool]) -> Sequence:
    return Sequence(
        lambda: (
            item
            for _, item in dropwhile(
                lambda pair: test(pair[1], pair[0]), enumerate(iterated(items))
            )
        )
    )


def take_while_at(items: Any, test: Callable[[Any, int], bool]) -> Sequence:
    return Sequence(
        lambda: (
            item
            for _, item in takewhile(
                lambda pair: test(pair[1], pair[0]), enumerate(iterated(items))
            )
        )
    )


def concat(items: Any, other: Any) -> Sequence:
    return Sequence(lambda: chain(iterated(items), iterated(other)))


def default_if_empty(kind: Type, items: Any, *rest: Any) -> Sequence:
    def make() -> Iterable[Any]:
        found = collected(iterated(items))
        return found or [rest[0] if rest else default_of(kind)]

    return Sequence(make)


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
