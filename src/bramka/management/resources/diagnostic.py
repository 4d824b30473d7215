"""Diagnostics: what of calls is logged."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement

from bramka.domain.traffic.diagnostic import Diagnostic
from bramka.management.call import Call, Properties
from bramka.management.resource import Identifier, Ids, Resource
from bramka.management.shape import Shape
from bramka.store.diagnostic import DIAGNOSTICS, LOGGERS


class Diagnostics(Resource[Diagnostic]):
    """Of all calls, or of those of the API above."""

    segment = "diagnostics"
    collection = DIAGNOSTICS
    identifier = Identifier(80, "^(applicationinsights|azuremonitor|local)$")
    shape = Shape(noun=Diagnostic, hidden=frozenset(("id", "apiId")))
    filtered = ("name",)

    def __init__(self, owner: str = "") -> None:
        """`owner` is the segment above: "apis", or "" for all calls."""
        super().__init__()
        self.type = f"{owner}/diagnostics".lstrip("/")

    def key(self, ids: Ids) -> tuple[str, ...]:
        return ids if len(ids) > 1 else ("", *ids)

    def within(self, call: Call, ids: Ids) -> Sequence[ColumnElement[bool]]:
        del call
        return [self.collection.column.api_id == (ids[0] if ids else "")]

    def show(self, call: Call, noun: Diagnostic) -> Properties:
        shown = super().show(call, noun)
        return shown | {"loggerId": f"{call.base}/loggers/{noun.logger_id}"}

    def check(self, call: Call, given: Properties) -> Properties:
        if "loggerId" in given:
            name = call.name_in(str(given["loggerId"]), "loggers")
            LOGGERS.get(call.transaction, name)
            given["loggerId"] = name
        return given
