"""Members of string."""

import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from bramka.expressions.compiler.table import Family, Fixed, Inline
from bramka.expressions.failures import argument_null, out_of_range
from bramka.expressions.meter import collected, made_text, room_for_items, room_for_text
from bramka.expressions.values.composite import format_text
from bramka.expressions.values.enums import ignores_case
from bramka.expressions.values.plain import Array, chars_of
from bramka.expressions.values.sequences import iterated
from bramka.expressions.values.strings import (
    WHITE,
    character,
    compare,
    compare_by,
    compare_ordinal,
    equal_by,
    find,
    find_any,
    find_from,
    find_from_by,
    find_last,
    find_last_any,
    folded,
    replace,
    replace_by,
    split,
    split_options,
    substring,
)
from bramka.expressions.values.text import concat, text_of
from bramka.expressions.values.units import in_units, length, together

# --- comparing ------------------------------------------------------------------


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
    return together(mark.join(parts))


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


def ordinal(left: str | None, right: str | None) -> int:
    """By code units, where halves of characters stand below U+E000."""
    if left is None or right is None:
        return compare_ordinal(left, right)
    return in_units(compare_ordinal)(left, right)


def of_chars(chars: Iterable[str], start: int = 0, count: int | None = None) -> str:
    row = list(chars or ())
    return together("".join(row[start : None if count is None else start + count]))


def _trim(method: Callable[[str, str], str]) -> Callable[..., str]:
    def trim(text: str, chars: Iterable[str] = ()) -> str:
        return method(text, "".join(chars or ()) or WHITE)

    return trim


def to_chars(text: str) -> Array:
    room_for_items(length(text))
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
    "Length -> int": length,
    "this[int index] -> char": in_units(character),
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
    "static CompareOrdinal(string a, string b) -> int": ordinal,
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
    "IndexOf(string value) -> int": in_units(find),
    "IndexOf(char value) -> int": in_units(find),
    "IndexOf(string value, StringComparison comparisonType) -> int": in_units(find),
    "IndexOf(string value, int startIndex) -> int": in_units(find_from),
    "IndexOf(char value, int startIndex) -> int": in_units(find_from),
    "IndexOf(string value, int startIndex, StringComparison c) -> int": in_units(
        find_from_by
    ),
    "LastIndexOf(string value) -> int": in_units(find_last),
    "LastIndexOf(char value) -> int": in_units(find_last),
    "LastIndexOf(string value, StringComparison comparisonType) -> int": in_units(
        find_last
    ),
    "IndexOfAny(char[] anyOf) -> int": in_units(find_any),
    "IndexOfAny(char[] anyOf, int startIndex) -> int": in_units(find_any),
    "LastIndexOfAny(char[] anyOf) -> int": in_units(find_last_any),
    "Substring(int startIndex) -> string": in_units(substring),
    "Substring(int startIndex, int length) -> string": in_units(substring),
    "Replace(string oldValue, string newValue) -> string": replace,
    "Replace(char oldChar, char newChar) -> string": replace,
    "Replace(string oldValue, string newValue, StringComparison c) -> string": (
        replace_by
    ),
    "Insert(int startIndex, string value) -> string": in_units(insert),
    "Remove(int startIndex) -> string": in_units(remove),
    "Remove(int startIndex, int count) -> string": in_units(remove),
    "PadLeft(int totalWidth) -> string": in_units(pad_left),
    "PadLeft(int totalWidth, char paddingChar) -> string": in_units(pad_left),
    "PadRight(int totalWidth) -> string": in_units(pad_right),
    "PadRight(int totalWidth, char paddingChar) -> string": in_units(pad_right),
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
    "CultureInfo": {
        "static InvariantCulture -> CultureInfo": Fixed(None),
        # The gateway has one culture, whatever machine it runs on.
        "static CurrentCulture -> CultureInfo": Fixed(None),
    },
}
