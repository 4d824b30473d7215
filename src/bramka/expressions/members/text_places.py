"""Members of string that look at a part of it, or take a culture."""

import unicodedata
from collections.abc import Iterable
from typing import Any

from bramka.expressions.compiler.table import Body, Family, Inline
from bramka.expressions.failures import argument_null, out_of_range
from bramka.expressions.values.composite import format_text
from bramka.expressions.values.plain import Array
from bramka.expressions.values.strings import (
    compare,
    compare_by,
    compare_ordinal,
    find,
    find_any,
    find_last,
)
from bramka.expressions.values.units import in_units

_ORDINAL = 4


def find_within(
    text: str, value: str, start: int, count: int, comparison: int = _ORDINAL
) -> int:
    """`IndexOf(value, start, count)`."""
    if value is None:
        raise argument_null("value")
    if not 0 <= start <= len(text):
        raise out_of_range("startIndex")
    if not 0 <= count <= len(text) - start:
        raise out_of_range("count")
    return find(text[: start + count], value, comparison, start)


def find_before(
    text: str,
    value: str,
    start: int,
    count: int | None = None,
    comparison: int = _ORDINAL,
) -> int:
    """`LastIndexOf(value, start, count)`: backwards from `start`."""
    if value is None:
        raise argument_null("value")
    if not text:
        return -1 if value else 0
    if not 0 <= start <= len(text):
        raise out_of_range("startIndex")
    low = 0 if count is None else start - count + 1
    if low < 0:
        raise out_of_range("count")
    found = find_last(text[low : start + 1], value, comparison)
    return found + low if found >= 0 else -1


def find_before_by(text: str, value: str, start: int, comparison: int) -> int:
    return find_before(text, value, start, None, comparison)


def find_any_within(text: str, chars: Iterable[str], start: int, count: int) -> int:
    if not 0 <= start <= len(text):
        raise out_of_range("startIndex")
    if not 0 <= count <= len(text) - start:
        raise out_of_range("count")
    return find_any(text[: start + count], chars, start)


def find_any_before(text: str, chars: Iterable[str], start: int) -> int:
    wanted = set(chars)
    places = range(min(start, len(text) - 1), -1, -1)
    return next((at for at in places if text[at] in wanted), -1)


def chars_within(text: str, start: int, count: int) -> Array:
    if start < 0 or count < 0 or start + count > len(text):
        raise out_of_range("startIndex")
    return Array(in_units(list)(text)[start : start + count])


def _parts(
    left: str, left_at: int, right: str, right_at: int, count: int
) -> tuple[str, str]:
    if min(left_at, right_at, count) < 0:
        raise out_of_range("length")
    return (
        (left or "")[left_at : left_at + count],
        (right or "")[right_at : right_at + count],
    )


def compare_parts(
    left: str, at: int, right: str, other_at: int, count: int, ignores: bool = False
) -> int:
    return compare(*_parts(left, at, right, other_at, count), ignores)


def compare_parts_by(
    left: str, at: int, right: str, other_at: int, count: int, comparison: int
) -> int:
    return compare_by(*_parts(left, at, right, other_at, count), comparison)


def compare_parts_ordinal(
    left: str, at: int, right: str, other_at: int, count: int
) -> int:
    return compare_ordinal(*_parts(left, at, right, other_at, count))


def join_part(separator: str, items: Any, start: int, count: int) -> str:
    if start < 0 or count < 0 or start + count > len(items):
        raise out_of_range("startIndex")
    return (separator or "").join(one or "" for one in items[start : start + count])


def contains_char_by(text: str, char: str, comparison: int) -> bool:
    return find(text, char, comparison) >= 0


_FIVE = "string a, int i, string b, int j, int length"
STRING: dict[str, Body] = {
    "IndexOf(char value, StringComparison comparisonType) -> int": in_units(find),
    "IndexOf(char value, int startIndex, int count) -> int": in_units(find_within),
    "IndexOf(string value, int startIndex, int count) -> int": in_units(find_within),
    "IndexOf(string value, int startIndex, int count, StringComparison c) -> int": (
        in_units(find_within)
    ),
    "LastIndexOf(char value, int startIndex) -> int": in_units(find_before),
    "LastIndexOf(string value, int startIndex) -> int": in_units(find_before),
    "LastIndexOf(char value, int startIndex, int count) -> int": in_units(find_before),
    "LastIndexOf(string value, int startIndex, int count) -> int": in_units(
        find_before
    ),
    "LastIndexOf(string value, int startIndex, StringComparison c) -> int": in_units(
        find_before_by
    ),
    "IndexOfAny(char[] anyOf, int startIndex, int count) -> int": in_units(
        find_any_within
    ),
    "LastIndexOfAny(char[] anyOf, int startIndex) -> int": in_units(find_any_before),
    "Contains(char value, StringComparison comparisonType) -> bool": contains_char_by,
    "ToCharArray(int startIndex, int length) -> char[]": chars_within,
    "IsNormalized() -> bool": lambda text: unicodedata.is_normalized("NFC", text),
    f"static Compare({_FIVE}) -> int": compare_parts,
    f"static Compare({_FIVE}, bool ignoreCase) -> int": compare_parts,
    f"static Compare({_FIVE}, StringComparison c) -> int": compare_parts_by,
    f"static CompareOrdinal({_FIVE}) -> int": compare_parts_ordinal,
    "static Compare(string a, string b, bool ignoreCase, CultureInfo c) -> int": (
        lambda left, right, ignores, _: compare(left, right, ignores)
    ),
    "static Join(string separator, string[] value, int startIndex, int count) "
    "-> string": join_part,
    "static Format(CultureInfo provider, string format, params object[] args) "
    "-> string": lambda _, pattern, items: format_text(pattern, items),
    "static Intern(string str) -> string": Inline("$0"),
    "static IsInterned(string str) -> string": Inline("$0"),
}
FAMILIES: dict[str, Family] = {"string": STRING}
