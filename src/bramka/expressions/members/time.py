"""Members of TimeSpan, TimeZoneInfo and Guid."""

from collections.abc import Callable
from datetime import UTC as UTC_INFO
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bramka.expressions.compiler.table import Around, Body, Family, Fixed, Inline
from bramka.expressions.failures import Thrown, require
from bramka.expressions.members.dates import UNITS
from bramka.expressions.members.plain import compare
from bramka.expressions.surroundings import Surroundings
from bramka.expressions.values.calendar import DAY, HOUR, MILLISECOND, MINUTE, SECOND
from bramka.expressions.values.convert import attempt, parse_guid
from bramka.expressions.values.date_parse import parse_span
from bramka.expressions.values.dates import (
    UNSPECIFIED,
    UTC,
    DateTime,
    DateTimeOffset,
    TimeSpan,
    ticks_of,
)
from bramka.expressions.values.text import text_of
from bramka.expressions.values.zones import WINDOWS_ZONES

_MICROSECOND = 10
_PARTS = {
    "Days": (DAY, 0),
    "Hours": (HOUR, 24),
    "Minutes": (MINUTE, 60),
    "Seconds": (SECOND, 60),
    "Milliseconds": (MILLISECOND, 1000),
}


def span(*parts: int) -> TimeSpan:
    """`new TimeSpan(hours, minutes, seconds)`, days before, milliseconds behind."""
    if len(parts) == 3:
        parts = (0, *parts)
    units = (DAY, HOUR, MINUTE, SECOND, MILLISECOND)
    return TimeSpan(sum(n * unit for n, unit in zip(parts, units, strict=False)))


def _from(unit: int) -> Callable[[float], TimeSpan]:
    return lambda amount: TimeSpan(ticks_of(amount, unit))


def _total(unit: int) -> Callable[[TimeSpan], float]:
    return lambda found: found.ticks / unit


def _part(unit: int, size: int) -> Callable[[TimeSpan], int]:
    return lambda found: found.part(unit, size)


def _spans() -> dict[str, Body]:
    members: dict[str, Body] = {}
    for name, (unit, size) in _PARTS.items():
        members[f"{name} -> int"] = _part(unit, size)
    for name, unit in UNITS.items():
        members[f"Total{name} -> double"] = _total(unit)
        members[f"static From{name}(double value) -> TimeSpan"] = _from(unit)
    return members


def exact_span(text: str, pattern: str, _: Any) -> TimeSpan:
    """`ParseExact` for the standard formats."""
    if pattern not in ("c", "g", "G", "t", "T") and not pattern.startswith(("hh", "d")):
        raise Thrown("FormatException", "Input string was not in a correct format.")
    return parse_span(text)


SPAN: Family = {
    **_spans(),
    "new()": lambda: TimeSpan(0),
    "new(long ticks)": TimeSpan,
    "new(int hours, int minutes, int seconds)": span,
    "new(int days, int hours, int minutes, int seconds)": span,
    "new(int days, int hours, int minutes, int seconds, int milliseconds)": span,
    **{
        f"static TicksPer{name.removesuffix('s')} -> long": Fixed(unit)
        for name, (unit, _) in _PARTS.items()
    },
    "static Zero -> TimeSpan": Fixed(TimeSpan(0)),
    "static MinValue -> TimeSpan": Fixed(TimeSpan(-(1 << 63))),
    "static MaxValue -> TimeSpan": Fixed(TimeSpan((1 << 63) - 1)),
    "static FromTicks(long value) -> TimeSpan": TimeSpan,
    "static Parse(string s) -> TimeSpan": parse_span,
    "static Parse(string s, CultureInfo provider) -> TimeSpan": lambda text, _: (
        parse_span(text)
    ),
    "static ParseExact(string s, string format, CultureInfo p) -> TimeSpan": exact_span,
    "static TryParse(string s, out TimeSpan result) -> bool": attempt(
        parse_span, TimeSpan(0)
    ),
    "static Compare(TimeSpan a, TimeSpan b) -> int": compare,
    "Ticks -> long": Inline("$0.ticks"),
    "Add(TimeSpan ts) -> TimeSpan": lambda a, b: a + b,
    "Subtract(TimeSpan ts) -> TimeSpan": lambda a, b: a - b,
    "Multiply(double factor) -> TimeSpan": lambda a, factor: a * factor,
    "Divide(double divisor) -> TimeSpan": lambda a, divisor: a.over(divisor),
    "Negate() -> TimeSpan": lambda a: -a,
    "Duration() -> TimeSpan": lambda a: TimeSpan(abs(a.ticks)),
    "CompareTo(TimeSpan value) -> int": compare,
    "Equals(TimeSpan value) -> bool": Inline("$0 == $1"),
    "ToString(string format) -> string": text_of,
    "ToString(string format, CultureInfo p) -> string": lambda found, pattern, _: (
        text_of(found, pattern)
    ),
}

# --- time zones -----------------------------------------------------------------


class Zone:
    """A time zone by its IANA or Windows name."""

    __slots__ = ("info", "name")

    def __init__(self, name: str, info: Any) -> None:
        self.name = name
        self.info = info

    def offset(self, utc: int) -> int:
        """Ticks ahead of UTC at a moment."""
        stamp = datetime(1, 1, 1, tzinfo=UTC_INFO)
        at = stamp + timedelta(microseconds=utc // _MICROSECOND)
        try:
            found = at.astimezone(self.info).utcoffset()
        except OverflowError:
            found = None
        return int((found or timedelta()).total_seconds()) * SECOND

    def offset_of_local(self, local: int) -> int:
        stamp = datetime(1, 1, 1) + timedelta(microseconds=local // _MICROSECOND)  # noqa: DTZ001  # a clock on the wall
        found = stamp.replace(tzinfo=self.info).utcoffset()
        return int((found or timedelta()).total_seconds()) * SECOND

    def is_summer(self, stamp: DateTime) -> bool:
        """Whether clocks are put forward then."""
        wall = stamp.ticks + (self.offset(stamp.ticks) if stamp.kind else 0)
        at = datetime(1, 1, 1) + timedelta(microseconds=wall // _MICROSECOND)  # noqa: DTZ001  # a clock on the wall
        return bool(at.replace(tzinfo=self.info).dst())

    def __str__(self) -> str:
        return self.name


UTC_ZONE = Zone("UTC", UTC_INFO)


@lru_cache(maxsize=64)
def find_zone(name: str) -> Zone:
    require(id=name)
    try:
        return Zone(name, ZoneInfo(WINDOWS_ZONES.get(name, name)))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        text = f"The time zone ID '{name[:60]}' was not found on the local computer."
        raise Thrown("TimeZoneNotFoundException", text) from error


def to_zone(stamp: DateTime, zone: Zone) -> DateTime:
    """A stamp of UTC, or of local time which is UTC here, in another zone."""
    kind = UTC if zone is UTC_ZONE else UNSPECIFIED
    return DateTime(stamp.ticks + zone.offset(stamp.ticks), kind)


def between_zones(stamp: DateTime, source: Zone, target: Zone) -> DateTime:
    utc = stamp.ticks - source.offset_of_local(stamp.ticks)
    return to_zone(DateTime(utc, UTC), target)


def to_utc(stamp: DateTime, zone: Zone = UTC_ZONE) -> DateTime:
    return DateTime(stamp.ticks - zone.offset_of_local(stamp.ticks), UTC)


def moment_in(moment: DateTimeOffset, zone: Zone) -> DateTimeOffset:
    return moment.to_offset(zone.offset(moment.utc))


def by_id(stamp: DateTime, name: str) -> DateTime:
    return to_zone(stamp, find_zone(name))


ZONE: Family = {
    "static Utc -> TimeZoneInfo": Fixed(UTC_ZONE),
    "static Local -> TimeZoneInfo": Fixed(UTC_ZONE),
    "static FindSystemTimeZoneById(string id) -> TimeZoneInfo": find_zone,
    "static ConvertTimeFromUtc(DateTime d, TimeZoneInfo zone) -> DateTime": to_zone,
    "static ConvertTime(DateTime d, TimeZoneInfo destination) -> DateTime": to_zone,
    "static ConvertTime(DateTimeOffset d, TimeZoneInfo zone) -> DateTimeOffset": (
        moment_in
    ),
    "static ConvertTime(DateTime d, TimeZoneInfo source, TimeZoneInfo destination) "
    "-> DateTime": between_zones,
    "static ConvertTimeToUtc(DateTime d) -> DateTime": to_utc,
    "static ConvertTimeToUtc(DateTime d, TimeZoneInfo source) -> DateTime": to_utc,
    "static ConvertTimeBySystemTimeZoneId(DateTime d, string id) -> DateTime": by_id,
    "static ConvertTimeBySystemTimeZoneId(DateTime d, string source, string target) "
    "-> DateTime": lambda stamp, source, target: between_zones(
        stamp, find_zone(source), find_zone(target)
    ),
    "IsDaylightSavingTime(DateTime d) -> bool": Zone.is_summer,
    "Id -> string": Inline("$0.name"),
    "DisplayName -> string": Inline("$0.name"),
    "StandardName -> string": Inline("$0.name"),
    "BaseUtcOffset -> TimeSpan": lambda zone: TimeSpan(zone.offset(637134336000000000)),
    "GetUtcOffset(DateTime d) -> TimeSpan": lambda zone, stamp: TimeSpan(
        zone.offset(stamp.ticks) if stamp.kind else zone.offset_of_local(stamp.ticks)
    ),
    "GetUtcOffset(DateTimeOffset d) -> TimeSpan": lambda zone, moment: TimeSpan(
        zone.offset(moment.utc)
    ),
}

# --- Guid -----------------------------------------------------------------------


def new_guid(around: Surroundings) -> UUID:
    return UUID(hex=around.chance.hex(16), version=4)


def guid_of_bytes(row: Any) -> UUID:
    if len(row) != 16:
        text = "Byte array for Guid must be exactly 16 bytes long. (Parameter 'b')"
        raise Thrown("ArgumentException", text)
    return UUID(bytes_le=bytes(row))


GUID: Family = {
    "new()": lambda: UUID(int=0),
    "new(string g)": parse_guid,
    "new(byte[] b)": guid_of_bytes,
    "static NewGuid() -> Guid": Around(new_guid),
    "static Empty -> Guid": Fixed(UUID(int=0)),
    "static Parse(string input) -> Guid": parse_guid,
    "static TryParse(string input, out Guid result) -> bool": attempt(
        parse_guid, UUID(int=0)
    ),
    "static ParseExact(string input, string format) -> Guid": lambda text, _: (
        parse_guid(text)
    ),
    "static TryParseExact(string input, string format, out Guid result) -> bool": (
        lambda text, _: attempt(parse_guid, UUID(int=0))(text)
    ),
    "ToByteArray() -> byte[]": lambda guid: bytearray(guid.bytes_le),
    "ToString(string format) -> string": text_of,
    "CompareTo(Guid value) -> int": compare,
    "Equals(Guid g) -> bool": Inline("$0 == $1"),
}
FAMILIES: dict[str, Family] = {
    "TimeSpan": SPAN,
    "TimeZoneInfo": ZONE,
    "Guid": GUID,
}
