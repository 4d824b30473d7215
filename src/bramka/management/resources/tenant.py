"""Keys to the whole instance, and the configuration in git."""

from collections.abc import Sequence

from msgspec import structs

from bramka.domain.errors import Missing
from bramka.domain.traffic.tenant import NAMES, TenantAccess
from bramka.management.call import Call, Properties
from bramka.management.deployment import (
    CONFIGURATION,
    deploy,
    save,
    sync_state,
    validate,
)
from bramka.management.resource import Action, Ids, Resource, Sent
from bramka.management.shape import Shape
from bramka.store.collection import Record
from bramka.store.tenant import TENANT_ACCESS

_KNOWN = " and ".join(NAMES)


class TenantAccesses(Resource[TenantAccess]):
    """`access` and `gitAccess`; keys are only told by POST."""

    segment = "tenant"
    words = (*NAMES, CONFIGURATION)
    type = "tenant"
    collection = TENANT_ACCESS
    verbs = "LHGPU"
    owner_only = True
    shape = Shape(
        noun=TenantAccess,
        hidden=frozenset(("id",)),
        read_only=frozenset(("id", "principalId")),
        secret=frozenset(("primaryKey", "secondaryKey")),
    )

    @property
    def actions(self) -> dict[str, Action]:
        return {
            "listSecrets": Action(_secrets),
            "regeneratePrimaryKey": Action(_regenerate_primary),
            "regenerateSecondaryKey": Action(_regenerate_secondary),
            "git/regeneratePrimaryKey": Action(_regenerate_primary),
            "git/regenerateSecondaryKey": Action(_regenerate_secondary),
            "syncState": Action(sync_state, writes=False, method="GET"),
            "deploy": Action(deploy),
            "save": Action(save),
            "validate": Action(validate),
        }

    def find(self, call: Call, ids: Ids) -> Record[TenantAccess] | None:
        if ids[-1] == CONFIGURATION:
            return Record(TenantAccess(id=CONFIGURATION), 0, 0.0, 0.0)
        if ids[-1] not in NAMES:
            return None
        unset = Record(TenantAccess(id=ids[-1]), 0, 0.0, 0.0)
        return super().find(call, ids) or unset

    def reading(self, call: Call, ids: Ids) -> object | None:
        del call
        if ids[-1] == CONFIGURATION:
            raise Missing(f"'{CONFIGURATION}' is no way in; there are {_KNOWN}.")
        return None

    def accept(self, call: Call, sent: Sent[TenantAccess]) -> TenantAccess:
        _refuse_unknown(sent.ids)
        return super().accept(call, sent)

    def listing(self, call: Call, ids: Ids) -> Sequence[object]:
        del ids
        return [
            {
                "id": f"{call.base}/tenant/{name}",
                "type": "Microsoft.ApiManagement/service/tenant",
                "name": name,
                "properties": self.show(call, record.noun),
            }
            for name in NAMES
            if (record := self.find(call, (name,)))
        ]

    def show(self, call: Call, noun: TenantAccess) -> Properties:
        del call
        principal = "integration" if noun.id == "access" else "git"
        return {"id": noun.id, "principalId": principal, "enabled": noun.enabled}

    def save(
        self, call: Call, noun: TenantAccess, sent: Sent[TenantAccess]
    ) -> Record[TenantAccess]:
        del sent
        return TENANT_ACCESS.put(call.transaction, _with_keys(call, noun))


def _refuse_unknown(ids: Ids) -> None:
    if ids[0] not in NAMES:
        raise Missing(f"'{ids[0]}' is no way in; there are {_KNOWN}.")


def _with_keys(call: Call, noun: TenantAccess) -> TenantAccess:
    draw = call.site.chance.hex
    return structs.replace(
        noun,
        primary_key=noun.primary_key or draw(32),
        secondary_key=noun.secondary_key or draw(32),
    )


def _kept(call: Call, ids: Ids) -> TenantAccess:
    """The access with keys: they are drawn when they are first asked for."""
    _refuse_unknown(ids)
    found = TENANT_ACCESS.find(call.transaction, ids[0])
    noun = found.noun if found else TenantAccess(id=ids[0])
    if not noun.primary_key:
        noun = _with_keys(call, noun)
        TENANT_ACCESS.put(call.transaction, noun)
    return noun


def _secrets(call: Call, ids: Ids) -> object:
    noun = _kept(call, ids)
    return {
        "id": noun.id,
        "principalId": "integration" if noun.id == "access" else "git",
        "primaryKey": noun.primary_key,
        "secondaryKey": noun.secondary_key,
        "enabled": noun.enabled,
    }


def _regenerate_primary(call: Call, ids: Ids) -> None:
    noun = structs.replace(_kept(call, ids), primary_key=call.site.chance.hex(32))
    TENANT_ACCESS.put(call.transaction, noun)


def _regenerate_secondary(call: Call, ids: Ids) -> None:
    noun = structs.replace(_kept(call, ids), secondary_key=call.site.chance.hex(32))
    TENANT_ACCESS.put(call.transaction, noun)
