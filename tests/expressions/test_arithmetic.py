"""Numbers compute, overflow and convert as in C#."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.expressions.evaluating import compiled, exchange, text, value

from bramka.domain.errors import Invalid
from bramka.expressions import EvaluationFailure

PRINTED = [
    ("7/2", "3"),
    ("-7/2", "-3"),
    ("-7%3", "-1"),
    ("7%-3", "1"),
    ("5.5 % 2", "1.5"),
    ("1.0/3", "0.3333333333333333"),
    ("1.0f/3", "0.33333334"),
    ("0.1+0.2", "0.30000000000000004"),
    ("0.1m+0.2m", "0.3"),
    ("1.10m*2", "2.20"),
    ("10m/4", "2.5"),
    ("1m/3", "0.3333333333333333333333333333"),
    ("(int)3.9", "3"),
    ("(int)-3.9", "-3"),
    ("(decimal)0.1", "0.1"),
    ("(double)1.5m", "1.5"),
    ("1L+int.MaxValue", "2147483648"),
    ("(long)int.MaxValue * 2", "4294967294"),
    ("unchecked((byte)300)", "44"),
    ("unchecked((short)70000)", "4464"),
    ("unchecked((uint)-1)", "4294967295"),
    ("-5", "-5"),
    ("-2147483648", "-2147483648"),
    ("0x1F + 0b11 + 1_000", "1034"),
    ("1e15", "1E+15"),
    ("1e14", "100000000000000"),
    ("1234567890123456.0", "1234567890123456"),
    ("0.0001", "0.0001"),
    ("0.00001", "1E-05"),
    ("100.0", "100"),
    ("-0.0", "-0"),
    ("1.5e300*1e300", "Infinity"),
    ("1/0.0", "Infinity"),
    ("0.0/0", "NaN"),
    ("1.1f", "1.1"),
    ("16777217f", "16777216"),
    ("'a'+1", "98"),
    ("(char)('a'+1)", "b"),
    ("5&3|8", "9"),
    ("6^3", "5"),
    ("~5", "-6"),
    ("1<<33", "2"),
    ("-1>>1", "-1"),
    ("1L<<33", "8589934592"),
    ("1 == 1.0", "True"),
    ("'a' < 'b' && 2 >= 2", "True"),
    ("3 > 2 ? 1 : 2.5", "1"),
    ("byte.MaxValue + 1", "256"),
    ('((int?)null)?.ToString() ?? "none"', "none"),
    ("Math.Round(2.5)", "2"),
    ("Math.Round(3.5)", "4"),
    ("Math.Round(2.345, 2)", "2.35"),
    ("Math.Round(2.5, MidpointRounding.AwayFromZero)", "3"),
    ("Math.Max(1, 2.5)", "2.5"),
    ("Math.Abs(-5)", "5"),
    ("Math.Floor(-1.5)", "-2"),
    ("Math.Ceiling(1.2m)", "2"),
    ("Math.Truncate(-1.7)", "-1"),
    ("Math.Pow(2, 10)", "1024"),
    ("Math.Sqrt(-1)", "NaN"),
    ("Math.Sign(-2.5)", "-1"),
    ('int.Parse(" 12 ") + 1', "13"),
    ('double.Parse("1,234.5")', "1234.5"),
    ("Convert.ToInt32(2.5)", "2"),
    ("Convert.ToInt32(3.5)", "4"),
    ('Convert.ToInt32("ff", 16)', "255"),
    ("Convert.ToString(255, 2)", "11111111"),
    ("Convert.ToBoolean(1)", "True"),
    ('bool.Parse("TRUE")', "True"),
    ('int.TryParse("12", out var n) ? n : -1', "12"),
    ('long.TryParse("x", out var n) ? n : -1', "-1"),
    ("BitConverter.ToInt32(new byte[]{1,0,0,0}, 0)", "1"),
    ("BitConverter.ToString(BitConverter.GetBytes(258))", "02-01-00-00"),
]
FAILING = [
    ('1/int.Parse("0")', "DivideByZeroException"),
    ('1%int.Parse("0")', "DivideByZeroException"),
    ("1m/0", "DivideByZeroException"),
    ('int.MinValue / int.Parse("-1")', "OverflowException"),
    ('int.Parse("x")', "FormatException"),
    ('int.Parse("99999999999")', "OverflowException"),
    ("Convert.ToByte(256)", "OverflowException"),
    ("(int)1e20m", "OverflowException"),
    ('checked(int.MaxValue + "a".Length)', "OverflowException"),
    ("((int?)null).Value", "InvalidOperationException"),
    ("new Random(5).Next(5, 1)", "ArgumentOutOfRangeException"),
]


@pytest.mark.parametrize(("source", "expected"), PRINTED)
def test_an_expression_prints_as_in_dotnet(source: str, expected: str) -> None:
    assert text(source) == expected


@pytest.mark.parametrize(("source", "kind"), FAILING)
def test_a_failure_has_the_type_of_dotnet(source: str, kind: str) -> None:
    with pytest.raises(EvaluationFailure) as caught:
        value(source)
    assert caught.value.kind == kind


@pytest.mark.parametrize(
    ("seed", "numbers"),
    [
        (0, [1559595546, 1755192844, 1649316166]),
        (42, [1434747710, 302596119, 269548474]),
    ],
)
def test_a_seeded_random_gives_the_numbers_of_dotnet(
    seed: int, numbers: list[int]
) -> None:
    source = (
        f"var r = new Random({seed}); return new[]{{r.Next(), r.Next(), r.Next()}};"
    )
    assert value(source) == numbers


def test_random_from_the_request_id_stays_in_its_range() -> None:
    got = value("new Random(context.RequestId.GetHashCode()).Next(1, 3)", exchange())
    assert got in (1, 2)


def test_an_int_variable_wraps_and_a_checked_one_throws() -> None:
    assert value("int x = int.MaxValue; x++; return x;") == -(2**31)
    assert value("byte b = 255; b++; return b;") == 0
    with pytest.raises(EvaluationFailure, match="overflow"):
        value("int x = int.MaxValue; return checked(x + 1);")


def test_null_spreads_through_nullable_arithmetic() -> None:
    assert value("int? a = null; return a + 1;") is None
    assert value("int? a = 5; return a + 1;") == 6
    assert value("int? a = null; return a > 1;") is False
    assert value("int? a = null; return (a ?? 3) + 1;") == 4


@pytest.mark.parametrize(
    "source", ["1 + true", '"a" - 1', "1.5m + 1.5", "int x = 1.5; return x;"]
)
def test_types_that_do_not_go_together_are_refused(source: str) -> None:
    with pytest.raises(Invalid):
        compiled(source)


INT = st.integers(-(2**31), 2**31 - 1)


def wrap(number: int) -> int:
    return (number + 2**31) % 2**32 - 2**31


@st.composite
def sums(draw: st.DrawFn, depth: int = 3) -> tuple[str, int]:
    """C# text of int arithmetic, and its value."""
    if depth == 0 or draw(st.booleans()):
        number = draw(INT)
        return f"({number})", number
    left, a = draw(sums(depth - 1))
    right, b = draw(sums(depth - 1))
    sign = draw(st.sampled_from("+-*/%&|^"))
    if sign in "/%" and (b == 0 or (a, b) == (-(2**31), -1)):
        sign = "+"
    quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1) if b else 0
    results = {"+": a + b, "-": a - b, "*": a * b, "/": quotient}
    results |= {"%": a - quotient * b, "&": a & b, "|": a | b, "^": a ^ b}
    return f"({left} {sign} {right})", wrap(results[sign])


@given(sums())
def test_int_arithmetic_agrees_with_a_reference(pair: tuple[str, int]) -> None:
    source, expected = pair
    assert value(f"unchecked({source})") == expected


@given(INT, INT)
def test_arithmetic_of_variables_agrees_with_a_reference(a: int, b: int) -> None:
    source = f"int a = {a}; int b = {b}; return a * b + a - b;"
    assert value(source) == wrap(wrap(wrap(a * b) + a) - b)


@given(st.decimals(-(10**9), 10**9, places=4), st.decimals(-(10**9), 10**9, places=4))
def test_decimal_sums_are_exact(a: Decimal, b: Decimal) -> None:
    assert value(f"{a}m + {b}m") == a + b
