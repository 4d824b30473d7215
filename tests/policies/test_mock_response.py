"""<mock-response>: what the operation says it answers."""

import json

from msgspec.structs import replace

from bramka.domain.traffic.operation import Operation, Representation, ResponseContract
from bramka.domain.traffic.schema import ApiSchema
from bramka.testing.playbook import play

SCHEMA = ApiSchema(
    api_id="tried",
    id="shapes",
    content_type="application/json",
    document=json.loads("""{"components": {"schemas": {
      "Order": {"type": "object", "properties": {
        "id": {"type": "integer", "minimum": 1}, "name": {"type": "string"},
        "paid": {"type": "boolean"}, "day": {"type": "string", "format": "date"},
        "kind": {"enum": ["small", "big"]}, "price": {"type": ["null", "number"]},
        "lines": {"type": "array", "items": {"$ref": "#/components/schemas/Line"}},
        "more": {"allOf": [{"$ref": "#/components/schemas/Line"},
                           {"properties": {"x": {"default": 9}}}]},
        "one": {"oneOf": [{"type": "string"}]}}},
      "Line": {"properties": {"sku": {"example": "A1"}}},
      "Loop": {"properties": {"again": {"$ref": "#/components/schemas/Loop"}}}}}}"""),
)


def operation(*responses: ResponseContract) -> list[Operation]:
    return [
        Operation(
            id="get",
            api_id="tried",
            display_name="Get",
            method="GET",
            url_template="/*",
            responses=responses,
        )
    ]


FOUND = ResponseContract(
    status_code=200,
    representations=(
        Representation(
            content_type="application/json",
            examples={"default": {"value": {"id": 1}}},
        ),
        Representation(content_type="text/plain", examples={"default": "plain"}),
    ),
)
LOST = ResponseContract(
    status_code=404,
    representations=(
        Representation(
            content_type="application/json", schema_id="shapes", type_name="Order"
        ),
    ),
)


def test_the_first_example_is_answered_and_the_backend_not_called() -> None:
    book = play("<mock-response />", operations=operation(FOUND)).call()
    book.answered('{\n  "id": 1\n}').reached(0)
    assert book.answer.header("Content-Type") == "application/json"


def test_another_content_type_may_be_asked_for() -> None:
    text = "<mock-response content-type='text/plain' />"
    book = play(text, operations=operation(FOUND)).call().answered("plain")
    assert book.answer.header("Content-Type") == "text/plain"


def test_without_an_example_a_sample_of_the_schema_is_made() -> None:
    text = "<mock-response status-code='404' />"
    tables = {"api_schemas": {"tried/shapes": SCHEMA}}
    book = play(text, operations=operation(FOUND, LOST), tables=tables).call()
    assert "".join(book.answer.text.split()) == (
        '{"id":1,"name":"string","paid":true,"day":"2024-01-31","kind":"small",'
        '"price":0,"lines":[{"sku":"A1"}],"more":{"sku":"A1","x":9},"one":"string"}'
    )
    assert book.answer.status == 404


def test_a_schema_that_holds_itself_ends_somewhere() -> None:
    loop = Representation(
        content_type="application/json", schema_id="shapes", type_name="Loop"
    )
    response = ResponseContract(status_code=200, representations=(loop,))
    tables = {"api_schemas": {"tried/shapes": SCHEMA}}
    book = play("<mock-response />", operations=operation(response), tables=tables)
    assert book.call().answer.text.count("again") < 20


def test_an_operation_that_says_nothing_is_answered_with_nothing() -> None:
    text = "<mock-response status-code='201' content-type='text/csv' />"
    book = play(text).call().answered("", 201)
    assert book.answer.header("Content-Type") == "text/csv"


def test_in_outbound_it_replaces_the_backends_answer() -> None:
    book = play(outbound="<mock-response />", operations=operation(FOUND)).call()
    book.answered('{\n  "id": 1\n}').reached(1)


def test_an_operation_that_changes_is_mocked_anew() -> None:
    book = play("<mock-response />", operations=operation()).call().answered("")
    plan = book.gateway.engine.plan
    assert plan is not None
    operations = {"get": operation(FOUND)[0]}
    book.gateway.take(replace(plan.configuration, version=2, operations=operations))
    book.call().answered('{\n  "id": 1\n}')
