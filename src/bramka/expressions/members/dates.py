"""Members of DateTime and DateTimeOffset."""

from collections.abc import Callable
from typing import Any

from bramka.expressions.compiler.table import Around, Body, Family, Fixed, Inline
from bramka.expressions.failures import Thrown
from bramka.expressions.members.plain import compare
from bramka.expressions.surroundings import Surroundings
from bramka.expressions.values.calendar import (
    DAY,
    EPOCH,
    HOUR,
    LAST_TICK,
    MILLISECOND,
    MINUTE,
    SECOND,
    days_in_month,
    is_leap,
)
from bramka.expressions.values.convert import attempt
from bramka.expressions.values.date_parse import (
    parse_date,
    parse_exact,
    parse_moment,
    read_exact,
)
from bramka.expressions.values.dates import (
    LOCAL,
    UTC,
    DateTime,
    DateTimeOffset,
    TimeSpan,
    date_time,
    from_seconds,
)
from bramka.expressions.values.enums import ENUM_CLASSES
from bramka.expressions.values.text import text_of

UNITS = {
    "Days": DAY,
    "Hours": HOUR,
    "Minutes": MINUTE,
    "Seconds": SECOND,
    "Milliseconds": MILLISECOND,
}
_PARTS = {
    "Hour": (HOUR, 24),
    "Minute": (MINUTE, 60),
    "Second": (SECOND, 60),
    "Millisecond": (MILLISECOND, 1000),
}


def _part(unit: int, size: int) -> Callable[[Any], int]:
    return lambda stamp: stamp.ticks // unit % size


def _date_part(index: int) -> Callable[[Any], int]:
    return lambda stamp: DateTime(stamp.ticks).date[index]


def _adder(unit: int, kind: str) -> Callable[[Any, float], Any]:
    def add(stamp: Any, amount: float) -> Any:
        if kind == "DateTime":
            return stamp.added(amount, unit)
        return stamp.over(lambda local: local.added(amount, unit))

    return add


def _months(factor: int, kind: str) -> Callable[[Any, int], Any]:
    def add(stamp: Any, amount: int) -> Any:
        if kind == "DateTime":
            return stamp.months_added(amount * factor)
        return stamp.over(lambda local: local.months_added(amount * factor))

    return add


def _common(kind: str) -> dict[str, Body]:
    """What both kinds of stamps have."""
    members: dict[str, Body] = {
        "Year -> int": _date_part(0),
        "Month -> int": _date_part(1),
        "Day -> int": _date_part(2),
        "DayOfWeek -> DayOfWeek": lambda stamp: DateTime(stamp.ticks).day_of_week,
        "DayOfYear -> int": lambda stamp: DateTime(stamp.ticks).day_of_year,
        "Ticks -> long": Inline("$0.ticks"),
        "TimeOfDay -> TimeSpan": lambda stamp: TimeSpan(stamp.ticks % DAY),
        f"AddTicks(long value) -> {kind}": _adder(1, kind),
        f"AddMonths(int months) -> {kind}": _months(1, kind),
        f"AddYears(int value) -> {kind}": _months(12, kind),
        f"Add(TimeSpan value) -> {kind}": lambda stamp, span: stamp + span,
        f"Subtract(TimeSpan value) -> {kind}": lambda stamp, span: stamp - span,
        f"Subtract({kind} value) -> TimeSpan": lambda stamp, other: stamp - other,
        f"CompareTo({kind} value) -> int": compare,
        f"Equals({kind} value) -> bool": Inline("$0 == $1"),
        f"static Compare({kind} a, {kind} b) -> int": compare,
        "ToString(string format) -> string": text_of,
        "ToString(CultureInfo provider) -> string": lambda stamp, _: text_of(stamp),
        "ToString(string format, CultureInfo provider) -> string": (
            lambda stamp, pattern, _: text_of(stamp, pattern)
        ),
        "ToShortDateString() -> string": lambda stamp: stamp.text("d"),
        "ToLongDateString() -> string": lambda stamp: stamp.text("D"),
        "ToShortTimeString() -> string": lambda stamp: stamp.text("t"),
        "ToLongTimeString() -> string": lambda stamp: stamp.text("T"),
    }
    for name, (unit, size) in _PARTS.items():
        members[f"{name} -> int"] = _part(unit, size)
    for name, unit in UNITS.items():
        members[f"Add{name}(double value) -> {kind}"] = _adder(unit, kind)
    return members


def utc_now(around: Surroundings) -> DateTime:
    return from_seconds(around.clock.now(), UTC)


def local_now(around: Surroundings) -> DateTime:
    return from_seconds(around.clock.now(), LOCAL)


def today(around: Surroundings) -> DateTime:
    now = from_seconds(around.clock.now(), LOCAL)
    return DateTime(now.ticks - now.ticks % DAY, LOCAL)


def moment_now(around: Surroundings) -> DateTimeOffset:
    return DateTimeOffset(from_seconds(around.clock.now()).ticks)


def exact_any(text: str, patterns: list[str], _: Any = None, styles: int = 0) -> Any:
    for pattern in patterns:
        if read_exact(text, pattern) is not None:
            return parse_exact(text, pattern, styles)
    return parse_exact(text, "")


def _exact(text: str, pattern: str, _: Any = None, styles: int = 0) -> DateTime:
    return parse_exact(text, pattern, styles)


def _exact_moment(
    text: str, pattern: str, _: Any = None, styles: int = 0
) -> DateTimeOffset:
    found = read_exact(text, pattern)
    if found is None:
        message = f"String '{text[:80]}' was not recognized as a valid DateTime."
        raise Thrown("FormatException", message)
    return DateTimeOffset(found[0].ticks, found[1] or 0)


def _parsed(text: str, _: Any = None, styles: int = 0) -> DateTime:
    return parse_date(text, styles)


def _parsed_moment(text: str, _: Any = None, styles: int = 0) -> DateTimeOffset:
    return parse_moment(text, styles)


def _readers(kind: str, parse: Any, exact: Any, zero: Any) -> dict[str, Body]:
    """Parse, TryParse and the exact ones; cultures are always the invariant one."""
    more = "CultureInfo provider, DateTimeStyles style"
    members: dict[str, Body] = {}
    for rest in ("", ", CultureInfo provider", f", {more}"):
        members[f"static Parse(string s{rest}) -> {kind}"] = parse
    for rest in (", CultureInfo provider", f", {more}"):
        members[f"static ParseExact(string s, string format{rest}) -> {kind}"] = exact
    quiet, quiet_exact = attempt(parse, zero), attempt(exact, zero)
    members[f"static TryParse(string s, out {kind} result) -> bool"] = quiet
    members[f"static TryParse(string s, {more}, out {kind} result) -> bool"] = quiet
    members[
        f"static TryParseExact(string s, string format, {more}, out {kind} r) -> bool"
    ] = quiet_exact
    return members


def _daylight(_: Any) -> bool:
    return False


def unix(unit: int) -> Callable[[DateTimeOffset], int]:
    return lambda moment: (moment.utc - EPOCH) // unit


def from_unix(unit: int) -> Callable[[int], DateTimeOffset]:
    return lambda number: DateTimeOffset(EPOCH + number * unit)


def of_ticks(ticks: int, offset: TimeSpan) -> DateTimeOffset:
    return DateTimeOffset(ticks, offset.ticks)


def of_stamp(stamp: DateTime, offset: TimeSpan | None = None) -> DateTimeOffset:
    if offset is not None and stamp.kind == UTC and offset.ticks:
        text = "The UTC Offset for Utc DateTime instances must be 0."
        raise Thrown("ArgumentException", text)
    return DateTimeOffset(stamp.ticks, offset.ticks if offset else 0)


def of_parts(*parts: Any) -> DateTimeOffset:
    *numbers, offset = parts
    return DateTimeOffset(date_time(*numbers).ticks, offset.ticks)


def _with_kind(kind: int) -> Callable[[DateTime], DateTime]:
    return lambda stamp: DateTime(stamp.ticks, kind)


def _stamp(year: int, month: int, day: int, h: int, m: int, s: int, kind: int) -> Any:
    return date_time(year, month, day, h, m, s, 0, kind)


_YMD = "int year, int month, int day"
_HMS = f"{_YMD}, int hour, int minute, int second"
DATE_TIME: Family = {
    **_common("DateTime"),
    **_readers("DateTime", _parsed, _exact, DateTime(0)),
    "static ParseExact(string s, string[] formats, CultureInfo provider, "
    "DateTimeStyles style) -> DateTime": exact_any,
    "static TryParseExact(string s, string[] formats, CultureInfo provider, "
    "DateTimeStyles style, out DateTime result) -> bool": attempt(
        exact_any, DateTime(0)
    ),
    "new()": lambda: DateTime(0),
    "new(long ticks)": DateTime,
    "new(long ticks, DateTimeKind kind)": DateTime,
    f"new({_YMD})": date_time,
    f"new({_HMS})": date_time,
    f"new({_HMS}, DateTimeKind kind)": _stamp,
    f"new({_HMS}, int millisecond)": date_time,
    f"new({_HMS}, int millisecond, DateTimeKind kind)": date_time,
    "static UtcNow -> DateTime": Around(utc_now),
    "static Now -> DateTime": Around(local_now),
    "static Today -> DateTime": Around(today),
    "static MinValue -> DateTime": Fixed(DateTime(0)),
    "static MaxValue -> DateTime": Fixed(DateTime(LAST_TICK)),
    "static UnixEpoch -> DateTime": Fixed(DateTime(EPOCH, UTC)),
    "static DaysInMonth(int year, int month) -> int": days_in_month,
    "static IsLeapYear(int year) -> bool": is_leap,
    "static SpecifyKind(DateTime value, DateTimeKind kind) -> DateTime": (
        lambda stamp, kind: DateTime(stamp.ticks, kind)
    ),
    "static FromBinary(long value) -> DateTime": lambda number: DateTime(
        number & 0x3FFFFFFFFFFFFFFF, number >> 62 & 3
    ),
    "static FromFileTimeUtc(long value) -> DateTime": lambda number: DateTime(
        504911232000000000 + number, UTC
    ),
    "Date -> DateTime": lambda stamp: DateTime(
        stamp.ticks - stamp.ticks % DAY, stamp.kind
    ),
    "Kind -> DateTimeKind": lambda stamp: ENUM_CLASSES["DateTimeKind"](stamp.kind),
    "ToUniversalTime() -> DateTime": _with_kind(UTC),
    "ToLocalTime() -> DateTime": _with_kind(LOCAL),
    "IsDaylightSavingTime() -> bool": _daylight,
    "ToFileTimeUtc() -> long": lambda stamp: stamp.ticks - 504911232000000000,
}
DATE_TIME_OFFSET: Family = {
    **_common("DateTimeOffset"),
    **_readers("DateTimeOffset", _parsed_moment, _exact_moment, DateTimeOffset(0)),
    "new()": lambda: DateTimeOffset(0),
    "new(DateTime dateTime)": of_stamp,
    "new(DateTime dateTime, TimeSpan offset)": of_stamp,
    "new(long ticks, TimeSpan offset)": of_ticks,
    f"new({_HMS}, TimeSpan offset)": of_parts,
    f"new({_HMS}, int millisecond, TimeSpan offset)": of_parts,
    "static UtcNow -> DateTimeOffset": Around(moment_now),
    "static Now -> DateTimeOffset": Around(moment_now),
    "static MinValue -> DateTimeOffset": Fixed(DateTimeOffset(0)),
    "static MaxValue -> DateTimeOffset": Fixed(DateTimeOffset(LAST_TICK)),
    "static UnixEpoch -> DateTimeOffset": Fixed(DateTimeOffset(EPOCH)),
    "static FromUnixTimeSeconds(long seconds) -> DateTimeOffset": from_unix(SECOND),
    "static FromUnixTimeMilliseconds(long ms) -> DateTimeOffset": from_unix(
        MILLISECOND
    ),
    "ToUnixTimeSeconds() -> long": unix(SECOND),
    "ToUnixTimeMilliseconds() -> long": unix(MILLISECOND),
    "Offset -> TimeSpan": lambda moment: TimeSpan(moment.offset),
    "UtcTicks -> long": Inline("$0.utc"),
    "DateTime -> DateTime": lambda moment: DateTime(moment.ticks),
    "UtcDateTime -> DateTime": lambda moment: DateTime(moment.utc, UTC),
    "LocalDateTime -> DateTime": lambda moment: DateTime(moment.utc, LOCAL),
    "Date -> DateTime": lambda moment: DateTime(moment.ticks - moment.ticks % DAY),
    "ToUniversalTime() -> DateTimeOffset": lambda moment: moment.to_offset(0),
    "ToLocalTime() -> DateTimeOffset": lambda moment: moment.to_offset(0),
    "ToOffset(TimeSpan offset) -> DateTimeOffset": lambda moment, span: (
        moment.to_offset(span.ticks)
    ),
}
FAMILIES: dict[str, Family] = {
    "DateTime": DATE_TIME,
    "DateTimeOffset": DATE_TIME_OFFSET,
}
