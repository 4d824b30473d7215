"""What is not C#, not supported, or out of reach is refused with its place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.expressions.evaluating import AROUND, compiled, exchange

from bramka.domain.errors import Invalid
from bramka.domain.traffic.policy_text import Place
from bramka.expressions import EvaluationFailure, compile_expression

START = Place(1, 1)


def refusal(source: str, *, is_block: bool | None = None, place: Place = START) -> str:
    block = "return" in source if is_block is None else is_block
    with pytest.raises(Invalid) as caught:
        compile_expression(source, is_block=block, place=place)
    return caught.value.details[0].message


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("context.Request.Methodx", "did you mean Method?"),
        ("context.Requestx", "did you mean Request?"),
        ("strings.Empty", "did you mean string?"),
        ('"a".Lengths', "did you mean Length?"),
        ("Math.Floors(1.5)", "did you mean Floor?"),
        ('"a".Substring("b")', "there is string.Substring(int)"),
        ('context.Variables["a"].Length', "cast it first"),
        ("new Foo()", "Foo is not a type"),
        ("true and false", "C# writes && for 'and'"),
        ('not context.Variables.ContainsKey("a")', "C# writes ! for 'not'"),
        ("context.Request.Method()", "leave out the ()"),
        ("x = 5; return x;", "var declares one"),
        ('Console.WriteLine("x"); return 1;', "context.Trace writes into the trace"),
        ('context.Variables["n"] > 5', "cast the object first"),
        ("context.Request.Method == 5", "only strings stand in quotes"),
        ('var o = new JObject(); o.code = "1"; return o;', 'reached with ["code"]'),
        ("var o = new JObject(); return o.code;", 'reached with ["code"]'),
        ('var s = "a"; s.Length = 2; return s;', "Length can only be read"),
        ("1 +", "not understood"),
        ('"a', ""),
        ("", "empty"),
        ("/* nothing */", "empty"),
        ("typeof(void)", "name a type between the brackets"),
        ("typeof(List<>)", "takes 1 type arguments"),
        ("typeof(string).Assembly", "Type has no member Assembly"),
        ("var p = (1, 2); return p == null;", "is never null"),
        ("from x in 5 select x", "Select does not fit rows of int here"),
        ("from x in new[]{1} select y", "the name 'y' does not exist here"),
        ("int.MaxValue + 1", "the constant is too large for its type"),
        ("(byte)300", "the constant does not fit byte"),
        ("1/0", "divides by a constant that is zero"),
        (
            "int F(int a = 1, int b) => a; return F(1, 2);",
            "parameters with defaults stand behind the others",
        ),
        (
            "int F(int a, int b = 2) => a; return F(c: 1);",
            "it does not take (int); there is F(int, int)",
        ),
        ("return 1; class X {}", ""),
        ("goto a; a: return 1;", "'goto' is not supported"),
        ("lock (context) { return 1; }", "'lock' is not supported"),
        ("yield return 1; return 2;", "'yield' is not supported"),
        ("dynamic d = 1; return d;", "'dynamic' is not supported"),
        ("var x = null; return x;", "name the type"),
        ('int x = "a"; return x;', "string does not become int"),
        ("int x = 1; int x = 2; return x;", "already declared"),
        ("return y;", "'y' does not exist"),
        ("Func<int,int> f = (a, b) => a; return f(1);", "needs 1 parameters"),
        ("if (1) { return 1; } return 2;", "int does not become bool"),
        ("new[]{1}.Select(x => x.Foo)", "int has no member Foo"),
        ("context.Request.Body.As<string>(wrong: true)", "does not take"),
        ("stackalloc int[3]", "not supported"),
        ("new int[2,2]", "several dimensions"),
        ("async x => 1", "async"),
    ],
)
def test_the_refusal_says_what_is_wrong(source: str, words: str) -> None:
    assert words in refusal(source)


@pytest.mark.parametrize(
    "source",
    [
        "context.GetType()",
        '"a".GetType().Assembly',
        "context.__class__",
        "context.Request.__init__",
        '"".__class__.__mro__',
        '__import__("os")',
        'eval("1")',
        "exec",
        "len",
        "exchange",
        "around",
        "k0",
        "v1",
        'System.IO.File.ReadAllText("/etc/passwd")',
        'File.ReadAllText("/etc/passwd")',
        'System.Diagnostics.Process.Start("ls")',
        "new System.Net.WebClient()",
        "new HttpClient()",
        'Activator.CreateInstance("x")',
        'Environment.GetEnvironmentVariable("HOME")',
        'System.Reflection.Assembly.Load("x")',
        "System.Threading.Thread.Sleep(1)",
        'global::System.IO.File.Delete("x")',
        "((dynamic)context).Foo",
        "context.Request.headers",
        "context.Request._headers",
        "context.request",
        'XDocument.Load("file:///etc/passwd")',
        '"{0.__class__}".Format(1)',
    ],
)
def test_nothing_outside_the_table_can_be_reached(source: str) -> None:
    refusal(source)


@pytest.mark.parametrize(
    "source",
    [
        "1); return (2",
        "1);} object N(){return (2",
        "1);}} class D{object M(){return (2",
        "1) + (2",
        "1;",
        "return 1",
        "1 // )",
        "1 /* ",
        "1)/*",
    ],
)
def test_an_expression_cannot_break_out_of_its_brackets(source: str) -> None:
    if source == "1 // )":
        compile_expression(source, is_block=False, place=Place(1, 1))
        return
    refusal(source, is_block=False)


@pytest.mark.parametrize(
    "source",
    [
        "return 1; } object N() { return 2;",
        "return 1; }} class D { object M() { return 2;",
        "return 1; } static object X = 1; object Q() {",
        "} { return 1;",
        "return 1; }}}}",
        "return 1;\n#if A\n#endif",
    ],
)
def test_a_block_cannot_break_out_of_its_braces(source: str) -> None:
    refusal(source, is_block=True)


def test_the_place_is_that_in_the_document() -> None:
    place = Place(10, 20)
    assert "line 10, column 22" in refusal("nope", place=place)
    assert "line 10, column 26" in refusal("1 + nope", place=place)
    assert "line 12, column 3" in refusal("\n 1 +\n  nope", place=place)
    assert "line 10, column 26" in refusal('"é"+nope', place=place)


def test_a_failure_while_evaluating_has_its_place() -> None:
    source = "\n  var a = 0;\n  return 1 / a;\n"
    made = compile_expression(source, is_block=True, place=Place(5, 9))
    with pytest.raises(EvaluationFailure) as caught:
        made.evaluate(exchange(), AROUND)
    assert caught.value.place == Place(7, 10)
    assert "line 7, column 10" in caught.value.message


@pytest.mark.parametrize(
    "source",
    ["(" * 2000 + "1" + ")" * 2000, "!" * 3000 + "true", "x" * 70_000, "a\x00b"],
)
def test_sources_too_long_or_too_deep_are_refused(source: str) -> None:
    refusal(source)


def test_long_rows_are_not_deep() -> None:
    assert compiled("+".join(["1"] * 150)).evaluate(exchange(), AROUND) == 150
    assert compiled("+".join(['"a"'] * 2000)).evaluate(exchange(), AROUND) == "a" * 2000


def compiles_or_is_refused(source: str, *, is_block: bool) -> bool:
    """Whether the compiler knows what to say; its last resort does not count."""
    try:
        compile_expression(source, is_block=is_block, place=START)
    except Invalid as refused:
        message = refused.details[0].message
        return message.startswith("Error on line ") and "be compiled (" not in message
    return True


WORDS = st.sampled_from(
    [
        "context",
        ".",
        "Request",
        "Headers",
        "[",
        "]",
        "(",
        ")",
        "{",
        "}",
        "<",
        ">",
        "=",
        "=>",
        ";",
        ",",
        '"',
        "'",
        "@",
        "$",
        "?",
        "??",
        "?.",
        ":",
        "+",
        "-",
        "*",
        "/",
        "%",
        "&",
        "|",
        "!",
        "~",
        "1",
        "0x",
        "1.5m",
        "int",
        "string",
        "var",
        "new",
        "JObject",
        "return",
        "if",
        "else",
        "for",
        "foreach",
        "in",
        "while",
        "do",
        "switch",
        "case",
        "default",
        "try",
        "catch",
        "finally",
        "throw",
        "x",
        "y",
        "is",
        "as",
        "null",
        "true",
        "Select",
        "Where",
        "out",
        "await",
        "this",
        "base",
        "\n",
        "//",
        "/*",
        "*/",
        "#",
        "\\",
        "é",
        "😀",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=25), st.booleans())
def test_any_words_compile_or_are_refused(words: list[str], is_block: bool) -> None:
    assert compiles_or_is_refused(" ".join(words), is_block=is_block)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.booleans())
def test_any_text_compiles_or_is_refused(source: str, is_block: bool) -> None:
    assert compiles_or_is_refused(source, is_block=is_block)
