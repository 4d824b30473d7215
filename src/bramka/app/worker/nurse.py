"""The nurse: keeps the nursery of a worker alive.

Runners hold one end of a socket and never hear that a nursery died: the next one reads
from the same other end. While there is none, who asks is turned away at once.
"""

import logging
import os
import select
import socket
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress

from bramka.app.supervisor.child import pause_before
from bramka.app.worker.forking import Door, start_nursery
from bramka.app.worker.nursery import FDS, MOST_BYTES
from bramka.domain.clock import Clock

log = logging.getLogger(__name__)

SETTLED_SECONDS = 60.0
"""A nursery that lived this long is started at once again."""
LOOK_SECONDS = 0.2


class Nurse:
    """Starts a nursery, and another whenever it dies."""

    def __init__(self, clock: Clock, has_models: Callable[[], bool]) -> None:
        self._door, self._inside = socket.socketpair(
            socket.AF_UNIX, socket.SOCK_SEQPACKET
        )
        self._clock, self._has_models = clock, has_models
        self._over = threading.Event()
        self._starting = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep_alive, daemon=True)

    def __repr__(self) -> str:
        return f"<Nurse: process {self.pid}>"

    @property
    def pid(self) -> int | None:
        """The nursery, while there is one."""
        process = self._process
        return process.pid if process and process.poll() is None else None

    @property
    def door(self) -> socket.socket:
        """What a runner inherits: its way to whichever nursery there is."""
        return self._door

    def start(self) -> None:
        """Have a nursery from now on."""
        self._thread.start()

    def end(self) -> None:
        """End the nursery at once: it has nothing to finish."""
        self._over.set()
        with self._starting:
            if self._process is not None:
                self._process.kill()
        if self._thread.is_alive():
            self._thread.join()
        self._door.close()
        self._inside.close()

    def _keep_alive(self) -> None:
        restarts = 0
        while process := self._begin():
            born = self._clock.monotonic()
            status = process.wait()
            if self._over.is_set():
                return
            now = self._clock.monotonic()
            restarts = 1 if now - born > SETTLED_SECONDS else restarts + 1
            pause = pause_before(restarts)
            log.warning(
                "the nursery ended with status %d; another starts in %g s",
                status,
                pause,
            )
            self._turn_away(now + pause)

    def _begin(self) -> "subprocess.Popen[bytes] | None":
        with self._starting:
            if self._over.is_set():
                return None
            self._process = start_nursery(self._inside)
        if self._has_models():
            Door(self._door).prepare()
        return self._process

    def _turn_away(self, until: float) -> None:
        """Let nobody wait for who does not live: they start their scorers anew."""
        while (left := until - self._clock.monotonic()) > 0 and not self._over.is_set():
            asked, _, _ = select.select([self._inside], [], [], min(left, LOOK_SECONDS))
            if not asked:
                continue
            with suppress(OSError):
                _, fds, _, _ = socket.recv_fds(self._inside, MOST_BYTES, FDS)
                for each in fds:
                    os.close(each)
