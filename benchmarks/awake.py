"""Keeps cores awake: `python -m benchmarks.awake CORE …` runs where nothing else would.

A virtual core with nothing to do goes back to its host, and waking it takes 50 µs and
more, milliseconds at times: as much as the latencies that are to be measured, and
nobody's merit. At the scheduler's idle priority a spinning process gives way at once.
"""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


@contextmanager
def awake(cores: Iterable[int]) -> Iterator[None]:
    """No core of these sleeps meanwhile."""
    spinning = [
        subprocess.Popen((sys.executable, "-m", "benchmarks.awake", str(core)))
        for core in cores
    ]
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
            process.wait()


def main() -> None:
    os.sched_setaffinity(0, map(int, sys.argv[1:]))
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    while True:
        pass


if __name__ == "__main__":
    main()
