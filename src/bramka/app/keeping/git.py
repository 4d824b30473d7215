"""A bare git repository: whole trees are read from branches and committed to them."""

import io
import os
import re
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path

from bramka.domain.errors import Conflict, Invalid, Missing, Unavailable
from bramka.domain.traffic.artifact import Files

LONGEST_SECONDS = 120.0
_BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,199}")
_NAME = re.compile(r"[^<>\x00-\x1f]+")


class Git:
    """One such repository; made when something is first kept in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __repr__(self) -> str:
        return f"<Git: {self.folder}>"

    def head(self, branch: str) -> str | None:
        """The newest commit of a branch; None when there is no such branch."""
        reference = _reference(branch)
        if not self.folder.is_dir():
            return None
        words = ("for-each-ref", "--format=%(refname) %(objectname)", reference)
        lines = self._run(*words).decode().splitlines()
        # The same words would also list what lies below a folder of that name.
        return next(
            (one.split()[1] for one in lines if one.split()[0] == reference), None
        )

    def files(self, commit: str) -> Files:
        """The plain files of a commit; what begins with a dot is passed over."""
        packed = self._run("archive", "--format=tar", commit)
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            return {
                one.name: content.read()
                for one in archive
                if not any(part.startswith(".") for part in one.name.split("/"))
                # Links are none: they could lead anywhere on this machine.
                if one.isreg() and (content := archive.extractfile(one))
            }

    def commit(
        self, branch: str, files: Mapping[str, bytes], who: str, message: str, when: int
    ) -> str:
        """Make a branch end with a commit of just these files; its name."""
        reference = _reference(branch)
        if not self.folder.is_dir():
            self.folder.mkdir(parents=True)
            self._run("init", "--quiet", "--bare", "--initial-branch=main")
        head = self.head(branch)
        name = "".join(_NAME.findall(who)).strip() or "bramka"
        told = [
            b"commit %b\n" % reference.encode(),
            b"committer %b <> %d +0000\n" % (name.encode(), when),
            _data(message.encode()),
            b"from %b\n" % head.encode() if head else b"",
            b"deleteall\n",
        ]
        for path, content in sorted(files.items()):
            told += [b"M 100644 inline %b\n" % _quoted(path), _data(content)]
        self._run("fast-import", "--quiet", given=b"".join(told))
        made = self.head(branch)
        if made is None or made == head:
            raise Conflict(f"The branch {branch} was changed meanwhile; try again.")
        return made

    def _run(self, *words: str, given: bytes = b"") -> bytes:
        command = ("git", "-C", str(self.folder), *words)
        # What people set for themselves on this machine is no matter here.
        apart = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
        kept = {name: os.environ[name] for name in ("PATH",) if name in os.environ}
        try:
            done = subprocess.run(  # noqa: S603 - our own words, no shell
                command,
                input=given,
                capture_output=True,
                check=False,
                timeout=LONGEST_SECONDS,
                env=kept | apart,
            )
        except (FileNotFoundError, subprocess.TimeoutExpired) as error:
            raise Unavailable(f"git does not work here: {error}") from None
        if done.returncode:
            why = done.stderr.decode(errors="replace").strip()[-300:]
            raise Unavailable(f"git {words[0]} failed: {why}")
        return done.stdout


def found_head(git: Git, branch: str) -> str:
    """The newest commit of a branch that there must be."""
    head = git.head(branch)
    if head is None:
        raise Missing(f"There is no branch '{branch}'.", target="branch")
    return head


def _reference(branch: str) -> str:
    parts = branch.split("/")
    odd = any(
        part.startswith(".") or part.endswith((".", ".lock")) or not part
        for part in parts
    )
    if not _BRANCH.fullmatch(branch) or odd or ".." in branch:
        raise Invalid(f"'{branch[:100]}' is no name of a branch.", target="branch")
    return f"refs/heads/{branch}"


def _data(content: bytes) -> bytes:
    return b"data %d\n%b\n" % (len(content), content)


def _quoted(path: str) -> bytes:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'.encode()
