"""Reading dates and spans: what DateTime.Parse and TimeSpan.Parse accept."""

import re

from bramka.expressions.failures import Thrown, bad_format, require
from bramka.expressions.values.calendar import DAY, DAYS, HOUR, MINUTE, MONTHS, SECOND
from bramka.expressions.values.date_format import STANDARD, tokens_of
from bramka.expressions.values.dates import (
    LOCAL,
    UNSPECIFIED,
    UTC,
    DateTime,
    DateTimeOffset,
    TimeSpan,
    date_time,
)

_TIME = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})"
    r"(?:[.,](?P<fraction>\d{1,16}))?)?(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?"
)
_ZONE = r"(?:\s*(?P<zone>Z|z|GMT|UTC|[+-]\d{1,2}(?::?\d{2})?))?"
_NAMES = "|".join(f"{name}|{name[:3]}" for name in MONTHS)
_WEEKDAY = "(?:(?:" + "|".join(f"{name}|{name[:3]}" for name in DAYS) + r"),?\s+)?"
_DATES = (
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2}))?",
    r"(?P<month>\d{1,2})[-/.](?P<day>\d{1,2})[-/.](?P<year>\d{4}|\d{2})",
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})[\s-](?P<name>{_NAMES})\.?,?[\s-](?P<year>\d{{4}}|\d{{2}})",
    rf"{_WEEKDAY}(?P<name>{_NAMES})\.?\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}})",
)
_SHAPES = [
    re.compile(rf"\s*{date}(?:(?:T|t|,?\s+){_TIME})?{_ZONE}\s*", re.IGNORECASE)
    for date in _DATES
]
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,7}))?(Z|[+-]\d\d:?\d\d)?"
)
ADJUST_TO_UNIVERSAL, ASSUME_LOCAL, ASSUME_UNIVERSAL, ROUND_TRIP = 16, 32, 64, 128
LONGEST = 256


def _bad(text: str) -> Thrown:
    shown = text[:80]
    message = f"String '{shown}' was not recognized as a valid DateTime."
    return Thrown("FormatException", message)


def _offset(zone: str) -> int:
    if zone.upper() in ("Z", "GMT", "UTC"):
        return 0
    digits = zone[1:].replace(":", "").rjust(2, "0")
    if len(digits) == 3:
        digits = f"0{digits}"
    ticks = int(digits[:2]) * HOUR + int(digits[2:] or 0) * MINUTE
    return -ticks if zone[0] == "-" else ticks


def read_stamp(text: str) -> tuple[DateTime, int | None] | None:
    """A date with or without time, and its distance to UTC if it tells one."""
    if len(text) > LONGEST:
        return None
    for shape in _SHAPES:
        found = shape.fullmatch(text)
        if found is not None:
            try:
                return _stamp(found.groupdict())
            except Thrown:
                return None
    return None


def _stamp(parts: dict[str, str | None]) -> tuple[DateTime, int | None]:
    year = int(parts["year"] or 0)
    if len(parts["year"] or "") == 2:
        year += 2000 if year < 50 else 1900
    if name := parts.get("name"):
        month = [known[:3].lower() for known in MONTHS].index(name[:3].lower()) + 1
    else:
        month = int(parts["month"] or 1)
    hour = int(parts["hour"] or 0)
    if parts["half"]:
        if not 1 <= hour <= 12:
            raise _bad("")
        hour = hour % 12 + (12 if parts["half"] in "Pp" else 0)
    made = date_time(
        *(year, month, int(parts["day"] or 1)),
        *(hour, int(parts["minute"] or 0), int(parts["second"] or 0)),
    )
    fraction = int((parts["fraction"] or "0").ljust(7, "0")[:7])
    zone = parts["zone"]
    return DateTime(made.ticks + fraction), _offset(zone) if zone else None


def settle(stamp: DateTime, offset: int | None, styles: int) -> DateTime:
    """The DateTime that Parse gives: local time is UTC here."""
    if offset is None:
        if styles & ASSUME_UNIVERSAL:
            kind = UTC if styles & ADJUST_TO_UNIVERSAL else LOCAL
            return DateTime(stamp.ticks, kind)
        kind = LOCAL if styles & ASSUME_LOCAL else UNSPECIFIED
        return DateTime(stamp.ticks, kind)
    universal = styles & ADJUST_TO_UNIVERSAL or (styles & ROUND_TRIP and offset == 0)
    return DateTime(stamp.ticks - offset, UTC if universal else LOCAL)


def parse_date(text: str, styles: int = 0) -> DateTime:
    require(s=text)
    found = read_stamp(text)
    if found is None:
        raise _bad(text)
    return settle(*found, styles)


def parse_moment(text: str, styles: int = 0) -> DateTimeOffset:
    require(input=text)
    found = read_stamp(text)
    if found is None:
        raise _bad(text)
    made = DateTimeOffset(found[0].ticks, found[1] or 0)
    return made.to_offset(0) if styles & ADJUST_TO_UNIVERSAL else made


def iso_date(text: str) -> DateTime | None:
    """The date in a JSON string that Newtonsoft would take for one."""
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        made = date_time(*map(int, (year, month, day, hour, minute, second)))
    except Thrown:
        return None
    ticks = made.ticks + int((fraction or "0").ljust(7, "0"))
    if zone is None:
        return DateTime(ticks)
    if zone == "Z":
        return DateTime(ticks, UTC)
    return DateTime(ticks - _offset(zone), LOCAL)


# --- exact formats --------------------------------------------------------------

_GROUPS = {
    "yyyy": r"(?P<year>\d{4})",
    "yy": r"(?P<year>\d{2})",
    "MMMM": rf"(?P<name>{'|'.join(MONTHS)})",
    "MMM": rf"(?P<name>{'|'.join(name[:3] for name in MONTHS)})",
    "MM": r"(?P<month>\d{2})",
    "M": r"(?P<month>\d{1,2})",
    "dddd": f"(?:{'|'.join(DAYS)})",
    "ddd": f"(?:{'|'.join(name[:3] for name in DAYS)})",
    "dd": r"(?P<day>\d{2})",
    "d": r"(?P<day>\d{1,2})",
    "HH": r"(?P<hour>\d{2})",
    "H": r"(?P<hour>\d{1,2})",
    "hh": r"(?P<hour>\d{2})",
    "h": r"(?P<hour>\d{1,2})",
    "mm": r"(?P<minute>\d{2})",
    "m": r"(?P<minute>\d{1,2})",
    "ss": r"(?P<second>\d{2})",
    "s": r"(?P<second>\d{1,2})",
    "tt": "(?P<half>[AP])M",
    "t": "(?P<half>[AP])",
    "K": r"(?P<zone>Z|[+-]\d\d:\d\d)?",
    "zzz": r"(?P<zone>[+-]\d\d:\d\d)",
    "zz": r"(?P<zone>[+-]\d\d)",
    "z": r"(?P<zone>[+-]\d\d?)",
}
_PARTS = ("year", "name", "month", "day", "hour", "minute", "second", "half", "zone")


def _exact_shape(pattern: str) -> re.Pattern[str]:
    if len(pattern) == 1:
        pattern = STANDARD.get(pattern, pattern)
    out: list[str] = []
    for token in tokens_of(pattern):
        if token[0] in "fF":
            low = len(token) if token[0] == "f" else 0
            out.append(rf"(?P<fraction>\d{{{low},{len(token)}}})")
        elif token in _GROUPS:
            out.append(_GROUPS[token])
        elif token[0] in "'\"" and len(token) > 1:
            out.append(re.escape(token[1:-1]))
        else:
            out.append(re.escape(token.lstrip("\\%") or token))
    try:
        return re.compile("".join(out), re.IGNORECASE)
    except re.error as error:
        raise Thrown("FormatException", f"bad date format '{pattern[:60]}'") from error


def read_exact(text: str, pattern: str) -> tuple[DateTime, int | None] | None:
    """A date in exactly this format, or None."""
    if len(text) > LONGEST or len(pattern) > LONGEST:
        return None
    found = _exact_shape(pattern).fullmatch(text)
    if found is None:
        return None
    parts: dict[str, str | None] = dict.fromkeys((*_PARTS, "fraction"))
    parts |= found.groupdict()
    parts["year"] = parts["year"] or "0001"
    try:
        stamp, offset = _stamp(parts)
    except Thrown:
        return None
    fixed_utc = pattern in ("r", "R", "u")
    return stamp, 0 if fixed_utc and offset is None else offset


def parse_exact(text: str, pattern: str, styles: int = 0) -> DateTime:
    require(s=text, format=pattern)
    found = read_exact(text, pattern)
    if found is None:
        raise _bad(text)
    if pattern in ("r", "R", "u"):
        return DateTime(found[0].ticks)
    if pattern in ("o", "O"):
        styles |= ROUND_TRIP
    return settle(*found, styles)


# --- spans ----------------------------------------------------------------------

_SPAN = re.compile(
    r"\s*(-)?(?:(\d{1,8})(?:[.:]|\Z))??(?:(\d{1,2}):(\d{1,2})(?::(\d{1,2})"
    r"(?:\.(\d{1,7}))?)?)?\s*"
)


def parse_span(text: str) -> TimeSpan:
    """`[-][d.]hh:mm[:ss[.fffffff]]`, or only days."""
    require(s=text)
    if len(text) > LONGEST:
        raise bad_format(text)
    found = _SPAN.fullmatch(text)
    if found is None or not text.strip(" -"):
        raise bad_format(text)
    sign, days, hours, minutes, seconds, fraction = found.groups()
    if int(hours or 0) > 23 or int(minutes or 0) > 59 or int(seconds or 0) > 59:
        text = (
            f"The TimeSpan string '{text}' could not be parsed because at least one of "
            "the numeric components is out of range or contains too many digits."
        )
        raise Thrown("OverflowException", text)
    ticks = int(days or 0) * DAY + int(hours or 0) * HOUR + int(minutes or 0) * MINUTE
    ticks += int(seconds or 0) * SECOND + int((fraction or "0").ljust(7, "0"))
    return TimeSpan(-ticks if sign else ticks)
