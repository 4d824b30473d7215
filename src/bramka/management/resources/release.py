"""Releases: making another revision of an API the current one."""

import dataclasses

from msgspec import structs

from bramka.domain.traffic.release import Release
from bramka.management.call import Call, Properties
from bramka.management.filter import Kind
from bramka.management.resource import Ids, Resource, Sent
from bramka.management.shape import Shape, write_date, wrong
from bramka.store import revision
from bramka.store.api import APIS, root_id
from bramka.store.collection import Record
from bramka.store.release import RELEASES

_DATES = frozenset(("createdDateTime", "updatedDateTime"))


class Releases(Resource[Release]):
    """The change log of an API."""

    segment = "releases"
    type = "apis/releases"
    collection = RELEASES
    shape = Shape(
        noun=Release,
        hidden=frozenset(("id", "owner")),
        read_only=_DATES,
        dates=_DATES,
    )
    filtered = ("name", "notes")

    def show(self, call: Call, noun: Release) -> Properties:
        shown = super().show(call, noun)
        return shown | {"apiId": f"{call.base}/apis/{noun.api_id}"}

    def accept(self, call: Call, sent: Sent[Release]) -> Release:
        given = sent.given
        owner = root_id(sent.ids[0])
        if sent.old is not None:
            # What was released stays released; only the notes are edited.
            given = {"notes": given.get("notes")}
            given["apiId"] = sent.old.api_id
        elif isinstance(given.get("apiId"), str):
            named = call.name_in(str(given["apiId"]), "apis")
            given = given | {"apiId": _revision(call, owner, named)}
        else:
            raise wrong("apiId", "'apiId' is required: /apis/ID;rev=N")
        noun = super().accept(
            call, dataclasses.replace(sent, ids=(owner, sent.ids[1]), given=given)
        )
        now = call.transaction.now
        created = now if sent.old is None else noun.created_date_time
        return structs.replace(noun, created_date_time=created, updated_date_time=now)

    def save(self, call: Call, noun: Release, sent: Sent[Release]) -> Record[Release]:
        if sent.found is None:
            number = noun.api_id.partition(";rev=")[2]
            revision.make_current(call.transaction, noun.owner, number)
        return super().save(call, noun, sent)


def _revision(call: Call, owner: str, named: str) -> str:
    """`echo;rev=2` for the revision that a path names."""
    root, _, number = named.partition(";rev=")
    if root != owner:
        raise wrong("apiId", f"'{named}' is not a revision of '{owner}'")
    if not number:
        number = APIS.get(call.transaction, owner).noun.api_revision
    if revision.of_number(call.transaction, owner, number) is None:
        raise wrong("apiId", f"'{owner}' has no revision {number}")
    return f"{owner};rev={number}"


REVISION: dict[str, Kind] = {"apiRevision": "text"}


def list_revisions(call: Call, ids: Ids) -> list[object]:
    """`revisions`: every revision of the API above, the current one first."""
    return [
        {
            "apiId": f"/apis/{root_id(one.id)};rev={one.api_revision}",
            "apiRevision": one.api_revision,
            "createdDateTime": write_date(record.created),
            "updatedDateTime": write_date(record.modified),
            "description": one.api_revision_description,
            "privateUrl": f"/{one.path}"
            + ("" if one.is_current else f";rev={one.api_revision}"),
            "isOnline": True,
            "isCurrent": one.is_current,
        }
        for one in revision.revisions(call.transaction, ids[0])
        if (record := APIS.get(call.transaction, one.id))
    ]
