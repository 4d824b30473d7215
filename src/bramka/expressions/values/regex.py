"""Regular expressions of .NET over RE2, which never runs away.

RE2 has no look-around, back references, atomic groups or conditions: it is because of
them that other engines can need years for a line of text. They are refused by name.

Shorthands for letters, digits and spaces know all languages, as in .NET; the edge of a
word is only known between letters of ASCII.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import re2

from bramka.expressions.failures import require
from bramka.expressions.meter import step
from bramka.expressions.values.patterns import ECMA, IGNORE_CASE, bad, translated

LONGEST_PATTERN = 4096
MEMORY = 8 * 1024 * 1024
WIDE_MEMORY = 4 * 1024 * 1024
"""For a pattern in all languages: a letter repeated up to 256 times fits."""
_EXPANSION = re.compile(r"\$(?:(\$)|(\d+)|\{(\w+)\}|(&)|(`)|(')|(_))")


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
        self.options = options
        try:
            self.engine = _engine(translated(source, options), options, MEMORY)
        except re2.error as error:
            raise bad(source, _words(error)) from error
        self._wide: Any = None
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
        return Match(self, text, self._for(text).search(text, start))

    def matches(self, text: str) -> Iterator[Match]:
        for found in self._for(text).finditer(text):
            step()
            yield Match(self, text, found)

    def _for(self, text: str) -> Any:
        """The engine for a text: one that knows all languages is large, and rare."""
        if text.isascii() or self.options & ECMA:
            return self.engine
        if self._wide is None:
            wide = translated(self.source, self.options, wide=True)
            try:
                self._wide = _engine(wide, self.options, WIDE_MEMORY)
            except re2.error:
                self._wide = self.engine
        return self._wide

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


def _engine(pattern: str, options: int, memory: int) -> Any:
    settings = re2.Options()
    settings.max_mem = memory
    settings.log_errors = False
    settings.case_sensitive = not options & IGNORE_CASE
    return re2.compile(pattern, options=settings)


def _words(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)


@lru_cache(maxsize=512)
def _compiled(source: str, options: int) -> Pattern:
    return Pattern(source, options)


def pattern_of(source: str, options: int = 0) -> Pattern:
    """`new Regex(source, options)`; the last ones are kept."""
    require(pattern=source)
    if len(source) > LONGEST_PATTERN:
        raise bad(source, f"it is longer than {LONGEST_PATTERN} characters")
    return _compiled(source, int(options))
