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
