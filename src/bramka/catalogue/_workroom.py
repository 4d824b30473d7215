"""Warm processes for the scripts of published models: a call is done by a copy of one.

A process starts once, gives up what scripts do not need, loads libraries, and is then
copied (forked) for each call: so no call sees what another left in memory. Each model
has processes of its own, in a folder of its own.
"""

import os
import select
import signal
import subprocess
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from tempfile import TemporaryDirectory

from bramka.domain.clock import Clock

KEEP = "keep"
"""The word that makes a process wait for calls, and where it says how they ended."""
PRINTED = "printed.txt"
LOOK_SECONDS = 0.05
Command = tuple[str, ...]
Files = tuple[tuple[str, bytes], ...]
"""What a process finds in its folder when it starts."""


_Key = tuple[int, Command, Files]


class Ended(Exception):
    """A process is gone: it died, or was ended because it took too long."""


class Kept:
    """One process that is copied for each call; its folder goes with it."""

    def __init__(self, command: Command, files: Files, clock: Clock) -> None:
        self._clock = clock
        self._home = TemporaryDirectory(prefix="bramka-script-")
        self.folder = Path(self._home.name).resolve()
        self.calls = 0
        self.since = clock.monotonic()
        for name, content in files:
            (self.folder / name).write_bytes(content)
        os.mkfifo(self.folder / KEEP)
        self._ends = os.open(self.folder / KEEP, os.O_RDONLY | os.O_NONBLOCK)
        with (self.folder / PRINTED).open("ab") as printed:
            self._process = subprocess.Popen(  # noqa: S603 - the command is ours
                [*command, KEEP],
                cwd=self.folder,
                env=surroundings(self.folder),
                stdin=subprocess.PIPE,
                stdout=printed,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._first: frozenset[str] | None = None

    def __repr__(self) -> str:
        return f"<Kept: {self._process.pid}, {self.calls} calls>"

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def run(self, words: Sequence[str], seconds: float) -> int:
        """How a call ended that these words tell; Ended when the process did."""
        os.truncate(self.folder / PRINTED, 0)
        self.calls += 1
        assert self._process.stdin is not None
        try:
            self._process.stdin.write("\t".join(words).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise Ended from None
        code = self._end(self._clock.monotonic() + seconds)
        self.since = self._clock.monotonic()
        return code

    def _end(self, deadline: float) -> int:
        told = b""
        while not told.endswith(b"\n"):
            if self._clock.monotonic() > deadline:
                raise TimeoutError
            if select.select([self._ends], [], [], LOOK_SECONDS)[0]:
                piece = os.read(self._ends, 64)
                if not piece:
                    raise Ended
                told += piece
            elif self._process.poll() is not None:
                raise Ended
        return int(told.split()[-1])

    def untouched(self) -> bool:
        """Whether calls have left nothing behind in the folder they all see."""
        found = frozenset(each.name for each in self.folder.iterdir())
        self._first = self._first or found
        return found == self._first

    def close(self) -> None:
        """End it, and whatever it began."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()
        os.close(self._ends)
        self._home.cleanup()


class Workrooms:
    """All processes that are kept: not too many, and none that is idle for long."""

    def __init__(
        self,
        clock: Clock,
        *,
        most: int = 8,
        idle_seconds: float = 300.0,
        most_calls: int = 1000,
    ) -> None:
        self._clock, self._most = clock, most
        self._idle_seconds, self._most_calls = idle_seconds, most_calls
        self._free: OrderedDict[_Key, Kept] = OrderedDict()
        self._lock = threading.Lock()
        self._tidier: threading.Thread | None = None
        self._rooms = 0

    def __repr__(self) -> str:
        return f"<Workrooms: {len(self._free)} processes wait>"

    @property
    def free(self) -> list[int]:
        """The processes that wait for calls."""
        with self._lock:
            return [each.pid for each in self._free.values()]

    def room(self) -> "Workroom":
        """For one model; nobody else gets its processes."""
        with self._lock:
            self._rooms += 1
            return Workroom(self, self._rooms)

    @contextmanager
    def taken(self, number: int, command: Command, files: Files) -> Iterator[Kept]:
        """A process for one call; after a failure it does not come back."""
        key = (number, command, files)
        with self._lock:
            kept = self._free.pop(key, None)
        if kept is not None and not kept.alive:
            kept.close()
            kept = None
        kept = kept or Kept(command, files, self._clock)
        try:
            yield kept
        except BaseException:
            kept.close()
            raise
        if kept.calls >= self._most_calls or not kept.untouched():
            kept.close()
            return
        self._put_back(key, kept)

    def _put_back(self, key: _Key, kept: Kept) -> None:
        surplus = []
        with self._lock:
            if key in self._free:
                surplus.append(self._free.pop(key))
            self._free[key] = kept
            while len(self._free) > self._most:
                surplus.append(self._free.popitem(last=False)[1])
            if self._tidier is None:
                self._tidier = threading.Thread(target=self._tidy, daemon=True)
                self._tidier.start()
        for each in surplus:
            each.close()

    def _tidy(self) -> None:
        pause = threading.Event()
        while not pause.wait(1.0):
            self.let_go(self._idle_seconds)

    def let_go(self, idle_seconds: float = 0.0) -> None:
        """End the processes that have waited so long."""
        before = self._clock.monotonic() - idle_seconds
        with self._lock:
            idle = [key for key, kept in self._free.items() if kept.since <= before]
            gone = [self._free.pop(key) for key in idle]
        for each in gone:
            each.close()


class Workroom:
    """The processes of one model, for whoever scores with it just now."""

    def __init__(self, rooms: Workrooms, number: int) -> None:
        self._rooms, self._number = rooms, number

    def __repr__(self) -> str:
        return f"<Workroom: {self._number}>"

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Scripts that run meanwhile, in this thread, are done by kept processes."""
        token = ROOM.set(self)
        try:
            yield
        finally:
            ROOM.reset(token)

    @contextmanager
    def taken(self, command: Command, files: Files) -> Iterator[Kept]:
        """A process of this model, for one call."""
        with self._rooms.taken(self._number, command, files) as kept:
            yield kept


ROOM: ContextVar[Workroom | None] = ContextVar("ROOM", default=None)


def surroundings(folder: Path) -> Mapping[str, str]:
    """The variables of a process that runs scripts; nothing of ours is passed on."""
    return {
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
        "POLARS_MAX_THREADS": "1",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "MPLCONFIGDIR": str(folder),
        "MPLBACKEND": "Agg",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
