"""The nursery: a process that imports what models need once, and forks scorers.

It knows no model, no secret and no more of the environment than a scorer does. Fork
copies one thread only, so nothing may start one here: polars is imported after it.
Whoever asks holds the other end of a line for each scorer: the pid and, at its end, its
status come over it; when it is closed, the scorer is killed.
"""

import ctypes
import gc
import importlib
import os
import selectors
import signal
import socket
import struct
import sys
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from bramka.app.worker.scorer import main as score

NUMBER = struct.Struct("<q")
MOST_BYTES = 4096
FDS = 3
"""What comes with the wish for a scorer: its input, its output, its line."""
_PR_SET_PDEATHSIG = 1


class Nursery:
    """Scorers that live, and the lines to those who asked for them."""

    def __init__(self, door: socket.socket) -> None:
        self._door = door
        self._ready = selectors.DefaultSelector()
        self._ready.register(door, selectors.EVENT_READ)
        self._lines: dict[int, tuple[int, socket.socket]] = {}
        """The pid and the line of each scorer, by the handle of its process."""

    def __repr__(self) -> str:
        return f"<Nursery: {len(self._lines)} scorers>"

    def run(self) -> None:
        """Fork what is asked for until nobody is left who could ask."""
        while True:
            keys = [key for key, _ in self._ready.select()]
            # Who is still to be killed must not be buried before.
            for key in sorted(keys, key=lambda key: key.data is None):
                if key.fileobj is self._door:
                    if not self._answer_door():
                        return
                elif key.data is None:
                    self._bury(key.fd)
                else:
                    # Nothing is said on a line: it was closed, or shut at the end.
                    self._ready.unregister(key.fileobj)
                    _kill(key.data)

    def _answer_door(self) -> bool:
        asked, fds, _, _ = socket.recv_fds(self._door, MOST_BYTES, FDS)
        if not asked:
            return False
        for name in asked.decode().split():
            with suppress(ImportError):
                importlib.import_module(name)
        if len(fds) == FDS:
            self._fork(*fds)
        return True

    def _fork(self, given: int, answers: int, line: int) -> None:
        talk = socket.socket(fileno=line)
        if len(list(Path("/proc/self/task").iterdir())) > 1:
            # A library brought a thread: what it holds would be held for ever.
            os.close(given)
            os.close(answers)
            talk.close()
            return
        # What is frozen is not touched again, so it stays shared with the children.
        gc.freeze()
        pid = os.fork()
        if not pid:
            _live(given, answers)
        os.close(given)
        os.close(answers)
        handle = os.pidfd_open(pid)
        self._lines[handle] = pid, talk
        self._ready.register(handle, selectors.EVENT_READ)
        self._ready.register(talk, selectors.EVENT_READ, pid)
        with suppress(OSError):
            talk.send(NUMBER.pack(pid))

    def _bury(self, handle: int) -> None:
        """Tell how a scorer ended, and forget it."""
        pid, line = self._lines.pop(handle)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        self._ready.unregister(handle)
        os.close(handle)
        with suppress(KeyError):
            self._ready.unregister(line)
        with suppress(OSError):
            line.send(NUMBER.pack(status))
        line.close()


def _kill(pid: int) -> None:
    """Kill a scorer, and what it may have started."""
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    # Just forked, it leads no group yet; it is not buried, so the number is its own.
    os.kill(pid, signal.SIGKILL)


def _live(given: int, answers: int) -> NoReturn:
    """Be a scorer, with nothing open but its pipes."""
    try:
        os.setsid()
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        os.dup2(given, 0)
        os.dup2(answers, 1)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        if numpy := sys.modules.get("numpy"):
            # Else all scorers would throw the same dice.
            numpy.random.seed()
        score()
        os._exit(0)
    finally:
        os._exit(1)


def main() -> None:
    """Serve the socket that is our standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    door = socket.socket(fileno=os.dup(0))
    Nursery(door).run()


if __name__ == "__main__":
    main()
