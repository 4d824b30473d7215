"""Lists that look at the whole instance: policies, identities, settings."""

from collections.abc import Sequence
from typing import Any

from bramka.domain.errors import Invalid, Missing
from bramka.management.call import Call
from bramka.management.resource import Ids, Resource
from bramka.store.policy import POLICIES
from bramka.store.user import USERS

_SCOPES = {"All": 15, "Tenant": 1, "Product": 2, "Api": 4, "Operation": 8}
_BITS = {"global": 1, "product": 2, "api": 4, "operation": 8}


def policy_descriptions(call: Call, ids: Ids) -> Sequence[object]:
    """`policyDescriptions`: every policy that gateways know, and where it fits."""
    del ids
    scope = call.query.get("scope", "All")
    if scope not in _SCOPES:
        raise Invalid(f"scope is '{scope}'; give one of {', '.join(_SCOPES)}.")
    rows: list[object] = []
    for one in call.site.policies:
        bits = sum(_BITS[each] for each in one.scopes)
        if bits & _SCOPES[scope]:
            rows.append(
                {
                    "id": f"{call.base}/policyDescriptions/{one.name}",
                    "type": "Microsoft.ApiManagement/service/policyDescriptions",
                    "name": one.name,
                    "properties": {"description": one.description, "scope": bits},
                }
            )
    return rows


def all_policies(call: Call, ids: Ids) -> Sequence[object]:
    """`allPolicies`: where documents stand."""
    del ids
    rows: list[object] = []
    for record in POLICIES.all(call.transaction):
        path = f"/{record.noun.scope}/policies/policy".replace("//", "/")
        name = record.noun.scope.replace("/", "-") or "global"
        rows.append(
            {
                "id": f"{call.base}/allPolicies/{name}",
                "type": "Microsoft.ApiManagement/service/allPolicies",
                "name": name,
                "properties": {
                    "referencePolicyId": call.base + path,
                    # A document that gateways would refuse is never saved.
                    "complianceState": "Compliant",
                },
            }
        )
    return rows


def identities(call: Call, ids: Ids) -> Sequence[object]:
    """`identities` of the user above."""
    own = USERS.get(call.transaction, ids[0]).noun.identities
    return [{"provider": one.provider, "id": one.id} for one in own]


class Settings(Resource[Any]):
    """`settings/public`: what the portal may know."""

    segment = "settings"
    words = ("public",)
    type = "settings"
    verbs = "LG"

    def find(self, call: Call, ids: Ids) -> None:
        del call, ids

    def listing(self, call: Call, ids: Ids) -> Sequence[object]:
        del ids
        return [_public(call)]

    def reading(self, call: Call, ids: Ids) -> object:
        if ids[-1] != "public":
            raise Missing(f"There are no settings '{ids[-1]}', only 'public'.")
        return _public(call)


def _public(call: Call) -> object:
    own, addresses = call.instance, call.site.addresses
    return {
        "id": f"{call.base}/settings/public",
        "type": "Microsoft.ApiManagement/service/settings",
        "name": "public",
        "properties": {
            "settings": {
                "CustomPortalSettings.OrganizationName": own.publisher_name,
                "Gateway.Url": addresses.gateway,
                "Console.Url": addresses.console,
            }
        },
    }
