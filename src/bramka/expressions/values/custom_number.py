"""Custom number formats of .NET: `0.00`, `#,##0`, `0.0%`, `0.##E+0`, sections."""

import re
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

_WIDE = Context(prec=1200, rounding=ROUND_HALF_UP)
_EXPONENT = re.compile(r"[Ee]([+-]?)(0+)")
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"|\\(.)", re.DOTALL)


@dataclass(slots=True)
class _Section:
    """One section taken apart: literal texts and digit places in order."""

    parts: list[tuple[str, str]] = field(default_factory=list)
    """("0" | "#" | "." | "text" | "E", its text)."""
    whole: int = 0
    """Places before the point."""
    places: int = 0
    least: int = 0
    """Zeros wanted before and after the point."""
    least_after: int = 0
    thousands: bool = False
    scale: int = 0
    exponent: tuple[str, int] | None = None


def custom(number: Decimal, pattern: str) -> str:
    """`number` by a custom pattern with up to three sections."""
    sections = _sections(pattern)
    chosen, sign = sections[0], "-" if number < 0 else ""
    if number < 0 and len(sections) > 1 and sections[1].parts:
        chosen, sign = sections[1], ""
    if number == 0 and len(sections) > 2:
        chosen = sections[2]
    text, is_zero = _write(abs(number), chosen)
    if is_zero and number and len(sections) > 2:
        return _write(Decimal(0), sections[2])[0]
    return text if is_zero else sign + text


@lru_cache(maxsize=256)
def _sections(pattern: str) -> list[_Section]:
    texts, start, at = [], 0, 0
    while at < len(pattern):
        quoted = _QUOTED.match(pattern, at)
        if quoted:
            at = quoted.end()
            continue
        if pattern[at] == ";":
            texts.append(pattern[start:at])
            start = at + 1
        at += 1
    return [_section(text) for text in [*texts, pattern[start:]]]


def _section(text: str) -> _Section:
    made = _Section()
    at, seen_point, commas = 0, False, 0
    while at < len(text):
        quoted = _QUOTED.match(text, at)
        exponent = _EXPONENT.match(text, at)
        char = text[at]
        if quoted:
            made.parts.append(("text", quoted[1] or quoted[2] or quoted[3] or ""))
            at = quoted.end()
            continue
        if exponent and made.exponent is None:
            made.exponent = (exponent[1], len(exponent[2]))
            made.parts.append(("E", char))
            at = exponent.end()
            continue
        if char in "0#":
            _place(made, char, after=seen_point)
            made.thousands = made.thousands or (commas > 0 and not seen_point)
            commas = 0
        elif char == ".":
            if not seen_point:
                made.parts.append((".", "."))
                made.scale -= 3 * commas
                commas = 0
            seen_point = True
        elif char == ",":
            commas += made.whole > 0 and not seen_point
        else:
            made.scale += {"%": 2, "‰": 3}.get(char, 0)
            made.parts.append(("text", char))
        at += 1
    made.scale -= 3 * commas
    return made


def _place(made: _Section, char: str, *, after: bool) -> None:
    made.parts.append((char, char))
    if after:
        made.places += 1
        if char == "0":
            made.least_after = made.places
    else:
        made.whole += 1
        made.least += char == "0" or made.least > 0


def _write(number: Decimal, section: _Section) -> tuple[str, bool]:
    """The text, and whether the number was rounded to zero."""
    value = number.scaleb(section.scale, context=_WIDE)
    exponent = 0
    if section.exponent is not None and value:
        exponent = value.adjusted() - max(section.whole - 1, 0)
        value = value.scaleb(-exponent, context=_WIDE)
    value = value.quantize(Decimal(1).scaleb(-section.places), context=_WIDE)
    whole, _, rest = f"{value:f}".partition(".")
    rest = rest.rstrip("0").ljust(section.least_after, "0")
    whole = whole.lstrip("0").rjust(section.least, "0")
    return _lay(section, whole, rest, exponent), not value


def _lay(section: _Section, whole: str, rest: str, exponent: int) -> str:
    """Put the digits into the places of the section."""
    out: list[str] = []
    left, after, seen_point = section.whole, 0, False
    done = 0
    for kind, text in section.parts:
        if kind == "text":
            out.append(text)
        elif kind == "E":
            out.append(_exponent(section, text, exponent))
        elif kind == ".":
            seen_point = True
            if rest:
                out.append(".")
        elif seen_point:
            out.append(rest[after : after + 1])
            after += 1
        else:
            # The first place takes all digits that have no place of their own.
            upto = max(len(whole) - left + 1, done)
            for digit in whole[done:upto]:
                out.append(digit)
                remaining = len(whole) - done - 1
                if section.thousands and remaining and remaining % 3 == 0:
                    out.append(",")
                done += 1
            left -= 1
    if not section.whole and whole and section.places:
        return whole + "".join(out)
    return "".join(out)


def _exponent(section: _Section, letter: str, exponent: int) -> str:
    assert section.exponent is not None, "the section has an exponent part"
    sign, width = section.exponent
    mark = "-" if exponent < 0 else ("+" if sign == "+" else "")
    return f"{letter}{mark}{abs(exponent):0{width}d}"
