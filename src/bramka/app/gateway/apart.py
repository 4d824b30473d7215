"""Processes beside the gateway's that work on large bodies, started when first needed.

A conversion of megabytes takes a second and more. In the gateway's own process all
other calls would wait for it, in a thread as well: the interpreter does one thing at
a time. The processes know no secret, and end when nothing was asked for a while.
"""

import asyncio
import os
import pickle
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import TypeVar

import msgspec

from bramka.domain.traffic.step import StepFailure

T = TypeVar("T")

COMMAND = (sys.executable, "-P", "-m", "bramka.app.gateway.apart")
PROCESSES = 2
LONGEST = 60.0
"""Seconds that one work may take."""
MOST_WAITING = 64
IDLE_SECONDS = 60.0
MEMORY = 2 << 30
"""Bytes of address space of a process."""
FAILED = "BodyNotDone"


class Failed(msgspec.Struct, array_like=True):
    """A StepFailure, on its way."""

    source: str
    reason: str
    message: str


class _Process:
    """One process, and the line to it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 our own command
                (*COMMAND, str(theirs.fileno())),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env={
                    name: os.environ[name]
                    for name in ("PATH", "PYTHONPATH", "LANG")
                    if name in os.environ
                },
            )
        self._line = Connection(ours.detach())

    def ask(self, work: bytes) -> bytes:
        """EOFError or OSError when it died, TimeoutError when it takes too long."""
        self._line.send_bytes(work)
        if not self._line.poll(LONGEST):
            raise TimeoutError
        return self._line.recv_bytes()

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        with suppress(OSError):
            self._line.close()


class Processes:
    """Does work on bodies in a few processes, one after the other in each."""

    def __init__(self, number: int = PROCESSES) -> None:
        # A thread for each process waits for it; it does nothing else.
        self._threads = ThreadPoolExecutor(number, "apart")
        self._mine = threading.local()
        self._living: set[_Process] = set()
        self._waiting = 0

    async def __call__(self, work: Callable[..., T], *given: object) -> T:
        """What `work` makes of what is given; see `Apart`."""
        if self._waiting >= MOST_WAITING:
            raise StepFailure("", FAILED, "Other bodies take too long.")
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            asked = (work, given)
            answer = await loop.run_in_executor(self._threads, self._ask, asked)
        finally:
            self._waiting -= 1
        is_done, made = msgspec.msgpack.decode(answer)
        if not is_done:
            raise StepFailure(*made)
        result: T = made
        return result

    def _ask(self, asked: object) -> bytes:
        text = pickle.dumps(asked, pickle.HIGHEST_PROTOCOL)
        known: _Process | None = getattr(self._mine, "process", None)
        try:
            if known is not None:
                # It may have had nothing to do for long, and be gone.
                with suppress(EOFError, ConnectionError):
                    return self._told(known, text)
            new = self._mine.process = _Process()
            self._living.add(new)
            return self._told(new, text)
        except TimeoutError:
            message = f"The body takes longer than {LONGEST:g} seconds."
        except (EOFError, ConnectionError):
            message = "The body is more than can be worked on."
        raise StepFailure("", FAILED, message)

    def _told(self, process: _Process, text: bytes) -> bytes:
        try:
            return process.ask(text)
        except BaseException:
            self._mine.process = None
            self._living.discard(process)
            process.end()
            raise

    def close(self) -> None:
        """End the processes; whoever waits for one fails."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for process in tuple(self._living):
            process.end()

    def __repr__(self) -> str:
        return f"<Processes: {len(self._living)} live, {self._waiting} waiting>"


def main() -> None:
    """Do what the line asks for until it is closed, or nothing is asked for long."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    line = Connection(int(sys.argv[1]))
    with suppress(EOFError, ConnectionError):
        while line.poll(IDLE_SECONDS):
            line.send_bytes(_answer(line.recv_bytes()))


def _answer(asked: bytes) -> bytes:
    work, given = pickle.loads(asked)  # noqa: S301 the gateway's own word
    try:
        return msgspec.msgpack.encode((True, work(*given)))
    except StepFailure as failure:
        failed = Failed(failure.source, failure.reason, failure.message)
    except MemoryError:
        failed = Failed("", FAILED, "The body needs more memory than it may have.")
    return msgspec.msgpack.encode((False, failed))


if __name__ == "__main__":
    main()
