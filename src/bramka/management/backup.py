"""`backup` and `restore`: everything in one blob, as long-running operations."""

from urllib.parse import urlencode, urlsplit

from starlette.responses import Response

from bramka.domain.errors import Missing, Unsupported
from bramka.domain.traffic.errand import Errand, Kind
from bramka.management import cloud
from bramka.management.call import Call
from bramka.management.errand import BackupPlace
from bramka.management.refusal import refuse_again
from bramka.management.resource import AnyResource, Ids
from bramka.management.shape import write_date, wrong
from bramka.management.verbs import as_json, envelope

WAIT_SECONDS = "1"
_NEEDED = ("storageAccount", "containerName", "backupName", "accessKey")


def back_up(call: Call, ids: Ids) -> Response:
    """Write everything into a blob."""
    del ids
    return _begin(call, "backup")


def restore(call: Call, ids: Ids) -> Response:
    """Make everything what a blob says."""
    del ids
    return _begin(call, "restore")


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
    """`operationResults/{id}`: the instance when all is well, else what went wrong."""
    found = _find(call, errand)
    if found.code:
        return refuse_again(found.code, found.message)
    if found.ended is None:
        return _accepted(call, found)
    return as_json(envelope(call, root, call.instance, ""))


def _begin(call: Call, kind: Kind) -> Response:
    errands, caller = call.site.errands, call.caller
    if errands is None or caller is None:
        raise Unsupported(cloud.BACKUP)
    return _accepted(
        call, errands.begin(call.transaction, kind, _place_in(call), caller)
    )


def _place_in(call: Call) -> BackupPlace:
    given = call.json()
    if given.get("accessType", "AccessKey") != "AccessKey":
        raise Unsupported(
            "There are no managed identities outside a cloud; give accessKey, the key "
            "of the storage account.",
            target="accessType",
        )
    for name in _NEEDED:
        if not isinstance(given.get(name), str) or not given[name]:
            raise wrong(name, f"'{name}' is required, a text")
    account, container, name, key = (str(given[name]) for name in _NEEDED)
    return BackupPlace(account, key, container, name)


def _find(call: Call, errand: str) -> Errand:
    errands = call.site.errands
    found = None if errands is None else errands.find(call.transaction, errand)
    if found is None:
        raise Missing(f"There is no operation '{errand}', or it ended long ago.")
    return found


def _accepted(call: Call, errand: Errand) -> Response:
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
