"""Places and lengths in strings: UTF-16 code units, against the encoding itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.expressions.evaluating import AROUND, exchange, text, value

from bramka.domain.traffic.policy_text import Expression, Place
from bramka.expressions.sources import expression_compiler
from bramka.expressions.values import units

TEXTS = st.text(
    st.sampled_from("ab é\u00df\ue000\uffff\U0001f600\U00010000\U0010ffff"), max_size=12
)


def coded(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def called(source: str, *variables: object) -> object:
    """`source` with the variables a, b, c …"""
    call = exchange()
    for name, one in zip("abc", variables, strict=False):
        call.variables[name] = one
    return value(source, call)


def string(name: str) -> str:
    return f'((string)context.Variables["{name}"])'


def number(name: str) -> str:
    return f'((int)context.Variables["{name}"])'


@given(TEXTS)
def test_a_length_is_that_of_the_encoding(one: str) -> None:
    assert called(f"{string('a')}.Length", one) == len(coded(one)) // 2


@given(TEXTS, TEXTS)
def test_a_place_found_is_that_in_the_encoding(one: str, other: str) -> None:
    found = coded(one).find(coded(other))
    while found > 0 and found % 2:
        found = coded(one).find(coded(other), found + 1)
    place = called(f"{string('a')}.IndexOf({string('b')})", one, other)
    assert place == (found // 2 if found >= 0 else -1)


@given(TEXTS, st.integers(0, 24), st.integers(0, 24))
def test_a_part_is_that_of_the_encoding(one: str, start: int, count: int) -> None:
    size = len(coded(one)) // 2
    start = min(start, size)
    count = min(count, size - start)
    source = f"{string('a')}.Substring({number('b')}, {number('c')})"
    made = called(source, one, start, count)
    assert isinstance(made, str)
    assert coded(made) == coded(one)[2 * start : 2 * (start + count)]


@given(TEXTS, st.integers(0, 24))
def test_what_is_taken_apart_and_put_together_is_the_same(one: str, at: int) -> None:
    at = min(at, len(coded(one)) // 2)
    halves = f"{string('a')}.Substring(0, {number('b')})"
    rest = f"{string('a')}.Substring({number('b')})"
    assert called(f"({halves} + {rest}) == {string('a')}", one, at) is True


@given(TEXTS)
def test_characters_are_code_units(one: str) -> None:
    made = called(f"{string('a')}.ToCharArray().Length", one)
    assert made == len(coded(one)) // 2
    assert called(f"new string({string('a')}.ToCharArray())", one) == one


@given(TEXTS, TEXTS)
def test_a_builder_counts_alike(one: str, other: str) -> None:
    source = f"""{{ var made = new StringBuilder({string("a")});
        made.Append({string("b")}); return made.Length + "|" + made.ToString(); }}"""
    size = len(coded(one + other)) // 2
    assert called(source[1:-1], one, other) == f"{size}|{one}{other}"


@given(TEXTS)
def test_taking_apart_is_undone(one: str) -> None:
    assert units.together(units.apart(one)) == one
    assert units.length(one) == len(units.apart(one))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('"\U0001f600!".IndexOf("!")', "2"),
        ('"\U0001f600!"[2]', "!"),
        ("\"\U0001f600!\".LastIndexOf('!')", "2"),
        ("\"\U0001f600\".PadLeft(4, '.')", "..\U0001f600"),
        ('"a\U0001f600b".Remove(1, 2)', "ab"),
        ('"a\U0001f600b".Insert(3, "-")', "a\U0001f600-b"),
        ('Regex.Match("\U0001f600x", "x").Index', "2"),
        ('Regex.Match("\U0001f600x", ".").Length', "2"),
        ('new Regex("x").Match("x\U0001f600x", 2).Index', "3"),
        ('string.CompareOrdinal("\U0001f600", "\ue000") < 0', "True"),
    ],
)
def test_it_gives_what_dotnet_gives(source: str, expected: str) -> None:
    assert text(source) == expected


def test_half_a_character_leaves_as_a_mark_of_its_own() -> None:
    made = expression_compiler(AROUND)(
        Expression('"\U0001f600".Substring(0, 1)', False, Place(1, 1))
    )
    assert made.text(exchange()) == "\ufffd"
    assert made.evaluate(exchange()) == "\ufffd"
    source = 'Encoding.UTF8.GetBytes("\U0001f600".Substring(1)).Length'
    assert value(source) == 3
