"""Manage this service: an API in front of a web service, made by one call."""

import re
from typing import Any

import msgspec
from msgspec import Struct
from starlette.responses import Response

from bramka.domain.errors import Forbidden, Invalid, Missing
from bramka.store import product
from bramka.store.service import endpoint_by_name, service_by_id
from bramka.store.service_api import Front, put_in_front
from bramka.studio.package_folder import contents_in
from bramka.studio_rest.call import Call, as_json
from bramka.studio_rest.router import Way

PRODUCTS = ("starter", "unlimited")
"""Those that an instance is made with; taken unless others are named."""


class Wanted(Struct, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """What may be said; members may begin with a capital, as elsewhere in Studio."""

    api_path: str = ""
    display_name: str = ""
    endpoint: str = ""
    products: tuple[str, ...] | None = None
    add_service_key: bool = False


def manage(call: Call) -> Response:
    """`POST webservices/{service}/manage`: the API, its operations, and products."""
    if call.role != "owner":
        raise Forbidden("Only an owner puts APIs in front of services.")
    wanted = _wanted(call)
    with call.site.store.writing() as transaction:
        service = service_by_id(transaction, call.parts["service"])
        if service.workspace_id != call.workspace:
            raise Missing(f"There is no web service '{service.id}'.", target="service")
        name = wanted.endpoint or service.default_endpoint_name
        endpoint = endpoint_by_name(transaction, service.id, name)
        definition = contents_in(
            call.site.packages.folder_of(endpoint.package)
        ).definition
        path = wanted.api_path.strip("/") or _slug(service.name) or service.id
        known = [each.noun.id for each in product.PRODUCTS.all(transaction)]
        chosen = wanted.products
        if chosen is None:
            chosen = tuple(each for each in PRODUCTS if each in known)
        front = Front(
            id=_slug(path),
            path=path,
            display_name=wanted.display_name or service.name,
            service_url=call.site.services_url,
            products=chosen,
            adds_key=wanted.add_service_key,
        )
        if not front.id:
            raise Invalid(f"No id can be made of '{path[:80]}'.", target="apiPath")
        secrets = put_in_front(transaction, front, endpoint, definition)
    told = {
        "ApiId": front.id,
        "ApiPath": front.path,
        "Endpoint": endpoint.name,
        "Products": list(front.products),
        "AddsServiceKey": front.adds_key,
        "NamedValues": secrets,
    }
    return as_json(told)


def _wanted(call: Call) -> Wanted:
    given = call.json(dict[str, Any])
    small = {name[:1].lower() + name[1:]: value for name, value in given.items()}
    try:
        return msgspec.convert(small, Wanted)
    except msgspec.ValidationError as error:
        raise Invalid(f"The body does not fit: {error}") from None


def _slug(text: str) -> str:
    """What of a text may stand in an id."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:80]


_MANAGE = "workspaces/{workspace}/webservices/{service}/manage"
WAYS = (Way("POST", _MANAGE, manage), Way("POST", f"api/{_MANAGE}", manage))
