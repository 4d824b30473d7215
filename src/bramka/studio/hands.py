"""Hands: warm processes that do tasks, watched for time and memory, and replaced."""

import os
import select
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from bramka.domain.clock import Clock
from bramka.domain.learning.module import ModuleError
from bramka.studio.task import EXHAUSTED, Answer, Done, ModuleTask, Refused, Task

LOOK_SECONDS = 0.05
LONGEST_LOG = 256 * 1024
_PAGE = os.sysconf("SC_PAGE_SIZE")
_PASSED_ON = ("PATH", "PYTHONPATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ")
"""Of our environment: the rest may hold secrets, and modules run code of others."""

Log = Callable[[str], None]


class Limits(Struct, frozen=True, kw_only=True):
    """What one task may take, and when a hand is replaced."""

    memory: int = 4 << 30
    """Resident bytes."""
    seconds: float = 3_600.0
    tasks: int = 200
    """So many tasks one hand does."""
    idle_seconds: float = 120.0
    grown: int = 1 << 30
    """A hand that holds so many bytes after a task is replaced."""


class Cancelled(Exception):
    """The task was given up because nobody wants it any more."""


def _never() -> bool:
    return False


class Hands:
    """A few hands; they are started when needed and go when idle for long."""

    def __init__(
        self,
        command: Sequence[str],
        clock: Clock,
        *,
        most: int = 4,
        limits: Limits | None = None,
    ) -> None:
        self._command = list(command)
        self._clock = clock
        self._limits = limits or Limits()
        self._free: list[_Hand] = []
        self._places = threading.Semaphore(most)
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._tidier: threading.Thread | None = None

    def __repr__(self) -> str:
        return f"<Hands: {len(self._free)} free>"

    @property
    def free(self) -> list[int]:
        """The processes that wait for work."""
        with self._lock:
            return [hand.pid for hand in self._free]

    def perform(
        self,
        task: Task,
        *,
        log: Log | None = None,
        stopped: Callable[[], bool] = _never,
    ) -> Done:
        """Do a task; the refusal of the task, or of us when its process ended."""
        while not self._places.acquire(timeout=LOOK_SECONDS):
            if stopped():
                raise Cancelled
        try:
            hand = self._take()
            try:
                answer = hand.perform(task, log or _forget, stopped)
            except BaseException:
                hand.kill()
                raise
            self._give_back(hand)
        finally:
            self._places.release()
        if isinstance(answer, Refused):
            raise answer.error()
        return answer

    def close(self) -> None:
        """End those that are free; the busy ones end with their task."""
        self._closed.set()
        with self._lock:
            free, self._free = self._free, []
        for hand in free:
            hand.kill()

    def _take(self) -> "_Hand":
        with self._lock:
            while self._free:
                hand = self._free.pop()
                if hand.alive:
                    return hand
                hand.kill()
            if self._tidier is None:
                self._tidier = threading.Thread(target=self._tidy, daemon=True)
                self._tidier.start()
        return _Hand(self._command, self._clock, self._limits)

    def _give_back(self, hand: "_Hand") -> None:
        worn = hand.done >= self._limits.tasks or hand.memory > self._limits.grown
        if worn or not hand.alive or self._closed.is_set():
            hand.kill()
            return
        hand.since = self._clock.monotonic()
        with self._lock:
            self._free.append(hand)

    def _tidy(self) -> None:
        while not self._closed.wait(1.0):
            before = self._clock.monotonic() - self._limits.idle_seconds
            with self._lock:
                idle = [hand for hand in self._free if hand.since < before]
                self._free = [hand for hand in self._free if hand not in idle]
            for hand in idle:
                hand.kill()


class _Hand:
    """One process."""

    def __init__(self, command: list[str], clock: Clock, limits: Limits) -> None:
        self._clock, self._limits = clock, limits
        self.done = 0
        self.since = 0.0
        self._read, write = os.pipe()
        environment = {
            name: os.environ[name] for name in _PASSED_ON if name in os.environ
        }
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                [*command, str(write), str(limits.memory)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=environment,
                pass_fds=(write,),
                start_new_session=True,
            )
        finally:
            os.close(write)
        self.pid = self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def memory(self) -> int:
        """Resident bytes, 0 when it is gone."""
        try:
            text = Path(f"/proc/{self.pid}/statm").read_text("ascii")
        except (OSError, ProcessLookupError):
            return 0
        return int(text.split()[1]) * _PAGE

    def perform(self, task: Task, log: Log, stopped: Callable[[], bool]) -> Answer:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.done += 1
        with suppress(BrokenPipeError):
            self._process.stdin.write(msgspec.json.encode(task) + b"\n")
            self._process.stdin.flush()
        deadline = self._clock.monotonic() + self._limits.seconds
        printed = _Printed(self._process.stdout.fileno(), log)
        answer = bytearray()
        while not answer.endswith(b"\n"):
            ready, _, _ = select.select(
                [self._read, *printed.sources], [], [], LOOK_SECONDS
            )
            if printed.source in ready:
                printed.take()
            if self._read in ready:
                piece = os.read(self._read, 1 << 20)
                if not piece:
                    return self._ended(task)
                answer += piece
            if stopped():
                raise Cancelled
            if self.memory > self._limits.memory:
                self.kill()
                raise ModuleError(138, EXHAUSTED, module=_module_of(task))
            if self._clock.monotonic() > deadline:
                self.kill()
                return _lost(task, f"ran longer than {self._limits.seconds:g} s")
        printed.drain()
        told: Answer = msgspec.json.decode(bytes(answer), type=Answer)
        return told

    def _ended(self, task: Task) -> Answer:
        status = self._process.wait()
        self.kill()
        if status < 0:
            name = signal.Signals(-status).name
            return _lost(task, f"ended with {name}; it may have run out of memory")
        return _lost(task, f"ended with exit code {status}")

    def kill(self) -> None:
        """End it and whatever it started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        if self._read >= 0:
            os.close(self._read)
            self._read = -1


class _Printed:
    """What a process prints, as far as it is kept."""

    def __init__(self, source: int, log: Log) -> None:
        self.source, self._log = source, log
        self._left = LONGEST_LOG

    @property
    def sources(self) -> list[int]:
        return [self.source] if self.source >= 0 else []

    def take(self) -> None:
        piece = os.read(self.source, 1 << 16)
        if not piece:
            self.source = -1
        elif self._left > 0:
            self._log(piece[: self._left].decode("utf-8", "replace"))
            self._left -= len(piece)

    def drain(self) -> None:
        """What is there already."""
        while self.sources and select.select([self.source], [], [], 0)[0]:
            self.take()


def _lost(task: Task, how: str) -> Refused:
    if isinstance(task, ModuleTask):
        text = f"{task.module} library exception: the process of the module {how}."
        return Refused(kind="module", number=1000, message=text, target=task.module)
    return Refused(kind="invalid", message=f"The process that read the data {how}.")


def _module_of(task: Task) -> str:
    return task.module if isinstance(task, ModuleTask) else ""


def _forget(_text: str) -> None:
    return
