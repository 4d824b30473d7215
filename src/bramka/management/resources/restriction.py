"""Policy restrictions: scopes whose documents have to keep `<base />`."""

from typing import Any

from bramka.domain.errors import Invalid
from bramka.domain.traffic import policy_text
from bramka.domain.traffic.policy import PolicyDocument, Restriction
from bramka.management.call import Call, Properties
from bramka.management.resource import Ids, Resource
from bramka.management.shape import Shape, wrong
from bramka.store.policy import POLICIES, RESTRICTIONS


class Restrictions(Resource[Restriction]):
    """What documents at a scope have to keep."""

    segment = "policyRestrictions"
    type = "policyRestrictions"
    collection = RESTRICTIONS
    shape = Shape(noun=Restriction, hidden=frozenset(("id",)))
    filtered = ("name",)
    guarded = False

    def check(self, call: Call, given: Properties) -> Properties:
        if "scope" in given:
            scope = call.short(str(given["scope"])).rstrip("/")
            if not scope.endswith("/policies/policy"):
                raise wrong(
                    "scope",
                    f"'{given['scope']}' is not the path of a policy; write "
                    "/products/ID/policies/policy",
                )
            given["scope"] = scope
        return given


def refuse_unrestricted(call: Call, document: PolicyDocument) -> None:
    """Invalid when a restriction asks for `<base />` and a section lacks it."""
    for record in RESTRICTIONS.all(call.transaction):
        for fault in _faults(record.noun, document):
            raise wrong("value", fault)


def validate(call: Call, ids: Ids) -> object:
    """`validatePolicies`: which documents break a restriction."""
    del ids
    own = [record.noun for record in RESTRICTIONS.all(call.transaction)]
    log: list[dict[str, Any]] = []
    for record in POLICIES.all(call.transaction):
        faults = [fault for one in own for fault in _faults(one, record.noun)]
        if faults:
            log.append(
                {
                    "objectType": "Policy",
                    "action": faults[0],
                    "objectKey": record.noun.scope or "global",
                }
            )
    moment = call.moment()
    return {
        "id": f"{call.base}/operationResults/validatePolicies",
        "name": "validatePolicies",
        "type": "Microsoft.ApiManagement/service/operationResults",
        "properties": {
            "id": "validatePolicies",
            "status": "Failed" if log else "Succeeded",
            "started": moment,
            "updated": moment,
            "resultInfo": f"{len(log)} document(s) break a restriction.",
            "actionLog": log,
        },
    }


def _faults(restriction: Restriction, document: PolicyDocument) -> list[str]:
    """What a document lacks; empty for documents that are not restricted."""
    scope = f"/{document.scope}/policies/policy".replace("//", "/")
    if restriction.require_base != "true" or restriction.scope.lower() != scope.lower():
        return []
    try:
        root = policy_text.read(document.text, escaped=document.escaped)
    except Invalid as error:
        return [error.message]
    return [
        f"<{section.name}> has to hold <base /> (restriction '{restriction.id}')"
        for section in root.children
        if all(child.name != "base" for child in section.children)
    ]
