"""Processes for scorers: started anew, or forked where libraries are at hand."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO, Protocol

from bramka.domain.learning.model import Flavour

PASSED_ON = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TZ")
"""All that a scorer knows of our environment."""
LIBRARIES: Mapping[Flavour, tuple[str, ...]] = {
    "skops": ("numpy", "pandas", "skops.io"),
    "pickle": ("numpy", "pandas", "joblib", "sklearn.base"),
    "pyfunc": ("numpy", "pandas"),
}
"""What models of a flavour are made with; it takes seconds to import."""


class Process(Protocol):
    """A scorer's process, and the pipes to and from it."""

    @property
    def pid(self) -> int: ...

    @property
    def given(self) -> IO[bytes]:
        """What it reads."""

    @property
    def answers(self) -> IO[bytes]:
        """What it writes."""

    @property
    def bereft(self) -> bool:
        """Whether it ended only because its nursery did."""

    def status(self) -> int | None:
        """How it ended; None while it lives."""

    def wait(self) -> int:
        """How it ended, when it has."""

    def end(self) -> None:
        """Kill it, and what it may have started."""


class Nursery(Protocol):
    """Where processes for scorers are forked."""

    def fork(self, libraries: Sequence[str]) -> Process | None:
        """A new process with these libraries; None when it has to be started anew."""


def bare_environment() -> dict[str, str]:
    """What models may know of our environment."""
    return {name: os.environ[name] for name in PASSED_ON if name in os.environ}


class Spawned:
    """A process started anew."""

    bereft = False

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=bare_environment(),
            start_new_session=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.given, self.answers = self._process.stdin, self._process.stdout

    def __repr__(self) -> str:
        return f"<Spawned: {self.pid}>"

    @property
    def pid(self) -> int:
        return self._process.pid

    def status(self) -> int | None:
        return self._process.poll()

    def wait(self) -> int:
        return self._process.wait()

    def end(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in (self.given, self.answers):
            with suppress(OSError):
                pipe.close()
