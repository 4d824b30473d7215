"""Statements: branches, loops, switch, exceptions, local functions, closures."""

# ruff: noqa: E501 - a line of a table is one case

import pytest
from tests.expressions.evaluating import text, value

from bramka.expressions import EvaluationFailure

BLOCKS = [
    (
        "int s = 0; for (int i = 0; i < 5; i++) { if (i == 3) continue; s += i; } return s;",
        "7",
    ),
    ('var r = ""; foreach (var c in "abc") { r = c + r; } return r;', "cba"),
    ("int i = 0; do { i++; if (i == 2) continue; } while (i < 5); return i;", "5"),
    ("int i = 0; while (true) { if (++i > 3) break; } return i;", "4"),
    (
        'int x = 5; switch (x) { case 1: return "one"; case 5: case 6: return "few"; default: return "many"; }',
        "few",
    ),
    (
        'var o = ""; for (int i=0;i<4;i++) { switch (i) { case 1: continue; case 2: break; default: o += i; break; } o += "."; } return o;',
        "0..3.",
    ),
    (
        'object v = "x"; switch (v) { case int n: return n; case string s when s == "x": return s + "!"; default: return 0; }',
        "x!",
    ),
    ('switch ("a") { default: return 1; case "b": return 2; }', "1"),
    (
        "try { var z = 0; return 1 / z; } catch (DivideByZeroException e) { return e.Message; }",
        "Attempted to divide by zero.",
    ),
    (
        'try { throw new ArgumentException("bad"); } catch (FormatException) { return 1; } catch (Exception e) when (e.Message == "bad") { return 2; } finally { }',
        "2",
    ),
    (
        'try { try { int.Parse("x"); } catch (Exception) { throw; } } catch (FormatException) { return "again"; } return 0;',
        "again",
    ),
    (
        'string s = null; try { return s.Length; } catch (NullReferenceException) { return "null!"; }',
        "null!",
    ),
    ('var log = ""; try { log += "a"; } finally { log += "b"; } return log;', "ab"),
    ("Func<int,int> f = n => n < 2 ? 1 : n; return f(5);", "5"),
    ("Func<int,int> f = null; f = n => n < 2 ? 1 : n * f(n-1); return f(5);", "120"),
    ("int F(int n) => n < 2 ? n : F(n-1) + F(n-2); return F(10);", "55"),
    ("return G(2); int G(int n) { return n * 3; }", "6"),
    (
        'int F(int a, int b = 2, string s = null) => a * 10 + b + (s ?? "").Length; return F(1) + F(1, 3) + F(b: 5, a: 2) + F(1, s: "abc");',
        "65",
    ),
    (
        'string J(string by, params object[] parts) => string.Join(by, parts); return J("-") + J("-", 1, "b", 2.5) + J("+", new object[]{3, 4});',
        "1-b-2.53+4",
    ),
    (
        "decimal F(decimal d = 1.5m, double x = 2, char q = 'z', StringComparison how = StringComparison.Ordinal) => d; return F() + F(x: 3);",
        "3.0",
    ),
    (
        "int total = 0; void Add(int n) { total += n; } Add(2); Add(3); return total;",
        "5",
    ),
    (
        "var fs = new List<Func<int>>(); foreach (var i in new[]{1,2,3}) { fs.Add(() => i); } return fs.Sum(g => g());",
        "6",
    ),
    ("int n = 0; Action up = () => { n++; }; up(); up(); return n;", "2"),
    ("object o = 5; if (o is int k && k > 3) { return k; } return 0;", "5"),
    ('object o = "s"; return o is string ? "S" : "N";', "S"),
    ('var (a, b) = (1, "x"); return b + a;', "x1"),
    (
        'foreach (var (k, v) in new Dictionary<string,int>{{"a",1}}) { return k + v; } return 0;',
        "a1",
    ),
    ("int a = 1, b = 2; (a, b) = (b, a); return a * 10 + b;", "21"),
    ('string s = null; s ??= "d"; return s;', "d"),
    ('int n; if (int.TryParse("x", out n)) { return n; } return "no" + n;', "no0"),
    (
        'using (var r = new StringReader("a\\nb")) { r.ReadLine(); return r.ReadLine(); }',
        "b",
    ),
    ("{ int a = 1; } { int a = 2; return a; }", "2"),
    (
        'const int K = 3; return K switch { 1 => "one", 3 => "three", _ => "?" };',
        "three",
    ),
    ("int x = 5; x = x << 2; x |= 1; x -= 1; x /= 4; return x;", "5"),
    ("var t = 1; unchecked { t = (int)(4294967295L + t); } return t;", "0"),
    ("int a = 10; int b = 3; return (a)-b;", "7"),
    (
        'string Join(string x, int n) { var s = ""; for (var i = 0; i < n; i++) { s += x; } return s; } return Join("ab", 2);',
        "abab",
    ),
    (
        'var list = new[]{1,2,3}.Where(x => { var y = x * 2; return y > 2; }).Select(x => { if (x > 2) { return "big"; } return "small"; }).ToList(); return string.Join(",", list);',
        "small,big",
    ),
]


@pytest.mark.parametrize(("source", "expected"), BLOCKS)
def test_a_block_returns_what_csharp_returns(source: str, expected: str) -> None:
    assert text(source) == expected


def test_an_uncaught_exception_tells_its_type_message_and_place() -> None:
    with pytest.raises(EvaluationFailure) as caught:
        value('var a = 1;\nthrow new InvalidOperationException("no way");')
    assert caught.value.kind == "InvalidOperationException"
    assert caught.value.reason == "no way"
    assert caught.value.place.line == 2


def test_a_catch_takes_only_its_own_kind() -> None:
    with pytest.raises(EvaluationFailure) as caught:
        value('try { int.Parse("x"); } catch (KeyNotFoundException) { } return 1;')
    assert caught.value.kind == "FormatException"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('string s = null; return "a" + s?.Length + "b";', "ab"),
        ("string s = null; return s?.Trim().Length == null;", "True"),
        ('string s = "x"; return !s?.Contains("y") ?? false;', "True"),
        ("string[] a = null; return a?[0] == null;", "True"),
        ('string s = "ab"; return (string)s?.Substring(1);', "b"),
        ('string s = null; return s == "x" ? 1 : s?.Length ?? -1;', "-1"),
        ("return new int?[]{1, null}.Count(n => n == null) + (true ?.5 : 1);", "1.5"),
        (
            'var o = JObject.Parse("{}"); return o["a"]?["b"]?.ToString() ?? "none";',
            "none",
        ),
    ],
)
def test_a_null_skips_the_rest_of_its_chain(source: str, expected: str) -> None:
    assert text(source) == expected
