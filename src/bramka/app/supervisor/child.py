"""One role's process under the supervisor: start, readiness, log, restart, end."""

import asyncio
import json
import logging
import logging.handlers
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from bramka.app.lifeline import PARENT
from bramka.app.ready import READY_FD
from bramka.domain.errors import Unavailable

STARTING_SECONDS = 60.0
ENDING_SECONDS = 10.0
SETTLED_SECONDS = 60.0
"""A child that lived this long is restarted at once again."""
LONGEST_PAUSE = 30.0
FIRST_TRIES = 2
"""So often a child that was never ready is started again before we give up."""
LOG_SIZE = 5_000_000
LOG_FILES = 3


NUMBER = "BRAMKA_PROCESS_NUMBER"
"""Variable that tells a process which of its role's processes it is."""


def pause_before(restart: int) -> float:
    """Seconds to wait before the n-th restart in a row: 0, 1, 2, 4, … 30."""
    return 0.0 if restart <= 1 else min(LONGEST_PAUSE, 2.0 ** (restart - 2))


class Child:
    """A process that is started again when it dies."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        complain: Callable[[str], None],
        *,
        patience: float = ENDING_SECONDS,
    ) -> None:
        self.name = name
        self.patience = patience
        self.command = command
        self.environment = environment
        self.log = ChildLog(name, log, complain)
        self.complain = complain
        self.ready = asyncio.Event()
        self.process: subprocess.Popen[bytes] | None = None
        self.ending = False

    def __repr__(self) -> str:
        return f"<Child: {self.name}, process {self.pid}>"

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None

    async def keep_alive(self, changed: Callable[[], None]) -> None:
        """Run until `end`; `changed` is called whenever the process is another."""
        clock = asyncio.get_running_loop().time
        restarts = 0
        while not self.ending:
            born = clock()
            status = await self._live(changed)
            if self.ending:
                return
            restarts = 1 if clock() - born > SETTLED_SECONDS else restarts + 1
            pause = pause_before(restarts)
            when = f"in {pause:.0f} s" if pause else "now"
            ending = _ending(status)
            self.complain(f"{self.name} ended ({ending}); starting it again {when}")
            if status > 0:
                self.complain(self.log.tail())
            if not self.ready.is_set() and restarts > FIRST_TRIES:
                raise Unavailable(f"{self.name} does not start; see {self.log.path}")
            await asyncio.sleep(pause)

    async def _live(self, changed: Callable[[], None]) -> int:
        """One life: from the start to the exit status."""
        read, write = os.pipe()
        with os.fdopen(read, "rb") as word:
            try:
                process = self.process = self._start(write)
            finally:
                os.close(write)
            changed()
            assert process.stdout is not None
            with process.stdout as output:
                async with asyncio.TaskGroup() as tasks:
                    waiting = tasks.create_task(self._wait_until_ready(word))
                    copying = tasks.create_task(self._copy(output))
                    status = await ended(process)
                    # What the process itself started must not outlive it.
                    self._signal_group(signal.SIGKILL)
                    waiting.cancel()
                    await asyncio.wait({copying}, timeout=2)
                    copying.cancel()
        return status

    def _start(self, write: int) -> subprocess.Popen[bytes]:
        """Start it as the leader of its own group: Ctrl-C reaches only us."""
        return subprocess.Popen(  # noqa: S603 - our own command
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={
                **self.environment,
                READY_FD: str(write),
                PARENT: str(os.getpid()),
            },
            pass_fds=(write,),
            start_new_session=True,
        )

    async def _wait_until_ready(self, word: IO[bytes]) -> None:
        if await (await reader_of(word)).readline() == b"ready\n":
            self.ready.set()

    async def _copy(self, output: IO[bytes]) -> None:
        await self.log.copy(await reader_of(output))

    async def end(self) -> None:
        """SIGTERM, and SIGKILL when that is not enough."""
        self.ending = True
        process = self.process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(ended(process), self.patience)
        except TimeoutError:
            self.complain(f"{self.name} did not end in {self.patience:.0f} s; killed")
        self._signal_group(signal.SIGKILL)
        await ended(process)

    def kill(self) -> None:
        """End it at once."""
        self.ending = True
        self._signal_group(signal.SIGKILL)

    def _signal_group(self, number: signal.Signals) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)


async def ended(process: subprocess.Popen[bytes]) -> int:
    """The exit status, as soon as there is one.

    asyncio's own wait would also wait for whoever inherited the output.
    """
    if process.poll() is None:
        loop = asyncio.get_running_loop()
        descriptor = os.pidfd_open(process.pid)
        gone = asyncio.Event()
        loop.add_reader(descriptor, gone.set)
        try:
            await gone.wait()
        finally:
            loop.remove_reader(descriptor)
            os.close(descriptor)
    return process.wait()


async def reader_of(pipe: IO[bytes]) -> asyncio.StreamReader:
    """A stream over the reading end of a pipe."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), pipe
    )
    return reader


def _ending(status: int) -> str:
    if status < 0:
        with suppress(ValueError):
            return signal.Signals(-status).name
    return f"exit code {status}"


class ChildLog:
    """What a process prints, kept in a file that never grows without end."""

    def __init__(self, name: str, path: Path, complain: Callable[[str], None]) -> None:
        self.name = name
        self.path = path
        self.complain = complain
        self.last: deque[str] = deque(maxlen=15)
        self.file = logging.handlers.RotatingFileHandler(
            path, maxBytes=LOG_SIZE, backupCount=LOG_FILES, delay=True
        )

    def tail(self) -> str:
        """Its last lines, for somebody who wonders why it ended."""
        lines = "\n".join(f"  {line}" for line in self.last) or "  (it said nothing)"
        return f"last words of {self.name} (all in {self.path}):\n{lines}"

    async def copy(self, output: asyncio.StreamReader) -> None:
        """Copy what the process prints until it closes its output."""
        rest = b""
        while piece := await output.read(65536):
            *lines, rest = (rest + piece).split(b"\n")
            if len(rest) > 1_000_000:
                lines, rest = [*lines, rest], b""
            for line in lines:
                self._note(line.decode("utf-8", "replace"))
        if rest:
            self._note(rest.decode("utf-8", "replace"))

    def _note(self, line: str) -> None:
        self.last.append(line)
        self.file.emit(logging.makeLogRecord({"msg": line.replace("%", "%%")}))
        if '"level": "error"' in line or '"level": "critical"' in line:
            with suppress(ValueError):
                event = json.loads(line)
                self.complain(f"{self.name}: {event['message']}")


def role_command(role: str) -> list[str]:
    """How a role is started: this interpreter, this package."""
    return [sys.executable, "-m", "bramka", role]
