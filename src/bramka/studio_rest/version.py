"""Versions of an endpoint: what it serves, what it served, and going back."""

from functools import partial

from starlette.responses import Response

from bramka.domain.errors import Invalid, Missing
from bramka.domain.learning.endpoint import Endpoint
from bramka.store.endpoint import restore_version
from bramka.store.endpoint_version import EndpointVersion, list_versions
from bramka.store.service import endpoint_by_name, service_by_id
from bramka.store.service_api import follow_definition
from bramka.store.transaction import Transaction
from bramka.studio.package_folder import contents_in
from bramka.studio_rest.call import Call, as_json
from bramka.studio_rest.router import Way


def versions(call: Call) -> Response:
    """`GET …/endpoints/{endpoint}/versions`: the one that serves first."""
    with call.site.store.reading() as transaction:
        found = list_versions(transaction, _endpoint(call, transaction))
    return as_json([_entry(each) for each in found])


def restore(call: Call) -> Response:
    """`POST …/versions/{version}/restore`: its package serves again, as a new one."""
    text = call.parts["version"]
    if not text.isdecimal():
        raise Invalid(f"'{text[:20]}' is no number of a version.", target="version")
    with call.site.store.writing() as transaction:
        endpoint = _endpoint(call, transaction)
        restore_version(transaction, endpoint.id, int(text))
        changed = _endpoint(call, transaction)
        folder = partial(call.site.packages.folder_of, changed.package)
        follow_definition(
            transaction, changed, lambda: contents_in(folder()).definition
        )
    return as_json({"Version": changed.version, "Package": changed.package})


def _endpoint(call: Call, transaction: Transaction) -> Endpoint:
    service = service_by_id(transaction, call.parts["service"])
    if service.workspace_id != call.workspace:
        raise Missing(f"There is no web service '{service.id}'.", target="service")
    return endpoint_by_name(transaction, service.id, call.parts["endpoint"])


def _entry(version: EndpointVersion) -> dict[str, object]:
    return {
        "Version": version.number,
        "Package": version.package,
        "Serves": version.replaced is None,
        "Replaced": version.replaced,
    }


_LIST = "workspaces/{workspace}/webservices/{service}/endpoints/{endpoint}/versions"
WAYS = (
    Way("GET", _LIST, versions),
    Way("POST", _LIST + "/{version}/restore", restore),
)
