"""APIs."""

import dataclasses
from collections.abc import Sequence

import msgspec
from sqlalchemy import ColumnElement, literal, select

from bramka.domain.errors import Conflict, Missing
from bramka.domain.traffic.api import Api, AuthenticationSettings, VersionSet
from bramka.domain.traffic.operation import HANDSHAKE, Operation
from bramka.management.call import Call, Properties
from bramka.management.exporting import export_api
from bramka.management.filter import Field
from bramka.management.importing import keep_import, properties_of, read_import
from bramka.management.resource import Identifier, Ids, Resource, Sent
from bramka.management.resources.api_place import check_place
from bramka.management.resources.tagging import carrying
from bramka.management.shape import Shape, build, wrong
from bramka.management.spelling import api_spelling
from bramka.store import api, operation, revision
from bramka.store.collection import Record
from bramka.store.version_set import VERSION_SETS

_IMPORT = ("format", "value", "wsdlSelector", "translateRequiredQueryParameters")

_NO_SIGN_IN = AuthenticationSettings()


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

    def spelling(self, call: Call, ids: Ids) -> str:
        return api_spelling(call.transaction, ids[-1])

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
            "apiVersionSetId": Field(column.api_version_set_id, "id"),
        }

    def within(self, call: Call, ids: Ids) -> Sequence[ColumnElement[bool]]:
        tagged = carrying(call, literal("apis/") + self.collection.column.id)
        return [*super().within(call, ids), *tagged]

    def show(self, call: Call, noun: Api) -> Properties:
        shown = super().show(call, noun) | {"isOnline": True}
        if noun.authentication_settings is None:
            # Terraform looks into it without asking whether it is there.
            shown["authenticationSettings"] = msgspec.to_builtins(_NO_SIGN_IN)
        if noun.source_api_id:
            shown["sourceApiId"] = f"{call.base}/apis/{noun.source_api_id}"
        if noun.api_version_set_id:
            path = f"{call.base}/apiVersionSets/{noun.api_version_set_id}"
            shown["apiVersionSetId"] = path
            if call.flag("expandApiVersionSet"):
                found = VERSION_SETS.get(call.transaction, noun.api_version_set_id)
                whole: Properties = msgspec.to_builtins(found.noun)
                named = {"id": path, "name": whole.pop("displayName")}
                shown["apiVersionSet"] = whole | named
        return shown

    def check(self, call: Call, given: Properties) -> Properties:
        if "apiType" in given:
            given["type"] = given.pop("apiType")
        if (version_set := given.get("apiVersionSetId")) is not None:
            name = call.name_in(str(version_set), "apiVersionSets")
            VERSION_SETS.get(call.transaction, name)
            given["apiVersionSetId"] = name
        if "sourceApiId" in given:
            name = call.name_in(str(given["sourceApiId"]), "apis")
            given["sourceApiId"] = _source(call, name)
        return given

    def accept(self, call: Call, sent: Sent[Api]) -> Api:
        given = sent.given
        if isinstance(given.get("apiVersionSet"), dict):
            given = given | _version_set(call, given)
        found = None if sent.patch else read_import(given, sent.ids[-1])
        if found is not None:
            said = {name: given[name] for name in given if name not in _IMPORT}
            given = properties_of(found) | said
        if sent.old is not None and "serviceUrl" not in given:
            # Who imports and then sets the rest does not say again where it leads.
            given = given | {"serviceUrl": sent.old.service_url}
        sent, given = _placed(call, sent, given)
        is_current = ";rev=" not in sent.ids[-1]
        if is_current and sent.old is None and "path" not in given:
            raise wrong("path", "'path' is required; it may be empty for one API")
        if is_current and given.get("isCurrent") is False:
            raise wrong("isCurrent", "only a revision (;rev=N) can be not current")
        if is_current and sent.old is None and given.get("sourceApiId"):
            given = _like_source(call, given)
        noun = super().accept(call, dataclasses.replace(sent, given=given))
        check_place(noun)
        if (
            sent.old is not None
            and is_current
            and noun.api_revision != sent.old.api_revision
        ):
            _refuse_other(call, noun)
        return noun

    def save(self, call: Call, noun: Api, sent: Sent[Api]) -> Record[Api]:
        record = api.put(call.transaction, noun)
        found = read_import(sent.given, noun.id)
        if noun.type == "websocket":
            _give_handshake(call, noun.id)
        if found is not None:
            keep_import(call.transaction, noun.id, found)
        elif sent.found is None and noun.source_api_id is not None:
            revision.copy(call.transaction, noun.source_api_id, noun.id)
        return record

    def reading(self, call: Call, ids: Ids) -> object | None:
        if "export" not in call.query or not call.flag("export"):
            return None
        return export_api(call, ids[-1])

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
        for each in (*found, api_id):
            api.delete(call.transaction, each)


def _refuse_other(call: Call, noun: Api) -> None:
    """Conflict when another revision has the number that the current one wants."""
    other = f"{noun.id};rev={noun.api_revision}"
    if api.APIS.find(call.transaction, other) is not None:
        raise Conflict(
            f"Revision {noun.api_revision} of '{noun.id}' is another one; make it "
            "current by a release.",
            target="apiRevision",
        )


_LOCKED = (
    "displayName",
    "description",
    "subscriptionRequired",
    "path",
    "protocols",
    "type",
    "apiVersion",
    "apiVersionDescription",
)
"""What all revisions of an API have in common."""


def _give_handshake(call: Call, api_id: str) -> None:
    """A WebSocket API has one operation, made with it; it carries the policies."""
    if operation.OPERATIONS.find(call.transaction, api_id, HANDSHAKE) is None:
        made = Operation(
            id=HANDSHAKE,
            api_id=api_id,
            display_name=HANDSHAKE,
            method="GET",
            url_template="/",
        )
        operation.put(call.transaction, made)


def _source(call: Call, name: str) -> str:
    """The id under which the API to copy from is kept."""
    root, _, number = name.partition(";rev=")
    if number:
        found = revision.of_number(call.transaction, root, number)
        if found is not None:
            return found.id
    return api.APIS.get(call.transaction, name).noun.id


def _placed(
    call: Call, sent: Sent[Api], given: Properties
) -> tuple[Sent[Api], Properties]:
    """Where it is to be kept, and what comes from there being a revision in the id."""
    root, _, number = sent.ids[-1].partition(";rev=")
    if not number:
        return sent, given
    current = api.APIS.find(call.transaction, root)
    if current is None and number == "1":
        # Terraform makes APIs so: the first revision is the current one.
        return dataclasses.replace(sent, ids=(root,)), given | {"apiRevision": number}
    if current is None:
        raise Missing(f"API '{root}' not found.", target="apiId")
    given = _of_revision(current.noun, given, sent.old)
    return sent, given | {"apiRevision": number, "isCurrent": False}


def _of_revision(current: Api, given: Properties, old: Api | None) -> Properties:
    """What a revision that is not current takes over from the one that is."""
    whole: Properties = msgspec.to_builtins(current)
    for name in _LOCKED:
        if name in given and given[name] not in (None, whole[name]):
            if old is None:
                continue  # as the cloud does: a new revision is made like the current
            raise wrong(name, "Can't change property for non-current revision")
    return (
        {"serviceUrl": whole["serviceUrl"]}
        | given
        | {name: whole[name] for name in _LOCKED}
        | {"apiVersionSetId": _set_path(current)}
    )


def _set_path(current: Api) -> str | None:
    name = current.api_version_set_id
    return f"/apiVersionSets/{name}" if name else None


def _like_source(call: Call, given: Properties) -> Properties:
    """What a new version takes over from the API it is made from."""
    name = call.name_in(str(given["sourceApiId"]), "apis")
    source = api.APIS.get(call.transaction, _source(call, name)).noun
    whole: Properties = msgspec.to_builtins(source)
    names = ("displayName", "description", "serviceUrl", "protocols", "type")
    return {name: whole[name] for name in names} | given


def _version_set(call: Call, given: Properties) -> Properties:
    """An inline version set is made, or found by its id; the API refers to it."""
    inline = given["apiVersionSet"]
    assert isinstance(inline, dict), "asked before"
    path = inline.get("id")
    if isinstance(path, str):
        return {"apiVersionSet": None, "apiVersionSetId": path}
    name = call.site.chance.hex(12)
    known = ("versioningScheme", "versionQueryName", "versionHeaderName", "description")
    fields = {key: inline[key] for key in known if inline.get(key) is not None}
    title = inline.get("name") or given.get("displayName")
    made = build(VersionSet, fields | {"id": name, "displayName": title})
    VERSION_SETS.insert(call.transaction, made)
    return {"apiVersionSet": None, "apiVersionSetId": f"/apiVersionSets/{name}"}
