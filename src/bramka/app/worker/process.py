"""The worker process: keeps its runners alive, wakes them, sweeps up behind them."""

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from bramka.app import ready
from bramka.app.clock import SystemChance, SystemClock
from bramka.app.database import open_store
from bramka.app.log import set_up_logging
from bramka.app.settings import Settings
from bramka.app.shared import staging_folder
from bramka.app.supervisor.child import pause_before
from bramka.app.supervisor.process import environment_of
from bramka.app.worker.forking import has_models
from bramka.app.worker.laboratory import Laboratory
from bramka.app.worker.mailing import Mailing
from bramka.app.worker.nurse import Nurse
from bramka.app.worker.runner import open_tools
from bramka.blobs.folder_store import RESERVED
from bramka.domain.clock import Clock
from bramka.domain.errors import Unavailable
from bramka.jobs import Tools, forget_old, sweep_all, sweep_ended
from bramka.jobs.uploads import KEPT_DAYS, forget_uploads
from bramka.store.lease import Ledger

log = logging.getLogger(__name__)

SWEEP_SECONDS = 1.0
SETTLED_SECONDS = 5.0
FORGET_SECONDS = 60.0
UPLOADS_SECONDS = 3600.0
DAY_SECONDS = 86400.0
ENDING_SECONDS = 8.0
BUSY = 5
"""How much less often to look while all runners have something to do."""


def run(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT."""
    set_up_logging("worker", settings.log_level)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    tools = open_tools(settings)
    environment = {**os.environ, **environment_of(settings)}
    if settings.worker_processes > 1:
        # Each core has a runner; threads of one would only disturb the others.
        environment["POLARS_MAX_THREADS"] = "1"
    clock = SystemClock()
    folder = staging_folder(settings)
    sweeper = Sweeper(tools, folder, clock, settings.job_days)
    assert isinstance(tools.ledger, Ledger), "runners lease from the database"
    nurse = Nurse(clock, lambda: has_models(settings))
    runners = _runners(settings, tools.ledger, environment, nurse.door.fileno())
    mailing = Mailing(settings)
    mailing.start()
    store = open_store(settings)
    laboratory = Laboratory(settings, store, clock, SystemChance())
    laboratory.start()
    ready.tell()
    if settings.runner == "local":
        nurse.start()
    log.info("working with %s", runners[0] if len(runners) == 1 else runners)
    try:
        _watch(tools, runners, stop, sweeper, settings.queue_seconds)
    finally:
        for runner in runners:
            runner.ask_to_end()
        laboratory.stop()
        deadline = clock.monotonic() + ENDING_SECONDS
        for runner in runners:
            runner.end(deadline - clock.monotonic())
        nurse.end()
        mailing.end(deadline - clock.monotonic())
        store.engine.dispose()
        tools.ledger.engine.dispose()


class Runners(Protocol):
    """What does the work: one process, or a whole cluster."""

    def wake(self) -> None:
        """Say that there may be work."""

    def look_after(self) -> None:
        """See whether it lives, and do what its death asks for."""

    def ask_to_end(self) -> None:
        """Let it finish its task."""

    def end(self, seconds: float) -> None:
        """Wait for its end, not for ever."""


def _runners(
    settings: Settings, ledger: Ledger, environment: Mapping[str, str], door: int
) -> Sequence[Runners]:
    if settings.runner == "ray":
        # Ray takes as long to import as all of ours, and not everybody has it.
        from bramka.app.worker.ray_runner import RayRunners  # noqa: PLC0415

        return [RayRunners(settings, ledger)]
    return [Runner(environment, ledger, door) for _ in range(settings.worker_processes)]


class Runner:
    """A child process, started again when it dies; `door` is its way to scorers."""

    def __init__(
        self, environment: Mapping[str, str], ledger: Ledger, door: int
    ) -> None:
        self.environment = environment
        self.door = door
        self.ledger = ledger
        self.clock = SystemClock()
        self.chance = SystemChance()
        self.restarts = 0
        self.again_at = 0.0
        self._start()

    def __repr__(self) -> str:
        return f"<Runner: process {self.process.pid}>"

    def wake(self) -> None:
        """Say that there may be work."""
        with suppress(OSError):  # It is dead, or has not yet read what it was told.
            os.write(self.pipe, b"!")

    def look_after(self) -> None:
        """Start it again if it died; at once the first time, later with pauses."""
        status = self.process.poll()
        now = self.clock.monotonic()
        if status is None:
            return
        if not self.again_at:
            self.restarts = (
                1 if now - self.born > SETTLED_SECONDS else self.restarts + 1
            )
            self.again_at = now + pause_before(self.restarts)
            log.warning("a runner ended with status %d; starting another", status)
            self._give_back()
        if now >= self.again_at:
            os.close(self.pipe)
            self._start()

    def ask_to_end(self) -> None:
        """Let it finish its task."""
        with suppress(ProcessLookupError):
            self.process.terminate()

    def end(self, seconds: float) -> None:
        """Wait for its end, not for ever."""
        try:
            self.process.wait(max(0.1, seconds))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            self._give_back()
        os.close(self.pipe)

    def _give_back(self) -> None:
        """What it held need not wait until its lease runs out."""
        with suppress(Unavailable):
            self.ledger.abandon(self.owner)

    def _start(self) -> None:
        self.owner = self.chance.hex(16)
        read, self.pipe = os.pipe()
        os.set_blocking(self.pipe, False)
        command = [
            sys.executable,
            "-m",
            "bramka.app.worker.runner",
            self.owner,
            str(self.door),
        ]
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            command, stdin=read, env=self.environment, pass_fds=(self.door,)
        )
        os.close(read)
        self.born = self.clock.monotonic()
        self.again_at = 0.0


def _watch(
    tools: Tools,
    runners: Sequence[Runners],
    stop: threading.Event,
    sweeper: "Sweeper",
    seconds: float,
) -> None:
    away, looks = False, 0
    while not stop.wait(seconds * (BUSY if looks > 1 else 1)):
        for runner in runners:
            runner.look_after()
        try:
            # How often in a row there was more than runners had taken: they go on.
            looks = looks + 1 if tools.ledger.has_work() else 0
            if looks:
                for runner in runners:
                    runner.wake()
            sweeper.look()
            away = False
        except Unavailable as error:
            if not away:
                log.warning("waiting: %s", error.message)
            away = True


class Sweeper:
    """Deletes parts nobody needs, and what killed runners left behind."""

    def __init__(
        self, tools: Tools, folder: Path | None, clock: Clock, job_days: float = 0.0
    ) -> None:
        self.tools = tools
        self.job_days = job_days
        self.folder = folder
        self.clock = clock
        self.next_at = 0.0
        self.swept_all = False
        self.forget_at = 0.0
        # Soon, not at once: the blob endpoint may start after us.
        self.uploads_at = clock.monotonic() + FORGET_SECONDS

    def __repr__(self) -> str:
        return f"<Sweeper: {self.folder}>"

    def look(self) -> None:
        """Sweep once a second; what resists is tried again."""
        if self.clock.monotonic() < self.next_at:
            return
        self.next_at = self.clock.monotonic() + SWEEP_SECONDS
        ledger, staging = self.tools.ledger, self.tools.staging
        if not self.swept_all:
            sweep_all(ledger, staging)
            if self.folder is not None:
                jobs = [place.name for place in self.folder.iterdir()]
                for job in set(jobs) - ledger.unfinished(jobs):
                    tidy(self.folder / job)
            self.swept_all = True
        for job in sweep_ended(ledger, staging):
            if self.folder is not None:
                tidy(self.folder / job)
        self._forget()
        self._forget_uploads()

    def _forget(self) -> None:
        """Delete jobs that ended long ago, a hundred at a time."""
        now = self.clock.monotonic()
        if not self.job_days or now < self.forget_at:
            return
        before = self.clock.now() - self.job_days * DAY_SECONDS
        gone = forget_old(self.tools.ledger, self.tools.locator, before)
        if gone:
            log.info("%d jobs were older than %g days", gone, self.job_days)
        self.forget_at = now + (0.0 if gone else FORGET_SECONDS)

    def _forget_uploads(self) -> None:
        """Delete inputs that people uploaded long ago."""
        now = self.clock.monotonic()
        if now < self.uploads_at:
            return
        self.uploads_at = now + UPLOADS_SECONDS
        gone = forget_uploads(self.tools.locator, self.clock.now())
        if gone:
            log.info("%d uploaded files were older than %g days", gone, KEPT_DAYS)


def tidy(folder: Path) -> None:
    """Delete writes that a kill left unfinished, and empty folders."""
    for place, _, files in os.walk(folder, topdown=False):
        for name in files:
            if name.startswith(RESERVED):
                Path(place, name).unlink(missing_ok=True)
        with suppress(OSError):
            Path(place).rmdir()
