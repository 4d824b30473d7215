"""Members of char."""

import unicodedata
from typing import Any

from bramka.expressions.compiler.table import Family, Fixed, Inline
from bramka.expressions.failures import Thrown
from bramka.expressions.values.convert import attempt, parse_char
from bramka.expressions.values.plain import Char


def _category(test: str) -> Any:
    def check(char: str) -> bool:
        return bool(getattr(str, test)(char))

    return check


def _at(check: Any) -> Any:
    def at(text: str, index: int) -> Any:
        if not 0 <= index < len(text):
            raise Thrown("ArgumentOutOfRangeException", "Index was out of range.")
        return check(text[index])

    return at


def to_upper(char: str) -> Char:
    """One character stays one: `ß` has no capital in .NET."""
    made = char.upper()
    return Char(made if len(made) == 1 else char)


def to_lower(char: str) -> Char:
    made = char.lower()
    return Char(made if len(made) == 1 else char)


def is_punctuation(char: str) -> bool:
    return unicodedata.category(char).startswith("P")


def is_symbol(char: str) -> bool:
    return unicodedata.category(char).startswith("S")


_TESTS: dict[str, Any] = {
    "IsDigit": _category("isdecimal"),
    "IsNumber": _category("isnumeric"),
    "IsLetter": _category("isalpha"),
    "IsLetterOrDigit": lambda char: char.isalpha() or char.isdecimal(),
    "IsUpper": _category("isupper"),
    "IsLower": _category("islower"),
    "IsWhiteSpace": _category("isspace"),
    "IsPunctuation": is_punctuation,
    "IsSymbol": is_symbol,
    "IsControl": lambda char: ord(char) < 32 or 127 <= ord(char) < 160,
    "IsSurrogate": lambda char: 0xD800 <= ord(char) <= 0xDFFF,
    "IsHighSurrogate": lambda char: 0xD800 <= ord(char) <= 0xDBFF,
    "IsLowSurrogate": lambda char: 0xDC00 <= ord(char) <= 0xDFFF,
    "IsSeparator": lambda char: unicodedata.category(char).startswith("Z"),
}
CHAR: Family = {
    **{f"static {name}(char c) -> bool": test for name, test in _TESTS.items()},
    **{
        f"static {name}(string s, int index) -> bool": _at(test)
        for name, test in _TESTS.items()
    },
    "static ToUpper(char c) -> char": to_upper,
    "static ToLower(char c) -> char": to_lower,
    "static ToUpper(char c, CultureInfo culture) -> char": lambda char, _: to_upper(
        char
    ),
    "static ToLower(char c, CultureInfo culture) -> char": lambda char, _: to_lower(
        char
    ),
    "static ConvertFromUtf32(int utf32) -> string": chr,
    "static IsAscii(char c) -> bool": str.isascii,
    "static ToUpperInvariant(char c) -> char": to_upper,
    "static ToLowerInvariant(char c) -> char": to_lower,
    "static GetNumericValue(char c) -> double": lambda c: float(
        c if c.isdecimal() else -1
    ),
    "static ToString(char c) -> string": Inline("$0"),
    "static Parse(string s) -> char": parse_char,
    "static TryParse(string s, out char result) -> bool": attempt(
        parse_char, Char("\0")
    ),
    "static MinValue -> char": Fixed(Char("\0")),
    "static MaxValue -> char": Fixed(Char("\uffff")),
    "CompareTo(char value) -> int": lambda a, b: ord(a) - ord(b),
    "ToString() -> string": str,
}
FAMILIES: dict[str, Family] = {"char": CHAR}
