"""How runners get scorers from the nursery of their worker."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import IO

from bramka.app.settings import Settings
from bramka.app.shared import packages_folder
from bramka.app.worker.nursery import NUMBER
from bramka.studio.model_source import ENDINGS
from bramka.studio.scorer_process import LIBRARIES, Process, bare_environment

COMMAND = (sys.executable, "-P", "-m", "bramka.app.worker.nursery")
ALONE = {
    # Each core has a runner, and threads would not survive a fork.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "POLARS_MAX_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "JOBLIB_MULTIPROCESSING": "0",
}
PIPE_BYTES = 1 << 20
"""As much as most slices of a chunk hold: fewer turns from one process to the other."""
IMPORTING_SECONDS = 60.0
"""How long libraries may take; then the process is started anew, without them."""


def start_nursery(inside: socket.socket) -> "subprocess.Popen[bytes]":
    """A nursery that answers there; it ends when nobody holds the other end."""
    return subprocess.Popen(  # noqa: S603 - our own command
        COMMAND,
        stdin=inside.fileno(),
        stdout=subprocess.DEVNULL,
        env={**bare_environment(), **ALONE},
        start_new_session=True,
    )


def has_models(settings: Settings) -> bool:
    """Whether a model is published here that needs what takes seconds to import."""
    endings = {end for end, flavour in ENDINGS.items() if flavour in LIBRARIES}
    files = packages_folder(settings).glob("*/*")
    return any(file.suffix.lower() in endings for file in files)


class Door:
    """The way into a nursery; many processes may hold it."""

    def __init__(self, door: socket.socket) -> None:
        self._door = door

    def __repr__(self) -> str:
        return f"<Door: {self._door.fileno()}>"

    def prepare(self) -> None:
        """Import what models are made with, before the first is asked for."""
        with suppress(OSError):
            self._door.send(" ".join(LIBRARIES["skops"]).encode())

    def fork(self, libraries: Sequence[str]) -> Process | None:
        """A new process with these libraries; None when it has to be started anew."""
        read, given = os.pipe()
        answers, write = os.pipe()
        line, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        line.settimeout(IMPORTING_SECONDS)
        with suppress(OSError):
            fcntl.fcntl(given, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        wish = " ".join(libraries).encode() or b" "
        try:
            socket.send_fds(self._door, [wish], [read, write, far.fileno()])
            far.close()
            told = line.recv(NUMBER.size)
        except OSError:
            told = b""
        finally:
            far.close()
            os.close(read)
            os.close(write)
        if not told:
            line.close()
            os.close(given)
            os.close(answers)
            return None
        pipes = os.fdopen(given, "wb"), os.fdopen(answers, "rb")
        return Forked(NUMBER.unpack(told)[0], line, *pipes)


class Forked:
    """A process that the nursery forked."""

    def __init__(
        self, pid: int, line: socket.socket, given: IO[bytes], answers: IO[bytes]
    ) -> None:
        self.pid, self.given, self.answers = pid, given, answers
        self.bereft = False
        self._line = line
        self._status: int | None = None

    def __repr__(self) -> str:
        return f"<Forked: {self.pid}>"

    def status(self) -> int | None:
        if self._status is None:
            self._line.setblocking(False)
            with suppress(BlockingIOError):
                self._hear()
        return self._status

    def wait(self) -> int:
        if self._status is None:
            self._line.settimeout(None)
            self._hear()
        assert self._status is not None
        return self._status

    def end(self) -> None:
        with suppress(OSError):
            # As good as closed for the nursery, but its word still comes.
            self._line.shutdown(socket.SHUT_WR)
        self.wait()
        self._line.close()
        for pipe in (self.given, self.answers):
            with suppress(OSError):
                pipe.close()

    def _hear(self) -> None:
        try:
            told = self._line.recv(NUMBER.size)
        except BlockingIOError:
            raise
        except OSError:
            told = b""
        # A nursery that is gone has taken its scorers with it.
        self.bereft = not told
        self._status = NUMBER.unpack(told)[0] if told else -signal.SIGKILL
