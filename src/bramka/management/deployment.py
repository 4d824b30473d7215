"""`tenant/configuration`: the configuration in git, saved, validated, deployed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from starlette.responses import Response

from bramka.domain.errors import BramkaError, Forbidden, Invalid, Missing, Unsupported
from bramka.domain.traffic.deployment import Step, Synced
from bramka.domain.traffic.errand import Errand, Kind
from bramka.management.call import Call, Configurations
from bramka.management.long_running import start
from bramka.management.resource import Ids
from bramka.management.shape import write_date
from bramka.store import instance
from bramka.store.change import newest_version
from bramka.store.rehearsal import rehearse, write_rehearsed
from bramka.store.transaction import Store, Transaction

CONFIGURATION = "configuration"
_NO_GIT = (
    "There is no git where this console runs; install it, or use `bramka export` and "
    "`bramka import`."
)


class _Properties(Struct, frozen=True):
    branch: Annotated[str, Meta(min_length=1, max_length=200)]
    force: bool = False


class _Outcome(Struct, frozen=True):
    """What came of it."""

    text: str
    steps: tuple[Step, ...] = ()
    problem: BramkaError | None = None
    synced: Synced | None = None
    """What is to be remembered once it is true."""


_Done = tuple[dict[str, object], _Outcome]
_Work = Callable[[Transaction], _Done]
_Within = Callable[[Store, _Work], _Done]
"""Gives work a transaction, and ends it."""


class _Wanted(Struct, frozen=True):
    properties: _Properties


def save(call: Call, ids: Ids) -> Response:
    """Commit the configuration to a branch."""
    git, wanted = _begun(call, ids)
    git.head(wanted.branch)  # A bad name is refused at once.

    def work(inner: Call) -> _Outcome:
        commit = git.save(inner, wanted.branch, force=wanted.force)
        where = f"of the branch '{wanted.branch}'"
        return _Outcome(f"The configuration is commit {commit} {where}.")

    return _start(call, "save", work, _read)


def deploy(call: Call, ids: Ids) -> Response:
    """Make the configuration what a branch says."""
    git, wanted = _of_branch(call, ids)

    def work(inner: Call) -> _Outcome:
        done = git.deploy(inner, wanted.branch, force=wanted.force)
        where = f"from the branch '{wanted.branch}'"
        text = f"{len(done.steps)} changes were made, {where}."
        return _Outcome(text, done.steps, synced=done.synced)

    return _start(call, "deploy", work, write_rehearsed)


def validate(call: Call, ids: Ids) -> Response:
    """Tell what deploying a branch would change, or why it cannot be deployed."""
    git, wanted = _of_branch(call, ids)

    def work(inner: Call) -> _Outcome:
        found = git.validate(inner, wanted.branch, force=wanted.force)
        if found.problem is not None:
            return _Outcome("It cannot be deployed.", problem=found.problem)
        return _Outcome(f"{len(found.steps)} changes would be made.", found.steps)

    return _start(call, "validate", work, rehearse)


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


def _of_branch(call: Call, ids: Ids) -> tuple[Configurations, _Properties]:
    """The same for a branch that there must be."""
    git, wanted = _begun(call, ids)
    if git.head(wanted.branch) is None:
        raise Missing(f"There is no branch '{wanted.branch}'.", target="branch")
    return git, wanted


def _refuse_other(ids: Ids) -> None:
    if ids[-1] != CONFIGURATION:
        raise Missing(f"'{ids[-1]}' is no configuration; ask '{CONFIGURATION}'.")


def _start(
    call: Call, kind: Kind, work: Callable[[Call], _Outcome], within: _Within
) -> Response:
    """Do it besides the calls, in a transaction of its own."""
    site = call.site

    def run(errand: Errand) -> dict[str, object]:
        def tell(transaction: Transaction) -> _Done:
            own = instance.get(transaction).noun
            outcome = work(replace(call, transaction=transaction, instance=own))
            return _told(call, errand, outcome, transaction.now), outcome

        told, outcome = within(site.store, tell)
        if outcome.synced is not None and site.git is not None:
            site.git.remember(outcome.synced)
        return told

    return start(call, kind, run)


def _read(store: Store, work: _Work) -> _Done:
    with store.reading() as transaction:
        return work(transaction)


def _told(
    call: Call, errand: Errand, outcome: _Outcome, now: float
) -> dict[str, object]:
    problem = outcome.problem
    properties: dict[str, object] = {
        "id": errand.id,
        "status": "Succeeded" if problem is None else "Failed",
        "started": write_date(errand.started),
        "updated": write_date(now),
        "resultInfo": outcome.text,
        "actionLog": [
            {"objectType": one.kind, "action": one.action, "objectKey": one.key}
            for one in outcome.steps
        ],
    }
    if problem is not None:
        properties["error"] = {"code": problem.code, "message": problem.message}
    return {
        "id": f"{call.base}/tenant/{CONFIGURATION}/operationResults/{errand.id}",
        "type": "Microsoft.ApiManagement/service/tenant/operationResults",
        "name": errand.id,
        "properties": properties,
    }
