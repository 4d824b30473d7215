"""The service instance itself: who runs it and where it is reached."""

import msgspec

from bramka.domain.errors import Conflict
from bramka.domain.traffic.credential_access import principal
from bramka.domain.traffic.instance import ServiceInstance
from bramka.management import cloud
from bramka.management.audit import read_audit
from bramka.management.backup import back_up, restore
from bramka.management.call import Call, Properties
from bramka.management.connectivity import check_connectivity
from bramka.management.made import refused
from bramka.management.mail import read_mail
from bramka.management.resource import Action, Ids, Resource, Sent
from bramka.management.resources.restriction import validate
from bramka.management.resources.user import sign_on_administrator
from bramka.management.shape import Shape, build, wrong
from bramka.management.trying import effective_policy, try_policy
from bramka.store import instance
from bramka.store.collection import Record

_FIXED: Properties = {
    "virtualNetworkType": "None",
    "publicNetworkAccess": "Enabled",
    "disableGateway": False,
    "enableClientCertificate": False,
    "developerPortalStatus": "Enabled",
    "legacyPortalStatus": "Enabled",
    "natGatewayState": "Disabled",
    "restore": False,
    "customProperties": {},
}
"""What a cloud lets its customers choose and we do not: only these values."""

_TOLD = (
    "provisioningState",
    "gatewayUrl",
    "managementApiUrl",
    "developerPortalUrl",
    "portalUrl",
    "createdAtUtc",
)


class Instance(Resource[ServiceInstance]):
    """The root of the tree; made by `bramka init`, not over the REST."""

    segment = "service"
    type = ""
    collection = instance.INSTANCES
    verbs = "GPUD"
    tagged = False
    owner_only = True
    shape = Shape(
        noun=ServiceInstance,
        hidden=frozenset(
            (
                *("name", "subscriptionId", "resourceGroup", "location", "tags"),
                "deletedAt",
            )
        ),
        read_only=frozenset(_TOLD),
        write_only=frozenset(_FIXED),
    )

    @property
    def actions(self) -> dict[str, Action]:
        return {
            "validatePolicies": Action(validate, writes=False),
            "validatePolicy": Action(try_policy, writes=False),
            "effectivePolicy": Action(effective_policy, writes=False, method="GET"),
            "audit": Action(read_audit, writes=False, method="GET"),
            "mail": Action(read_mail, writes=False, method="GET"),
            "networkstatus": refused(cloud.NETWORK, method="GET"),
            "backup": Action(back_up),
            "restore": Action(restore),
            "getssotoken": Action(sign_on_administrator),
            "migrateToStv2": refused(cloud.PLATFORM),
            "applynetworkconfigurationupdates": refused(cloud.NETWORK),
            "connectivityCheck": Action(check_connectivity),
        }

    def find(self, call: Call, ids: Ids) -> Record[ServiceInstance] | None:
        del ids
        found = instance.find(call.transaction)
        return found if found and found.noun.deleted_at is None else None

    def show(self, call: Call, noun: ServiceInstance) -> Properties:
        addresses = call.site.addresses
        told = dict.fromkeys(_TOLD[2:5], addresses.console)
        return {
            **super().show(call, noun),
            **_FIXED,
            **told,
            "provisioningState": "Succeeded",
            "gatewayUrl": addresses.gateway,
        }

    def around(self, call: Call, noun: ServiceInstance) -> Properties:
        del call
        own = principal(noun)
        return {
            "identity": {
                "type": "SystemAssigned",
                "principalId": own.object_id,
                "tenantId": own.tenant_id,
            },
            "location": noun.location,
            "tags": noun.tags,
            "sku": {"name": "Developer", "capacity": 1},
        }

    def check(self, call: Call, given: Properties) -> Properties:
        del call
        if given.get("restore") is True:
            raise wrong("restore", "has nothing to do: the instance is not deleted")
        for name, value in _FIXED.items():
            if given.get(name, value) != value:
                raise wrong(name, f"is always {value} on a gateway you run yourself")
        return given

    def accept(self, call: Call, sent: Sent[ServiceInstance]) -> ServiceInstance:
        if sent.old is None:
            return _restored(call, sent.given)
        noun = super().accept(call, sent)
        tags = call.json().get("tags")
        if tags is None:
            return noun
        whole: Properties = msgspec.to_builtins(noun)
        return build(ServiceInstance, whole | {"tags": tags})

    def given(self, call: Call) -> Properties:
        # Tags stand beside the properties, and often come alone.
        return call.properties() if "properties" in call.json() else {}

    def save(
        self, call: Call, noun: ServiceInstance, sent: Sent[ServiceInstance]
    ) -> Record[ServiceInstance]:
        del sent
        return self.collection.replace(call.transaction, noun)

    def remove(self, call: Call, record: Record[ServiceInstance]) -> None:
        del record
        instance.delete(call.transaction)

    def identity(self, ids: Ids) -> Properties:
        # It keeps the name it has: that one is hidden, so it is kept.
        del ids
        return {}


def _restored(call: Call, given: Properties) -> ServiceInstance:
    """The deleted instance as it was: what else is asked for is not looked at."""
    if given.get("restore") is not True:
        own = call.instance
        refusal = Conflict(
            f"The instance '{own.name}' was deleted and has kept its name; bring it "
            'back by {"properties": {"restore": true}}, or by `bramka undelete`.',
            target="serviceName",
        )
        refusal.code = "ServiceAlreadyExistsInSoftDeletedState"
        raise refusal
    return msgspec.structs.replace(call.instance, deleted_at=None)
