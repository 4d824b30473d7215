"""Named values; a secret one is only shown when asked for by POST."""

import dataclasses
from collections.abc import Sequence

from sqlalchemy import ColumnElement

from bramka.domain.traffic.named_value import NamedValue
from bramka.management.call import Call, Properties
from bramka.management.cloud import of_vaults
from bramka.management.filter import Field, listed
from bramka.management.made import refused
from bramka.management.resource import Action, Identifier, Ids, Resource, Sent
from bramka.management.shape import Shape, wrong
from bramka.store import named_value
from bramka.store.collection import Record

MOST_TAGS = 32


class NamedValues(Resource[NamedValue]):
    """Texts that policies use as `{{name}}`."""

    segment = "namedValues"
    type = "namedValues"
    collection = named_value.NAMED_VALUES
    identifier = Identifier(256)
    shape = Shape(
        noun=NamedValue,
        hidden=frozenset(("id",)),
        read_only=frozenset(("provisioningState",)),
    )

    @property
    def filters(self) -> dict[str, Field]:
        column = self.collection.column
        return {
            "name": Field(column.id),
            "displayName": Field(column.display_name),
            "tags": listed(column.tags),
        }

    def within(self, call: Call, ids: Ids) -> Sequence[ColumnElement[bool]]:
        return [*super().within(call, ids), *of_vaults(call)]

    @property
    def actions(self) -> dict[str, Action]:
        return {
            "listValue": Action(_value),
            "refreshSecret": refused(
                "Named values are kept here, not in a key vault; send the new value by "
                "PATCH."
            ),
        }

    def show(self, call: Call, noun: NamedValue) -> Properties:
        shown = super().show(call, noun)
        if noun.secret:
            del shown["value"]
        return shown

    def accept(self, call: Call, sent: Sent[NamedValue]) -> NamedValue:
        given = sent.given
        if sent.old is not None and sent.old.secret and "value" not in given:
            # What was read of a secret can be sent back: it never holds the value.
            given = given | {"value": sent.old.value}
        noun = super().accept(call, dataclasses.replace(sent, given=given))
        if not noun.value.strip():
            raise wrong("value", "cannot be blank")
        if len(noun.tags) > MOST_TAGS:
            raise wrong("tags", f"has more than {MOST_TAGS} entries")
        return noun

    def save(
        self, call: Call, noun: NamedValue, sent: Sent[NamedValue]
    ) -> Record[NamedValue]:
        del sent
        return named_value.put(call.transaction, noun)

    def remove(self, call: Call, record: Record[NamedValue]) -> None:
        named_value.delete(call.transaction, record.noun.id)


def _value(call: Call, ids: Ids) -> object:
    record = named_value.NAMED_VALUES.get(call.transaction, ids[-1])
    return {"value": record.noun.value}
