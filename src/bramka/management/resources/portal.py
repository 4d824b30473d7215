"""The developer portal: versions, settings, and what its pages are made of."""

import dataclasses
from collections.abc import Mapping, Sequence

from msgspec import structs

from bramka.domain.errors import Conflict, Missing
from bramka.domain.traffic.portal import (
    SETTINGS,
    UNSET_SETTINGS,
    ContentItem,
    ContentType,
    PortalConfig,
    PortalRevision,
    PortalSetting,
)
from bramka.domain.traffic.portal_content import TYPES, check_content
from bramka.management.call import Call, Properties
from bramka.management.filter import Kind
from bramka.management.resource import Action, Identifier, Ids, Resource, Sent
from bramka.management.shape import Shape, wrong
from bramka.store import portal
from bramka.store.collection import Record

_DATES = frozenset(("createdDateTime", "updatedDateTime"))


class PortalRevisions(Resource[PortalRevision]):
    """Published versions; one of them is the current one."""

    segment = "portalRevisions"
    type = "portalRevisions"
    collection = portal.PORTAL_REVISIONS
    identifier = Identifier(256)
    verbs = "LHGPU"
    shape = Shape(
        noun=PortalRevision,
        hidden=frozenset(("id",)),
        read_only=_DATES | {"status", "statusDetails", "provisioningState"},
        dates=_DATES,
    )
    filtered = ("name", "description")

    def accept(self, call: Call, sent: Sent[PortalRevision]) -> PortalRevision:
        if sent.old is not None and not sent.patch:
            raise Conflict(
                f"Portal revision '{sent.ids[-1]}' exists; a published revision is "
                "only changed by PATCH.",
                target="portalRevisionId",
            )
        noun = super().accept(call, sent)
        now = call.transaction.now
        created = now if sent.old is None else noun.created_date_time
        return structs.replace(noun, created_date_time=created, updated_date_time=now)

    def save(
        self, call: Call, noun: PortalRevision, sent: Sent[PortalRevision]
    ) -> Record[PortalRevision]:
        if noun.is_current:
            current = self.collection.column.is_current
            for other in self.collection.all(call.transaction, current):
                if other.noun.id != noun.id:
                    past = structs.replace(other.noun, is_current=False)
                    self.collection.replace(call.transaction, past)
        return super().save(call, noun, sent)


class PortalSettings(Resource[PortalSetting]):
    """`signin`, `signup` and `delegation`."""

    segment = "portalsettings"
    words = tuple(SETTINGS)
    type = "portalsettings"
    collection = portal.PORTAL_SETTINGS
    verbs = "LHGPU"
    patched = 204
    shape = Shape(
        noun=PortalSetting,
        hidden=frozenset(("id",)),
        secret=frozenset(("validationKey",)),
    )

    @property
    def actions(self) -> dict[str, Action]:
        return {"listSecrets": Action(_validation_key)}

    def find(self, call: Call, ids: Ids) -> Record[PortalSetting] | None:
        if ids[-1] not in SETTINGS:
            return None
        unset = Record(UNSET_SETTINGS[ids[-1]], 0, 0.0, 0.0)
        return super().find(call, ids) or unset

    def listing(self, call: Call, ids: Ids) -> Sequence[object]:
        del ids
        return [
            {
                "id": f"{call.base}/portalsettings/{name}",
                "type": "Microsoft.ApiManagement/service/portalsettings",
                "name": name,
                "properties": self.show(call, record.noun),
            }
            for name in SETTINGS
            if (record := self.find(call, (name,)))
        ]

    def show(self, call: Call, noun: PortalSetting) -> Properties:
        shown = super().show(call, noun)
        return {name: shown[name] for name in SETTINGS[noun.id]}

    def accept(self, call: Call, sent: Sent[PortalSetting]) -> PortalSetting:
        known = SETTINGS.get(sent.ids[-1])
        if known is None:
            told = " and ".join(SETTINGS)
            raise Missing(f"There is no setting '{sent.ids[-1]}'; there are {told}.")
        secret = ("validationKey",) if sent.ids[-1] == "delegation" else ()
        for name, value in sent.given.items():
            if value is not None and name not in (*known, *secret):
                raise wrong(name, f"is not a part of the setting '{sent.ids[-1]}'")
        return super().accept(call, sent)

    def save(
        self, call: Call, noun: PortalSetting, sent: Sent[PortalSetting]
    ) -> Record[PortalSetting]:
        del sent
        return self.collection.put(call.transaction, noun)


class PortalConfigs(Resource[PortalConfig]):
    """All settings of a portal in one; there is only `default`."""

    segment = "portalconfigs"
    words = ("default",)
    type = "portalconfigs"
    collection = portal.PORTAL_CONFIGS
    verbs = "LHGPU"
    shape = Shape(noun=PortalConfig, hidden=frozenset(("id",)))

    def find(self, call: Call, ids: Ids) -> Record[PortalConfig] | None:
        if ids[-1] != "default":
            return None
        unset = Record(PortalConfig(id="default"), 0, 0.0, 0.0)
        return super().find(call, ids) or unset

    def listing(self, call: Call, ids: Ids) -> Sequence[object]:
        del ids
        record = self.find(call, ("default",))
        assert record is not None, "it is always there"
        return [
            {
                "id": f"{call.base}/portalconfigs/default",
                "type": "Microsoft.ApiManagement/service/portalconfigs",
                "name": "default",
                "properties": self.show(call, record.noun),
            }
        ]

    def show(self, call: Call, noun: PortalConfig) -> Properties:
        hidden = structs.replace(noun.delegation, validation_key=None)
        return super().show(call, structs.replace(noun, delegation=hidden))

    def save(
        self, call: Call, noun: PortalConfig, sent: Sent[PortalConfig]
    ) -> Record[PortalConfig]:
        if sent.found is not None and noun.delegation.validation_key is None:
            # What was read can be sent back: it never holds the key.
            key = sent.found.noun.delegation.validation_key
            kept = structs.replace(noun.delegation, validation_key=key)
            noun = structs.replace(noun, delegation=kept)
        return self.collection.put(call.transaction, noun)


class ContentTypes(Resource[ContentType]):
    """Kinds of content."""

    segment = "contentTypes"
    type = "contentTypes"
    collection = portal.CONTENT_TYPES
    verbs = "LGPD"
    shape = Shape(noun=ContentType, hidden=frozenset())
    row_kinds: Mapping[str, Kind] = {"name": "text"}

    def listing(self, call: Call, ids: Ids) -> Sequence[object]:
        kept = {one.noun.id: one.noun for one in self.collection.all(call.transaction)}
        return [
            {
                "id": f"{call.base}/contentTypes/{name}",
                "type": "Microsoft.ApiManagement/service/contentTypes",
                "name": name,
                "properties": self.show(call, noun),
            }
            for name, noun in sorted({**TYPES, **kept}.items())
        ]

    def accept(self, call: Call, sent: Sent[ContentType]) -> ContentType:
        given = sent.given
        given = {name: given[name] for name in given if name != "id"}
        return super().accept(call, dataclasses.replace(sent, given=given))

    def show(self, call: Call, noun: ContentType) -> Properties:
        return super().show(call, noun) | {"id": f"/contentTypes/{noun.id}"}

    def find(self, call: Call, ids: Ids) -> Record[ContentType] | None:
        found = super().find(call, ids)
        own = TYPES.get(ids[-1])
        return Record(own, 0, 0.0, 0.0) if found is None and own else found

    def save(
        self, call: Call, noun: ContentType, sent: Sent[ContentType]
    ) -> Record[ContentType]:
        del sent
        return self.collection.put(call.transaction, noun)

    def remove(self, call: Call, record: Record[ContentType]) -> None:
        portal.delete_type(call.transaction, record.noun.id)


class ContentItems(Resource[ContentItem]):
    """Pieces of content of the kind above; their properties are as the kind says."""

    segment = "contentItems"
    type = "contentTypes/contentItems"
    collection = portal.CONTENT_ITEMS
    verbs = "LHGPD"
    shape = Shape(noun=ContentItem, hidden=frozenset(("id", "typeId")))
    filtered = ("name",)

    def show(self, call: Call, noun: ContentItem) -> Properties:
        del call
        return dict(noun.content)

    def accept(self, call: Call, sent: Sent[ContentItem]) -> ContentItem:
        del call
        check_content(sent.ids[0], sent.ids[1], sent.given)
        return ContentItem(type_id=sent.ids[0], id=sent.ids[1], content=sent.given)


def _validation_key(call: Call, ids: Ids) -> object:
    if ids[-1] != "delegation":
        raise wrong("portalsettings", f"'{ids[-1]}' has no secrets")
    found = portal.PORTAL_SETTINGS.find(call.transaction, "delegation")
    return {"validationKey": found.noun.validation_key if found else None}
