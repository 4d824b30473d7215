"""What stands above the instance: subscriptions, instances, and a cloud's own doors."""

import re

from bramka.domain.errors import Missing, Unsupported
from bramka.domain.traffic.instance import NAME_PATTERN, ServiceInstance
from bramka.management import cloud
from bramka.management.call import Call
from bramka.management.long_running import result_of, status_of
from bramka.management.resource import AnyResource
from bramka.management.shape import write_date
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
    told: object
    match (method, *parts):
        case ("GET", "subscriptions"):
            told = _one(_subscription(call.instance))
        case ("GET", "service" | "deletedservices" | "gateways" as kind):
            told = _instances(call, root, kind)
        case ("GET", "operations"):
            told = {"value": [_operation(verb) for verb in ("read", "write", "delete")]}
        case ("GET", "skus"):
            told = _one(_sku(call.instance))
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
        case ("GET" | "DELETE", "deletedservices", name):
            own, place = call.instance, parts[1]
            known = (own.name.lower(), own.location.lower()) == (name, place)
            if own.deleted_at is None or not known:
                raise Missing(f"There is no deleted service '{name}' at '{place}'.")
            if method == "DELETE":
                raise Unsupported(cloud.PURGE, target="deletedservices")
            return _deleted(own)
        case ("GET", "operationstatuses", name):
            return status_of(call, name)
        case ("GET", "operationresults", name):
            return result_of(call, root, name)
    raise _unknown(parts)


def _unknown(parts: list[str]) -> Missing:
    return Missing(f"There is no '{'/'.join(parts)}' under Microsoft.ApiManagement.")


NEVER = "9999-12-31T23:59:59Z"
"""Nothing here is purged by itself, but clients want a date."""


def _one(row: object) -> dict[str, object]:
    return {"value": [row], "count": 1}


def _instances(call: Call, root: AnyResource, kind: str) -> dict[str, object]:
    """The instance, among those that are served or among those that were deleted."""
    deleted = call.instance.deleted_at is not None
    if kind == "gateways" or deleted != (kind == "deletedservices"):
        return {"value": [], "count": 0}
    own = call.instance
    return _one(_deleted(own) if deleted else envelope(call, root, own, ""))


def _deleted(own: ServiceInstance) -> dict[str, object]:
    """What is told of an instance that can be restored."""
    above = f"/subscriptions/{own.subscription_id}"
    provider = "providers/Microsoft.ApiManagement"
    return {
        "id": f"{above}/{provider}/locations/{own.location}/deletedservices/{own.name}",
        "type": "Microsoft.ApiManagement/deletedservices",
        "name": own.name,
        "location": own.location,
        "properties": {
            "serviceId": (
                f"{above}/resourceGroups/{own.resource_group}/{provider}"
                f"/service/{own.name}"
            ),
            "deletionDate": write_date(own.deleted_at),
            "scheduledPurgeDate": NEVER,
        },
    }


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
