"""One hand of the studio: a process that does tasks told on its standard input.

Its first argument is where answers go, its second how much memory a task may take.
"""

import os
import queue
import resource
import sys
import threading
from collections.abc import Callable

import msgspec

from bramka.domain.learning.experiment import Catalogue
from bramka.studio.task import Answer, Refused, perform, task_from

RESERVE = 2 << 30
"""Address space above the limit: what is reserved is not yet used."""


Modules = Callable[[], Catalogue]


def run(answers: int, memory: int, modules: Modules | None = None) -> None:
    """Do tasks until the input ends; then end at once, whatever is being done."""
    limit = memory + RESERVE
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    tasks: queue.Queue[bytes] = queue.Queue()
    threading.Thread(target=_listen, args=(tasks,), daemon=True).start()
    while True:
        line = tasks.get()
        answer = _answer(line, modules or _modules)
        sys.stdout.flush()
        sys.stderr.flush()
        with os.fdopen(os.dup(answers), "wb") as out:
            out.write(msgspec.json.encode(answer) + b"\n")


def _answer(line: bytes, modules: Modules) -> Answer:
    try:
        return perform(task_from(line), modules)
    except Exception as error:
        # The edge of the process: the one who asked must not wait for ever.
        told = f"{type(error).__name__}: {error}"
        return Refused(kind="invalid", message=f"The task broke off: {told}"[:2000])


def _modules() -> Catalogue:
    # They take long to import, and reading a file needs none of them.
    from bramka.catalogue import shelf  # noqa: PLC0415

    return shelf()


def _listen(tasks: "queue.Queue[bytes]") -> None:
    for line in sys.stdin.buffer:
        tasks.put(line)
    os._exit(0)


if __name__ == "__main__":
    run(int(sys.argv[1]), int(sys.argv[2]))
