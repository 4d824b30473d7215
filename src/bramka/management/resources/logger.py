"""Loggers."""

from bramka.domain.errors import Conflict
from bramka.domain.traffic.diagnostic import Logger
from bramka.management.call import Call
from bramka.management.filter import Field
from bramka.management.resource import Identifier, Resource, Sent
from bramka.management.shape import Shape, wrong
from bramka.store.collection import Record
from bramka.store.diagnostic import DIAGNOSTICS, LOGGERS


class Loggers(Resource[Logger]):
    """Where logs go; credentials are taken and never shown."""

    segment = "loggers"
    type = "loggers"
    collection = LOGGERS
    identifier = Identifier(256)
    shape = Shape(
        noun=Logger, hidden=frozenset(("id",)), secret=frozenset(("credentials",))
    )

    @property
    def filters(self) -> dict[str, Field]:
        column = self.collection.column
        return {
            "name": Field(column.id),
            "description": Field(column.description),
            "loggerType": Field(column.logger_type, "word"),
            "resourceId": Field(column.resource_id),
        }

    def accept(self, call: Call, sent: Sent[Logger]) -> Logger:
        noun = super().accept(call, sent)
        if noun.logger_type != "azureMonitor" and not noun.credentials:
            raise wrong("credentials", f"are required by the type {noun.logger_type}")
        if sent.old is not None and sent.old.logger_type != noun.logger_type:
            raise wrong("loggerType", f"stays '{sent.old.logger_type}' once it is set")
        return noun

    def remove(self, call: Call, record: Record[Logger]) -> None:
        users = DIAGNOSTICS.all(
            call.transaction, DIAGNOSTICS.column.logger_id == record.noun.id
        )
        if users and not call.flag("force"):
            raise Conflict(
                f"Logger '{record.noun.id}' is used by diagnostic "
                f"'{users[0].noun.id}'; delete that first.",
                target="loggerId",
            )
        super().remove(call, record)
