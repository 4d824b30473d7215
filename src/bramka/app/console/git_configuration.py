"""The configuration in git, as folders of `bramka export`: saved, checked, deployed.

A deployment is one transaction: what cannot be taken as a whole changes nothing.
"""

import shutil
import threading
from pathlib import Path

import anyio
import msgspec
from msgspec import Struct, field

from bramka.app.calling.inside_calls import Inside
from bramka.app.keeping.artifact_import import prune_instance, write_instance
from bramka.app.keeping.artifacts import read_instance
from bramka.app.keeping.git import Git, found_head
from bramka.domain.errors import BramkaError, Conflict, Invalid
from bramka.domain.traffic.artifact import Files
from bramka.domain.traffic.deployment import Deployment, Step, Synced
from bramka.management.call import Call
from bramka.management.resource import AnyResource
from bramka.store.change import newest_version

FOLDER = "configuration.git"
MESSAGE = "Save the configuration"
SPARED = ("users", "subscriptions")
"""People come and go by themselves: a deployment deletes none of them."""


class _State(Struct, kw_only=True):
    """What is remembered between two times."""

    known: dict[str, str] = field(default_factory=dict)
    """Branch → the commit of it that was saved or deployed last."""
    last: Synced | None = None


class GitConfiguration:
    """The repository in the data folder; one at a time uses it."""

    def __init__(self, data: Path, root: AnyResource) -> None:
        self._git, self._root = Git(data / FOLDER), root
        self._alone = threading.Lock()

    def __repr__(self) -> str:
        return f"<GitConfiguration: {self._git!r}>"

    def head(self, branch: str) -> str | None:
        """Its newest commit; None when there is no such branch."""
        return self._git.head(branch)

    def save(self, call: Call, branch: str, *, force: bool) -> str:
        """Commit the configuration to a branch; the commit."""
        with self._alone:
            head, state = self._git.head(branch), self._state()
            if head is not None and head != state.known.get(branch) and not force:
                raise Conflict(
                    f"The branch '{branch}' has commits that were not deployed; deploy "
                    "them, or give force to have what is here on top of them.",
                    target="branch",
                )
            inside = Inside(call, self._root, {})
            files: Files = anyio.run(read_instance, inside.calls())
            if head is None or self._git.files(head) != files:
                who = "" if call.caller is None else call.caller.name
                when = int(call.transaction.now)
                head = self._git.commit(branch, files, who, MESSAGE, when)
            self._keep(state, _synced(call, branch, head, is_export=True))
            return head

    def deploy(self, call: Call, branch: str, *, force: bool) -> Deployment:
        """Make the configuration what a branch says, in the call's transaction."""
        head = found_head(self._git, branch)
        steps = self._deploy(call, head, force=force)
        synced = _synced(call, branch, head, is_export=False)
        return Deployment(tuple(steps), synced=synced)

    def remember(self, synced: Synced) -> None:
        """Keep in mind that what was deployed is there for good."""
        with self._alone:
            self._keep(self._state(), synced)

    def validate(self, call: Call, branch: str, *, force: bool) -> Deployment:
        """What deploying it would come to, done in the call's transaction."""
        head = found_head(self._git, branch)
        try:
            return Deployment(tuple(self._deploy(call, head, force=force)))
        except BramkaError as error:
            return Deployment((), error)

    def synced(self) -> Synced | None:
        """The last time that git and the configuration were the same."""
        return self._state().last

    def _deploy(self, call: Call, head: str, *, force: bool) -> list[Step]:
        files = self._git.files(head)
        if not files:
            raise Invalid("The branch holds no files; all would be deleted.")
        asking = {"products": {"deleteSubscriptions": "true"}} if force else {}
        inside = Inside(call, self._root, asking)

        async def work() -> None:
            await write_instance(inside.calls(), files)
            await prune_instance(inside.calls(), files, spared=SPARED)

        anyio.run(work)
        return inside.steps

    @property
    def _file(self) -> Path:
        return self._git.folder / "bramka.json"

    def _state(self) -> _State:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=_State)
        except (FileNotFoundError, msgspec.MsgspecError):
            return _State()

    def _keep(self, state: _State, synced: Synced) -> None:
        state.known[synced.branch] = synced.commit
        state.last = synced
        beside = self._file.with_suffix(".new")
        beside.write_bytes(msgspec.json.encode(state))
        beside.replace(self._file)


def _synced(call: Call, branch: str, commit: str, *, is_export: bool) -> Synced:
    return Synced(
        branch=branch,
        commit=commit,
        is_export=is_export,
        moment=call.transaction.now,
        version=newest_version(call.transaction),
    )


def open_git(data: Path, root: AnyResource) -> GitConfiguration | None:
    """The repository, where git is installed."""
    return GitConfiguration(data, root) if shutil.which("git") else None
