"""Searching, cutting and comparing strings as .NET does."""

from collections.abc import Iterable
from typing import Any

from bramka.expressions.failures import Thrown, argument_null, out_of_range
from bramka.expressions.meter import room_for_items, room_for_text
from bramka.expressions.values.enums import ignores_case
from bramka.expressions.values.plain import Array, Char

WHITE = " \t\n\r\v\f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)


def substring(text: str, start: int, length: int | None = None) -> str:
    end = len(text) if length is None else start + length
    if not 0 <= start <= len(text):
        raise out_of_range("startIndex")
    if not start <= end <= len(text):
        raise out_of_range("length")
    return text[start:end]


def character(text: str, index: int) -> Char:
    if not 0 <= index < len(text):
        raise IndexError
    return Char(text[index])


def find(text: str, value: str, comparison: int = 4, start: int = 0) -> int:
    if value is None:
        raise argument_null("value")
    if not 0 <= start <= len(text):
        raise out_of_range("startIndex")
    if ignores_case(comparison):
        return folded(text).find(folded(value), start)
    return text.find(value, start)


def find_from(text: str, value: str, start: int) -> int:
    return find(text, value, 4, start)


def find_from_by(text: str, value: str, start: int, comparison: int) -> int:
    return find(text, value, comparison, start)


def find_last(text: str, value: str, comparison: int = 4) -> int:
    if value is None:
        raise argument_null("value")
    if ignores_case(comparison):
        return folded(text).rfind(folded(value))
    return text.rfind(value)


def find_any(text: str, chars: Iterable[str], start: int = 0) -> int:
    wanted = set(chars)
    return next((i for i in range(start, len(text)) if text[i] in wanted), -1)


def find_last_any(text: str, chars: Iterable[str]) -> int:
    wanted = set(chars)
    return next((i for i in reversed(range(len(text))) if text[i] in wanted), -1)


def folded(text: str) -> str:
    """Upper case, letter by letter, so that places stay where they are."""
    upper = text.upper()
    if len(upper) == len(text):
        return upper
    return "".join(one if len(one := c.upper()) == 1 else c for c in text)


def replace(text: str, old: str, new: str | None) -> str:
    if old is None:
        raise argument_null("oldValue")
    if not old:
        message = "String cannot be of zero length. (Parameter 'oldValue')"
        raise Thrown("ArgumentException", message)
    new = new or ""
    if len(new) > len(old):
        room_for_text(len(text) + text.count(old) * (len(new) - len(old)))
    return text.replace(old, new)


def replace_by(text: str, old: str, new: str | None, comparison: int) -> str:
    if not ignores_case(comparison):
        return replace(text, old, new)
    replace("", old, new)
    parts, at, where = [], 0, folded(text)
    while (found := where.find(folded(old), at)) >= 0:
        parts += [text[at:found], new or ""]
        at = found + len(old)
    room_for_text(sum(map(len, parts)) + len(text) - at)
    return "".join([*parts, text[at:]])


def split(text: str, separators: Any, count: int = 1 << 31, options: int = 0) -> Array:
    """`Split`: separators are characters or strings; none means white space."""
    marks = [separators] if isinstance(separators, str) else list(separators or ())
    marks = [mark for mark in marks if mark]
    if not marks:
        marks = list(WHITE)
    if count < 0:
        raise out_of_range("count")
    parts = _pieces(text, marks, count, options)
    room_for_items(len(parts))
    return Array(parts)


def _kept(piece: str, options: int) -> str | None:
    piece = piece.strip(WHITE) if options & 2 else piece
    return None if options & 1 and not piece else piece


def _pieces(text: str, marks: list[str], count: int, options: int) -> list[str]:
    if count == 0:
        return []
    if len(marks) == 1 and not options and count > len(text):
        return text.split(marks[0])
    parts: list[str] = []
    start = at = 0
    singles = {mark for mark in marks if len(mark) == 1}
    longer = any(len(mark) > 1 for mark in marks)
    while at < len(text) and len(parts) < count - 1:
        if longer:
            mark = next((m for m in marks if text.startswith(m, at)), "")
        else:
            mark = text[at] if text[at] in singles else ""
        if not mark:
            at += 1
            continue
        piece = _kept(text[start:at], options)
        parts += [] if piece is None else [piece]
        at += len(mark)
        start = at
    rest = _kept(text[start:], options)
    if options & 1 and rest is not None and len(parts) == count - 1:
        rest = _without_leading(rest, marks)
    return parts if rest is None else [*parts, rest]


def _without_leading(rest: str, marks: list[str]) -> str:
    """The last piece does not begin with separators when empty ones are dropped."""
    while mark := next((m for m in marks if rest.startswith(m)), ""):
        rest = rest[len(mark) :]
    return rest


def split_options(text: str, separators: Any, options: int) -> Array:
    return split(text, separators, 1 << 31, options)


def compare(left: str | None, right: str | None, ignore_case: bool = False) -> int:
    """Order of words: letters before case, as invariant culture sorts."""
    if left is None or right is None:
        return (left is not None) - (right is not None)
    low, high = folded(left), folded(right)
    if low != high or ignore_case:
        return (low > high) - (low < high)
    # Lower case comes first among words that differ only in case.
    return (left < right) - (left > right)


def compare_by(left: str | None, right: str | None, comparison: int) -> int:
    if comparison >= 4:
        return compare_ordinal(left, right, comparison)
    return compare(left, right, ignores_case(comparison))


def compare_ordinal(left: str | None, right: str | None, comparison: int = 4) -> int:
    if left is None or right is None:
        return (left is not None) - (right is not None)
    if ignores_case(comparison):
        left, right = folded(left), folded(right)
    for one, other in zip(left, right, strict=False):
        if one != other:
            return ord(one) - ord(other)
    return len(left) - len(right)


def equal_by(left: str | None, right: str | None, comparison: int = 4) -> bool:
    if left is None or right is None:
        return left is right
    if ignores_case(comparison):
        return left == right or folded(left) == folded(right)
    return left == right
