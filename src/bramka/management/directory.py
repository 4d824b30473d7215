"""What stands above the instance: subscriptions, instances, and a cloud's own doors."""

import re

from bramka.domain.errors import Missing, Unsupported
from bramka.domain.traffic.instance import NAME_PATTERN, ServiceInstance
from bramka.management import cloud
from bramka.management.backup import result_of, status_of
from bramka.management.call import Call
from bramka.management.resource import AnyResource
from bramka.management.verbs import TYPE, envelope

_PROVIDER = ["providers", "microsoft.apimanagement"]


def below_provider(own: ServiceInstance, parts: list[str]) -> list[str] | None:
    """The parts of a path after the provider; None for a path of the instance."""
    subscription = ["subscriptions", own.subscription_id.lower()]
    group = ["resourcegroups", own.resource_group.lower()]
    given = [part.lower() for part in parts]
    if given == ["subscriptions"]:
        return ["subscriptions"]
    for head in ([], subscription, [*subscription, *group]):
        whole = [*head, *_PROVIDER]
        if given[: len(whole)] == whole:
            left = given[len(whole) :]
            # With a name it is the instance, or none of ours.
            return None if left[:1] == ["service"] and len(left) > 1 else left
    return None


def tell(method: str, call: Call, root: AnyResource, parts: list[str]) -> object:
    """The answer to a call above the instance."""
    if parts[0] == "gateways" and len(parts) > 1:
        raise Unsupported(cloud.APART, target="gateways")
    if parts[0] == "locations":
        return _located(method, call, root, parts)
    match (method, *parts):
        case ("GET", "subscriptions"):
            told = _one(_subscription(call.instance))
        case ("GET", "service"):
            told = _one(envelope(call, root, call.instance, ""))
        case ("GET", "operations"):
            told = {"value": [_operation(verb) for verb in ("read", "write", "delete")]}
        case ("GET", "skus"):
            told = _one(_sku(call.instance))
        case ("GET", "deletedservices" | "gateways"):
            told = {"value": [], "count": 0}
        case ("POST", "checknameavailability"):
            told = _availability(call)
        case ("POST", "getdomainownershipidentifier"):
            raise Unsupported(
                "Nobody asks who owns a domain: an instance answers under any name "
                "that leads to it."
            )
        case _:
            raise _unknown(parts)
    return told


def _located(method: str, call: Call, root: AnyResource, parts: list[str]) -> object:
    """What a cloud keeps per location: deleted instances, and work that goes on."""
    match (method, *parts[2:]):
        case ("GET", "deletedservices", name):
            raise Missing(f"There is no deleted service '{name}'.")
        case ("DELETE", "deletedservices", _):
            raise Unsupported(cloud.PLATFORM, target="deletedservices")
        case ("GET", "operationstatuses", name):
            return status_of(call, name)
        case ("GET", "operationresults", name):
            return result_of(call, root, name)
    raise _unknown(parts)


def _unknown(parts: list[str]) -> Missing:
    return Missing(f"There is no '{'/'.join(parts)}' under Microsoft.ApiManagement.")


def _one(row: object) -> object:
    return {"value": [row], "count": 1}


def _subscription(own: ServiceInstance) -> object:
    return {
        "id": f"/subscriptions/{own.subscription_id}",
        "subscriptionId": own.subscription_id,
        "displayName": own.publisher_name,
        "state": "Enabled",
    }


def _operation(verb: str) -> object:
    return {
        "name": f"{TYPE}/{verb}",
        "origin": "user",
        "display": {
            "provider": "Bramka",
            "operation": f"{verb.capitalize()} the instance and all that is in it",
            "resource": "Service",
            "description": f"Allows to {verb} what the management REST shows.",
        },
    }


def _sku(own: ServiceInstance) -> object:
    return {
        "resourceType": "service",
        "name": "Developer",
        "locations": [own.location],
        "capacity": {"minimum": 1, "maximum": 1, "default": 1, "scaleType": "None"},
    }


def _availability(call: Call) -> object:
    name = str(call.json().get("name", ""))
    if not re.match(NAME_PATTERN, name) or len(name) > 50:
        reason, message = "Invalid", "1 to 50 letters, digits and -, a letter first"
    elif name.lower() == call.instance.name.lower():
        reason, message = "AlreadyExists", "the instance here has this name"
    else:
        return {"nameAvailable": True, "message": "", "reason": "Valid"}
    return {"nameAvailable": False, "message": message, "reason": reason}
