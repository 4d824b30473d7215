"""Version sets: how callers name the version of an API."""

from bramka.domain.errors import Conflict
from bramka.domain.traffic.api import VersionSet
from bramka.management.call import Call
from bramka.management.filter import Field
from bramka.management.resource import Resource, Sent
from bramka.management.shape import Shape, wrong
from bramka.store.api import APIS
from bramka.store.collection import Record
from bramka.store.version_set import VERSION_SETS


class VersionSets(Resource[VersionSet]):
    """Schemes of versions that several APIs share."""

    segment = "apiVersionSets"
    type = "apiVersionSets"
    collection = VERSION_SETS
    shape = Shape(noun=VersionSet, hidden=frozenset(("id",)))

    @property
    def filters(self) -> dict[str, Field]:
        column = self.collection.column
        return {"name": Field(column.id), "displayName": Field(column.display_name)}

    def accept(self, call: Call, sent: Sent[VersionSet]) -> VersionSet:
        noun = super().accept(call, sent)
        if noun.versioning_scheme == "Query" and noun.version_query_name is None:
            raise wrong("versionQueryName", "is required by the scheme Query")
        if noun.versioning_scheme == "Header" and noun.version_header_name is None:
            raise wrong("versionHeaderName", "is required by the scheme Header")
        return noun

    def remove(self, call: Call, record: Record[VersionSet]) -> None:
        users = APIS.all(
            call.transaction, APIS.column.api_version_set_id == record.noun.id
        )
        if users:
            raise Conflict(
                f"Version set '{record.noun.id}' is used by API "
                f"'{users[0].noun.id}'; take it out of there first.",
                target="versionSetId",
            )
        super().remove(call, record)
