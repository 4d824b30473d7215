"""Numbers, dates and spans print by standard and custom formats."""

# ruff: noqa: E501 - a line of a table is one case

import pytest
from tests.expressions.evaluating import text, value

from bramka.expressions import EvaluationFailure

MOMENT = "new DateTime(2024, 2, 3, 14, 5, 6, 78, DateTimeKind.Utc)"
NUMBERS = [
    ('1234567.891.ToString("N2")', "1,234,567.89"),
    ('(-1234.5).ToString("N0")', "-1,235"),
    ('0.1234.ToString("P1")', "12.3 %"),
    ('255.ToString("X")', "FF"),
    ('255.ToString("x4")', "00ff"),
    ('(-1).ToString("X")', "FFFFFFFF"),
    ('5.ToString("D3")', "005"),
    ('12345.678.ToString("E2")', "1.23E+004"),
    ('12345.678.ToString("e1")', "1.2e+004"),
    ('12345.678.ToString("C")', "¤12,345.68"),
    ('(-1.5).ToString("C1")', "(¤1.5)"),
    ('2.5.ToString("F0")', "3"),
    ('3.14159.ToString("F2")', "3.14"),
    ('12345.678.ToString("G3")', "1.23E+04"),
    ('0.00012345.ToString("G2")', "0.00012"),
    ('1234.5.ToString("#,##0.00")', "1,234.50"),
    ('1234567.ToString("#,##0")', "1,234,567"),
    ('0.5.ToString("0.##")', "0.5"),
    ('0.ToString("#")', ""),
    ('5.ToString("000")', "005"),
    ('(-5).ToString("0;(0)")', "(5)"),
    ('0.ToString("0;-0;zero")', "zero"),
    ('0.256.ToString("0.0%")', "25.6%"),
    ("12.ToString(\"'no' 0\")", "no 12"),
    ('1234.5678.ToString("0.00E+00")', "1.23E+03"),
    ('$"{3.14159:F2}|{"a",5}|{1,-5}|{{}}"', "3.14|    a|1    |{}"),
    (
        'string.Format("{0:F2}|{1,5}|{2,-5}|{{}}", 3.14159, "a", 1)',
        "3.14|    a|1    |{}",
    ),
]
DATES = [
    ("d", "02/03/2024"),
    ("D", "Saturday, 03 February 2024"),
    ("f", "Saturday, 03 February 2024 14:05"),
    ("g", "02/03/2024 14:05"),
    ("G", "02/03/2024 14:05:06"),
    ("o", "2024-02-03T14:05:06.0780000Z"),
    ("R", "Sat, 03 Feb 2024 14:05:06 GMT"),
    ("s", "2024-02-03T14:05:06"),
    ("u", "2024-02-03 14:05:06Z"),
    ("t", "14:05"),
    ("M", "February 03"),
    ("Y", "2024 February"),
    ("yyyy-MM-ddTHH:mm:ss.fffZ", "2024-02-03T14:05:06.078Z"),
    ("h:mm tt", "2:05 PM"),
    ("%d", "3"),
    ("yy.M.d", "24.2.3"),
    ("ss.FFF", "06.078"),
    ("dddd 'the' d", "Saturday the 3"),
    ("zzz", "+00:00"),
]
SPANS = [
    ("new TimeSpan(1, 2, 3)", "01:02:03"),
    ("new TimeSpan(5, 1, 2, 3)", "5.01:02:03"),
    ("TimeSpan.FromMinutes(90.5)", "01:30:30"),
    ("-TimeSpan.FromSeconds(1.5)", "-00:00:01.5000000"),
    ('new TimeSpan(1, 2, 3, 4, 5).ToString("g")', "1:2:03:04.005"),
    ('new TimeSpan(1, 2, 3).ToString(@"hh\\:mm")', "01:02"),
    ("new TimeSpan(1, 30, 0).TotalHours", "1.5"),
]
COMPUTED = [
    ('DateTime.UtcNow.ToString("o")', "2023-11-14T22:13:20.5000000Z"),
    ("DateTime.UtcNow", "11/14/2023 22:13:20"),
    ("DateTimeOffset.UtcNow", "11/14/2023 22:13:20 +00:00"),
    ("DateTime.Now.DayOfWeek", "Tuesday"),
    (
        'DateTime.UtcNow.AddDays(1).ToString("yyyy-MM-ddTHH:mm:ssZ")',
        "2023-11-15T22:13:20Z",
    ),
    ('new DateTime(2024,1,31).AddMonths(1).ToString("yyyy-MM-dd")', "2024-02-29"),
    ("(new DateTime(2024,3,1) - new DateTime(2024,2,1)).TotalDays", "29"),
    ("new DateTime(2024,3,1) > new DateTime(2024,2,1)", "True"),
    ("new DateTimeOffset(DateTime.UtcNow).ToUnixTimeSeconds()", "1700000000"),
    (
        'DateTimeOffset.FromUnixTimeSeconds(0).ToString("o")',
        "1970-01-01T00:00:00.0000000+00:00",
    ),
    ('DateTime.Parse("2024-02-03T04:05:06").Hour', "4"),
    ('DateTime.Parse("3 Feb 2024").ToString("s")', "2024-02-03T00:00:00"),
    ('DateTime.Parse("Sat, 03 Feb 2024 14:05:06 GMT").Minute', "5"),
    ('DateTimeOffset.Parse("2024-02-03T04:05:06+02:00").UtcDateTime.Hour', "2"),
    (
        'DateTime.ParseExact("20240203", "yyyyMMdd", CultureInfo.InvariantCulture).ToString("s")',
        "2024-02-03T00:00:00",
    ),
    ('DateTime.TryParse("nonsense", out var d) ? 1 : 0', "0"),
    ("DateTime.IsLeapYear(2024) && DateTime.DaysInMonth(2024, 2) == 29", "True"),
    (
        'TimeZoneInfo.ConvertTimeFromUtc(DateTime.UtcNow, TimeZoneInfo.FindSystemTimeZoneById("Central European Standard Time")).ToString("HH:mm")',
        "23:13",
    ),
    ("DateTime.MinValue.Ticks", "0"),
    ("DateTime.UnixEpoch.Ticks", "621355968000000000"),
    (
        'Guid.Parse("{8F14E45F-CEEA-467F-A8D8-000000000007}").ToString("N")',
        "8f14e45fceea467fa8d8000000000007",
    ),
    ("Guid.NewGuid().ToString()[14]", "4"),
    (
        "new Guid(new byte[]{1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16})",
        "04030201-0605-0807-090a-0b0c0d0e0f10",
    ),
]


@pytest.mark.parametrize(("source", "expected"), NUMBERS + SPANS + COMPUTED)
def test_it_prints_as_in_dotnet(source: str, expected: str) -> None:
    assert text(source) == expected


@pytest.mark.parametrize(("pattern", "expected"), DATES)
def test_a_date_prints_by_its_format(pattern: str, expected: str) -> None:
    assert text(f'{MOMENT}.ToString("{pattern}")') == expected


@pytest.mark.parametrize(
    "source",
    [
        'DateTime.Parse("nonsense")',
        '5.ToString("Q")',
        '1.5.ToString("D")',
        'string.Format("{1}", 1)',
        'string.Format("{", 1)',
        'TimeSpan.Parse("x")',
        'Guid.Parse("x")',
    ],
)
def test_a_bad_format_is_a_format_exception(source: str) -> None:
    with pytest.raises(EvaluationFailure) as caught:
        value(source)
    assert caught.value.kind == "FormatException"


def test_a_day_that_does_not_exist_is_refused() -> None:
    with pytest.raises(EvaluationFailure, match="un-representable DateTime"):
        value("new DateTime(2024, 2, 30)")
