"""Operations of an API."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, literal

from bramka.domain.traffic.operation import (
    TEMPLATE_PARAMETER,
    Operation,
    parameters_in,
    repeated_in,
)
from bramka.management.call import Call, Properties
from bramka.management.filter import Field
from bramka.management.resource import Ids, Resource, Sent
from bramka.management.resources.tagging import carrying
from bramka.management.shape import Shape, wrong
from bramka.store import operation
from bramka.store.collection import Record

_METHODS = frozenset(
    ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")
)


class Operations(Resource[Operation]):
    """What callers can do with an API."""

    segment = "operations"
    type = "apis/operations"
    collection = operation.OPERATIONS
    shape = Shape(noun=Operation, hidden=frozenset(("id", "apiId")))

    @property
    def filters(self) -> dict[str, Field]:
        column = self.collection.column
        return {
            "name": Field(column.id),
            "displayName": Field(column.display_name),
            "method": Field(column.method),
            "description": Field(column.description),
            "urlTemplate": Field(column.url_template),
        }

    def within(self, call: Call, ids: Ids) -> Sequence[ColumnElement[bool]]:
        column = self.collection.column
        scope = literal("apis/") + column.api_id + "/operations/" + column.id
        return [*super().within(call, ids), *carrying(call, scope)]

    def check(self, call: Call, given: Properties) -> Properties:
        del call
        method = given.get("method")
        # Callers write the known ones in capitals; of others case tells them apart.
        if isinstance(method, str) and method.upper() in _METHODS:
            given["method"] = method.upper()
        return given

    def accept(self, call: Call, sent: Sent[Operation]) -> Operation:
        noun = super().accept(call, sent)
        if {"{", "}"} & set(TEMPLATE_PARAMETER.sub("", noun.url_template)):
            raise wrong("urlTemplate", f"'{noun.url_template}' has a brace too many")
        used = parameters_in(noun.url_template)
        declared = [parameter.name for parameter in noun.template_parameters]
        if twice := repeated_in(noun.url_template):
            raise wrong("urlTemplate", f"{{{twice}}} stands twice in the template")
        for name in set(used) ^ set(declared):
            where = "templateParameters" if name in used else "urlTemplate"
            raise wrong(where, f"parameter '{name}' is missing in {where}")
        return noun

    def save(
        self, call: Call, noun: Operation, sent: Sent[Operation]
    ) -> Record[Operation]:
        del sent
        return operation.put(call.transaction, noun)

    def remove(self, call: Call, record: Record[Operation]) -> None:
        operation.delete(call.transaction, record.noun.api_id, record.noun.id)
