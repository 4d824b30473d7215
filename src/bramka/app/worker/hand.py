"""One hand of the studio: a process that does tasks told on its standard input.

Its last two arguments are where answers go and how much memory a task may take. What
stands before, if anything does, is our blob endpoint and which others may be reached.
"""

import os
import queue
import resource
import sys
import threading
from collections.abc import Callable, Sequence
from functools import cache

import msgspec

from bramka.domain.learning.experiment import Catalogue
from bramka.domain.learning.outside import Outside
from bramka.studio.task import Answer, ModuleTask, Refused, perform, task_from

LARGEST_FILE = 64 << 30
"""What is packed tightly may not fill the disk."""
RESERVE = 2 << 30
"""Address space above the limit: what is reserved is not yet used."""


Modules = Callable[[], Catalogue]


def run(
    answers: int,
    memory: int,
    modules: Modules | None = None,
    reach: Sequence[str] = (),
) -> None:
    """Do tasks until the input ends; then end at once, whatever is being done."""
    limit = memory + RESERVE
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    tasks: queue.Queue[bytes] = queue.Queue()
    threading.Thread(target=_listen, args=(tasks,), daemon=True).start()
    while True:
        line = tasks.get()
        answer = _answer(line, modules or _modules, reach)
        sys.stdout.flush()
        sys.stderr.flush()
        with os.fdopen(os.dup(answers), "wb") as out:
            out.write(msgspec.json.encode(answer) + b"\n")


def _answer(line: bytes, modules: Modules, reach: Sequence[str]) -> Answer:
    try:
        task = task_from(line)
        outside = _outside(*reach) if reach and isinstance(task, ModuleTask) else None
        return perform(task, modules, outside)
    except Exception as error:
        # The edge of the process: the one who asked must not wait for ever.
        told = f"{type(error).__name__}: {error}"
        return Refused(kind="invalid", message=f"The task broke off: {told}"[:2000])


def _modules() -> Catalogue:
    # They take long to import, and reading a file needs none of them.
    from bramka.catalogue import LIVE, shelf  # noqa: PLC0415

    LIVE.set(_show)
    return shelf()


def _show(printed: str) -> None:
    sys.stdout.write(printed)
    sys.stdout.flush()


@cache
def _outside(blobs_url: str, policy: str) -> Outside:
    # Reading a file needs no network, and most tasks are that.
    from bramka.app.worker.reach import Reach  # noqa: PLC0415

    return Reach(blobs_url, policy)


def _listen(tasks: "queue.Queue[bytes]") -> None:
    for line in sys.stdin.buffer:
        tasks.put(line)
    os._exit(0)


if __name__ == "__main__":
    *before, answers_, memory_ = sys.argv[1:]
    run(int(answers_), int(memory_), reach=before)
