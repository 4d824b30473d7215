"""What is used less often of .NET's strings, queries, numbers, XML and addresses."""

# ruff: noqa: E501 - a line of a table is one case

import pytest
from tests.expressions.evaluating import text

from bramka.expressions import EvaluationFailure

STRINGS = [
    ('"banana".IndexOf("a", 2, 2)', "3"),
    ('"banana".LastIndexOf("a", 4)', "3"),
    ('"banana".IndexOf("NA", 3, StringComparison.OrdinalIgnoreCase)', "4"),
    ('"Hello".LastIndexOf("")', "5"),
    ('"Hello".Remove(5)', "Hello"),
    ('string.Join("-", "abcd".ToCharArray(1, 2))', "b-c"),
    ('string.Compare("xab", 1, "yab", 1, 2)', "0"),
    ("char.IsControl('\\n') && char.IsPunctuation('.') && char.IsSymbol('+')", "True"),
    ("char.GetNumericValue('7')", "7"),
    ('Encoding.GetEncoding("iso-8859-1").GetBytes("é")[0]', "233"),
    ("Encoding.GetEncoding(65001).GetString(new byte[]{97})", "a"),
    (
        "Encoding.Convert(Encoding.UTF8, Encoding.Unicode, new byte[]{97}).Length",
        "2",
    ),
    ("new UTF8Encoding().GetString(new byte[]{97})", "a"),
]
PATTERNS = [
    (r'Regex.IsMatch("Straße", @"^\w+$")', "True"),
    (r'Regex.IsMatch("żółw 1", @"^[\w\s]+\d$")', "True"),
    (r'Regex.Replace("zażółć gęślą", @"\W", "_")', "zażółć_gęślą"),
    (r'Regex.IsMatch("٣", @"^\d$")', "True"),
    (r'Regex.IsMatch("٣", @"^\d$", RegexOptions.ECMAScript)', "False"),
    (r'Regex.IsMatch("a\u00a0b", @"a\sb")', "True"),
    (r'Regex.IsMatch("żółw", @"^\w{1,64}$")', "True"),
    (r'Regex.Match("abc", "b").Groups[7].Value', ""),
]
QUERIES = [
    (
        'string.Join(",", new[]{1,2,3}.GroupBy(x => x % 2, (k, g) => k + ":" + g.Sum()))',
        "1:4,0:2",
    ),
    (
        'string.Join(",", new[]{1,2}.GroupJoin(new[]{1,1,2}, a => a, b => b, (a, all) => a + "x" + all.Count()))',
        "1x2,2x1",
    ),
    ('new[]{"ab","ac","b"}.ToLookup(x => x[0])[\'a\'].Count()', "2"),
    ('new[]{"ab","ac","b"}.ToLookup(x => x[0])[\'z\'].Any()', "False"),
    ('new[]{"a","bbb","cc"}.MaxBy(x => x.Length)', "bbb"),
    ('string.Join(",", new[]{5,1,6}.TakeWhile((x, i) => x > i))', "5"),
    ('string.Join(",", new object[]{"a","b"}.Cast<string>().ToArray<string>())', "a,b"),
    (
        'string.Join(",", new[]{"b","A","a"}.OrderBy(x => x, StringComparer.Ordinal))',
        "A,a,b",
    ),
    (
        'string.Join(",", new[]{"b","A","a"}.OrderBy(x => x, StringComparer.InvariantCulture))',
        "a,A,b",
    ),
    ('StringComparer.Ordinal.Compare("a", "B") > 0', "True"),
    ('StringComparer.InvariantCulture.Compare("a", "B") < 0', "True"),
    (
        "int n = 0; var q = new[]{1,2,3}.Select(x => { n++; return x; }); q.First(); return n;",
        "1",
    ),
    (
        "var l = new List<int>{1}; var q = l.Where(x => x > 1); l.Add(4); return q.Count();",
        "1",
    ),
]
VALUES = [
    ("int? a = null; return a.GetValueOrDefault() + 1;", "1"),
    ("DateTime? a = null; return a.GetValueOrDefault() == DateTime.MinValue;", "True"),
    ("double.NaN.Equals(double.NaN) && double.NaN != double.NaN", "True"),
    ('JObject.Parse("{}").Value<int>("a")', "0"),
    ('JObject.Parse("{}").Value<int?>("a") == null', "True"),
    ("TimeSpan.TicksPerSecond", "10000000"),
    ("int i; int j; for (i = 0, j = 5; i < j; i++, j--) { } return i + j;", "5"),
    (
        'var o = (JObject)JToken.Parse("{\\"a\\":[1,2]}").ToObject<JObject>(); return o["a"].Count();',
        "2",
    ),
    (
        '((JArray)JToken.Parse("[1]").ToObject<JArray>()).Count < 2',
        "True",
    ),
]
TYPES = [
    (
        "object o = SHA256.Create(); return ((SHA256)o).ComputeHash(new byte[0]).Length;",
        "32",
    ),
    ("object o = new HMACSHA256(new byte[3]); return o is HMAC;", "True"),
    ("object o = TimeZoneInfo.Utc; return o is TimeZoneInfo;", "True"),
    ('object o = IPAddress.Parse("::1"); return o is IPAddress;', "True"),
    ("object o = new Queue<int>(); return o is Queue<int>;", "True"),
    ("object o = context.Request; return (o as IRequest).Method;", "GET"),
    ("object o = context.Request; return o is IUrl;", "False"),
]
ADDRESSES = [
    ('new Uri("http://Host:80/a b/../c?x=1#f").AbsoluteUri', "http://host/c?x=1#f"),
    ('new Uri("http://h/a/./b/..").AbsolutePath', "/a/"),
    ('new Uri("http://h/..").ToString()', "http://h/"),
    ('new Uri("http://h/a//b").AbsolutePath', "/a//b"),
    ('new Uri("http://h/a?q=../x").PathAndQuery', "/a?q=../x"),
]
XML = [
    (
        'new XDocument(new XDeclaration("1.0", "utf-8", "yes"), new XElement("a")).Declaration.Encoding',
        "utf-8",
    ),
    (
        'var x = XElement.Parse("<r><a/></r>"); x.Element("a").AddAfterSelf(new XElement("b")); return x.ToString(SaveOptions.DisableFormatting);',
        "<r><a /><b /></r>",
    ),
    (
        'string.Join(",", XElement.Parse("<r><a/><b/><c/></r>").Element("a").ElementsAfterSelf().Select(e => e.Name.LocalName))',
        "b,c",
    ),
    (
        "XNode.DeepEquals(XElement.Parse(\"<a x='1'/>\"), XElement.Parse(\"<a x='2'/>\"))",
        "False",
    ),
]
FAILURES = [
    ("checked((int)Math.Pow(10, 10))", "OverflowException"),
    ("checked((int)double.NaN)", "OverflowException"),
    ('JObject.Parse("{\\"a\\":null}").Value<int>("a")', "InvalidCastException"),
    ('"Hello".Substring(6)', "ArgumentOutOfRangeException"),
    ('"Hello".Replace("", "x")', "ArgumentException"),
    ('Convert.FromBase64String("AQI")', "FormatException"),
    ('TimeSpan.Parse("25:00:00")', "OverflowException"),
    ("int? a = null; return a.Value;", "InvalidOperationException"),
    ("DateTime.MaxValue.AddDays(1)", "ArgumentOutOfRangeException"),
]


@pytest.mark.parametrize(
    ("source", "wanted"),
    STRINGS + PATTERNS + QUERIES + VALUES + TYPES + ADDRESSES + XML,
)
def test_less_used_members(source: str, wanted: str) -> None:
    assert text(source) == wanted


@pytest.mark.parametrize(("source", "kind"), FAILURES)
def test_what_they_throw(source: str, kind: str) -> None:
    with pytest.raises(EvaluationFailure) as caught:
        text(source)
    assert caught.value.kind == kind
