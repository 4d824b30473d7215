"""Bodies against what the definition of the API says of them."""

from typing import Any

import pytest

from bramka.domain.traffic.operation import (
    Operation,
    Representation,
    RequestContract,
    ResponseContract,
)
from bramka.domain.traffic.schema import ApiSchema
from bramka.testing.backends import Reply
from bramka.testing.playbook import Playbook, play

ORDER = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "integer"},
        "note": {"type": "string", "nullable": True},
        "item": {"$ref": "#/components/schemas/Item"},
    },
}
ITEM = {"type": "object", "required": ["name"]}
OPENAPI = ApiSchema(
    api_id="tried",
    id="s1",
    content_type="application/vnd.oai.openapi.components+json",
    document={"components": {"schemas": {"Order": ORDER, "Item": ITEM}}},
)
SWAGGER = ApiSchema(
    api_id="tried",
    id="s1",
    content_type="application/vnd.ms-azure-apim.swagger.definitions+json",
    document={"definitions": {"Order": {"type": "object", "required": ["id"]}}},
)
XSD = ApiSchema(
    api_id="tried",
    id="s1",
    content_type="application/vnd.ms-azure-apim.xsd+xml",
    document={
        "value": """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
            <xs:element name="order" type="xs:int" /></xs:schema>"""
    },
)
CONTENT = """<validate-content unspecified-content-type-action="{other}"
    max-size="1000" size-exceeded-action="prevent" errors-variable-name="problems">
    <content {type} validate-as="{kind}" action="prevent" {more} />
    </validate-content>"""


def content(kind: str = "json", more: str = "", other: str = "prevent") -> str:
    return CONTENT.format(
        kind=kind, type=f'type="application/{kind}"', more=more, other=other
    )


def described(schema: ApiSchema, kind: str = "json", **sections: Any) -> Playbook:
    form = Representation(
        content_type=f"application/{kind}; charset=utf-8",
        schema_id="s1",
        type_name="Order",
    )
    operation = Operation(
        id="post",
        api_id="tried",
        display_name="Post",
        method="POST",
        url_template="/*",
        request=RequestContract(representations=(form,)),
        responses=(ResponseContract(status_code=200, representations=(form,)),),
    )
    return play(
        operations=[operation],
        tables={"api_schemas": {"tried/s1": schema}},
        **sections,
    )


def send(book: Playbook, body: bytes, kind: str = "json") -> Playbook:
    return book.call("POST", body=body, headers={"Content-Type": f"application/{kind}"})


@pytest.mark.parametrize("schema", [OPENAPI, SWAGGER])
def test_a_body_has_to_be_what_the_definition_says(schema: ApiSchema) -> None:
    book = described(schema, inbound=content())
    send(book, b'{"id": 1}').passes()
    send(book, b'{"x": 1}').refused(400)
    send(book, b"[1").refused(400)


def test_references_and_nulls_of_openapi_are_understood() -> None:
    book = described(OPENAPI, inbound=content())
    send(book, b'{"id": 1, "note": null, "item": {"name": "a"}}').passes()
    send(book, b'{"id": 1, "note": 5}').refused(400)
    send(book, b'{"id": 1, "item": {}}').refused(400)


def test_what_is_not_described_may_be_kept_out() -> None:
    more = 'allow-additional-properties="false"'
    book = described(OPENAPI, inbound=content(more=more))
    send(book, b'{"id": 1, "more": 2}').refused(400)


def test_xml_is_checked_by_the_schema_of_the_api() -> None:
    book = described(XSD, "xml", inbound=content("xml"))
    send(book, b"<order>5</order>", "xml").passes()
    send(book, b"<order>five</order>", "xml").refused(400)


def test_an_answer_has_to_be_what_the_definition_says_of_its_status() -> None:
    bad = Reply(200, b'{"no": 1}', [("Content-Type", "application/json")])
    described(OPENAPI, outbound=content(), answers=bad).call("POST").refused(502)
    other = Reply(201, b'{"no": 1}', [("Content-Type", "application/json")])
    described(OPENAPI, outbound=content(), answers=other).call("POST").passes()


def test_without_a_description_it_has_to_be_well_formed() -> None:
    book = play(inbound=content())
    send(book, b'{"x": 1}').passes()
    send(book, b"{").refused(400)


def test_a_schema_that_cannot_be_used_lets_nothing_through() -> None:
    broken = ApiSchema(
        api_id="tried",
        id="s1",
        content_type=OPENAPI.content_type,
        document={"components": {"schemas": {"Order": {"type": "nonsense"}}}},
    )
    send(described(broken, inbound=content()), b'{"id": 1}').refused(400)


def test_a_mock_is_made_from_the_schema_of_the_api() -> None:
    book = described(OPENAPI, inbound='<mock-response status-code="200" />')
    book.call("POST").passes()
    assert b'"id": 0' in book.answer.body
