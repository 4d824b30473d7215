"""Members of Regex, Match, Group and Capture."""

from collections.abc import Callable
from typing import Any

from bramka.expressions.compiler.table import Family, Inline
from bramka.expressions.failures import require
from bramka.expressions.meter import collected, made_text, room_for_text, step
from bramka.expressions.values.patterns import escaped as escape
from bramka.expressions.values.patterns import unescaped
from bramka.expressions.values.plain import Array
from bramka.expressions.values.regex import (
    Group,
    Match,
    Pattern,
    pattern_of,
)
from bramka.expressions.values.units import apart, is_wide, length, together


def match(pattern: Pattern, text: str, start: int = 0) -> Match:
    require(input=text)
    return pattern.match(text, start)


def is_match(pattern: Pattern, text: str) -> bool:
    return match(pattern, text).success


def match_from(pattern: Pattern, text: str, start: int) -> Match:
    """From a place in code units."""
    if start > 0 and is_wide(text):
        start = len(together(apart(text)[:start]))
    return match(pattern, text, start)


def place_of(group: Group) -> int:
    """Where it was caught, in code units."""
    return length(group.text[: group.index])


def matches(pattern: Pattern, text: str) -> list[Match]:
    require(input=text)
    return collected(pattern.matches(text))


def replace(pattern: Pattern, text: str, replacement: str, count: int = -1) -> str:
    require(input=text, replacement=replacement)
    return _substitute(pattern, text, pattern.expander(replacement), count)


def replace_by(
    pattern: Pattern, text: str, change: Callable[[Match], str], count: int = -1
) -> str:
    require(input=text, evaluator=change)
    return _substitute(pattern, text, change, count)


def _substitute(
    pattern: Pattern, text: str, change: Callable[[Match], str | None], count: int
) -> str:
    parts: list[str] = []
    at = size = 0
    for found in pattern.matches(text):
        if count == 0:
            break
        count -= 1
        step()
        piece = change(found) or ""
        parts += [text[at : found.index], piece]
        size += found.index - at + len(piece)
        if size > 65536:
            room_for_text(size)
        at = found.index + found.length
    parts.append(text[at:])
    room_for_text(size + len(text) - at)
    return "".join(parts)


def split(pattern: Pattern, text: str, count: int = 0) -> Array:
    require(input=text)
    parts: list[str] = []
    at = 0
    for found in pattern.matches(text):
        if count and count > 0 and len(parts) >= count - 1:
            break
        parts.append(text[at : found.index])
        # What groups caught stands between the pieces, as in .NET.
        parts += [group.value for group in found.groups[1:] if group.success]
        at = found.index + found.length
    return Array(collected([*parts, text[at:]]))


def _static(function: Callable[..., Any]) -> Callable[..., Any]:
    """The static form: pattern and options come behind the text."""

    def run(text: str, pattern: str, *rest: Any) -> Any:
        *more, options = rest or (0,)
        return function(pattern_of(pattern, options), text, *more)

    return run


def static_replace(text: str, pattern: str, new: Any, options: int = 0) -> str:
    function = replace_by if callable(new) else replace
    return function(pattern_of(pattern, options), text, new)


_OPTIONS = "RegexOptions options"
REGEX: Family = {
    "new(string pattern)": pattern_of,
    f"new(string pattern, {_OPTIONS})": pattern_of,
    f"new(string pattern, {_OPTIONS}, TimeSpan matchTimeout)": (
        lambda pattern, options, _: pattern_of(pattern, options)
    ),
    "IsMatch(string input) -> bool": is_match,
    "Match(string input) -> Match": match,
    "Match(string input, int startat) -> Match": match_from,
    "IsMatch(string input, int startat) -> bool": (
        lambda pattern, text, start: match_from(pattern, text, start).success
    ),
    "Matches(string input) -> MatchCollection": matches,
    "Replace(string input, Func<Match, string> evaluator, int count) -> string": (
        replace_by
    ),
    "Replace(string input, string replacement) -> string": replace,
    "Replace(string input, string replacement, int count) -> string": replace,
    "Replace(string input, Func<Match, string> evaluator) -> string": replace_by,
    "Split(string input) -> string[]": split,
    "Split(string input, int count) -> string[]": split,
    "GetGroupNames() -> string[]": lambda pattern: Array(pattern.names),
    "static IsMatch(string input, string pattern) -> bool": _static(is_match),
    f"static IsMatch(string input, string pattern, {_OPTIONS}) -> bool": _static(
        is_match
    ),
    f"static IsMatch(string i, string pattern, {_OPTIONS}, TimeSpan t) -> bool": (
        lambda text, pattern, options, _: is_match(pattern_of(pattern, options), text)
    ),
    "static Match(string input, string pattern) -> Match": _static(match),
    f"static Match(string input, string pattern, {_OPTIONS}) -> Match": _static(match),
    "static Matches(string input, string pattern) -> MatchCollection": _static(matches),
    f"static Matches(string input, string pattern, {_OPTIONS}) -> MatchCollection": (
        _static(matches)
    ),
    "static Replace(string input, string pattern, string replacement) -> string": (
        static_replace
    ),
    f"static Replace(string input, string pattern, string new, {_OPTIONS}) -> string": (
        static_replace
    ),
    "static Replace(string input, string pattern, Func<Match, string> f) -> string": (
        static_replace
    ),
    f"static Replace(string i, string pattern, Func<Match, string> f, {_OPTIONS}) "
    "-> string": static_replace,
    "static Split(string input, string pattern) -> string[]": _static(split),
    f"static Split(string input, string pattern, {_OPTIONS}) -> string[]": _static(
        split
    ),
    f"static Replace(string input, string pattern, string new, {_OPTIONS}, TimeSpan t) "
    "-> string": lambda text, pattern, new, options, _: static_replace(
        text, pattern, new, options
    ),
    f"static Match(string i, string pattern, {_OPTIONS}, TimeSpan t) -> Match": (
        lambda text, pattern, options, _: match(pattern_of(pattern, options), text)
    ),
    f"static Matches(string i, string pattern, {_OPTIONS}, TimeSpan t) "
    "-> MatchCollection": lambda text, pattern, options, _: matches(
        pattern_of(pattern, options), text
    ),
    "static Escape(string str) -> string": lambda text: made_text(escape(text)),
    "static Unescape(string str) -> string": unescaped,
}
FAMILIES: dict[str, Family] = {
    "Regex": REGEX,
    "Capture": {
        "Value -> string": Inline("$0.value"),
        "Index -> int": place_of,
        "Length -> int": lambda group: length(group.value),
        "ToString() -> string": Inline("$0.value"),
    },
    "Group": {
        "Success -> bool": Inline("$0.success"),
        "Name -> string": Inline("$0.name"),
        "Captures -> CaptureCollection": lambda group: [group] if group.success else [],
    },
    "Match": {
        "static Empty -> Match": lambda: match(pattern_of(r"[^\s\S]"), ""),
        "Groups -> GroupCollection": Inline("$0"),
        "NextMatch() -> Match": Match.following,
        "Result(string replacement) -> string": lambda found, new: (
            found.pattern.expander(new)(found)
        ),
    },
    "GroupCollection": {
        "this[string name] -> Group": Match.named,
        "this[int number] -> Group": Match.numbered,
        "Count -> int": lambda found: len(found.groups),
    },
    "MatchCollection": {
        "Count -> int": Inline("len($0)"),
        "this[int i] -> Match": lambda row, index: row[index],
    },
    "CaptureCollection": {
        "Count -> int": Inline("len($0)"),
        "this[int i] -> Capture": lambda row, index: row[index],
    },
}
