"""Dates and spans as .NET writes them in the invariant culture."""

import re
from dataclasses import dataclass

from bramka.expressions.failures import Thrown
from bramka.expressions.meter import room_for_text
from bramka.expressions.values.calendar import (
    DAY,
    DAYS,
    HOUR,
    MINUTE,
    MONTHS,
    SECOND,
    month_of,
)

STANDARD = {
    "d": "MM/dd/yyyy",
    "D": "dddd, dd MMMM yyyy",
    "f": "dddd, dd MMMM yyyy HH:mm",
    "F": "dddd, dd MMMM yyyy HH:mm:ss",
    "g": "MM/dd/yyyy HH:mm",
    "G": "MM/dd/yyyy HH:mm:ss",
    "m": "MMMM dd",
    "M": "MMMM dd",
    "o": "yyyy-MM-ddTHH:mm:ss.fffffffK",
    "O": "yyyy-MM-ddTHH:mm:ss.fffffffK",
    "r": "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
    "R": "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
    "s": "yyyy-MM-ddTHH:mm:ss",
    "t": "HH:mm",
    "T": "HH:mm:ss",
    "u": "yyyy-MM-dd HH:mm:ss'Z'",
    "U": "dddd, dd MMMM yyyy HH:mm:ss",
    "y": "yyyy MMMM",
    "Y": "yyyy MMMM",
}
_TOKEN = re.compile(
    r"d{1,}|f{1,7}|F{1,7}|g+|h+|H+|K|m+|M+|s+|t+|y+|z+"
    r"|'(?:\\.|[^'])*'|\"(?:\\.|[^\"])*\"|\\.|%.|.",
    re.DOTALL,
)
_BAD = "Input string was not in a correct format."


@dataclass(slots=True)
class _Stamp:
    """A moment's parts; `offset` is None where it is not known."""

    ticks: int
    offset: int | None
    utc: bool
    zoned: bool

    @property
    def date(self) -> tuple[int, int, int]:
        return month_of(self.ticks // DAY)


def tokens_of(pattern: str) -> list[str]:
    return _TOKEN.findall(pattern)


def stamp_text(
    ticks: int,
    pattern: str | None,
    offset: int | None,
    *,
    utc: bool = False,
    zoned: bool = False,
) -> str:
    """A DateTime, or with `zoned` a DateTimeOffset, by a standard or custom format."""
    if not pattern:
        pattern = "MM/dd/yyyy HH:mm:ss zzz" if zoned else "G"
    if len(pattern) == 1:
        if pattern not in STANDARD:
            raise Thrown("FormatException", _BAD)
        if zoned and pattern in "rRu" and offset:
            ticks, offset = ticks - offset, 0
        pattern = STANDARD[pattern]
    room_for_text(len(pattern) * 4)
    stamp = _Stamp(ticks, offset, utc, zoned)
    out: list[str] = []
    for token in tokens_of(pattern):
        if token[0] == "F" and not _token(stamp, token) and out and out[-1] == ".":
            out.pop()
            continue
        out.append(_token(stamp, token))
    return "".join(out)


def _token(stamp: _Stamp, token: str) -> str:
    first, size = token[0], len(token)
    if first == "%" and size == 2:
        return _token(stamp, token[1])
    if first in "'\"" and size > 1:
        return re.sub(r"\\(.)", r"\1", token[1:-1])
    if first == "\\" and size == 2:
        return token[1]
    if first in "dMyg":
        return _date_token(stamp, first, size)
    if first in "hHmst":
        return _time_token(stamp, first, size)
    if first in "fF":
        digits = f"{stamp.ticks % SECOND:07d}"[:size]
        return digits.rstrip("0") if first == "F" else digits
    if first in "zK":
        return _zone_token(stamp, first, size)
    return token


def _date_token(stamp: _Stamp, first: str, size: int) -> str:
    year, month, day = stamp.date
    if first == "g":
        return "A.D."
    if first == "y":
        if size <= 2:
            return str(year % 100).zfill(size)
        return str(year).zfill(size)
    if size <= 2:
        return str(day if first == "d" else month).zfill(size)
    name = MONTHS[month - 1]
    if first == "d":
        name = DAYS[(stamp.ticks // DAY + 1) % 7]
    return name[:3] if size == 3 else name


def _time_token(stamp: _Stamp, first: str, size: int) -> str:
    hour = stamp.ticks // HOUR % 24
    if first == "t":
        return ("AM" if hour < 12 else "PM")[:size]
    number = {
        "h": hour % 12 or 12,
        "H": hour,
        "m": stamp.ticks // MINUTE % 60,
        "s": stamp.ticks // SECOND % 60,
    }[first]
    return str(number).zfill(min(size, 2))


def _zone_token(stamp: _Stamp, first: str, size: int) -> str:
    if first == "K":
        if stamp.zoned:
            return zone_text(stamp.offset or 0)
        if stamp.offset is None:
            return ""
        return "Z" if stamp.utc else zone_text(stamp.offset)
    text = zone_text(stamp.offset or 0)
    if size >= 3:
        return text
    hours = text[1:3] if size == 2 else text[1:3].lstrip("0") or "0"
    return text[0] + hours


def zone_text(offset: int) -> str:
    """A distance to UTC as `+02:00`."""
    sign, minutes = "-" if offset < 0 else "+", abs(offset) // MINUTE
    return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}"


# --- spans ----------------------------------------------------------------------

_SPAN_TOKEN = re.compile(
    r"d{1,8}|h{1,2}|m{1,2}|s{1,2}|f{1,7}|F{1,7}|'[^']*'|\"[^\"]*\"|\\.|%.", re.DOTALL
)


def span_text(ticks: int, pattern: str | None) -> str:
    """A TimeSpan by `c`, `g`, `G` or a custom format."""
    sign, rest = "-" if ticks < 0 else "", abs(ticks)
    days, hours = rest // DAY, rest // HOUR % 24
    minutes, seconds = rest // MINUTE % 60, rest // SECOND % 60
    fraction = f"{rest % SECOND:07d}"
    tail = f"{minutes:02d}:{seconds:02d}"
    if not pattern or pattern in ("c", "t", "T"):
        part = f".{fraction}" if int(fraction) else ""
        return f"{sign}{f'{days}.' if days else ''}{hours:02d}:{tail}{part}"
    if pattern == "g":
        part = f".{fraction}".rstrip("0").rstrip(".")
        return f"{sign}{f'{days}:' if days else ''}{hours}:{tail}{part}"
    if pattern == "G":
        return f"{sign}{days}:{hours:02d}:{tail}.{fraction}"
    return _custom_span(rest, pattern)


def _custom_span(ticks: int, pattern: str) -> str:
    room_for_text(len(pattern) * 4)
    out: list[str] = []
    at = 0
    while at < len(pattern):
        found = _SPAN_TOKEN.match(pattern, at)
        if found is None or len(pattern) == 1:
            raise Thrown("FormatException", _BAD)
        out.append(_span_token(ticks, found[0]))
        at = found.end()
    return "".join(out)


def _span_token(ticks: int, token: str) -> str:
    first, size = token[0], len(token)
    if first == "%":
        return _span_token(ticks, token[1])
    if first in "'\"":
        return token[1:-1]
    if first == "\\":
        return token[1]
    if first in "fF":
        digits = f"{ticks % SECOND:07d}"[:size]
        return digits.rstrip("0") if first == "F" else digits
    number = {
        "d": ticks // DAY,
        "h": ticks // HOUR % 24,
        "m": ticks // MINUTE % 60,
        "s": ticks // SECOND % 60,
    }.get(first)
    if number is None:
        raise Thrown("FormatException", _BAD)
    return str(number).zfill(size)
