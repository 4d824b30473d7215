"""Web services and endpoints as the old clients read them."""

from datetime import UTC, datetime

from bramka.domain.learning.endpoint import Endpoint
from bramka.domain.learning.endpoint import WebService as Service
from bramka.store.service import endpoint_keys, service_by_id
from bramka.store.transaction import Transaction
from bramka.studio_rest.call import Call
from bramka.studio_rest.resource import resources_entry


def service_entry(found: Service, endpoints: int) -> dict[str, object]:
    """A web service, with the number of its endpoints."""
    return {
        "Id": found.id,
        "Name": found.name,
        "Description": found.description,
        "CreationTime": _moment(found.created),
        "WorkspaceId": found.workspace_id,
        "DefaultEndpointName": found.default_endpoint_name,
        "EndpointCount": endpoints,
    }


def endpoint_entry(
    call: Call, transaction: Transaction, found: Endpoint
) -> dict[str, object]:
    """An endpoint; its keys only for those who may see them."""
    base = call.site.services_url.rstrip("/")
    place = f"workspaces/{found.workspace_id}"
    primary = secondary = None
    if call.role != "viewer":
        keys = endpoint_keys(transaction, found.id)
        primary, secondary = keys.primary, keys.secondary
    experiment = service_by_id(transaction, found.service_id).experiment_id or ""
    console = call.site.console_url.rstrip("/")
    return {
        "Name": found.name,
        "Description": found.description,
        "CreationTime": _moment(found.created),
        "UpdatedTime": _moment(found.updated),
        "WorkspaceId": found.workspace_id,
        "WebServiceId": found.service_id,
        "HelpLocation": f"{base}/apihelp/{place}/webservices/{found.service_id}"
        f"/endpoints/{found.id}",
        "PrimaryKey": primary,
        "SecondaryKey": secondary,
        "ApiLocation": f"{base}/{place}/services/{found.id}",
        "ExperimentLocation": f"{console}/studio#{place}/experiments/{experiment}",
        "Resources": resources_entry(call, found),
        "Version": str(found.version),
        "MaxConcurrentCalls": found.max_concurrent_calls,
        "DiagnosticsTraceLevel": found.trace_level,
        "ThrottleLevel": found.throttle_level,
        "PreventUpdate": found.prevent_update,
        "SampleDataEnabled": found.sample_data_enabled,
        "Batching": found.batching,
        "MaxBatchRows": found.max_batch_rows,
        "MaxBatchWaitMilliseconds": found.max_batch_wait,
    }


def _moment(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
