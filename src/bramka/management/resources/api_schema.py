"""Schemas of an API: what its operations' bodies refer to."""

from typing import Any

from bramka.domain.errors import Conflict
from bramka.domain.traffic.operation import Operation
from bramka.domain.traffic.schema import ApiSchema
from bramka.management.call import Call
from bramka.management.resource import Resource, Sent
from bramka.management.shape import Shape, wrong
from bramka.store import operation
from bramka.store.body_schema import API_SCHEMAS
from bramka.store.collection import Record

SWAGGER = "application/vnd.ms-azure-apim.swagger.definitions+json"
OPENAPI = "application/vnd.oai.openapi.components+json"
XSD = "application/vnd.ms-azure-apim.xsd+xml"
_PLACES = {SWAGGER: "definitions", OPENAPI: "components"}


class ApiSchemas(Resource[ApiSchema]):
    """Below an API; the type of the content says how the document is written."""

    segment = "schemas"
    type = "apis/schemas"
    collection = API_SCHEMAS
    verbs = "LHGPD"
    shape = Shape(
        noun=ApiSchema,
        hidden=frozenset(("id", "apiId")),
        read_only=frozenset(("provisioningState",)),
    )
    filtered = ("name", "contentType")

    def accept(self, call: Call, sent: Sent[ApiSchema]) -> ApiSchema:
        noun = super().accept(call, sent)
        wanted = _PLACES.get(noun.content_type, "value")
        if not {wanted, "value"} & noun.document.keys():
            raise wrong(
                "document",
                f"holds no '{wanted}', where {noun.content_type} has its schemas",
            )
        return noun

    def remove(self, call: Call, record: Record[ApiSchema]) -> None:
        noun = record.noun
        users = [
            one.noun.id
            for one in operation.of_api(call.transaction, noun.api_id)
            if noun.id in _named_in(one.noun)
        ]
        if users and not call.flag("force"):
            raise Conflict(
                f"Schema '{noun.id}' is used by operation '{users[0]}'; change that "
                "first or pass force=true.",
                target="schemaId",
            )
        super().remove(call, record)


def _named_in(noun: Operation) -> set[str | None]:
    """Ids of the schemas that an operation refers to."""
    messages: list[Any] = [one for one in (noun.request, *noun.responses) if one]
    return {each.schema_id for one in messages for each in one.representations}
