"""Members of string."""

import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from bramka.expressions.compiler.table import Family, Fixed, Inline
from bramka.expressions.failures import Thrown, argument_null, out_of_range
from bramka.expressions.meter import (
    collected,
    made_text,
    room_for_items,
    room_for_text,
)
from bramka.expressions.values.composite import format_text
from bramka.expressions.values.enums import ignores_case
from bramka.expressions.values.plain import Array, Char, chars_of
from bramka.expressions.values.sequences import iterated
from bramka.expressions.values.text import concat, text_of

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


# --- split ----------------------------------------------------------------------


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


# --- comparing ------------------------------------------------------------------


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
        return left == right or left.upper() == right.upper()
    return left == right


def equals(left: str, right: str | None) -> bool:
    return str.__eq__(left, right) is True


def equals_by(left: str, right: str | None, comparison: int) -> bool:
    if left is None:
        raise TypeError("NoneType")
    return equal_by(left, right, comparison)


def _affix(test: Callable[[str, str], bool]) -> Callable[..., bool]:
    def check(text: str, value: str, comparison: int = 4) -> bool:
        if value is None:
            raise argument_null("value")
        if ignores_case(comparison):
            return test(folded(text), folded(value))
        return test(text, value)

    return check


def _affix_cased(test: Callable[..., bool]) -> Callable[..., bool]:
    def check(text: str, value: str, ignore_case: bool, _: object) -> bool:
        return test(text, value, 5 if ignore_case else 4)

    return check


starts = _affix(str.startswith)
ends = _affix(str.endswith)
contains = _affix(str.__contains__)


# --- making ---------------------------------------------------------------------


def join(separator: str | None, items: Any) -> str:
    if items is None:
        raise argument_null("values")
    parts = [text_of(item) for item in collected(iterated(items))]
    mark = separator or ""
    room_for_text(sum(map(len, parts)) + len(mark) * max(len(parts) - 1, 0))
    return mark.join(parts)


def concat_all(items: Any) -> str:
    return join("", items)


def insert(text: str, start: int, value: str) -> str:
    if value is None:
        raise argument_null("value")
    if not 0 <= start <= len(text):
        raise out_of_range("startIndex")
    return concat(text[:start], value, text[start:])


def remove(text: str, start: int, count: int | None = None) -> str:
    end = len(text) if count is None else start + count
    if not 0 <= start <= end <= len(text):
        raise out_of_range("startIndex")
    return text[:start] + text[end:]


def pad_left(text: str, width: int, char: str = " ") -> str:
    if width < 0:
        raise out_of_range("totalWidth")
    room_for_text(max(width, len(text)))
    return text.rjust(width, char)


def pad_right(text: str, width: int, char: str = " ") -> str:
    if width < 0:
        raise out_of_range("totalWidth")
    room_for_text(max(width, len(text)))
    return text.ljust(width, char)


def repeated(char: str, count: int) -> str:
    if count < 0:
        raise out_of_range("count")
    room_for_text(count)
    return str(char) * count


def of_chars(chars: Iterable[str], start: int = 0, length: int | None = None) -> str:
    row = list(chars or ())
    return "".join(row[start : None if length is None else start + length])


def _trim(method: Callable[[str, str], str]) -> Callable[..., str]:
    def trim(text: str, chars: Iterable[str] = ()) -> str:
        return method(text, "".join(chars or ()) or WHITE)

    return trim


def to_chars(text: str) -> Array:
    room_for_items(len(text))
    return Array(chars_of(text))


def is_blank(text: str | None) -> bool:
    return text is None or not text.strip(WHITE)


trim, trim_start, trim_end = map(_trim, (str.strip, str.lstrip, str.rstrip))


def upper(text: str) -> str:
    return made_text(folded(text))


def lower(text: str) -> str:
    low = made_text(text.lower())
    return low if len(low) == len(text) else "".join(c.lower()[:1] for c in text)


STRING: Family = {
    "Length -> int": Inline("len($0)"),
    "this[int index] -> char": character,
    "new(char c, int count)": repeated,
    "new(char[] value)": of_chars,
    "new(char[] value, int startIndex, int length)": of_chars,
    "static Empty -> string": Fixed(""),
    "static IsNullOrEmpty(string value) -> bool": Inline("not $0"),
    "static IsNullOrWhiteSpace(string value) -> bool": is_blank,
    "static Join(string separator, params string[] value) -> string": join,
    "static Join(string separator, IEnumerable<string> values) -> string": join,
    "static Join<T>(string separator, IEnumerable<T> values) -> string": join,
    "static Join(string separator, params object[] values) -> string": join,
    "static Join(char separator, params string[] value) -> string": join,
    "static Join<T>(char separator, IEnumerable<T> values) -> string": join,
    "static Concat(params string[] values) -> string": lambda items: concat(*items),
    "static Concat<T>(IEnumerable<T> values) -> string": concat_all,
    "static Concat(params object[] values) -> string": concat_all,
    "static Format(string format, params object[] args) -> string": format_text,
    "static Compare(string a, string b) -> int": compare,
    "static Compare(string a, string b, bool ignoreCase) -> int": compare,
    "static Compare(string a, string b, StringComparison c) -> int": compare_by,
    "static CompareOrdinal(string a, string b) -> int": compare_ordinal,
    "static Equals(string a, string b) -> bool": Inline("$0 == $1"),
    "static Equals(string a, string b, StringComparison c) -> bool": equal_by,
    "static Copy(string str) -> string": Inline("$0"),
    "Equals(string value) -> bool": equals,
    "Equals(string value, StringComparison comparisonType) -> bool": equals_by,
    "CompareTo(string value) -> int": compare,
    "Contains(string value) -> bool": contains,
    "Contains(char value) -> bool": contains,
    "Contains(string value, StringComparison comparisonType) -> bool": contains,
    "StartsWith(string value) -> bool": starts,
    "StartsWith(char value) -> bool": starts,
    "StartsWith(string value, StringComparison comparisonType) -> bool": starts,
    "StartsWith(string value, bool ignoreCase, CultureInfo culture) -> bool": (
        _affix_cased(starts)
    ),
    "EndsWith(string value) -> bool": ends,
    "EndsWith(char value) -> bool": ends,
    "EndsWith(string value, StringComparison comparisonType) -> bool": ends,
    "EndsWith(string value, bool ignoreCase, CultureInfo culture) -> bool": (
        _affix_cased(ends)
    ),
    "IndexOf(string value) -> int": find,
    "IndexOf(char value) -> int": find,
    "IndexOf(string value, StringComparison comparisonType) -> int": find,
    "IndexOf(string value, int startIndex) -> int": find_from,
    "IndexOf(char value, int startIndex) -> int": find_from,
    "IndexOf(string value, int startIndex, StringComparison c) -> int": find_from_by,
    "LastIndexOf(string value) -> int": find_last,
    "LastIndexOf(char value) -> int": find_last,
    "LastIndexOf(string value, StringComparison comparisonType) -> int": find_last,
    "IndexOfAny(char[] anyOf) -> int": find_any,
    "IndexOfAny(char[] anyOf, int startIndex) -> int": find_any,
    "LastIndexOfAny(char[] anyOf) -> int": find_last_any,
    "Substring(int startIndex) -> string": substring,
    "Substring(int startIndex, int length) -> string": substring,
    "Replace(string oldValue, string newValue) -> string": replace,
    "Replace(char oldChar, char newChar) -> string": replace,
    "Replace(string oldValue, string newValue, StringComparison c) -> string": (
        replace_by
    ),
    "Insert(int startIndex, string value) -> string": insert,
    "Remove(int startIndex) -> string": remove,
    "Remove(int startIndex, int count) -> string": remove,
    "PadLeft(int totalWidth) -> string": pad_left,
    "PadLeft(int totalWidth, char paddingChar) -> string": pad_left,
    "PadRight(int totalWidth) -> string": pad_right,
    "PadRight(int totalWidth, char paddingChar) -> string": pad_right,
    "Trim(params char[] trimChars) -> string": trim,
    "TrimStart(params char[] trimChars) -> string": trim_start,
    "TrimEnd(params char[] trimChars) -> string": trim_end,
    "ToUpper() -> string": upper,
    "ToLower() -> string": lower,
    "ToUpper(CultureInfo culture) -> string": lambda text, _: upper(text),
    "ToLower(CultureInfo culture) -> string": lambda text, _: lower(text),
    "ToUpperInvariant() -> string": upper,
    "ToLowerInvariant() -> string": lower,
    "ToCharArray() -> char[]": to_chars,
    "ToString() -> string": lambda text: text[:],
    "ToString(CultureInfo provider) -> string": lambda text, _: text[:],
    "Normalize() -> string": lambda text: made_text(unicodedata.normalize("NFC", text)),
    "Clone() -> object": Inline("$0"),
    "Split(params char[] separator) -> string[]": split,
    "Split(string separator) -> string[]": split,
    "Split(char separator, StringSplitOptions options) -> string[]": split_options,
    "Split(string separator, StringSplitOptions options) -> string[]": split_options,
    "Split(char[] separator, StringSplitOptions options) -> string[]": split_options,
    "Split(string[] separator, StringSplitOptions options) -> string[]": split_options,
    "Split(char[] separator, int count) -> string[]": split,
    "Split(char separator, int count) -> string[]": split,
    "Split(char separator, int count, StringSplitOptions o) -> string[]": split,
    "Split(string separator, int count, StringSplitOptions o) -> string[]": split,
    "Split(char[] separator, int count, StringSplitOptions o) -> string[]": split,
    "Split(string[] separator, int count, StringSplitOptions o) -> string[]": split,
}


FAMILIES: dict[str, Family] = {
    "string": STRING,
    "CultureInfo": {"static InvariantCulture -> CultureInfo": Fixed(None)},
}
