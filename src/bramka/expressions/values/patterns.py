"""Patterns of .NET spelled as RE2 spells them; what RE2 lacks is refused by name."""

import re
from functools import lru_cache
from unicodedata import category

from bramka.expressions.failures import Thrown

IGNORE_CASE, MULTILINE, EXPLICIT, SINGLE_LINE, SPACED, ECMA = 1, 2, 4, 16, 32, 256
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
_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f", " ": "\\ "}
_WIDE = {
    "\\d": ("Nd",),
    "\\w": ("Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Nd", "Pc"),
    "\\s": ("Zs", "Zl", "Zp"),
}
_SPACES = "\t\n\v\f\r\x85"
_SHORT = re.compile(r"\\.", re.DOTALL)
_SPECIAL = set("\\*+?|{[()^$.#")


def bad(source: str, why: str) -> Thrown:
    text = f"Invalid pattern '{source[:80]}': {why}"
    return Thrown("ArgumentException", text)


def translated(source: str, options: int, *, wide: bool = False) -> str:
    """A .NET pattern as RE2 spells it; what RE2 lacks is refused by name."""
    pieces = _PIECE.findall(source)
    outside = "".join(piece for piece in pieces if not piece.startswith("["))
    for shape, name in _REFUSED:
        where = source if name.startswith("subtraction") else outside
        if shape.search(re.sub(r"\\\\", "", where)):
            why = f"{name} are not supported, since they can take for ever"
            raise bad(source, why)
    out: list[str] = []
    skipping = False
    for piece in pieces:
        if options & SPACED and _is_space(piece, skipping):
            skipping = piece == "#" or (skipping and piece != "\n")
            continue
        plain = {"\\Z": "\\z", "\\h": "[0-9A-Fa-f]"}.get(piece, piece)
        out.append(widened(plain) if wide else plain)
    text = "".join(piece for piece in out if not piece.startswith("(?#"))
    text = _NAMED.sub(lambda found: f"(?P<{found[1] or found[2]}>", text)
    if options & EXPLICIT:
        text = re.sub(r"(?<!\\)\((?!\?)", "(?:", text)
    flags = ("m" if options & MULTILINE else "") + (
        "s" if options & SINGLE_LINE else ""
    )
    return f"(?{flags}){text}" if flags else text


def widened(piece: str) -> str:
    """A piece of a pattern with the letters, digits and spaces of all languages."""
    if piece.startswith("["):
        return _SHORT.sub(
            lambda found: _letters(found[0]) if found[0] in _WIDE else found[0], piece
        )
    if piece in _WIDE:
        return f"[{_letters(piece)}]"
    if piece.lower() in _WIDE:
        return f"[^{_letters(piece.lower())}]"
    return piece


@lru_cache(maxsize=len(_WIDE))
def _letters(short: str) -> str:
    """The ranges of \\w, \\d or \\s, which in .NET end with the first 65,536.

    Numbers that stand for no letter join ranges: it makes patterns half as large.
    """
    kinds = _WIDE[short]
    ranges: list[list[int]] = []
    joins = False
    for number in range(0x10000):
        kind = category(chr(number))
        if kind in kinds or (short == "\\s" and chr(number) in _SPACES):
            if joins:
                ranges[-1][1] = number
            else:
                ranges.append([number, number])
            joins = True
        elif kind != "Cn":
            joins = False
    return "".join(f"\\x{{{first:x}}}-\\x{{{last:x}}}" for first, last in ranges)


def _is_space(piece: str, skipping: bool) -> bool:
    return skipping or piece.isspace() or piece == "#"


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
