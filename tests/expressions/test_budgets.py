"""Hostile expressions end soon, with a failure that says which budget is spent."""

# ruff: noqa: E501 - a line of a table is one case

import time

import pytest
from tests.expressions.evaluating import AROUND, NOW, Chance, compiled, exchange, value

from bramka.expressions import EvaluationFailure, Surroundings

HOSTILE = [
    ('var s = "aa"; while (true) { s = s + s; } return s;', "a string of"),
    ('var s = "a"; while (true) { s = $"{s}{s}"; } return s;', "a string of"),
    (
        'var b = new StringBuilder("x"); while (true) { b.Append(b.ToString()); } return 1;',
        "a string of",
    ),
    ('"x".PadLeft(2000000000)', "a string of"),
    ("new string('x', int.MaxValue)", "a string of"),
    (
        '"a".Replace("a", new string(\'b\', 4000000)).Replace("b", new string(\'c\', 4000000))',
        "a string of",
    ),
    (
        "string.Join(new string('-', 1000000), Enumerable.Repeat(\"x\", 100))",
        "a string of",
    ),
    ('5.ToString("D999999999")', "a string of"),
    ('$"{1,1000000000}"', "a string of"),
    (
        "Regex.Replace(new string('a', 100000), \"\", new string('b', 1000))",
        "characters",
    ),
    ("new int[int.MaxValue]", "a collection of"),
    ("new byte[int.MaxValue]", "a string of"),
    ("var l = new List<int>{1}; while (true) { l.AddRange(l); } return l;", "steps"),
    ("Enumerable.Range(0, int.MaxValue).Count()", "steps"),
    ("Enumerable.Range(0, int.MaxValue).ToList()", "steps"),
    (
        "Enumerable.Repeat(1, 150000).SelectMany(x => Enumerable.Repeat(1, 150000)).Sum()",
        "steps",
    ),
    ("while (true) { } return 1;", "steps"),
    ('for (;;) { try { throw new Exception("x"); } catch { } } return 1;', ""),
    ("try { while (true) { } } catch (Exception) { return 1; } return 0;", "steps"),
    ("try { while (true) { } } finally { while (true) { } } return 0;", "steps"),
    ("Func<int,int> f = null; f = n => f(n + 1); return f(0);", "nested too deep"),
    ("int F(int n) { return F(n + 1); } return F(0);", "nested too deep"),
    (
        'var o = new JObject(); while (true) { o["a"] = new JArray(o.DeepClone(), o.DeepClone()); } return o;',
        "",
    ),
    (
        'var x = new XElement("a"); while (true) { x.Add(new XElement(x)); } return x;',
        "",
    ),
    ("var x = new int[190000]; while (true) { Array.IndexOf(x, 5); } return 1;", ""),
    (
        "var s = new string('x', 4000000); while (true) { s.Last(); } return 1;",
        "",
    ),
    (
        "var l = new List<string>(); while (true) { l.Add(new string('x', 5000)); } return l;",
        "it made more than",
    ),
    (
        "var d = new List<object>(); d.Add(d); return JsonConvert.SerializeObject(d);",
        "",
    ),
]


class Standing:
    """A clock that stands: steps and sizes are spent, time is not."""

    def now(self) -> float:
        return NOW

    def monotonic(self) -> float:
        return 1.0


UNHURRIED = Surroundings(Standing(), Chance())


@pytest.mark.parametrize(("source", "words"), HOSTILE)
def test_a_hostile_expression_ends_with_its_budget(source: str, words: str) -> None:
    start = time.process_time()
    with pytest.raises(EvaluationFailure) as caught:
        # Where no words are said, time may be what ends it.
        compiled(source).evaluate(exchange(), UNHURRIED if words else AROUND)
    assert caught.value.kind == "BudgetExceeded"
    assert words in caught.value.reason
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('Regex.IsMatch(new string(\'a\', 5000) + "!", "^(a+)+$")', False),
        ("1 << 2000000000", 1),
        ("1e308 * 10", float("inf")),
        ("Math.Pow(10, 100000)", float("inf")),
    ],
)
def test_what_is_evil_elsewhere_is_quick_here(source: str, expected: object) -> None:
    start = time.process_time()
    assert value(source) == expected
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    "source",
    [
        'decimal.Parse("1e999999")',
        "int.Parse(new string('9', 4000000))",
        "double.Parse(new string('9', 1000000))",
        "JToken.Parse(new string('[', 100000))",
        "new DateTime(1, 1, 1).AddDays(1e300)",
        "TimeSpan.FromDays(1e300)",
        'string.Format("{0,1000000000}", 1)',
    ],
)
def test_giant_inputs_are_refused_at_once(source: str) -> None:
    start = time.process_time()
    with pytest.raises(EvaluationFailure):
        value(source)
    assert time.process_time() - start < 1


class Hurrying:
    """A clock on which every look costs a tenth of a second."""

    at = 0.0

    def now(self) -> float:
        return NOW

    def monotonic(self) -> float:
        self.at += 0.1
        return self.at


def test_an_expression_that_runs_too_long_ends() -> None:
    around = Surroundings(Hurrying(), Chance())
    with pytest.raises(EvaluationFailure, match="longer than"):
        compiled("while (true) { } return 1;").evaluate(exchange(), around)


def test_budgets_are_full_again_for_the_next_evaluation() -> None:
    source = "var n = 0; for (int i = 0; i < 100000; i++) { n += i % 7; } return n;"
    expression = compiled(source)
    first = expression.evaluate(exchange(), UNHURRIED)
    assert expression.evaluate(exchange(), UNHURRIED) == first
