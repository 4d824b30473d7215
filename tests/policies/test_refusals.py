"""Slips of people who write policies: what they are told, and where."""

import pytest

from bramka.testing.playbook import refusal_of

ELEMENTS = [
    ("<set-heder name='A'/>", "did you mean <set-header>?"),
    ("<Set-Header name='A'/>", "did you mean <set-header>?"),
    ("<set-header name='A' exist-action='skip'/>", "did you mean 'exists-action'?"),
    ("<set-header name='A'><valeu>1</valeu></set-header>", "did you mean <value>?"),
    ("<when condition='true'/>", "it stands inside <choose>"),
    ("<issuers/>", "it stands inside <validate-jwt>"),
    (
        "<choose><when condition='true'><base /></when></choose>",
        "<base> stands directly in a section only",
    ),
    (
        "<rate-limit calls='ten' renewal-period='60'/>",
        "attribute 'calls' is 'ten': it must be a whole number",
    ),
    (
        "<choose><when condition=\"context.Request.Method == 'GET'\"/></choose>",
        "it can be true or false, or an expression",
    ),
    (
        '<choose><when condition="@(context.Response.StatusCode)"/></choose>',
        "of type int, which is never true or false",
    ),
    (
        '<retry condition="@(1 + 1)" count="1" interval="1"/>',
        "of type int, which is never true or false",
    ),
]
EXPRESSIONS = [
    (
        "@(context.Request.Headers.GetValueOrDefault('A', ''))",
        "strings stand in double quotes",
    ),
    (
        "@(context.Request.Headers.GetValueOrDefault('A'))",
        "strings stand in double quotes",
    ),
    ('@(context.Request.Method === "GET")', "C# compares with =="),
    ('@(context.Request.Method = "GET")', "== compares"),
    ("@(context.Request.Method;)", "end with ';'"),
    ("@(return 1)", "statements stand in @{ … }"),
    ("@{ var x = 1\n return x; }", "a ';' seems to be missing before it"),
    ('@{ string token = ""; return tokn; }', "did you mean token?"),
    ("@(Context.Request.Method)", "did you mean context?"),
    ("@(context.Request.Header)", "did you mean Headers?"),
    ("@{ var x = 1; }", "does not return a value in every case"),
    ("@{ if (true == false) { return 1; } }", "does not return a value in every case"),
    ("@{ }", "the expression is empty"),
    ("@(context.Request.Method))", "has ended before this ')'"),
    ("@{ return 1; }}", "has ended before this '}'"),
    ("@{ return 1; ", "no matching '}'"),
]


@pytest.mark.parametrize(("policy", "told"), ELEMENTS)
def test_a_slip_in_an_element(policy: str, told: str) -> None:
    assert told in refusal_of(policy)


def test_a_policy_in_a_wrong_section() -> None:
    told = refusal_of(inbound="<forward-request/>")
    assert "cannot stand in inbound; it can in backend" in told


@pytest.mark.parametrize(("expression", "told"), EXPRESSIONS)
def test_a_slip_in_an_expression(expression: str, told: str) -> None:
    assert told in refusal_of(f'<set-variable name="a" value="{expression}"/>')


@pytest.mark.parametrize(
    "backend",
    [
        "<forward-request /><forward-request />",
        "<set-variable name='a' value='b' /><base />",
    ],
)
def test_the_backend_section_holds_one_policy(backend: str) -> None:
    told = refusal_of(backend=backend)
    assert "Error in element 'backend' on line 3, column 1: backend section" in told
    assert "allows only one policy to be specified" in told


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('<set-header name="a" name="b" />', "the attribute stands twice"),
        ('<set-status code="1"reason="a" />', "with a blank before the next one"),
        ('<set-header name="O="x"" />', "&quot; for a quote inside"),
        ("<!-- oops <base />", "this comment does not end; it ends with -->"),
        ("</set-header>", "</set-header> closes nothing that is open"),
        ('<set-header name="a" value="1" />', "an element inside: <value>…</value>"),
        ('<set-header name="a"><to /></set-header>', "<set-header>; <value> can"),
        ("<cors><origin>*</origin></cors>", "it can inside <allowed-origins>"),
        ("<inbound />", "is a section, not a policy"),
        ("<base /><base />", "stands twice in the section"),
        ("<base><return-response /></base>", "it is written <base />"),
        ('<rate-limit calls="@(1)" renewal-period="1" />', "; write its value"),
        (
            '<ip-filter action="allow"><address>10.1.0.0/16</address></ip-filter>',
            '<address-range from="10.1.0.0" to="10.1.255.255" />',
        ),
        (
            '<validate-jwt header-name="A"><openid-config url="a/b" /></validate-jwt>',
            "url='a/b'> is not an http or https address",
        ),
    ],
)
def test_a_slip_is_told_with_its_place_and_what_to_do(text: str, words: str) -> None:
    document = f"<policies>\n<inbound>\n{text}\n</inbound>\n</policies>"
    told = refusal_of(document)
    assert words in told
    assert "on line 3, column " in told
