"""Values as objects: which type they have, what they print, who notices changes."""

# ruff: noqa: E501 - a line of a table is one case

import pytest
from tests.expressions.evaluating import text, value

from bramka.expressions import EvaluationFailure
from bramka.expressions.freezing import freeze, thaw

JOBJECT = "Newtonsoft.Json.LinqNewtonsoft.Json.Linq.JObject"
TOLD = [
    ("object o = 5; return o is long;", "False"),
    ("object o = 5L; return o is long n && n > 4;", "True"),
    ("object o = 5L; return (long)o + 1;", "6"),
    ("long? n = 5; object o = n; return o is long;", "True"),
    ("int? n = null; object o = n; return o == null;", "True"),
    ("object o = (byte)7; int i = (byte)o; object p = i; return p is int;", "True"),
    ("new List<object>{1, 2L, (short)3, (byte)4}.OfType<long>().Sum()", "2"),
    ('((JValue)JObject.Parse("{\'a\':1}")["a"]).Value is long', "True"),
    (
        'JsonConvert.DeserializeObject<Dictionary<string,object>>("{\'a\':1}")["a"].GetType()',
        "System.Int64",
    ),
    ("object o = 5L; return o.GetType().Name;", "Int64"),
    ("object a = 5L; object b = 5; return a.Equals(b);", "False"),
    ("object a = 5L; object b = 5L; return a.Equals(b);", "True"),
    ("context.Request.OriginalUrl.ToUri().Host", "gate.example"),
    ('$"{{{1}}}-{{}}"', "{1}-{}"),
    ("5.GetType().FullName", "System.Int32"),
    ('JObject.Parse("{}").GetType()', "Newtonsoft.Json.Linq.JObject"),
    (
        'string.Format("{0:X} {1:X} {2:X}", -1L, -1, (sbyte)-1)',
        "FFFFFFFFFFFFFFFF FFFFFFFF FF",
    ),
    (
        'var n = -1L; return n.ToString("X") + $" {(short)-1:X}";',
        "FFFFFFFFFFFFFFFF FFFF",
    ),
    ('new[]{"a"}.ToString() + new[]{1}', "System.String[]System.Int32[]"),
    (
        '$"{new List<string>()} {new Dictionary<string,int>()}"',
        "System.Collections.Generic.List`1[System.String] System.Collections.Generic.Dictionary`2[System.String,System.Int32]",
    ),
    ('string.Format("{0}", new double[1])', "System.Double[]"),
    ("object o = new[]{1, 2}; return o.GetType().Name;", "Int32[]"),
    ("new string[0].GetType()", "System.String[]"),
    ('object o = "a"; return o.GetType() == typeof(string);', "True"),
    ("object o = 5L; return o.GetType() != typeof(int);", "True"),
    (
        "object o = new List<string>(); return typeof(List<string>) == o.GetType();",
        "True",
    ),
    ('JValue.Parse("1").GetType() == typeof(JValue)', "True"),
    ("typeof(int?).Name + typeof(byte[]).FullName", "Nullable`1System.Byte[]"),
    ("Type t = typeof(JObject); return t.Namespace + t;", JOBJECT),
    ("context.Request.Method.GetType() == typeof(string)", "True"),
    ('context.Variables.ContainsKey("x") != null', "True"),
    ("null == context.RequestId || context.Timestamp == null", "False"),
    (
        "var l = new List<int>{1,2}; foreach (var x in l) { l.Add(1); break; } return l.Count;",
        "3",
    ),
    (
        "var l = new List<int>{1,2,3}; foreach (var x in l.Where(y => y > 1).ToList()) { l.Remove(x); } return l.Count;",
        "1",
    ),
]


@pytest.mark.parametrize(("source", "expected"), TOLD)
def test_a_value_keeps_its_type_as_an_object(source: str, expected: str) -> None:
    assert text(source) == expected


@pytest.mark.parametrize("source", ["(int)(object)5L", "(long)(object)5"])
def test_a_number_comes_out_as_what_it_went_in(source: str) -> None:
    with pytest.raises(EvaluationFailure) as caught:
        value(source)
    assert caught.value.kind == "InvalidCastException"


@pytest.mark.parametrize(
    "source",
    [
        "var l = new List<int>{1,2}; foreach (var x in l) { l.Remove(x); } return 1;",
        "var l = new List<int>{1,2}; foreach (var x in l) { l[0] = 5; } return 1;",
        "var l = new List<int>{1,2}; foreach (var x in l.Where(y => y > 0)) { l.Add(x); } return 1;",
        'var d = new Dictionary<string,int>{{"a",1},{"b",2}}; foreach (var p in d) { d.Remove(p.Key); } return 1;',
        'var a = JArray.Parse("[1,2]"); foreach (var t in a) { t.Remove(); } return 1;',
        "var o = JObject.Parse(\"{'a':1,'b':2}\"); foreach (var p in o) { o.Remove(p.Key); } return 1;",
    ],
)
def test_what_is_walked_over_must_not_change(source: str) -> None:
    with pytest.raises(EvaluationFailure) as caught:
        value(source)
    assert caught.value.kind == "InvalidOperationException"
    assert "Collection was modified" in caught.value.reason


def test_a_cache_keeps_the_type_of_a_number() -> None:
    kept = thaw(freeze(value("object o = 5L; return o;")))
    assert kept == 5
    assert type(kept) is type(value("5L"))
