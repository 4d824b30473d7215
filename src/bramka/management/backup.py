"""`backup` and `restore`: everything in one blob, as long-running operations."""

from starlette.responses import Response

from bramka.domain.errors import Unsupported
from bramka.domain.traffic.errand import Kind
from bramka.management import cloud
from bramka.management.call import Call
from bramka.management.errand import BackupPlace
from bramka.management.long_running import accepted
from bramka.management.resource import Ids
from bramka.management.shape import wrong

_NEEDED = ("storageAccount", "containerName", "backupName", "accessKey")


def back_up(call: Call, ids: Ids) -> Response:
    """Write everything into a blob."""
    del ids
    return _begin(call, "backup")


def restore(call: Call, ids: Ids) -> Response:
    """Make everything what a blob says."""
    del ids
    return _begin(call, "restore")


def _begin(call: Call, kind: Kind) -> Response:
    errands, caller = call.site.errands, call.caller
    if errands is None or caller is None:
        raise Unsupported(cloud.BACKUP)
    return accepted(
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
