"""APIs."""

from sqlalchemy import select

from bramka.domain.errors import Missing
from bramka.domain.traffic.api import Api
from bramka.management.call import Call, Properties
from bramka.management.filter import Field
from bramka.management.resource import Identifier, Ids, Resource
from bramka.management.shape import Shape, wrong
from bramka.store import api
from bramka.store.collection import Record
from bramka.store.version_set import VERSION_SETS

_IMPORT = ("format", "value", "wsdlSelector", "translateRequiredQueryParameters")


class Apis(Resource[Api]):
    """APIs and their revisions (`{id};rev=N`)."""

    segment = "apis"
    type = "apis"
    collection = api.APIS
    identifier = Identifier(256)
    deleted = 204
    shape = Shape(
        noun=Api,
        hidden=frozenset(("id",)),
        read_only=frozenset(("isOnline", "provisioningState")),
        write_only=frozenset((*_IMPORT, "apiType", "apiVersionSet")),
    )

    @property
    def filters(self) -> dict[str, Field]:
        column = self.collection.column
        return {
            "name": Field(column.id),
            "displayName": Field(column.display_name),
            "description": Field(column.description),
            "serviceUrl": Field(column.service_url),
            "path": Field(column.path),
            "isCurrent": Field(column.is_current, "boolean"),
        }

    def show(self, call: Call, noun: Api) -> Properties:
        shown = super().show(call, noun) | {"isOnline": True}
        if noun.api_version_set_id:
            path = f"{call.base}/apiVersionSets/{noun.api_version_set_id}"
            shown["apiVersionSetId"] = path
        return shown

    def check(self, call: Call, given: Properties) -> Properties:
        for name in (*_IMPORT, "apiVersionSet", "sourceApiId"):
            if name in given:
                raise wrong(
                    name,
                    f"'{name}' is not available in this version; set the properties "
                    "and add the operations one by one",
                )
        if "apiType" in given:
            given["type"] = given.pop("apiType")
        if (version_set := given.get("apiVersionSetId")) is not None:
            name = call.name_in(str(version_set), "apiVersionSets")
            VERSION_SETS.get(call.transaction, name)
            given["apiVersionSetId"] = name
        return given

    def accept(
        self, call: Call, ids: Ids, given: Properties, old: Api | None, *, patch: bool
    ) -> Api:
        if old is None and "path" not in given:
            raise wrong("path", "'path' is required; it may be empty for one API")
        root, _, revision = ids[-1].partition(";rev=")
        if revision:
            if self.collection.find(call.transaction, root) is None:
                raise Missing(f"API '{root}' not found.", target="apiId")
            given = given | {"apiRevision": revision, "isCurrent": False}
        elif given.get("isCurrent") is False:
            raise wrong("isCurrent", "only a revision (;rev=N) can be not current")
        return super().accept(call, ids, given, old, patch=patch)

    def save(
        self, call: Call, noun: Api, old: Record[Api] | None, given: Properties
    ) -> Record[Api]:
        del old, given
        return api.put(call.transaction, noun)

    def remove(self, call: Call, record: Record[Api]) -> None:
        api_id = record.noun.id
        revisions = select(api.APIS.column.id).where(
            api.APIS.column.id.startswith(f"{api_id};rev=", autoescape=True)
        )
        found = list(call.transaction.connection.scalars(revisions))
        if found and not call.flag("deleteRevisions"):
            raise wrong(
                "deleteRevisions",
                f"API '{api_id}' has {len(found)} more revision(s); delete them first "
                "or pass deleteRevisions=true",
            )
        for revision in (*found, api_id):
            api.delete(call.transaction, revision)
