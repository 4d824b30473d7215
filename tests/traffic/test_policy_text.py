"""Reading policies as people write them: raw C#, comments, places, no blow-up."""

import time
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bramka.domain.errors import Invalid
from bramka.domain.traffic.policy_element import DEEPEST_NESTING
from bramka.domain.traffic.policy_format import to_raw, to_xml
from bramka.domain.traffic.policy_text import (
    LONGEST_DOCUMENT,
    Element,
    Expression,
    read,
)


def document(inside: str) -> str:
    return f"<policies><inbound>{inside}</inbound></policies>"


def inbound(inside: str) -> list[Element]:
    return read(document(inside)).children[0].children


def expression(inside: str) -> Expression:
    """The only part of the text of the only policy."""
    (element,) = inbound(inside)
    (part,) = element.text.parts
    assert isinstance(part, Expression)
    return part


def refusal(text: str) -> str:
    with pytest.raises(Invalid) as caught:
        read(text)
    assert caught.value.message == "One or more fields contain incorrect values:"
    (detail,) = caught.value.details
    assert (detail.code, detail.target) == ("ValidationError", "representation")
    return detail.message


# --- expressions ---------------------------------------------------------------------

SOURCES = {
    "comparison": 'context.Request.Method == "GET" && 1 < 2',
    "bracket in a string": '"(" + ")))" + "]"',
    "escaped quote": '"a\\")b"',
    "backslash at the end": '"a\\\\"',
    "verbatim string": '@"C:\\" + @"say ""hi"" )"',
    "interpolated string": '$"{context.Api.Id}/{(1 < 2 ? "a)" : "b")}"',
    "doubled braces": '$"{{not code)}} {1}"',
    "verbatim interpolated": '$@"a""{x}\\" + @$"b\\{y}"',
    "character": "x[0] == ')' || x == '\\'' || x == '\\u0029'",
    "comment": "1 /* ) */ + 2",
    "comment to the end of its line": '1 // ) "\n + 2',
    "generic call": 'context.Variables.GetValueOrDefault<string>("a", null)',
    "lambda": 'xs.Where(x => x.Type == "a").Select(x => (string)x["b"])',
    "nested": "f(g(h[i]{j}))",
    "tag in a string": '"<inbound>" + "</policies>"',
    "apostrophe in a word": '"it\'s" + f(")")',
    "text that looks like a comment": '"<!--" + ")"',
    "entity in a string": '"&lt;" + a',
    "CDATA end": "a[b[0]]>1",
}


@pytest.mark.parametrize("kind", SOURCES)
def test_an_expression_ends_at_its_own_bracket(kind: str) -> None:
    source = SOURCES[kind]
    found = expression(f"<set-body>@({source})</set-body>")
    assert (found.source, found.is_block) == (source, False)
    (element,) = inbound(f"<set-body a='' >@{{ return {source}; }}</set-body>")
    (part,) = element.text.parts
    assert isinstance(part, Expression)
    assert (part.source, part.is_block) == (f" return {source}; ", True)


@pytest.mark.parametrize("kind", SOURCES)
def test_in_an_attribute_it_is_the_same(kind: str) -> None:
    source = SOURCES[kind]
    (element,) = inbound(f'<when condition="@({source})" b="c" />')
    (part,) = element.attributes["condition"].parts
    assert isinstance(part, Expression)
    assert part.source == source
    assert element.attributes["b"].literal == "c"


@pytest.mark.parametrize("kind", SOURCES)
def test_escaped_and_raw_say_the_same(kind: str) -> None:
    raw = document(f'<a b="@({SOURCES[kind]})">@{{\n return {SOURCES[kind]}; }}</a>')
    xml = to_xml(raw)
    if kind != "entity in a string":
        assert to_raw(xml) == raw
    one, two = read(raw), read(xml, escaped=True)
    assert sources(one) == sources(two)


def sources(element: Element) -> list[str]:
    values = [*element.attributes.values(), element.text]
    own = [
        part if isinstance(part, str) else part.source
        for value in values
        for part in value.parts
    ]
    return own + [text for child in element.children for text in sources(child)]


def test_an_expression_over_many_lines_is_one_expression() -> None:
    source = '\n  var a = 1;\n\n  return a < 2 ? "x" : "y";\n'
    (element,) = inbound(f'<a b="@{{{source}}}">\n  @{{{source}}}\n</a>')
    (part,) = element.attributes["b"].parts
    assert isinstance(part, Expression)
    assert part.source == source
    texts = [part for part in element.text.parts if isinstance(part, str)]
    assert "".join(texts).strip() == ""
    assert len(element.text.parts) == 3


def test_text_and_expressions_mix_in_order() -> None:
    (element,) = inbound("<value>a @(1) b @(2)@(3) c</value>")
    shown = [
        part if isinstance(part, str) else f"<{part.source}>"
        for part in element.text.parts
    ]
    assert shown == ["a ", "<1>", " b ", "<2>", "<3>", " c"]
    assert element.text.literal is None


def test_a_raw_document_may_hold_entities_outside_of_strings() -> None:
    found = expression("<a>@(1 &lt; 2 &amp;&amp; x == &quot;y)&quot;)</a>")
    assert found.source == '1 < 2 && x == "y)"'


def test_what_is_in_a_comment_is_no_expression() -> None:
    (element,) = inbound("<!-- @( is -- not <closed> --><a>@(1)</a><!-- @(2) -->")
    assert sources(element) == ["1"]


def test_an_instruction_or_a_comment_moves_no_expression_elsewhere() -> None:
    text = document('<?note @(1) ?><!-- @(2) --><a b="@(3)">@(4)</a>')
    assert sources(read(text)) == ["3", "4"]


def test_cdata_holds_text_and_expressions() -> None:
    (element,) = inbound("<a><![CDATA[ <!-- @(a[b[0]]>1 && c) --> & ]]></a>")
    assert sources(element) == [" <!-- ", "a[b[0]]>1 && c", " --> & "]


def test_a_mail_address_is_text() -> None:
    (element,) = inbound('<a b="me@example.com">@ @[x] @@ @</a>')
    assert sources(element) == ["me@example.com", "@ @[x] @@ @"]


def test_entities_in_text_are_read() -> None:
    (element,) = inbound("<a>&lt;b&gt; &#65;&#x42;</a>")
    assert element.text.literal == "<b> AB"


# --- places --------------------------------------------------------------------------


def test_places_are_those_of_the_authors_text() -> None:
    inside = '\n\t<a b="@(1)"\n c="@(22)"/><d/>\n  '
    one, two = (
        read(f"<policies>\n  <inbound>{inside}</inbound></policies>")
        .children[0]
        .children
    )
    assert (one.place.line, one.place.column) == (3, 2)
    assert (two.place.line, two.place.column) == (4, 13)
    (part,) = one.attributes["c"].parts
    assert isinstance(part, Expression)
    assert (part.place.line, part.place.column) == (4, 5)


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("", "line 1, column 1", "has to begin with"),
        (
            "<a>\n<b>\n</a>",
            "line 3, column 3",
            "<b> of line 2 is not closed before </a>",
        ),
        ("<a>\n  <b c=d/>\n</a>", "line 2, column 8", "not well-formed"),
        ("<a>\n x @(1 + (2)\n</a>", "line 2, column 4", "no matching ')'"),
        ("<a b='@{ x ]'/>", "line 1, column 7", "no matching '}'"),
        ("<a>&what;</a>", "line 1, column 4", "undefined entity"),
        ("<a b='1&c=2'/>", "line 1, column 10", "'&' is written &amp;"),
        ("<a>x & y</a>", "line 1, column 7", "'&' is written &amp;"),
        ("<a>1 < 2</a>", "line 1, column 7", "'<' is written &lt;"),
        ("<a b='1/>", "line 1, column 1", "does not end; check its quotes"),
        ("<a></a></b>", "line 1, column 9", "behind the end of the root"),
        ("<a>\n<b>", "line 2, column 4", "<b> of line 2 is not closed"),
        ("<a/><b/>", "line 1, column 5", "nothing can stand behind the end"),
        ("<a>\ue000</a>", "line 1, column 4", "cannot be used"),
        ("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "line 1", "DOCTYPE"),
        ("<a>\0</a>", "line 1, column 4", "not well-formed"),
        (
            "<a b='1' b='2'/>",
            "line 1, column 10",
            "the attribute stands twice; delete one",
        ),
        ("<a @(1)='2'/>", "line 1, column 4", "not well-formed"),
        ("<a>\ud800</a>", "line 1, column 4", "surrogate"),
        ("<a><!-- x</a>", "line 1, column 4", ""),
        ('<a>@($"{x)</a>', "line 1, column 4", "no matching ')'"),
    ],
)
def test_a_refusal_says_where_and_what(text: str, where: str, what: str) -> None:
    message = refusal(text)
    assert where in message
    assert what in message


def test_nesting_has_an_end() -> None:
    deep = "<a>" * DEEPEST_NESTING + "</a>" * DEEPEST_NESTING
    assert read(deep).name == "a"
    assert f"deeper than {DEEPEST_NESTING}" in refusal(f"<a>{deep}</a>")


def test_a_document_has_a_longest_size() -> None:
    assert "longer than" in refusal(f"<a>{'é' * (LONGEST_DOCUMENT // 2)}</a>")
    read(f"<a>{'e' * (LONGEST_DOCUMENT - 7)}</a>")


# --- hostile text ----------------------------------------------------------------

BITS = st.sampled_from(
    (
        *[
            "@",
            "(",
            ")",
            "{",
            "}",
            "[",
            "]",
            "<",
            ">",
            '"',
            "'",
            "\\",
            "&",
            "=",
            ";",
            "\n",
            "\r",
            "\t",
            "\x00",
            "é",
            "\ue000",
            "�",
        ],
        *("@(", "@{", "</", "/>", "<a>", "</a>", "<!--", "-->", "<![CDATA[", "]]>"),
        *("<?", "?>", '@"', '$"', '$@"', "{{", "}}", "//", "/*", "*/", "&lt;"),
        *("&quot;", "&#65;", "b='c'", "<!DOCTYPE", "<policies>", "</policies>"),
    )
)
ANY = st.lists(BITS, max_size=30).map("".join) | st.text(max_size=40)


@given(ANY | ANY.map(document), st.booleans())
@example('@($"{' * 400, False)
@example('<a>@(@$@$@$"</a>', False)
@example("<a b='@(1)\n\n@(2)'/>", True)
def test_any_text_is_read_or_refused(text: str, escaped: bool) -> None:
    with suppress(Invalid):
        root = read(text, escaped=escaped)
        assert not any(set("\ue000\ue001\ue002") & set(one) for one in sources(root))


@given(ANY)
def test_any_text_can_be_rewritten_or_is_refused(text: str) -> None:
    for rewrite in (to_xml, to_raw):
        with suppress(Invalid):
            assert isinstance(rewrite(text), str)


FLOODS = {
    "openings": "@(",
    "expressions": "@()",
    "comments": "<!---->",
    "comments and an at": "<!--@-->@",
    "comment openings": "<!--",
    "tags": "<a>",
    "less-thans": "<",
    "named values": "{{",
    "named values with spaces": "{{ ",
    "ats": "@",
    "strings": '@("")',
    "open strings": '@("',
    "interpolations": '@($"{',
    "inner interpolations": '$"{',
    "comment in code": "@(/*",
    "escaped quotes in a comment": '\\"',
    "characters": "'",
    "entities": "&lt;",
    "instructions": "<??>",
    "CDATA": "<![CDATA[",
    "lines": "@(\n)\n",
    "dollars": "$@",
    "ats in code": "@(@",
}


@pytest.mark.parametrize("kind", FLOODS)
@pytest.mark.parametrize("around", ["{}", "<a>{}</a>", "<a>@(/*{}*/)</a>", "@({}"])
def test_no_flood_takes_more_than_linear_time(kind: str, around: str) -> None:
    room = LONGEST_DOCUMENT - len(around)
    text = around.format(FLOODS[kind] * (room // len(FLOODS[kind])))
    started = time.process_time()
    with suppress(Invalid):
        read(text)
    assert time.process_time() - started < 3.0
