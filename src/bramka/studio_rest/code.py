"""Publishing code as the packages for Python and R do: a script and its schemas."""

from typing import Literal

from msgspec import Struct
from starlette.responses import Response

from bramka.domain.errors import Conflict, Forbidden, Invalid, Missing
from bramka.domain.learning.endpoint import IDENTIFIER
from bramka.domain.learning.saved import check_name
from bramka.store.service import Publication, publish_service, service_by_id
from bramka.store.service_api import follow_definition
from bramka.studio.code_package import CodeBundle, prepare_code
from bramka.studio_rest.call import Call, as_json
from bramka.studio_rest.router import Way
from bramka.studio_rest.webservice_entry import service_entry


class Wanted(Struct, kw_only=True, rename="pascal"):
    """A service that is made of code."""

    name: str
    type: Literal["Code"]
    code_bundle: CodeBundle


def publish(call: Call) -> Response:
    """`PUT webservices/{service}`: a new service under this id, or another version."""
    if call.role != "owner":
        raise Forbidden("Only an owner publishes what runs code.")
    wanted = call.json(Wanted)
    service_id = call.parts["service"].replace("-", "").lower()
    if not IDENTIFIER.fullmatch(service_id):
        raise Invalid(
            f"'{service_id[:40]}' is no id of a web service; draw 32 hex digits.",
            target="service",
        )
    _check_free(call, service_id)
    name = check_name(wanted.name, "web service")
    package = prepare_code(name, wanted.code_bundle, call.site.modules())
    publication = Publication(
        workspace_id=call.workspace,
        name=name,
        package=call.site.packages.keep(package),
        service_id=service_id,
    )
    with call.site.store.writing() as transaction:
        done = publish_service(transaction, call.site.chance, publication)
        follow_definition(
            transaction, done.endpoint, lambda: package.contents.definition
        )
        return as_json(service_entry(done.service, 1))


def _check_free(call: Call, service_id: str) -> None:
    """An id that is taken is that of a service of code in this workspace."""
    with call.site.store.reading() as transaction:
        try:
            known = service_by_id(transaction, service_id)
        except Missing:
            return
    if known.workspace_id != call.workspace or known.experiment_id:
        raise Conflict(
            "That id belongs to a service that was not published as code here.",
            target="service",
        )


WAYS = (Way("PUT", "workspaces/{workspace}/webservices/{service}", publish),)
