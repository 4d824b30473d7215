"""Keeps a lease alive while its work is done, and notices when it is lost."""

import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from bramka.domain.errors import Unavailable
from bramka.domain.learning.job import Lease
from bramka.jobs.ledger import Ledger, Lost

log = logging.getLogger(__name__)

BEATS = 4
"""Heartbeats in the time of one lease, so that one may fail."""
GRACE_SECONDS = 10.0
PAUSES = (0.1, 0.2, 0.5, *([1.0] * 60))
"""Seconds between two questions to a ledger that is away."""

T = TypeVar("T")


class Pulse:
    """A thread that extends a lease; `give_up` ends work that does not look up.

    A computation that never comes back to us cannot be interrupted from within, so
    `give_up` ends the process: its parent starts another.
    """

    def __init__(
        self, ledger: Ledger, lease: Lease, give_up: Callable[[], None]
    ) -> None:
        self.ledger = ledger
        self.lease = lease
        self.give_up = give_up
        self.lost = False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def check(self) -> None:
        """Between two steps of the work: raises Lost when there is no need of it."""
        if self.lost:
            raise Lost

    def confirm(self) -> None:
        """Ask the ledger itself, before what cannot be taken back."""
        if self.lost or not self.ledger.hold(self.lease):
            self.lost = True
            raise Lost

    def insist(self, ask: Callable[[], T]) -> T:
        """Ask the ledger until it answers: its outage is no fault of the work.

        Work that is done counts as long as nobody else has taken the lease.
        """
        for pause in PAUSES:
            try:
                return ask()
            except Unavailable as error:
                log.warning("asking again in %g s: %s", pause, error.message)
                self._over.wait(pause)
        return ask()

    def _beat(self) -> None:
        while not self._over.wait(self.ledger.lease / BEATS):
            try:
                self.lost = not self.ledger.hold(self.lease)
            except Unavailable as error:
                log.warning("the heartbeat of a job was not heard: %s", error.message)
            if self.lost:
                break
        if self.lost and not self._over.wait(GRACE_SECONDS):
            self.give_up()
