"""The Gregorian calendar in days since 0001-01-01, and .NET's ticks."""

from datetime import date

MILLISECOND = 10_000
SECOND = 1000 * MILLISECOND
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
LAST_TICK = 3_155_378_975_999_999_999
EPOCH = 621_355_968_000_000_000
"""Ticks of 1970-01-01."""
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
DAYS = (
    *("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday"),
    *("Friday", "Saturday"),
)
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in_month(year: int, month: int) -> int:
    return 29 if month == 2 and is_leap(year) else _LENGTHS[month - 1]


def days_of(year: int, month: int, day: int) -> int:
    """Days since 0001-01-01."""
    return date(year, month, day).toordinal() - 1


def month_of(days: int) -> tuple[int, int, int]:
    """Year, month and day."""
    found = date.fromordinal(days + 1)
    return found.year, found.month, found.day
