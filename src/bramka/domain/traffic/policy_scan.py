"""Expressions cut out of a policy's text, by a scanner that knows C#.

It knows strings, characters, comments and brackets. Each expression is replaced by
filler of the same length, so that what is left is XML whose places are the author's.
"""

import re
from html import unescape
from typing import NoReturn

from bramka.domain.traffic.policy_element import (
    DEEPEST_NESTING,
    Expression,
    Place,
    place_in,
    refuse,
)

OPEN, FILL, CLOSE = "\ue000", "\ue001", "\ue002"
"""What filler begins with, is made of and ends with."""
_CLOSER = {"(": ")", "{": "}", "[": "]"}
ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|#\d+|#x[0-9A-Fa-f]+);")


def cut_expressions(
    text: str, *, escaped: bool = False
) -> tuple[str, list[Expression]]:
    """`text` with each expression replaced by filler of equal length, and the cuts.

    What looks like an expression in a comment or an instruction of XML is none.
    """
    out: list[str] = []
    cuts: list[Expression] = []
    places = _Places(text)
    in_cdata = False
    done = position = 0
    while (found := _NEXT.search(text, position)) is not None:
        at, mark = found.start(), found[0]
        position = found.end()
        if mark in ("<![CDATA[", "]]>"):
            in_cdata = mark != "]]>"
        elif mark in ("@(", "@{"):
            end = _closing(text, at + 1, escaped=escaped)
            if end == -1:
                _refuse_open(text, at)
            source = text[at + 2 : end]
            if escaped or _has_entity_outside_strings(source):
                source = unescape(source)
            cuts.append(Expression(source, mark == "@{", places.at(at)))
            # Line breaks stay, so that expat counts lines as the author does.
            out += [text[done:at], OPEN, _NO_BREAK.sub(FILL, text[at + 1 : end])]
            out.append(CLOSE)
            done = position = end + 1
        elif not in_cdata:
            end = text.find("-->" if mark == "<!--" else "?>", position)
            if end == -1:
                break
            if mark == "<!--":
                # Authors write `--` in comments, which XML does not allow.
                out += [text[done:position], _NO_BREAK.sub(" ", text[position:end])]
                done = end
            position = end
    out.append(text[done:])
    return "".join(out), cuts


_NEXT = re.compile(r"@[({]|<!--|<!\[CDATA\[|\]\]>|<\?")
_NO_BREAK = re.compile(r"[^\n]")
_TELLING = re.compile(r"""[(){}\[\]"'/@$&]""")
"""Where brackets, strings, characters and comments of C# may begin or end."""


class _Places:
    """Places in a text, asked for from front to back."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._index = self._line_start = 0
        self._line = 1

    def at(self, index: int) -> Place:
        self._line += self._text.count("\n", self._index, index)
        last = self._text.rfind("\n", self._index, index)
        if last != -1:
            self._line_start = last + 1
        self._index = index
        return Place(self._line, index - self._line_start + 1)


def _refuse_open(text: str, at: int) -> NoReturn:
    bracket = text[at + 1]
    refuse(
        f"the expression that begins here with '@{bracket}' has no matching "
        f"'{_CLOSER[bracket]}'; check its brackets and quotes",
        place_in(text, at),
    )


def _closing(text: str, start: int, *, escaped: bool, depth: int = 0) -> int:
    """Index of the bracket that closes the one at `start`; -1 if none does."""
    if depth > DEEPEST_NESTING:
        return -1
    stack: list[str] = []
    position = start
    while (found := _TELLING.search(text, position)) is not None:
        position = found.start()
        skipped = _skip_literal(text, position, escaped=escaped, depth=depth)
        if skipped != position:
            position = skipped
            continue
        char = text[position]
        if char in _CLOSER:
            stack.append(_CLOSER[char])
        elif stack and char == stack[-1]:
            stack.pop()
            if not stack:
                return position
        elif char in ")}]":
            return -1
        position += 1
    return -1


def _quote(text: str, position: int) -> int:
    """Length of the double quote at `position`, plain or escaped; 0 if none."""
    if text.startswith('"', position):
        return 1
    return 6 if text.startswith("&quot;", position) else 0


def _skip_literal(text: str, position: int, *, escaped: bool, depth: int) -> int:
    """Past the string, character or comment that starts here, else `position`."""
    char = text[position]
    if char == "/" and text.startswith("//", position):
        end = text.find("\n", position)
        return len(text) if end == -1 else end
    if char == "/" and text.startswith("/*", position):
        end = text.find("*/", position + 2)
        return len(text) if end == -1 else end + 2
    if char == "'":
        character = _CHARACTER.match(text, position)
        return character.end() if character else position + 1
    prefix = 0
    while text[position + prefix : position + prefix + 1] in ("@", "$") and prefix < 2:
        prefix += 1
    if not _quote(text, position + prefix):
        return position
    marks = text[position : position + prefix]
    return _skip_string(text, position + prefix, marks, escaped=escaped, depth=depth)


_CHARACTER = re.compile(r"'(?:\\[^\n]{1,9}?|&[a-z]+;|[^'\\\n])'")


def _skip_string(
    text: str, start: int, marks: str, *, escaped: bool, depth: int
) -> int:
    """Past the string whose opening quote is at `start`."""
    verbatim, interpolated = "@" in marks, "$" in marks
    position = start + _quote(text, start)
    while position < len(text):
        quote = _quote(text, position)
        if quote:
            if verbatim and _quote(text, position + quote):
                position += 2 * quote
                continue
            return position + quote
        char = text[position]
        if (char == "\\" and not verbatim) or (
            interpolated and text.startswith("{{", position)
        ):
            position += 2
        elif interpolated and char == "{":
            end = _closing(text, position, escaped=escaped, depth=depth + 1)
            position = len(text) if end == -1 else end + 1
        else:
            position += 1
    return len(text)


# An open string ends with the source, so that no other is looked for inside it.
_STRING = re.compile(
    r"//[^\n]*|/\*.*?(?:\*/|\Z)"
    r'|@"(?:[^"]|"")*+(?:"|\Z)|"(?:[^"\\]|\\.)*+(?:"|\Z)',
    re.DOTALL,
)


def _has_entity_outside_strings(source: str) -> bool:
    return ENTITY.search(_STRING.sub('""', source)) is not None
