"""Sequences as LINQ has them: made anew at each walk, every element counted."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from typing import Any

from bramka.domain.traffic.exchange import Headers
from bramka.expressions.failures import argument_null
from bramka.expressions.meter import stepping
from bramka.expressions.values.arithmetic import same
from bramka.expressions.values.collections import (
    ORDINAL,
    Comparer,
    Dictionary,
    HashSet,
)
from bramka.expressions.values.json import JArray, JObject
from bramka.expressions.values.plain import Char, Pair, changed, chars_of
from bramka.expressions.values.web import header_pairs


class Sequence:
    """A query that runs when it is walked, each time again."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[], Iterable[Any]]) -> None:
        self.make = make

    def __iter__(self) -> Iterator[Any]:
        return stepping(self.make())

    def __str__(self) -> str:
        return "System.Linq.Enumerable+Iterator"


class Ordered(Sequence):
    """A sorted sequence that `ThenBy` can refine: keys, each with its direction."""

    __slots__ = ("keys", "source")

    def __init__(
        self, source: Iterable[Any], keys: list[tuple[Callable[[Any], Any], bool]]
    ) -> None:
        super().__init__(self.sorted)
        self.source = source
        self.keys = keys

    def sorted(self) -> list[Any]:
        made = list(iterated(self.source))
        for key, descending in reversed(self.keys):
            made.sort(key=key, reverse=descending)
        return made


class Grouping:
    """The elements that share a key."""

    __slots__ = ("items", "key")

    def __init__(self, key: Any) -> None:
        self.key = key
        self.items: list[Any] = []

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)


class Lookup:
    """Groups by their key, gathered once."""

    __slots__ = ("key", "rows")

    def __init__(
        self, groups: Iterable[Grouping], comparer: Comparer | None = None
    ) -> None:
        self.rows = list(groups)
        self.key = (comparer or ORDINAL).key

    def row(self, key: Any) -> list[Any]:
        wanted = self.key(key)
        rows = (row for row in self.rows if same(self.key(row.key), wanted))
        found = next(rows, None)
        return found.items if found else []

    def has(self, key: Any) -> bool:
        wanted = self.key(key)
        return any(same(self.key(row.key), wanted) for row in self.rows)

    def __iter__(self) -> Iterator[Grouping]:
        return iter(self.rows)


def iterated(items: Any) -> Iterable[Any]:
    """What `foreach` walks over: characters of strings, pairs of dictionaries."""
    if items is None:
        raise argument_null("source")
    if isinstance(items, str):
        return map(Char, items) if items.isascii() else chars_of(items)
    if isinstance(items, Headers):
        return [Pair(item) for item in header_pairs(items)]
    if isinstance(items, Mapping):
        return [Pair(item) for item in items.items()]
    if isinstance(items, Dictionary):
        return [Pair(item) for item in items.pairs()]
    return items  # type: ignore[no-any-return]  # any collection of ours


def watched(items: Any) -> Iterable[Any]:
    """What a `foreach` walks over; it must not change meanwhile."""
    if isinstance(items, Dictionary):
        return _watching(iterated(items), items)
    if isinstance(items, HashSet):
        return _watching(items, items)
    if isinstance(items, JArray):
        return _watching(items.children(), items.items)
    return iterated(items)


def _watching(row: Iterable[Any], source: Sized) -> Iterator[Any]:
    size = len(source)
    for item in row:
        yield item
        if len(source) != size:
            raise changed()


def pairs_in(found: JObject) -> Iterable[Pair]:
    """Names and values of a JObject that is known to be one."""
    row = [Pair((item.name, item.value)) for item in found.properties.values()]
    return _watching(row, found.properties)
