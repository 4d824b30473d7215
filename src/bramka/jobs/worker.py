"""Does what the queue asks for next: plan a job, score a chunk, publish the result."""

import logging
import os
from collections.abc import Callable

from bramka.domain.errors import BramkaError, Unavailable
from bramka.domain.learning.job import Task
from bramka.jobs.failure import details_of
from bramka.jobs.ledger import Lost
from bramka.jobs.pulse import Pulse
from bramka.jobs.stages import Tools, plan, publish, score

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 6
"""So often work may end its worker, or fail for no known reason."""
MOST_WAITS = 150
"""So often a store may be away: for more than an hour."""
LONGEST_PAUSE = 30.0
STAGES = {"plan": plan, "chunk": score, "publish": publish}


def die() -> None:
    """End this process at once; its parent starts another."""
    os._exit(70)


class Worker:
    """Takes one task after another from the ledger."""

    def __init__(self, tools: Tools, *, give_up: Callable[[], None] = die) -> None:
        self.tools = tools
        self.ledger = tools.ledger
        self.give_up = give_up

    def __repr__(self) -> str:
        return f"<Worker: {self.ledger!r}>"

    def step(self) -> bool:
        """Do the next task; False when there is none. Unavailable: try later."""
        task = self.ledger.claim()
        if task is None:
            return False
        with Pulse(self.ledger, task.lease, self.give_up) as pulse:
            self._do(task, pulse)
        return True

    def _do(self, task: Task, pulse: Pulse) -> None:
        try:
            if task.attempt > MOST_ATTEMPTS:
                reason = f"{_name(task)} ended its worker {MOST_ATTEMPTS} times"
                self._fail(task, pulse, reason)
                return
            STAGES[task.kind](task, self.tools, pulse)
        except Lost:
            log.info("job %s: %s is no longer ours", task.lease.job, _name(task))
        except Unavailable as error:
            self._wait(task, pulse, error.message)
        except BramkaError as error:
            self._fail(task, pulse, details_of(error, task.lease.job))
        except Exception as error:
            log.exception("job %s: %s failed", task.lease.job, _name(task))
            self._again(task, pulse, f"{type(error).__name__} in {_name(task)}")

    def _wait(self, task: Task, pulse: Pulse, reason: str) -> None:
        """Let somebody go on when what is away may be back."""
        if task.wait >= MOST_WAITS:
            text = f"{_name(task)} was put off {task.wait} times: {reason}"
            self._fail(task, pulse, text)
            return
        self._release(task, pulse, task.wait, reason, away=True)

    def _again(self, task: Task, pulse: Pulse, reason: str) -> None:
        """Let somebody try again a little later, unless it was tried enough."""
        if task.attempt >= MOST_ATTEMPTS:
            text = f"{_name(task)} failed {task.attempt} times: {reason}"
            self._fail(task, pulse, text)
            return
        self._release(task, pulse, task.attempt - 1, reason, away=False)

    def _release(
        self, task: Task, pulse: Pulse, before: int, reason: str, *, away: bool
    ) -> None:
        pause = min(LONGEST_PAUSE, 0.5 * 2 ** min(before, 10))
        log.warning("job %s: %s", task.lease.job, reason)
        release = self.ledger.release
        pulse.insist(lambda: release(task.lease, pause, reason, away=away))

    def _fail(self, task: Task, pulse: Pulse, details: str) -> None:
        log.info("job %s failed: %s", task.lease.job, details)
        pulse.insist(lambda: self.ledger.fail(task.lease, details))


def _name(task: Task) -> str:
    """What was worked on, for people."""
    if task.piece is None:
        return "planning" if task.kind == "plan" else "publishing"
    first, rows = task.piece.first_row + 1, task.piece.rows
    where = f" (rows {first} to {first + rows - 1})" if rows else ""
    return f"chunk {task.piece.number}{where}"
