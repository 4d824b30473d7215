"""Arrays, lists, dictionaries and LINQ."""

# ruff: noqa: E501 - a line of a table is one case

import pytest
from tests.expressions.evaluating import text, value

from bramka.expressions import EvaluationFailure

QUERIES = [
    ("new[]{3,1,2}.OrderBy(x => x).First()", "1"),
    ('string.Join(",", new[]{"a","b"}.Select((x, i) => x + i))', "a0,b1"),
    ("Enumerable.Range(1,5).Where(x => x % 2 == 1).Sum()", "9"),
    ("new[]{1,2,3}.Average()", "2"),
    ("new[]{1,2}.Average(x => x / 2.0)", "0.75"),
    ('new[]{"bb","a"}.Max(s => s.Length)', "2"),
    ("new[]{1.5m,2m}.Sum()", "3.5"),
    (
        'new[]{1,2,3,4}.GroupBy(x => x % 2).Select(g => g.Key + ":" + g.Count()).Aggregate((a,b) => a + ";" + b)',
        "1:2;0:2",
    ),
    ('string.Join(",", new[]{"b","A","c"}.OrderBy(x => x))', "A,b,c"),
    (
        'string.Join(",", new[]{"b1","a2","a1"}.OrderBy(x => x[0]).ThenByDescending(x => x[1]))',
        "a2,a1,b1",
    ),
    ('string.Join(",", new List<int>{1,2,3}.Skip(1).Take(1).Concat(new[]{9}))', "2,9"),
    (
        'string.Join(",", new[]{1,1,2}.Distinct().Union(new[]{3}).Except(new[]{1}))',
        "2,3",
    ),
    ('string.Join(",", new[]{1,2,3}.Intersect(new[]{3,2}))', "2,3"),
    ('string.Join(",", new[]{1,2}.Zip(new[]{"a","b"}, (n, s) => n + s))', "1a,2b"),
    ('string.Join(",", new[]{1,2,3}.SkipWhile(x => x < 2).Reverse())', "3,2"),
    ('string.Join(",", new[]{"a b","c"}.SelectMany(x => x.Split(\' \')))', "a,b,c"),
    ('new[]{1,2}.ToDictionary(x => "k" + x, x => x * 2)["k2"]', "4"),
    ("new[]{1,2}.Any(x => x > 1) && new[]{1,2}.All(x => x > 0)", "True"),
    ("new int[0].FirstOrDefault()", "0"),
    ("new string[0].FirstOrDefault() == null", "True"),
    ('new[]{"4","5"}.Select(int.Parse).Sum()', "9"),
    ('new[]{"", "a"}.Count(string.IsNullOrEmpty)', "1"),
    ('new object[]{1,"a",2}.OfType<int>().Sum()', "3"),
    ("new object[]{1,2}.Cast<int>().Max()", "2"),
    (
        'new [] {"post", "put"}.Contains("POST", StringComparer.OrdinalIgnoreCase)',
        "True",
    ),
    ('Array.Exists(new[]{"a","b"}, e => e == "b")', "True"),
    ("Array.IndexOf(new[]{5,6}, 6)", "1"),
    ('new Dictionary<string,int>{{"a",1},{"b",2}}["b"]', "2"),
    ('new Dictionary<string,int>{["x"]=7}.ContainsKey("x")', "True"),
    (
        'new Dictionary<string,string>(StringComparer.OrdinalIgnoreCase){{"A","v"}}["a"]',
        "v",
    ),
    ('new Dictionary<string,int>{{"a",1}}.TryGetValue("z", out var n) ? n : -1', "-1"),
    (
        'string.Join(",", new Dictionary<string,int>{{"a",1}}.Select(p => p.Key + p.Value))',
        "a1",
    ),
    (
        'new HashSet<string>(new[]{"A"}, StringComparer.OrdinalIgnoreCase).Contains("a")',
        "True",
    ),
    ("new List<int>{3,4}.Contains(4) && new List<int>{3,4}.IndexOf(4) == 1", "True"),
    ('Tuple.Create(1,"b").Item2', "b"),
    ('new Tuple<int,string>(1,"c").Item2', "c"),
    ('(a: 1, b: "x").b', "x"),
    ('new { Name = "n", Age = 5 }.Age', "5"),
    ('new { Name = "n", Age = 5 }', "{ Name = n, Age = 5 }"),
    ("new[]{1,2}.Select(x => new[]{1,2,5}.Where(y => y >= x).Sum()).Sum()", "15"),
    ('string.Join(",", from x in new[]{3,1,2} where x > 1 select x * 10)', "30,20"),
    (
        'string.Join(",", from string s in new object[]{"x","y"} select s.ToUpper())',
        "X,Y",
    ),
    (
        'string.Join(",", from x in new[]{1,2,3} from y in new[]{1,2,3} where x < y let s = x + y orderby s descending, x select s + "=" + x + "+" + y)',
        "5=2+3,4=1+3,3=1+2",
    ),
    (
        'string.Join(";", from w in new[]{"ab","b","ac"} group w.Length by w[0] into g orderby g.Key select g.Key + ":" + g.Sum())',
        "a:4;b:1",
    ),
    (
        'string.Join(";", from a in new[]{1,2} join b in new[]{10,20,21} on a equals b / 10 select a + "-" + b)',
        "1-10;2-20;2-21",
    ),
    (
        'string.Join(";", from a in new[]{1,3} join b in new[]{10,20} on a equals b / 10 into bs from b in bs.DefaultIfEmpty() select a + ":" + b)',
        "1:10;3:0",
    ),
    (
        'string.Join(",", from x in new[]{new{a=1,b=2}} join y in new[]{new{c=1,d=2}} on new{p=x.a,q=x.b} equals new{p=y.c,q=y.d} select y.d)',
        "2",
    ),
    (
        'string.Join(",", from x in new[]{1,2} select (from y in new[]{1,2} where y <= x select y).Sum() into s where s > 1 select s)',
        "3",
    ),
    (
        "new JObject(from p in JObject.Parse(\"{'a':1,'b':2}\").Properties() where p.Name != \"a\" select p).ToString(Formatting.None)",
        '{"b":2}',
    ),
]


@pytest.mark.parametrize(("source", "expected"), QUERIES)
def test_a_query_gives_what_linq_gives(source: str, expected: str) -> None:
    assert text(source) == expected


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("new int[0].First()", "InvalidOperationException"),
        ("new[]{1,2}.Single()", "InvalidOperationException"),
        ("new[]{1}[1]", "IndexOutOfRangeException"),
        ("new[]{1}[-1]", "IndexOutOfRangeException"),
        ("new List<int>{1}[-1]", "ArgumentOutOfRangeException"),
        ('new Dictionary<string,int>()["q"]', "KeyNotFoundException"),
        ('new Dictionary<string,int>{{"a",1},{"a",2}}', "ArgumentException"),
        ("new Stack<int>().Pop()", "InvalidOperationException"),
        ("((string[])null).Where(x => true)", "ArgumentNullException"),
    ],
)
def test_a_missing_element_has_the_exception_of_dotnet(source: str, kind: str) -> None:
    with pytest.raises(EvaluationFailure) as caught:
        value(source)
    assert caught.value.kind == kind


def test_a_query_runs_when_it_is_walked() -> None:
    source = """
        var list = new List<int>{1};
        var query = list.Where(x => x > 0);
        list.Add(2);
        return query.Count();"""
    assert value(source) == 2


def test_queues_give_the_first_and_stacks_the_last() -> None:
    source = """
        var q = new Queue<int>(); q.Enqueue(1); q.Enqueue(2);
        var s = new Stack<int>(); s.Push(1); s.Push(2);
        return q.Dequeue() * 10 + s.Pop();"""
    assert value(source) == 12


def test_items_change_in_place() -> None:
    source = """
        var a = new int[3]; a[1] += 5; a[1]++;
        int[] b = {1, 2};
        var d = new Dictionary<string,int>(); d["x"] = 1; d["x"] += 2;
        return a[1] * 100 + b[1] * 10 + d["x"];"""
    assert value(source) == 623


def test_bytes_stay_bytes() -> None:
    assert value("new byte[]{1, 2}") == bytearray(b"\x01\x02")
    assert value(
        "var b = new byte[2]; b[0] = unchecked((byte)511); return b;"
    ) == bytearray(b"\xff\x00")
