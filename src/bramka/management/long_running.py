"""Long-running operations: accepted at once, asked about until they are done."""

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from starlette.responses import Response

from bramka.domain.errors import Missing, Unsupported
from bramka.domain.traffic.errand import Errand, Kind
from bramka.management.call import Call
from bramka.management.refusal import JSON, refuse_again
from bramka.management.resource import AnyResource
from bramka.management.shape import write_date
from bramka.management.verbs import as_json, envelope

WAIT_SECONDS = "1"
Work = Callable[[Errand], dict[str, object]]


def start(call: Call, kind: Kind, work: Work) -> Response:
    """Have the work done besides the calls; its result is what is told in the end."""
    if call.site.errands is None:
        raise Unsupported("Nothing goes on after its call was answered here.")
    return accepted(call, call.site.errands.start(call.transaction, kind, work))


def status_of(call: Call, errand: str) -> Response:
    """`operationStatuses/{id}`: how far it is."""
    found = _find(call, errand)
    told: dict[str, object] = {
        "id": _place(call, "operationStatuses", found),
        "name": found.id,
        "status": found.status,
        "startTime": write_date(found.started),
        "endTime": write_date(found.ended),
    }
    if found.code:
        told["error"] = {"code": found.code, "message": found.message}
    # Without it clients wait for half a minute.
    later = {"Retry-After": WAIT_SECONDS} if found.ended is None else {}
    return as_json(told, headers=later)


def result_of(call: Call, root: AnyResource, errand: str) -> Response:
    """`operationResults/{id}`: what came of it, or what went wrong."""
    found = _find(call, errand)
    if found.code:
        return refuse_again(found.code, found.message)
    if found.ended is None:
        return accepted(call, found)
    if found.result:
        return Response(found.result, media_type=JSON)
    return as_json(envelope(call, root, call.instance, ""))


def _find(call: Call, errand: str) -> Errand:
    errands = call.site.errands
    found = None if errands is None else errands.find(call.transaction, errand)
    if found is None:
        raise Missing(f"There is no operation '{errand}', or it ended long ago.")
    return found


def accepted(call: Call, errand: Errand) -> Response:
    """202, and where to ask how far it is."""
    here = urlsplit(call.url)
    version = urlencode({"api-version": call.query["api-version"]})
    places = {
        header: f"{here.scheme}://{here.netloc}{_place(call, kind, errand)}?{version}"
        for header, kind in (
            ("Location", "operationResults"),
            ("Azure-AsyncOperation", "operationStatuses"),
        )
    }
    return Response(status_code=202, headers=places | {"Retry-After": WAIT_SECONDS})


def _place(call: Call, kind: str, errand: Errand) -> str:
    own = call.instance
    return (
        f"/subscriptions/{own.subscription_id}/providers/Microsoft.ApiManagement"
        f"/locations/{own.location}/{kind}/{errand.id}"
    )
