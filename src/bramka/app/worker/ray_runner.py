"""Runs the tasks of batch jobs on a Ray cluster instead of in processes of our own.

A Ray task does one step of the queue: it claims by itself, so what is known of a job
stands in our tables only. Ray starts nothing again: whatever of it dies, the lease runs
out and somebody else claims what was held.
"""

import contextlib
import functools
import logging
from typing import Any

from bramka.app.clock import SystemChance
from bramka.app.reading_settings import read_settings
from bramka.app.settings import Settings
from bramka.app.supervisor.process import environment_of
from bramka.app.worker.runner import open_tools
from bramka.domain.errors import Unavailable
from bramka.jobs import Worker
from bramka.store.lease import Ledger

log = logging.getLogger(__name__)

Told = tuple[tuple[str, str], ...]
"""Settings as variables, which is how a process of our own is told as well."""
STEPS = 16
"""So many steps a Ray task does at most, then it makes room for other users of Ray."""


class RayRunners:
    """Keeps as many Ray tasks at work as the cluster has cores, while there is work."""

    def __init__(self, settings: Settings, ledger: Ledger) -> None:
        """Join the cluster at `ray_address`, or start one on this machine."""
        # An extra: not everybody has Ray.
        import ray  # noqa: PLC0415

        self._ray = ray
        self._ledger = ledger
        self._owners: dict[Any, str] = {}
        self._chance = SystemChance()
        self._told = tuple(environment_of(settings).items())
        ray.init(
            address=settings.ray_address or None,
            include_dashboard=False,
            log_to_driver=False,
            ignore_reinit_error=True,
            # Ours tells what happens; Ray's own noise would bury it.
            logging_level=logging.WARNING,
        )
        self._work = ray.remote(num_cpus=1, max_retries=0)(work)

    def __repr__(self) -> str:
        return f"<RayRunners: {len(self._owners)} at work>"

    def look_after(self) -> None:
        """Take leave of tasks that ended; what the dead held is given back."""
        ended, _ = (
            self._ray.wait(list(self._owners), num_returns=len(self._owners), timeout=0)
            if self._owners
            else ([], [])
        )
        for task in ended:
            owner = self._owners.pop(task)
            try:
                self._ray.get(task)
            except self._ray.exceptions.RayError as error:
                log.warning("a Ray task ended: %s", type(error).__name__)
                with contextlib.suppress(Unavailable):
                    self._ledger.abandon(owner)

    def wake(self) -> None:
        """Send tasks until every core of the cluster has one."""
        for _ in range(self._capacity() - len(self._owners)):
            owner = self._chance.hex(16)
            self._owners[self._work.remote(self._told, owner)] = owner

    def ask_to_end(self) -> None:
        """Let tasks that have not begun go; those at work finish their step."""
        for task in self._owners:
            self._ray.cancel(task, force=False, recursive=False)

    def end(self, seconds: float) -> None:
        """Wait for the rest, not for ever; what they held is given back."""
        if self._owners:
            tasks = list(self._owners)
            self._ray.wait(tasks, num_returns=len(tasks), timeout=max(0.1, seconds))
            self.look_after()
            for owner in self._owners.values():
                with contextlib.suppress(Unavailable):
                    self._ledger.abandon(owner)
        self._ray.shutdown()

    def _capacity(self) -> int:
        return int(self._ray.cluster_resources().get("CPU", 0))


def work(told: Told, owner: str) -> int:
    """What runs on the cluster: steps of the queue until it is empty, at most 16."""
    worker = _worker(told)
    assert isinstance(worker.ledger, Ledger), "runners lease from the database"
    worker.ledger.owner = owner
    done = 0
    with contextlib.suppress(Unavailable):
        while done < STEPS and worker.step():
            done += 1
    return done


@functools.lru_cache(maxsize=1)
def _worker(told: Told) -> Worker:
    """Made once in each process of the cluster, so packages and libraries stay warm."""
    return Worker(open_tools(read_settings({}, dict(told))))
