"""The Liquid filter for dates, with formats of C# next to those of Liquid.

A format with `%` is one of Liquid; any other is one of .NET: `yyyy-MM-dd HH:mm`.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from liquid import Environment
from liquid.builtin.filters.misc import date as liquid_date
from liquid.filter import with_environment

_STANDARD = {
    "d": "MM/dd/yyyy",
    "D": "dddd, dd MMMM yyyy",
    "g": "MM/dd/yyyy HH:mm",
    "G": "MM/dd/yyyy HH:mm:ss",
    "o": "yyyy-MM-ddTHH:mm:ss.fffffffK",
    "O": "yyyy-MM-ddTHH:mm:ss.fffffffK",
    "r": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "R": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "s": "yyyy-MM-ddTHH:mm:ss",
    "t": "HH:mm",
    "T": "HH:mm:ss",
    "u": "yyyy-MM-dd HH:mm:ssZ",
}
_TOKEN = re.compile(
    r"y+|M+|d+|H+|h+|m+|s+|f+|t+|z+|K|'[^']*'|\"[^\"]*\"|\\.|.", re.DOTALL
)
_ISO = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,7})?)?(?:Z|[+-]\d\d:\d\d)?"
)
_TICKS = re.compile(r"/Date\((-?\d{1,14})(?:[+-]\d{4})?\)/")
_WHOLE = "%Y-%m-%dT%H:%M:%S.%f%z"


class DateText(str):
    """A date in a body, as it was written."""

    __slots__ = ()


class Moment(datetime):
    """A date that prints itself as C# does; one without a zone is taken for UTC."""

    def __str__(self) -> str:
        return dotnet_text(self, "G")


def with_dates(value: object) -> object:
    """A JSON value in which texts that look like dates are marked as such."""
    if isinstance(value, str):
        is_date = _ISO.fullmatch(value) or _TICKS.fullmatch(value)
        return DateText(value) if is_date else value
    if isinstance(value, list):
        return [with_dates(item) for item in value]
    if isinstance(value, dict):
        return {key: with_dates(item) for key, item in value.items()}
    return value


def moment_of(text: DateText) -> Moment | str:
    """The date that `text` says; the text itself when there is no such day."""
    ticks = _TICKS.fullmatch(text)
    try:
        if ticks:
            return Moment(1970, 1, 1, tzinfo=UTC) + timedelta(
                milliseconds=int(ticks[1])
            )
        found = Moment.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return str(text)


def _zone(moment: datetime) -> str:
    text = moment.strftime("%z")
    return f"{text[:3]}:{text[3:5]}" if text else ""


_PARTS: dict[str, Callable[[datetime], str]] = {
    "yyyy": lambda moment: f"{moment.year:04}",
    "yy": lambda moment: f"{moment.year % 100:02}",
    "MMMM": lambda moment: moment.strftime("%B"),
    "MMM": lambda moment: moment.strftime("%b"),
    "M": lambda moment: str(moment.month),
    "dddd": lambda moment: moment.strftime("%A"),
    "ddd": lambda moment: moment.strftime("%a"),
    "d": lambda moment: str(moment.day),
    "H": lambda moment: str(moment.hour),
    "h": lambda moment: str(moment.hour % 12 or 12),
    "m": lambda moment: str(moment.minute),
    "s": lambda moment: str(moment.second),
    "tt": lambda moment: "AM" if moment.hour < 12 else "PM",
    "t": lambda moment: "A" if moment.hour < 12 else "P",
    "zzz": lambda moment: _zone(moment) or "+00:00",
    "zz": lambda moment: (_zone(moment) or "+00")[:3],
    "K": lambda moment: "Z" if _zone(moment) == "+00:00" else _zone(moment),
}


def _part(moment: datetime, token: str) -> str:
    if token in _PARTS:
        return _PARTS[token](moment)
    if token[0] == "f":
        return f"{moment.microsecond:06}0"[: len(token)]
    if len(token) == 2 and token[0] == token[1] and token[0] in _PARTS:
        return _PARTS[token[0]](moment).rjust(2, "0")
    return token[1:] if token[0] == "\\" else token.strip("'\"")


def dotnet_text(moment: datetime, pattern: str) -> str:
    """`moment` by a format of .NET, in the invariant culture."""
    tokens = _TOKEN.findall(_STANDARD.get(pattern, pattern))
    return "".join(_part(moment, token) for token in tokens)


@with_environment
def date(value: Any, pattern: Any, *, environment: Environment) -> str:
    """The filter; what is no date stays as it is."""
    text = str(pattern)
    if not text or "%" in text:
        return str(liquid_date(value, pattern, environment=environment))
    found = str(liquid_date(value, _WHOLE, environment=environment))
    try:
        return dotnet_text(datetime.fromisoformat(found), text)
    except ValueError:
        return found
