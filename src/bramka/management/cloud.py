"""What is told about the places an instance runs in: here there is one, ours."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, false

from bramka.management.call import Call
from bramka.management.resource import Ids

NETWORK = (
    "Virtual networks, private endpoints and their like belong to a cloud's network; "
    "here the network is that of your own machines."
)
PLATFORM = (
    "There is no cloud platform below this instance that could be moved, purged or "
    "renewed; upgrade by installing a newer version."
)
WORKSPACES = "Workspaces are not offered; use products and groups of one instance."
APART = (
    "Gateways that are resources of their own belong to a cloud; a gateway you run is "
    "one of the instance's, see /gateways."
)
BACKUP = (
    "There are no backups over the REST here; make them with `bramka backup`, on the "
    "machine of the data folder."
)
PURGE = (
    "A deleted instance is kept until it is restored; for good it goes with its data "
    "folder or database, on its own machine."
)
CHECKS = (
    "This console does not reach out to addresses that callers name; test from the "
    "gateway's own machine."
)


def of_vaults(call: Call) -> list[ColumnElement[bool]]:
    """What `isKeyVaultRefreshFailed=true` leaves of a list: there is no vault."""
    return [false()] if call.flag("isKeyVaultRefreshFailed") else []


def regions(call: Call, ids: Ids) -> Sequence[object]:
    """`regions`: the one place there is."""
    del ids
    name = call.instance.location
    return [{"name": name, "isMasterRegion": True, "isDeleted": False}]


def skus(call: Call, ids: Ids) -> Sequence[object]:
    """`skus` of the instance: the one it has."""
    del call, ids
    capacity = {"minimum": 1, "maximum": 1, "default": 1, "scaleType": "None"}
    return [
        {
            "resourceType": "Microsoft.ApiManagement/service",
            "sku": {"name": "Developer"},
            "capacity": capacity,
        }
    ]


def no_dependencies(call: Call, ids: Ids) -> Sequence[object]:
    """`outboundNetworkDependenciesEndpoints`: nothing outside is needed."""
    del call, ids
    return []
