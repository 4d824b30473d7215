"""<xml-to-json>: XML bodies as JSON."""

import json
from typing import Any

import pytest

from bramka.testing.backends import Reply
from bramka.testing.playbook import play, refusal_of


def converted(xml: str, kind: str = "direct", more: str = "") -> Any:
    text = f"""<xml-to-json kind="{kind}" apply="always"
        consider-accept-header="false" {more} />"""
    book = play(outbound=text, answers=Reply(200, xml.encode())).call().passes()
    assert book.answer.header("Content-Type") == "application/json"
    return json.loads(book.answer.text)


@pytest.mark.parametrize(
    ("xml", "value"),
    [
        ("<a>x</a>", {"a": "x"}),
        ("<a/>", {"a": None}),
        ("<a><b>1</b><b>2</b><c/></a>", {"a": {"b": ["1", "2"], "c": None}}),
        ('<a id="7">t</a>', {"a": {"@id": "7", "#text": "t"}}),
        ('<a id="7"/>', {"a": {"@id": "7"}}),
        ("<a> <b>x</b> </a>", {"a": {"b": "x"}}),
        ("<a>x<b>y</b>z</a>", {"a": {"#text": "xz", "b": "y"}}),
        ("<a><![CDATA[<x>]]></a>", {"a": "<x>"}),
        ("<a><!-- no --><b>1</b></a>", {"a": {"b": "1"}}),
        ('<s:a xmlns:s="u"><s:b/></s:a>', {"s:a": {"@xmlns:s": "u", "s:b": None}}),
        ('<a xmlns="u"/>', {"a": {"@xmlns": "u"}}),
        ('<a xmlns:p="u" p:x="1"/>', {"a": {"@xmlns:p": "u", "@p:x": "1"}}),
        (
            '<?xml version="1.0" encoding="utf-8"?><a/>',
            {"?xml": {"@version": "1.0", "@encoding": "utf-8"}, "a": None},
        ),
    ],
)
def test_direct_keeps_the_document_as_it_is(xml: str, value: object) -> None:
    assert converted(xml) == value


@pytest.mark.parametrize(
    ("xml", "value"),
    [
        ('<?xml version="1.0"?><a id="7">t</a>', {"a": {"id": "7", "#text": "t"}}),
        ('<a id="7"><id>8</id></a>', {"a": {"@id": "7", "id": "8"}}),
        ('<s:a xmlns:s="u"><s:b/></s:a>', {"s$a": {"xmlns$s": "u", "s$b": None}}),
    ],
)
def test_javascript_friendly_names_need_no_quotes(xml: str, value: object) -> None:
    assert converted(xml, "javascript-friendly") == value


def test_a_nil_element_is_null() -> None:
    xml = '<a><b xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/></a>'
    assert converted(xml) == {"a": {"b": None}}


def test_single_children_may_become_arrays_too() -> None:
    more = "always-array-child-elements='true'"
    assert converted("<a><b>1</b></a>", more=more) == {"a": {"b": ["1"]}}


def test_the_request_is_converted_in_inbound() -> None:
    text = """<xml-to-json kind="@("direct")" apply="content-type-xml"
        consider-accept-header="false" always-array-child-elements="@(true)" />"""
    book = play(text)
    book.call("POST", body=b"<a><b/></a>", headers={"Content-Type": "text/xml"})
    assert json.loads(book.sent.body) == {"a": {"b": [None]}}
    book.call("POST", body=b"<a/>", headers={"Content-Type": "text/html"})
    assert book.sent.body == b"<a/>"


def test_only_callers_who_want_json_get_it() -> None:
    text = "<xml-to-json kind='direct' apply='always' />"
    book = play(outbound=text, answers=Reply(200, b"<a/>"))
    book.call(headers={"Accept": "application/json"}).answered('{"a": null}')
    book.call(headers={"Accept": "text/xml"}).answered("<a/>")


@pytest.mark.parametrize(
    "body",
    [
        b"<a>",
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b"<a>" * 220 + b"</a>" * 220,
        b"<a " + b" ".join(b"a%d='1'" % i for i in range(1001)) + b"/>",
        b"<a " + b" ".join(b"xmlns:a%d='u'" % i for i in range(101)) + b"/>",
    ],
)
def test_what_is_no_safe_xml_is_an_error(body: bytes) -> None:
    text = "<xml-to-json kind='direct' apply='always' consider-accept-header='false' />"
    told = "<set-body>@(context.LastError.Reason)</set-body>"
    book = play(outbound=text, on_error=told, answers=Reply(200, body))
    book.call().answered("InvalidXml", 500)


def test_its_words_are_checked() -> None:
    assert "'kind' is 'x'; it can be" in refusal_of(
        "<xml-to-json kind='x' apply='always' />"
    )
    assert "'always-array-child-elements' is 'x'" in refusal_of(
        "<xml-to-json kind='direct' apply='always' always-array-child-elements='x' />"
    )
