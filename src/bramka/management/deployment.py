"""`tenant/configuration`: the configuration in git, saved, validated, deployed."""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from starlette.responses import Response

from bramka.domain.errors import BramkaError, Forbidden, Invalid, Missing, Unsupported
from bramka.domain.traffic.deployment import Step
from bramka.management.call import Call, Configurations
from bramka.management.resource import Ids
from bramka.management.shape import write_date
from bramka.management.verbs import as_json
from bramka.store.change import newest_version

CONFIGURATION = "configuration"
_NO_GIT = (
    "There is no git where this console runs; install it, or use `bramka export` and "
    "`bramka import`."
)


class _Properties(Struct, frozen=True):
    branch: Annotated[str, Meta(min_length=1, max_length=200)]
    force: bool = False


class _Wanted(Struct, frozen=True):
    properties: _Properties


def save(call: Call, ids: Ids) -> Response:
    """Commit the configuration to a branch."""
    git, wanted = _begun(call, ids)
    commit = git.save(call, wanted.branch, force=wanted.force)
    told = f"The configuration is commit {commit} of the branch '{wanted.branch}'."
    return _ended(call, told)


def deploy(call: Call, ids: Ids) -> Response:
    """Make the configuration what a branch says."""
    git, wanted = _begun(call, ids)
    steps = git.deploy(call, wanted.branch, force=wanted.force)
    told = f"{len(steps)} changes were made, from the branch '{wanted.branch}'."
    return _ended(call, told, tuple(steps))


def validate(call: Call, ids: Ids) -> Response:
    """Tell what deploying a branch would change, or why it cannot be deployed."""
    git, wanted = _begun(call, ids)
    found = git.validate(call, wanted.branch, force=wanted.force)
    if found.problem is None:
        told = f"{len(found.steps)} changes would be made."
        return _ended(call, told, found.steps)
    return _ended(call, "It cannot be deployed.", problem=found.problem)


def sync_state(call: Call, ids: Ids) -> object:
    """`syncState`: how git and the configuration stand to each other."""
    _refuse_other(ids)
    git = call.site.git
    last = None if git is None else git.synced()
    if last is None:
        return {
            "branch": "",
            "commitId": "",
            "isExport": False,
            "isSynced": False,
            "isGitEnabled": git is not None,
        }
    return {
        "branch": last.branch,
        "commitId": last.commit,
        "isExport": last.is_export,
        "isSynced": last.version == newest_version(call.transaction),
        "isGitEnabled": True,
        "syncDate": write_date(last.moment),
    }


def _begun(call: Call, ids: Ids) -> tuple[Configurations, _Properties]:
    _refuse_other(ids)
    if call.site.git is None:
        raise Unsupported(_NO_GIT)
    if call.role != "owner":
        raise Forbidden("Only an owner saves and deploys the whole configuration.")
    try:
        wanted = msgspec.json.decode(call.body, type=_Wanted)
    except msgspec.MsgspecError as error:
        raise Invalid(f"The request cannot be read: {error}") from None
    return call.site.git, wanted.properties


def _refuse_other(ids: Ids) -> None:
    if ids[-1] != CONFIGURATION:
        raise Missing(f"'{ids[-1]}' is no configuration; ask '{CONFIGURATION}'.")


def _ended(
    call: Call,
    told: str,
    steps: tuple[Step, ...] = (),
    problem: BramkaError | None = None,
) -> Response:
    """An operation that is over; it had the transaction of the call."""
    name = call.site.chance.hex(16)
    moment = write_date(call.transaction.now)
    properties: dict[str, object] = {
        "id": name,
        "status": "Succeeded" if problem is None else "Failed",
        "started": moment,
        "updated": moment,
        "resultInfo": told,
        "actionLog": [
            {"objectType": one.kind, "action": one.action, "objectKey": one.key}
            for one in steps
        ],
    }
    if problem is not None:
        properties["error"] = {"code": problem.code, "message": problem.message}
    return as_json(
        {
            "id": f"{call.base}/tenant/{CONFIGURATION}/operationResults/{name}",
            "type": "Microsoft.ApiManagement/service/tenant/operationResults",
            "name": name,
            "properties": properties,
        }
    )
