"""DateTime, DateTimeOffset and TimeSpan, in ticks of 100 ns as .NET counts."""

import math
from collections.abc import Callable
from functools import total_ordering
from typing import NoReturn

from bramka.expressions.failures import Thrown, out_of_range
from bramka.expressions.values.calendar import (
    DAY,
    EPOCH,
    HOUR,
    LAST_TICK,
    MILLISECOND,
    MINUTE,
    SECOND,
    days_in_month,
    days_of,
    month_of,
)
from bramka.expressions.values.date_format import span_text, stamp_text
from bramka.expressions.values.plain import DayOfWeek

UNSPECIFIED, UTC, LOCAL = 0, 1, 2
"""DateTimeKind. The gateway's local time is UTC, as in Azure."""


def _unrepresentable() -> NoReturn:
    text = "The added or subtracted value results in an un-representable DateTime."
    raise Thrown("ArgumentOutOfRangeException", text)


def ticks_of(amount: float, unit: int) -> int:
    """So many units as ticks; a fraction counts, rounded to the nearest tick."""
    if isinstance(amount, int):
        return amount * unit
    if math.isnan(amount) or abs(amount) > LAST_TICK:
        raise Thrown(
            "OverflowException", "TimeSpan overflowed because the duration is too long."
        )
    ticks = amount * unit
    return int(ticks)


@total_ordering
class TimeSpan:
    """A length of time."""

    __slots__ = ("ticks",)

    def __init__(self, ticks: int) -> None:
        if not -(1 << 63) <= ticks < 1 << 63:
            text = "TimeSpan overflowed because the duration is too long."
            raise Thrown("OverflowException", text)
        self.ticks = ticks

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TimeSpan) and self.ticks == other.ticks

    def __lt__(self, other: "TimeSpan") -> bool:
        return self.ticks < other.ticks

    def __hash__(self) -> int:
        return hash(self.ticks)

    def __neg__(self) -> "TimeSpan":
        return TimeSpan(-self.ticks)

    def __add__(self, other: "TimeSpan") -> "TimeSpan":
        return TimeSpan(self.ticks + other.ticks)

    def __sub__(self, other: "TimeSpan") -> "TimeSpan":
        return TimeSpan(self.ticks - other.ticks)

    def __mul__(self, factor: float) -> "TimeSpan":
        return TimeSpan(round(self.ticks * factor))

    __rmul__ = __mul__

    def over(self, other: "TimeSpan | float") -> "TimeSpan | float":
        if isinstance(other, TimeSpan):
            return self.ticks / other.ticks
        return TimeSpan(round(self.ticks / other))

    __truediv__ = over

    def text(self, pattern: str | None = None) -> str:
        return span_text(self.ticks, pattern)

    def part(self, unit: int, size: int) -> int:
        """Whole units inside the next larger one; negative in a negative span."""
        found = abs(self.ticks) // unit % size if size else abs(self.ticks) // unit
        return -found if self.ticks < 0 else found


@total_ordering
class DateTime:
    """A date and time of day, with the kind of clock it is of."""

    __slots__ = ("kind", "ticks")

    def __init__(self, ticks: int, kind: int = UNSPECIFIED) -> None:
        if not 0 <= ticks <= LAST_TICK:
            _unrepresentable()
        self.ticks = ticks
        self.kind = kind

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DateTime) and self.ticks == other.ticks

    def __lt__(self, other: "DateTime") -> bool:
        return self.ticks < other.ticks

    def __hash__(self) -> int:
        return hash(self.ticks)

    def __add__(self, span: TimeSpan) -> "DateTime":
        return DateTime(self.ticks + span.ticks, self.kind)

    def __sub__(self, other: "DateTime | TimeSpan") -> "DateTime | TimeSpan":
        if isinstance(other, TimeSpan):
            return DateTime(self.ticks - other.ticks, self.kind)
        return TimeSpan(self.ticks - other.ticks)

    @property
    def date(self) -> tuple[int, int, int]:
        """Year, month and day."""
        return month_of(self.ticks // DAY)

    def text(self, pattern: str | None = None) -> str:
        offset = None if self.kind == UNSPECIFIED else 0
        return stamp_text(self.ticks, pattern, offset, utc=self.kind == UTC)

    def added(self, amount: float, unit: int) -> "DateTime":
        return DateTime(self.ticks + ticks_of(amount, unit), self.kind)

    def months_added(self, months: int) -> "DateTime":
        """Later by months; the day is cut to the length of the month."""
        if abs(months) > 120_000:
            raise out_of_range("months")
        year, month, day = self.date
        year, month = divmod(year * 12 + month - 1 + months, 12)
        if not 1 <= year <= 9999:
            _unrepresentable()
        days = days_of(year, month + 1, min(day, days_in_month(year, month + 1)))
        return DateTime(days * DAY + self.ticks % DAY, self.kind)

    @property
    def day_of_year(self) -> int:
        year, _, _ = self.date
        return self.ticks // DAY - days_of(year, 1, 1) + 1

    @property
    def day_of_week(self) -> DayOfWeek:
        return DayOfWeek((self.ticks // DAY + 1) % 7)


@total_ordering
class DateTimeOffset:
    """A moment, with the distance to UTC it is told in (in ticks)."""

    __slots__ = ("offset", "ticks")

    def __init__(self, ticks: int, offset: int = 0) -> None:
        if not 0 <= ticks <= LAST_TICK or not 0 <= ticks - offset <= LAST_TICK:
            _unrepresentable()
        if abs(offset) > 14 * HOUR or offset % MINUTE:
            raise out_of_range("offset")
        self.ticks = ticks
        """Ticks of the local clock."""
        self.offset = offset

    @property
    def utc(self) -> int:
        return self.ticks - self.offset

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DateTimeOffset) and self.utc == other.utc

    def __lt__(self, other: "DateTimeOffset") -> bool:
        return self.utc < other.utc

    def __hash__(self) -> int:
        return hash(self.utc)

    def __add__(self, span: TimeSpan) -> "DateTimeOffset":
        return DateTimeOffset(self.ticks + span.ticks, self.offset)

    def __sub__(
        self, other: "DateTimeOffset | TimeSpan"
    ) -> "DateTimeOffset | TimeSpan":
        if isinstance(other, TimeSpan):
            return DateTimeOffset(self.ticks - other.ticks, self.offset)
        return TimeSpan(self.utc - other.utc)

    def text(self, pattern: str | None = None) -> str:
        return stamp_text(self.ticks, pattern, self.offset, zoned=True)

    def to_offset(self, offset: int) -> "DateTimeOffset":
        return DateTimeOffset(self.utc + offset, offset)

    def over(self, change: Callable[[DateTime], DateTime]) -> "DateTimeOffset":
        """The local clock changed by a function of DateTime."""
        return DateTimeOffset(change(DateTime(self.ticks)).ticks, self.offset)


def date_time(year: int, month: int, day: int, *time: int) -> DateTime:
    """`new DateTime(…)`: hour, minute, second, millisecond and kind may follow."""
    hour, minute, second, millisecond, kind = (*time, *(0,) * (5 - len(time)))
    fits = 1 <= year <= 9999 and 1 <= month <= 12 and 0 <= hour <= 23
    fits = fits and 0 <= minute <= 59 and 0 <= second <= 59 and 0 <= millisecond <= 999
    if not fits or not 1 <= day <= days_in_month(year, month):
        text = "Year, Month, and Day parameters describe an un-representable DateTime."
        raise Thrown("ArgumentOutOfRangeException", text)
    ticks = days_of(year, month, day) * DAY + hour * HOUR + minute * MINUTE
    return DateTime(ticks + second * SECOND + millisecond * MILLISECOND, kind)


def offset_of(stamp: DateTime) -> DateTimeOffset:
    """A DateTime taken for a moment; local time is UTC here."""
    return DateTimeOffset(stamp.ticks, 0)


def from_seconds(seconds: float, kind: int = UTC) -> DateTime:
    """Seconds since 1970 UTC."""
    return DateTime(EPOCH + round(seconds * 1e6) * 10, kind)
