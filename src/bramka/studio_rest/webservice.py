"""Web services and their endpoints, as the management REST of Studio tells them."""

from functools import partial
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace
from starlette.responses import Response

from bramka.domain.errors import Conflict, Missing
from bramka.domain.learning.endpoint import (
    Batching,
    Endpoint,
    ThrottleLevel,
    TraceLevel,
)
from bramka.domain.learning.endpoint import WebService as Service
from bramka.domain.learning.saved import check_description
from bramka.store.endpoint import (
    Change,
    add_endpoint,
    change_endpoint,
    delete_endpoint,
    replace_endpoint_key,
)
from bramka.store.listing import page_of_services
from bramka.store.service import (
    delete_service,
    endpoint_by_name,
    list_endpoints,
    list_services,
    service_by_id,
)
from bramka.store.service_api import follow_definition, follow_key
from bramka.store.transaction import Transaction
from bramka.studio.package_folder import contents_in
from bramka.studio_rest.call import Call, as_json
from bramka.studio_rest.listing import as_page, wanted_page
from bramka.studio_rest.resource import (
    NewResource,
    keeping_resources,
    with_resources,
)
from bramka.studio_rest.router import Way
from bramka.studio_rest.webservice_entry import endpoint_entry, service_entry


class Wanted(Struct, kw_only=True, rename="pascal"):
    """What an endpoint is to be; what is not told stays as it is."""

    description: str | None = None
    throttle_level: ThrottleLevel | None = None
    max_concurrent_calls: int | None = None
    diagnostics_trace_level: TraceLevel | None = None
    prevent_update: bool | None = None
    sample_data_enabled: bool | None = None
    batching: Batching | None = None
    max_batch_rows: int | None = None
    max_batch_wait_milliseconds: float | None = None
    resources: list[NewResource] | None = None

    def change(self) -> Change:
        if self.description is not None:
            check_description(self.description)
        return Change(
            description=self.description,
            max_concurrent_calls=self.max_concurrent_calls,
            trace_level=self.diagnostics_trace_level,
            throttle_level=self.throttle_level,
            prevent_update=self.prevent_update,
            sample_data_enabled=self.sample_data_enabled,
            batching=self.batching,
            max_batch_rows=self.max_batch_rows,
            max_batch_wait=self.max_batch_wait_milliseconds,
        )


class Which(Struct, kw_only=True, rename="pascal"):
    """Which of two keys."""

    key: Literal["primary", "secondary"]


class Refresh(Struct, kw_only=True, rename="pascal"):
    """The body of a refresh; old clients write True and False as texts."""

    overwrite_resources: bool | str = True


def services(call: Call) -> Response:
    """`GET webservices`."""
    wanted = wanted_page(call)
    with call.site.store.reading() as transaction:
        if wanted is not None:
            some, total = page_of_services(transaction, call.workspace, wanted)
            return as_page([service_entry(each, count) for each, count in some], total)
        found = list_services(transaction, call.workspace)
        return as_json([_counted(transaction, each) for each in found])


def service(call: Call) -> Response:
    """`GET webservices/{service}`."""
    with call.site.store.reading() as transaction:
        return as_json(_counted(transaction, _find(call, transaction)))


def remove_service(call: Call) -> Response:
    """`DELETE webservices/{service}`."""
    with call.site.store.writing() as transaction:
        delete_service(transaction, _find(call, transaction).id)
    return as_json({})


def endpoints(call: Call) -> Response:
    """`GET webservices/{service}/endpoints`: the default one first."""
    with call.site.store.reading() as transaction:
        found = list_endpoints(transaction, _find(call, transaction).id)
        return as_json([endpoint_entry(call, transaction, each) for each in found])


def endpoint(call: Call) -> Response:
    """`GET webservices/{service}/endpoints/{endpoint}`."""
    with call.site.store.reading() as transaction:
        return as_json(endpoint_entry(call, transaction, _named(call, transaction)))


def put_endpoint(call: Call) -> Response:
    """`PUT …/endpoints/{endpoint}`: a new one, or another description of one."""
    change = call.json(Wanted).change()
    with call.site.store.writing() as transaction:
        found = _find(call, transaction)
        name = call.parts["endpoint"]
        try:
            known = endpoint_by_name(transaction, found.id, name)
        except Missing:
            chance = call.site.chance
            made = add_endpoint(transaction, chance, found.id, name, change)
        else:
            made = change_endpoint(transaction, known.id, change)
        return as_json(endpoint_entry(call, transaction, made))


def patch_endpoint(call: Call) -> Response:
    """`PATCH …/endpoints/{endpoint}`: any of its settings."""
    wanted = call.json(Wanted)
    change = wanted.change()
    if wanted.resources:
        with call.site.store.reading() as transaction:
            found = _added(call, transaction)
        package = with_resources(call, found, wanted.resources)
        change = replace(change, package=package)
    with call.site.store.writing() as transaction:
        found = _named(call, transaction)
        change_endpoint(transaction, found.id, change)
    return Response(status_code=204)


def refresh_endpoint(call: Call) -> Response:
    """`POST …/endpoints/{endpoint}/refresh`: what the default one has; 304 if same.

    With `OverwriteResources` of False the endpoint keeps its own trained models.
    """
    overwrite = str(call.json(Refresh).overwrite_resources).lower() != "false"
    with call.site.store.reading() as transaction:
        found, of = _added(call, transaction), _find(call, transaction)
        default = endpoint_by_name(transaction, of.id, of.default_endpoint_name)
    if found.prevent_update:
        raise Conflict(
            f"Endpoint '{found.name}' has PreventUpdate set.", target="endpoint"
        )
    package = default.package
    if not overwrite:
        package = keeping_resources(call, found, package)
    if package == found.package:
        return Response(status_code=304)
    with call.site.store.writing() as transaction:
        changed = change_endpoint(transaction, found.id, Change(package=package))
        folder = partial(call.site.packages.folder_of, package)
        follow_definition(
            transaction, changed, lambda: contents_in(folder()).definition
        )
    return as_json({})


def remove_endpoint(call: Call) -> Response:
    """`DELETE …/endpoints/{endpoint}`; the default one goes with its service."""
    with call.site.store.writing() as transaction:
        found, of = _named(call, transaction), _find(call, transaction)
        alone = len(list_endpoints(transaction, of.id)) == 1
        if found.name == of.default_endpoint_name and alone:
            delete_service(transaction, of.id)
        else:
            delete_endpoint(transaction, found.id)
    return as_json({})


def new_key(call: Call) -> Response:
    """`POST …/endpoints/{endpoint}/keys`: a new key in place of one."""
    which = call.json(Which).key
    with call.site.store.writing() as transaction:
        found = _named(call, transaction)
        chance = call.site.chance
        keys = replace_endpoint_key(transaction, chance, found.id, which)
        follow_key(transaction, found.id)
    return as_json({"PrimaryKey": keys.primary, "SecondaryKey": keys.secondary})


def _find(call: Call, transaction: Transaction) -> Service:
    found = service_by_id(transaction, call.parts["service"])
    if found.workspace_id != call.workspace:
        raise Missing(f"There is no web service '{found.id}'.", target="service")
    return found


def _named(call: Call, transaction: Transaction) -> Endpoint:
    found = _find(call, transaction)
    return endpoint_by_name(transaction, found.id, call.parts["endpoint"])


def _added(call: Call, transaction: Transaction) -> Endpoint:
    """An endpoint beside the default one, which follows its experiment."""
    found = _named(call, transaction)
    if found.name == _find(call, transaction).default_endpoint_name:
        raise Conflict(
            "The default endpoint follows its experiment: publish that again, or add "
            "an endpoint and change that.",
            target="endpoint",
        )
    return found


def _counted(transaction: Transaction, found: Service) -> dict[str, object]:
    return service_entry(found, len(list_endpoints(transaction, found.id)))


_LIST = "workspaces/{workspace}/webservices"
_ONE = _LIST + "/{service}"
_ENDPOINTS = _ONE + "/endpoints"
_ENDPOINT = _ENDPOINTS + "/{endpoint}"
WAYS = (
    Way("GET", _LIST, services),
    Way("GET", _ONE, service),
    Way("DELETE", _ONE, remove_service),
    Way("GET", _ENDPOINTS, endpoints),
    Way("GET", _ENDPOINT, endpoint, endpoint_key=True),
    Way("PUT", _ENDPOINT, put_endpoint),
    Way("PATCH", _ENDPOINT, patch_endpoint, endpoint_key=True),
    Way("DELETE", _ENDPOINT, remove_endpoint),
    Way("POST", _ENDPOINT + "/refresh", refresh_endpoint, endpoint_key=True),
    Way("POST", _ENDPOINT + "/keys", new_key),
)
