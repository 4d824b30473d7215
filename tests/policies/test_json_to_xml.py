"""<json-to-xml>: JSON bodies as XML."""

import json

import pytest

from bramka.testing.backends import Reply
from bramka.testing.playbook import play, refusal_of

XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"'
ALWAYS = "apply='always' consider-accept-header='false'"


def converted(value: object, more: str = "") -> str:
    answer = Reply(200, json.dumps(value).encode())
    text = f"<json-to-xml {ALWAYS} {more} />"
    return play(outbound=text, answers=answer).call().passes().answer.text


@pytest.mark.parametrize(
    ("value", "xml"),
    [
        ({"a": {"b": "x", "c": 1}}, "<a><b>x</b><c>1</c></a>"),
        ({"a": 1, "b": True}, "<Document><a>1</a><b>true</b></Document>"),
        ({"a": [1, {"b": 2}]}, "<Document><a>1</a><a><b>2</b></a></Document>"),
        ([1, 2], "<Document><Item>1</Item><Item>2</Item></Document>"),
        ({"a": {"b": []}}, "<a><b/></a>"),
        ({"a": {"b": None}}, f"<a><b {XSI}/></a>"),
        ({"a": {"@id": "7", "#text": "t"}}, '<a id="7">t</a>'),
        (
            {"a": {"two words": "<&>"}},
            "<a><two_x0020_words>&lt;&amp;&gt;</two_x0020_words></a>",
        ),
        ({"a": {"1st": "\u0001"}}, "<a><_x0031_st>\ufffd</_x0031_st></a>"),
        ({"a": 1.50}, "<a>1.5</a>"),
        ({"a": "2024-01-31T00:00:00Z"}, "<a>2024-01-31T00:00:00Z</a>"),
    ],
)
def test_json_becomes_elements(value: object, xml: str) -> None:
    assert converted(value) == xml


def test_prefixes_and_attributes_are_told_by_the_attributes() -> None:
    value = {
        "soap:Envelope": {
            "xmlns:soap": "http://s",
            "xmlns:v1": "http://v1",
            "soap:Body": {"v1:Query": {"#attrs": {"name": "test"}, "v1:Item": "x"}},
        }
    }
    more = (
        "namespace-separator=':' namespace-prefix='xmlns' attribute-block-name='#attrs'"
    )
    assert converted(value, more + " parse-date='false'") == (
        '<soap:Envelope xmlns:soap="http://s" xmlns:v1="http://v1"><soap:Body>'
        '<v1:Query name="test"><v1:Item>x</v1:Item></v1:Query>'
        "</soap:Body></soap:Envelope>"
    )


def test_an_underscore_separates_only_known_prefixes() -> None:
    value = {"a": {"@xmlns_p": "http://p", "p_b": 1, "first_name": 2}}
    expected = '<a xmlns:p="http://p"><p:b>1</p:b><first_name>2</first_name></a>'
    assert converted(value) == expected


def test_the_request_is_converted_in_inbound() -> None:
    book = play(f"<json-to-xml {ALWAYS} />").call("POST", body=b'{"a": 1}')
    assert book.sent.body == b"<a>1</a>"
    assert book.sent.header("Content-Type") == "application/xml"


@pytest.mark.parametrize(
    ("how", "kind", "accept", "is_converted"),
    [
        ("apply='always'", "text/plain", "text/xml", True),
        ("apply='always'", "text/plain", "text/html", False),
        ("apply='content-type-json'", "text/plain", "text/xml", False),
        ("apply='content-type-json'", "application/json", "application/xml", True),
        ("apply='@(\"always\")' consider-accept-header='@(false)'", "x/y", "", True),
    ],
)
def test_when_it_applies(how: str, kind: str, accept: str, is_converted: bool) -> None:
    answer = Reply(200, b'{"a": 1}', [("Content-Type", kind)])
    book = play(outbound=f"<json-to-xml {how} />", answers=answer)
    book.call(headers={"Accept": accept})
    assert (book.answer.text == "<a>1</a>") is is_converted


def test_what_is_no_json_is_an_error_and_nothing_stays_nothing() -> None:
    text = f"<json-to-xml {ALWAYS} />"
    told = "<set-body>@(context.LastError.Reason)</set-body>"
    for body in (b"{", b"[" * 5000):
        book = play(outbound=text, on_error=told, answers=Reply(200, body))
        book.call().answered("InvalidJson", 500)
    deep = b'{"a":' * 200 + b"1" + b"}" * 200
    book = play(outbound=text, on_error=told, answers=Reply(200, deep))
    book.call().answered("InvalidJson", 500)
    play(outbound=text, answers=Reply(200, b"")).call().answered("")


def test_its_words_are_checked() -> None:
    assert "it can be always, content-type-json" in refusal_of(
        "<json-to-xml apply='never' />"
    )
    assert "'consider-accept-header' is 'x'" in refusal_of(
        "<json-to-xml apply='always' consider-accept-header='x' />"
    )
    assert "'parse-date' is 'x'" in refusal_of(
        "<json-to-xml apply='always' parse-date='x' />"
    )


@pytest.mark.parametrize(
    ("policy", "body"),
    [("json-to-xml", b"[" + b"1," * 500_001 + b"1]"), ("xml-to-json", b"<" * 500_001)],
)
def test_a_body_of_too_many_parts_is_not_converted(policy: str, body: bytes) -> None:
    kind = "kind='direct'" if policy == "xml-to-json" else ""
    text = f"<{policy} {kind} apply='always' consider-accept-header='false' />"
    told = "<set-body>@(context.LastError.Source + context.LastError.Reason)</set-body>"
    book = play(inbound=text, on_error=told).call("POST", body=body)
    book.answered(f"{policy}BodyTooLarge", 500)
