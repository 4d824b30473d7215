"""JSON as Newtonsoft reads, changes and writes it."""

# ruff: noqa: E501 - a line of a table is one case

import pytest
from tests.expressions.evaluating import text, value

from bramka.expressions import EvaluationFailure

CASES = [
    (
        'new JObject(new JProperty("a",1), new JProperty("b", new JArray(1,2))).ToString()',
        '{\n  "a": 1,\n  "b": [\n    1,\n    2\n  ]\n}',
    ),
    (
        'new JObject(new JProperty("e", new JArray()), new JProperty("o", new JObject())).ToString()',
        '{\n  "e": [],\n  "o": {}\n}',
    ),
    ('JObject.Parse("{\\"a\\": {\\"b\\": 5}}").SelectToken("a.b").ToString()', "5"),
    ('(int)JObject.Parse("{\'a\':5}")["a"] + 1', "6"),
    ('(string)JObject.Parse("{\'a\':5}")["a"]', "5"),
    ('(string)JObject.Parse("{}")["a"] ?? "none"', "none"),
    (
        '(string)JObject.Parse("{a: 5}").Property("a") + (int)new JProperty("b", 2)',
        "52",
    ),
    ('(string)JObject.Parse("{}").Property("a") ?? "none"', "none"),
    ("(bool)JObject.Parse(\"{'a':'true'}\")[\"a\"]", "True"),
    (
        "JObject.Parse(\"{'a':1.0, b: null, /* c */ 'd':[1,],}\").ToString(Formatting.None)",
        '{"a":1.0,"b":null,"d":[1]}',
    ),
    (
        'JsonConvert.SerializeObject(new { a = 1, b = "x", c = new[]{1,2}, d = (string)null, e = 1.5m, f = 2.0 })',
        '{"a":1,"b":"x","c":[1,2],"d":null,"e":1.5,"f":2.0}',
    ),
    ('JsonConvert.SerializeObject("a\\"\\n/é<\\u2028")', '"a\\"\\n/é<\\u2028"'),
    (
        "JsonConvert.SerializeObject(new DateTime(2024,2,3,4,5,6,DateTimeKind.Utc))",
        '"2024-02-03T04:05:06Z"',
    ),
    (
        'JsonConvert.SerializeObject(new Dictionary<string,object>{{"a",1},{"b",true}}, Formatting.Indented)',
        '{\n  "a": 1,\n  "b": true\n}',
    ),
    ('JsonConvert.DeserializeObject<List<int>>("[1,2]").Sum()', "3"),
    (
        "JsonConvert.DeserializeObject<Dictionary<string,string>>(\"{'a':'x'}\")[\"a\"]",
        "x",
    ),
    ("JsonConvert.DeserializeObject<JObject>(\"{'a':'x'}\")[\"a\"]", "x"),
    (
        "JArray.Parse(\"[{'p':8},{'p':20}]\").SelectTokens(\"$[?(@.p < 10)]\").Count()",
        "1",
    ),
    (
        "JObject.Parse(\"{'s':[{'n':'a','k':1},{'n':'b'}]}\").SelectToken(\"s[?(@.n == 'b' && !@.k)].n\")",
        "b",
    ),
    (
        "string.Join(\",\", JObject.Parse(\"{'a':{'x':1},'b':{'x':2}}\").SelectTokens(\"$..x\"))",
        "1,2",
    ),
    ('string.Join(",", JArray.Parse("[0,1,2,3]").SelectTokens("$[1:3]"))', "1,2"),
    ("JObject.Parse(\"{'a b':{'c':1}}\").SelectToken(\"['a b'].c\")", "1"),
    ('JToken.Parse("[1,2]").Select(t => (int)t).Sum()', "3"),
    (
        "JArray.Parse(\"[{'a':1},{'a':2}]\").Children<JObject>().Select(o => (int)o[\"a\"]).Max()",
        "2",
    ),
    (
        "string.Join(\",\", JObject.Parse(\"{'a':1,'b':2}\").Properties().Select(p => p.Name + p.Value))",
        "a1,b2",
    ),
    ('JObject.Parse("{\'a\':[1,2]}")["a"].Value<int>(1)', "2"),
    (
        "JObject.Parse(\"{'a':'5'}\").Value<int>(\"a\") + JObject.Parse(\"{'a':'5'}\")[\"a\"].ToObject<int>()",
        "10",
    ),
    (
        'JObject.Parse("{\'a\':1}").TryGetValue("A", StringComparison.OrdinalIgnoreCase, out var t) ? t.ToString() : ""',
        "1",
    ),
    ("JObject.Parse(\"{'d':'2024-02-03T04:05:06Z'}\")[\"d\"].Type", "Date"),
    (
        "JObject.Parse(\"{'d':'2024-02-03T04:05:06Z'}\").ToString(Formatting.None)",
        '{"d":"2024-02-03T04:05:06Z"}',
    ),
    ('JObject.FromObject(new { a = new { b = 1 } }).SelectToken("a").Path', "a"),
    (
        "JToken.DeepEquals(JToken.Parse(\"{'a':1,'b':2}\"), JToken.Parse(\"{'b':2,'a':1}\"))",
        "True",
    ),
    ('JObject.Parse("{\'a\':null}")["a"].Type == JTokenType.Null', "True"),
    ('JObject.Parse("{\'a\':true}")["a"].ToString()', "True"),
    ('((JArray)JToken.Parse("[1,2]")).Count', "2"),
    ('JObject.Parse("{\'a\':1}")["zz"]?.ToString() ?? "gone"', "gone"),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_json_reads_and_prints_as_in_newtonsoft(source: str, expected: str) -> None:
    assert text(source) == expected


def test_an_object_changes_in_place() -> None:
    source = """
        var o = JObject.Parse("{'a':1,'c':[1]}");
        o["b"] = "x";
        o.Property("a").Remove();
        ((JArray)o["c"]).Add(2);
        o["c"][0] = 9;
        o.Add("d", new JObject());
        o["d"]["e"] = 1.5;
        o.Merge(JObject.Parse("{'c':[3],'b':'y'}"));
        o["b"].Replace("z");
        o.Remove("nothing");
        return o.ToString(Newtonsoft.Json.Formatting.None);"""
    assert value(source) == ('{"c":[9,2,3],"b":"z","d":{"e":1.5}}')


def test_a_token_put_in_twice_is_copied() -> None:
    source = """
        var inner = new JObject(new JProperty("n", 1));
        var outer = new JObject(new JProperty("a", inner), new JProperty("b", inner));
        outer["a"]["n"] = 2;
        return outer.ToString(Formatting.None);"""
    assert value(source) == '{"a":{"n":2},"b":{"n":1}}'


def test_foreach_over_an_object_gives_names_and_values() -> None:
    source = """
        var r = "";
        foreach (var p in JObject.Parse("{'a':1,'b':2}")) { r += p.Key + p.Value; }
        return r;"""
    assert value(source) == "a1b2"


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ('JObject.Parse("[1]")', "JsonReaderException"),
        ('JObject.Parse("{}")["a"].Value<bool>()', "ArgumentNullException"),
        ('JObject.Parse("{}")["a"].ToObject<string>()', "NullReferenceException"),
        ('JObject.Parse("{")', "JsonReaderException"),
        ('JToken.Parse("")', "JsonReaderException"),
        ("(int)JObject.Parse(\"{'a':'x'}\")[\"a\"]", "FormatException"),
        ('(int)JObject.Parse("{\'a\':[]}")["a"]', "ArgumentException"),
        ('JObject.Parse("{}")["a"].ToString()', "NullReferenceException"),
        (
            'new JObject(new JProperty("a",1), new JProperty("a",2))',
            "ArgumentException",
        ),
        ('JArray.Parse("[1]")[3]', "ArgumentOutOfRangeException"),
        ('JArray.Parse("[1,1]").SelectToken("$[*]")', "JsonException"),
    ],
)
def test_wrong_json_has_the_exception_of_newtonsoft(source: str, kind: str) -> None:
    with pytest.raises(EvaluationFailure) as caught:
        value(source)
    assert caught.value.kind == kind


@pytest.mark.parametrize(
    ("json", "message"),
    [
        ("", "Error reading JObject from JsonReader. Path '', line 0, position 0."),
        ("<a>", "Unexpected character encountered while parsing value: <. Path '', line 0, position 0."),
        ("{", "Unexpected end of content while loading JObject. Path '', line 1, position 1."),
        ("{'a':", "Unexpected end of content while loading JObject. Path 'a', line 1, position 5."),
        ("{'a b':[1, {'c':2", "Unexpected end of content while loading JObject. Path '['a b'][1].c', line 1, position 17."),
        ("{'a':1;", "After parsing a value an unexpected character was encountered: ;. Path 'a', line 1, position 6."),
        ("{'a';", "Invalid character after parsing property name. Expected ':' but got: ;. Path '', line 1, position 4."),
        ("{}\\n x", "Additional text encountered after finished reading JSON content: x. Path '', line 2, position 1."),
    ],
)  # fmt: skip
def test_what_is_no_json_is_told_in_the_words_of_newtonsoft(
    json: str, message: str
) -> None:
    source = f"""
        try {{ JObject.Parse("{json}").ToString(); return ""; }}
        catch (Exception e) {{ return e.Message; }}"""
    assert text(source) == message
