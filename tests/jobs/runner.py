"""A worker process for tests that kill: URL, folder, seconds per chunk, lease."""

import os
import sys
import time
from pathlib import Path

from tests.jobs.bench import Bench, Measure

from bramka.app.clock import SystemClock
from bramka.jobs import Worker
from bramka.store.database import open_database


def main() -> None:
    url, folder, seconds, lease = sys.argv[1:]
    bench = Bench(open_database(url), SystemClock(), Path(folder))
    worker = Worker(bench.tools(Measure(float(seconds)), lease=float(lease)))
    while os.getppid() != 1:
        if not worker.step():
            time.sleep(0.01)


if __name__ == "__main__":
    main()
