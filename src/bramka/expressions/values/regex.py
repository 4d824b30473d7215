"""Regular expressions of .NET over RE2, which never runs away.

RE2 has no look-around, back references, atomic groups or conditions: it is because of
them that other engines can need years for a line of text. They are refused by name.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import re2

from bramka.expressions.failures import Thrown, require
from bramka.expressions.meter import step

LONGEST_PATTERN = 4096
MEMORY = 8 * 1024 * 1024
IGNORE_CASE, MULTILINE, EXPLICIT, SINGLE_LINE, SPACED = 1, 2, 4, 16, 32
_REFUSED = (
    (re.compile(r"\(\?<?[=!]"), "look-ahead and look-behind"),
    (re.compile(r"\(\?>"), "atomic groups"),
    (re.compile(r"\(\?\("), "conditions"),
    (re.compile(r"\\(?:[1-9]|k[<'{])"), "back references"),
    (re.compile(r"\\G"), "\\G"),
    (re.compile(r"-\["), "subtraction of character classes"),
    (re.compile(r"\(\?<\w+-"), "balancing groups"),
    (re.compile(r"[*+?}]\+"), "possessive quantifiers"),
)
_NAMED = re.compile(r"\(\?(?:<(\w+)>|'(\w+)')")
_PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?#[^)]*\)|.", re.DOTALL)
_EXPANSION = re.compile(r"\$(?:(\$)|(\d+)|\{(\w+)\}|(&)|(`)|(')|(_))")
_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f", " ": "\\ "}
_SPECIAL = set("\\*+?|{[()^$.#")


class Group:
    """What one group caught."""

    __slots__ = ("index", "length", "name", "success", "text", "value")

    def __init__(
        self, name: str, value: str | None, index: int, text: str = ""
    ) -> None:
        self.name = name
        self.text = text
        """All that was looked through."""
        self.success = value is not None
        self.value = value or ""
        self.index = max(index, 0)
        self.length = len(self.value)

    def __str__(self) -> str:
        return self.value


class Match:
    """One match; group 0 is the whole."""

    __slots__ = ("groups", "index", "length", "name", "pattern", "text")

    def __init__(self, pattern: "Pattern", text: str, found: Any) -> None:
        self.pattern = pattern
        self.text = text
        self.name = "0"
        if found is None:
            self.groups = [Group("0", None, 0)]
        else:
            self.groups = [
                Group(name, found.group(number), found.start(number), text)
                for name, number in zip(pattern.names, pattern.order, strict=True)
            ]
        self.index = self.groups[0].index
        self.length = self.groups[0].length

    @property
    def success(self) -> bool:
        return self.groups[0].success

    @property
    def value(self) -> str:
        return self.groups[0].value

    def named(self, name: str) -> Group:
        found = next((group for group in self.groups if group.name == name), None)
        return found or Group(name, None, 0)

    def numbered(self, number: int) -> Group:
        if 0 <= number < len(self.groups):
            return self.groups[number]
        return Group(str(number), None, 0)

    def following(self) -> "Match":
        """The next match, or one without success."""
        if not self.success:
            return self
        return self.pattern.match(self.text, self.index + max(self.length, 1))

    def __iter__(self) -> Iterator[Group]:
        return iter(self.groups)

    def __str__(self) -> str:
        return self.value


class Pattern:
    """A compiled pattern, its groups numbered as .NET numbers them."""

    def __init__(self, source: str, options: int) -> None:
        self.source = source
        settings = re2.Options()
        settings.max_mem = MEMORY
        settings.log_errors = False
        settings.case_sensitive = not options & IGNORE_CASE
        try:
            self.engine = re2.compile(translated(source, options), options=settings)
        except re2.error as error:
            raise _bad(source, _words(error)) from error
        names = {number: name for name, number in self.engine.groupindex.items()}
        plain = [n for n in range(1, self.engine.groups + 1) if n not in names]
        # Groups without a name come first, whatever their place.
        self.order = [0, *plain, *sorted(names)]
        self.names = [
            names.get(number, str(place)) for place, number in enumerate(self.order)
        ]

    def match(self, text: str, start: int = 0) -> Match:
        if not 0 <= start <= len(text):
            return Match(self, text, None)
        return Match(self, text, self.engine.search(text, start))

    def matches(self, text: str) -> Iterator[Match]:
        for found in self.engine.finditer(text):
            step()
            yield Match(self, text, found)

    def expander(self, replacement: str) -> Callable[[Match], str]:
        """What `$1`, `${name}` and `$&` in a replacement give for a match."""

        def expand(found: Match) -> str:
            def piece(mark: re.Match[str]) -> str:
                dollar, number, name, whole, before, after, text = mark.groups()
                if dollar:
                    return "$"
                if number or (name and name.isdecimal()):
                    place = int((number or name)[:9])
                    known = place < len(found.groups)
                    return found.groups[place].value if known else mark[0]
                if name:
                    known = name in self.names
                    return found.named(name).value if known else mark[0]
                if whole:
                    return found.value
                if before:
                    return found.text[: found.index]
                if after:
                    return found.text[found.index + found.length :]
                return found.text if text else mark[0]

            return _EXPANSION.sub(piece, replacement)

        return expand

    def __str__(self) -> str:
        return self.source


def _words(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)


def _bad(source: str, why: str) -> Thrown:
    text = f"Invalid pattern '{source[:80]}': {why}"
    return Thrown("ArgumentException", text)


def translated(source: str, options: int) -> str:
    """A .NET pattern as RE2 spells it; what RE2 lacks is refused by name."""
    pieces = _PIECE.findall(source)
    outside = "".join(piece for piece in pieces if not piece.startswith("["))
    for shape, name in _REFUSED:
        where = source if name.startswith("subtraction") else outside
        if shape.search(re.sub(r"\\\\", "", where)):
            why = f"{name} are not supported, since they can take for ever"
            raise _bad(source, why)
    out: list[str] = []
    skipping = False
    for piece in pieces:
        if options & SPACED and _is_space(piece, skipping):
            skipping = piece == "#" or (skipping and piece != "\n")
            continue
        out.append({"\\Z": "\\z", "\\h": "[0-9A-Fa-f]"}.get(piece, piece))
    text = "".join(piece for piece in out if not piece.startswith("(?#"))
    text = _NAMED.sub(lambda found: f"(?P<{found[1] or found[2]}>", text)
    if options & EXPLICIT:
        text = re.sub(r"(?<!\\)\((?!\?)", "(?:", text)
    flags = ("m" if options & MULTILINE else "") + (
        "s" if options & SINGLE_LINE else ""
    )
    return f"(?{flags}){text}" if flags else text


def _is_space(piece: str, skipping: bool) -> bool:
    return skipping or piece.isspace() or piece == "#"


@lru_cache(maxsize=512)
def _compiled(source: str, options: int) -> Pattern:
    return Pattern(source, options)


def pattern_of(source: str, options: int = 0) -> Pattern:
    """`new Regex(source, options)`; the last ones are kept."""
    require(pattern=source)
    if len(source) > LONGEST_PATTERN:
        raise _bad(source, f"it is longer than {LONGEST_PATTERN} characters")
    return _compiled(source, int(options))


def escaped(text: str) -> str:
    """`Regex.Escape`."""
    return "".join(
        _ESCAPES.get(char) or (f"\\{char}" if char in _SPECIAL else char)
        for char in text
    )


def unescaped(text: str) -> str:
    """`Regex.Unescape`."""
    plain = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "e": "\x1b", "a": "\a"}
    return re.sub(
        r"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(.))",
        lambda found: (
            chr(int(found[1] or found[2], 16))
            if found[1] or found[2]
            else plain.get(found[3], found[3])
        ),
        text,
    )
