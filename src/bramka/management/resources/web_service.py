"""The web services that the studio has published: what APIs can be made of."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from bramka.management.call import Call
from bramka.management.filter import Kind
from bramka.management.resource import Ids
from bramka.management.shape import write_date
from bramka.store.service import list_endpoints, list_services
from bramka.store.workspace import WORKSPACE

SOUGHT: Mapping[str, Kind] = {"name": "text", "displayName": "text"}


def sought(row: Any) -> Mapping[str, object]:
    """What of a service `$filter` may ask for."""
    return {"name": row["name"], "displayName": row["properties"]["displayName"]}


def web_services(call: Call, ids: Ids) -> Sequence[object]:
    """`webServices`: every published service with its default endpoint; no keys."""
    del ids
    rows: list[object] = []
    query = select(WORKSPACE.c.id).order_by(WORKSPACE.c.created, WORKSPACE.c.id)
    for workspace in list(call.transaction.connection.scalars(query)):
        for service in list_services(call.transaction, workspace):
            default = service.default_endpoint_name
            endpoints = list_endpoints(call.transaction, service.id)
            endpoint = next((one for one in endpoints if one.name == default), None)
            if endpoint is None:
                continue
            place = f"/workspaces/{workspace}/services/{endpoint.id}"
            rows.append(
                {
                    "id": f"{call.base}/webServices/{service.id}",
                    "type": "Microsoft.ApiManagement/service/webServices",
                    "name": service.id,
                    "properties": {
                        "displayName": service.name,
                        "description": service.description,
                        "createdDate": write_date(service.created),
                        "workspaceId": workspace,
                        "endpointId": endpoint.id,
                        "path": place,
                        "swaggerPath": f"{place}/swagger.json",
                    },
                }
            )
    return rows
