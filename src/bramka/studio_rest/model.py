"""Publishing models of other makers: files in, a web service out."""

from msgspec import Struct
from starlette.responses import Response

from bramka.domain.errors import Forbidden
from bramka.domain.learning.delimited import read_delimited
from bramka.domain.learning.saved import check_description, check_name
from bramka.store.service import Publication, publish_service, service_by_id
from bramka.store.service_api import follow_definition
from bramka.studio.model_package import Offer, prepare_model
from bramka.studio.package import Scorers
from bramka.studio_rest.call import Call, as_json
from bramka.studio_rest.router import Way


class Wanted(Struct, kw_only=True, rename="pascal"):
    """A model: its files in base64, and what callers are told of it."""

    name: str
    files: dict[str, bytes]
    description: str = ""
    function: str = ""
    sample: str | None = None
    """Some rows as CSV, with a header."""
    allow_code: bool = False
    together: bool = False
    """Of a function: no call depends on others, so an endpoint may join them."""
    web_service_id: str | None = None
    """The service to renew; a new one where none is told."""


def publish_by(scorers: Scorers) -> Way:
    """`POST api/workspaces/{workspace}/models`; `scorers` make processes for models."""

    def publish(call: Call) -> Response:
        wanted = call.json(Wanted)
        if call.role != "owner" and wanted.allow_code:
            raise Forbidden("Only an owner publishes what runs code.")
        name = check_name(wanted.name, "web service")
        if wanted.web_service_id is not None:
            with call.site.store.reading() as transaction:
                known = service_by_id(transaction, wanted.web_service_id)
            if known.workspace_id != call.workspace or known.experiment_id:
                raise Forbidden("That service is not one of this workspace's models.")
        offer = Offer(
            name=name,
            description=check_description(wanted.description),
            function=wanted.function,
            allow_code=wanted.allow_code,
            together=wanted.together,
        )
        text = wanted.sample
        sample = None if text is None else read_delimited(text.encode())
        package = prepare_model(wanted.files, offer, scorers, sample)
        publication = Publication(
            workspace_id=call.workspace,
            name=name,
            package=call.site.packages.keep(package),
            description=wanted.description,
            service_id=wanted.web_service_id,
        )
        with call.site.store.writing() as transaction:
            done = publish_service(transaction, call.site.chance, publication)
            follow_definition(
                transaction, done.endpoint, lambda: package.contents.definition
            )
        return as_json(
            {"WebServiceGroupId": done.service.id, "EndpointId": done.endpoint.id}
        )

    return Way("POST", "api/workspaces/{workspace}/models", publish)
