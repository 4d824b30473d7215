"""Parts of the old Studio that are not here: empty lists, and refusals that say so."""

from starlette.responses import Response

from bramka.domain.errors import Unsupported
from bramka.studio_rest.call import Call, as_json
from bramka.studio_rest.router import Way

_WHY = {
    "projectcontainers": "Projects are not kept; name experiments after them instead.",
    "notebooks": (
        "Notebooks do not run here; download the data, or read it with the azureml "
        "package, and use a notebook of your own."
    ),
    "gateways": (
        "Data gateways belonged to a cloud service; Import Data reaches databases of "
        "your own network directly."
    ),
}


def none(_call: Call) -> Response:
    """There are none of these."""
    return as_json([])


def refuse(call: Call) -> Response:
    """These cannot be made."""
    kind = call.parts["kind"]
    raise Unsupported(_WHY[kind], target=kind)


_KIND = "(?P<kind>projectcontainers|notebooks|gateways)"
_LIST = "api/workspaces/{workspace}/" + _KIND
_REST = _LIST + "/.+"
WAYS = (
    Way("GET", _LIST, none),
    Way("POST", _LIST, refuse),
    *(Way(method, _REST, refuse) for method in ("GET", "POST", "PUT", "DELETE")),
)
