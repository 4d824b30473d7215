"""<validate-content>: bodies by type, size and schema."""

import json
from typing import Any

import pytest
from tests.policies.telling import TELL

from bramka.domain.traffic.schema import Schema
from bramka.testing.backends import Reply
from bramka.testing.playbook import Playbook, play, refusal_of

ORDER = {
    "type": "object",
    "properties": {
        "Amount": {"type": "integer", "minimum": 1},
        "code": {"type": "string", "pattern": "^(a+)+$"},
    },
    "required": ["Amount"],
    "$defs": {"name": {"type": "string", "maxLength": 3}},
}
XSD = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:element name="order"><xs:complexType><xs:sequence>
    <xs:element name="amount" type="xs:int" /></xs:sequence></xs:complexType>
  </xs:element></xs:schema>"""
TABLES = {
    "schemas": {
        "order": Schema(id="order", type="json", text=json.dumps(ORDER)),
        "broken": Schema(id="broken", type="json", text='{"type": "sometimes"}'),
        "outside": Schema(
            id="outside", type="json", text='{"$ref": "http://else.test/s"}'
        ),
        "xml": Schema(id="xml", type="xml", text=XSD),
        "fetching": Schema(
            id="fetching",
            type="xml",
            text='<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
            '<xs:include schemaLocation="http://else.test/s" /></xs:schema>',
        ),
    }
}
JSON = {"Content-Type": "application/json; charset=utf-8"}


def content(more: str = "schema-id='order'", kind: str = "json") -> str:
    return f"<content type='application/{kind}' validate-as='{kind}' {more} />"


def policy(
    inside: str = "",
    strange: str = "prevent",
    size: str = "1000",
    exceeded: str = "prevent",
) -> str:
    inside = inside or content("schema-id='order' action='prevent'")
    return f"""<validate-content unspecified-content-type-action='{strange}'
        max-size='{size}' size-exceeded-action='{exceeded}'
        errors-variable-name='found'>{inside}</validate-content>"""


def tried(document: str = "", **how: Any) -> Playbook:
    how.setdefault("inbound", document or policy())
    return play(on_error=TELL, tables=TABLES, **how)


def posted(
    book: Playbook, body: object, headers: dict[str, str] | None = None
) -> Playbook:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return book.call("POST", body=text, headers=JSON if headers is None else headers)


def test_a_body_that_fits_its_schema_passes_on() -> None:
    book = posted(tried(), {"Amount": 1, "code": "aaa", "more": True}).passes()
    assert json.loads(book.sent.body)["Amount"] == 1


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"Amount": 0}, "at '/Amount': 0 is less than the minimum of 1"),
        ({"Amount": "1"}, 'at \'/Amount\': "1" is not of type "integer"'),
        ({}, "at '/': \"Amount\" is a required property"),
        ({"Amount": 1, "code": "a" * 40 + "!"}, "at '/code'"),
        (b"{", "the body is not JSON"),
        (b"[" * 900, "the body is not JSON"),
    ],
)
def test_a_body_that_does_not_fit_is_refused(body: object, problem: str) -> None:
    book = posted(tried(), body).refused(400).reached(0)
    assert problem in json.loads(book.answer.body)["message"]
    assert (book.answer.header("X-Told") or "").startswith("validate-content|Schema|")


def test_a_body_without_content_is_not_looked_at() -> None:
    tried().call().passes()


def test_a_body_may_be_too_long() -> None:
    body = {"Amount": 1, "code": "a" * 1000}
    posted(tried(), body).refused(400, "The body is longer than 1000 bytes.")
    posted(tried(policy(size="@(2000)")), body).passes()
    posted(tried(policy(exceeded="detect")), body).passes()


def test_a_type_may_be_strange() -> None:
    text = {"Content-Type": "text/plain"}
    posted(tried(), {}, text).refused(400, "Bodies of type 'text/plain' are not")
    posted(tried(), {}, {}).refused(400, "Bodies of type '' are not described.")
    posted(tried(policy(strange="ignore")), {}, text).passes()


SHOW = """<set-header name='X-Found'><value>@(
    context.Variables.ContainsKey("found").ToString())</value></set-header>"""


@pytest.mark.parametrize(("action", "found"), [("detect", "True"), ("ignore", "False")])
def test_what_is_wrong_may_be_noted_or_ignored(action: str, found: str) -> None:
    inside = content(f"schema-id='order' action='{action}'")
    book = tried(policy(inside), outbound=SHOW)
    assert posted(book, {}).passes().answer.header("X-Found") == found


def test_types_may_be_taken_for_others() -> None:
    inside = content("schema-id='order' action='prevent'") + (
        "<content-type-map missing-content-type-value='application/JSON'>"
        "<type from='application/hal+json' to='application/json' />"
        "<type when='@(context.Request.Headers.ContainsKey(\"X-J\"))' "
        "to='application/json' /></content-type-map>"
    )
    book = tried(policy(inside, strange="ignore"))
    posted(book, {}, {}).refused(400)
    posted(book, {}, {"Content-Type": "application/hal+json"}).refused(400)
    posted(book, {}, {"Content-Type": "text/plain", "X-J": "1"}).refused(400)
    posted(book, {}, {"Content-Type": "text/plain"}).passes()
    inside = content("schema-id='order' action='prevent'") + (
        "<content-type-map any-content-type-value='application/json' />"
    )
    posted(tried(policy(inside)), {}, {"Content-Type": "text/plain"}).refused(400)


def test_additional_properties_may_be_forbidden() -> None:
    more = "schema-id='order' action='prevent' allow-additional-properties='false'"
    book = tried(policy(content(more)))
    posted(book, {"Amount": 1}).passes()
    posted(book, {"Amount": 1, "x": 1}).refused(400, "Additional properties")


def test_the_case_of_names_may_not_matter() -> None:
    more = "schema-id='order' action='prevent' case-insensitive-property-names='true'"
    book = tried(policy(content(more)))
    posted(book, {"AMOUNT": 1}).passes()
    posted(book, {"AMOUNT": 0}).refused(400)


def test_a_part_of_the_schema_may_be_meant() -> None:
    more = "schema-id='order' action='prevent' schema-ref='#/$defs/name'"
    book = tried(policy(content(more)))
    posted(book, "abc").passes()
    posted(book, "abcd").refused(400)


def test_without_a_schema_json_has_to_be_well_formed() -> None:
    book = tried(policy(content("action='prevent'")))
    posted(book, {"any": 1}).passes()
    posted(book, b"nothing").refused(400)


def test_the_answer_is_checked_on_its_way_out() -> None:
    reply = Reply(200, b'{"Amount": 0}', [("Content-Type", "application/json")])
    book = tried(inbound="", outbound=policy(), answers=reply).call().refused(502)
    assert book.answer.text == (
        '{ "statusCode": 502, "message": '
        '"The answer of the backend is not as described." }'
    )
    assert "minimum of 1" in (book.answer.header("X-Told") or "")
    reply = Reply(200, b'{"Amount": 1}', [("Content-Type", "application/json")])
    tried(inbound="", outbound=policy(), answers=reply).call().answered('{"Amount": 1}')


# --- XML ----------------------------------------------------------------------------

XML = {"Content-Type": "application/xml"}


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"<order><amount>1</amount></order>", ""),
        (b"<order><amount>x</amount></order>", "on line 1: Element 'amount'"),
        (b"<else/>", "on line 1"),
        (b"<order>", "the body is not XML"),
        (
            b'<!DOCTYPE o [<!ENTITY a "1">]><order><amount>&a;</amount></order>',
            "it has a document type",
        ),
    ],
)
def test_xml_is_checked_by_xml_schema(body: bytes, problem: str) -> None:
    book = tried(policy(content("schema-id='xml' action='prevent'", "xml")))
    posted(book, body, XML)
    if problem:
        book.refused(400, problem)
    else:
        book.passes()


@pytest.mark.parametrize(
    ("inner", "passes"),
    [("<order><amount>1</amount></order>", True), ("<order/>", False)],
)
def test_soap_is_checked_inside_its_body(inner: str, passes: bool) -> None:
    book = tried(policy(content("schema-id='xml' action='prevent'", "soap")))
    body = (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">'
        f"<s:Body>{inner}</s:Body></s:Envelope>"
    ).encode()
    posted(book, body, {"Content-Type": "application/soap"})
    if passes:
        book.passes()
    else:
        book.refused(400)
    posted(book, b"<order/>", {"Content-Type": "application/soap"})
    book.refused(400, "the body is not a SOAP envelope")


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (policy(size="4194305"), "attribute 'max-size' is '4194305'"),
        (policy(content("schema-id='x' action='prevent'")), "no json schema 'x'"),
        (policy(content("schema-id='xml' action='prevent'")), "no json schema 'xml'"),
        (policy(content("schema-id='broken' action='prevent'")), "schema 'broken': "),
        (policy(content("schema-id='outside' action='prevent'")), "schema 'outside': "),
        (
            policy(content("schema-id='fetching' action='prevent'", "xml")),
            "nothing is fetched",
        ),
        (policy(content("schema-ref='#/a' action='prevent'")), "needs a schema-id"),
        (
            policy(content("schema-id='order' schema-ref='#/a' action='prevent'")),
            "schema 'order': ",
        ),
        (policy(content("action='stop'")), "it can be ignore, prevent, detect"),
        (
            policy(content("action='prevent' allow-additional-properties='@(true)'")),
            "'allow-additional-properties' does not take expressions",
        ),
        (
            policy("<content-type-map><type to='a' /></content-type-map>"),
            "needs either from or when",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_when_compiled(
    document: str, problem: str
) -> None:
    assert problem in refusal_of(document, tables=TABLES)
