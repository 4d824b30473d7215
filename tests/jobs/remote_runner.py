"""A worker process whose blobs lie at an endpoint: URL, folder, endpoint."""

import os
import sys
import time
from pathlib import Path

import msgspec
from tests.jobs.bench import Bench
from tests.jobs.snare import KEY, LEASE, LIMITS

from bramka.app.clock import SystemClock
from bramka.blobs.frontier import Frontier
from bramka.blobs.locator import Locator
from bramka.jobs import Tools, Worker
from bramka.store.database import open_database


def tools(bench: Bench, root: str) -> Tools:
    """The bench's, but for blobs that lie at an endpoint."""
    frontier = Frontier(public=False, private=True)
    locator = Locator(root, {"bramka": KEY}, SystemClock(), frontier)
    made = bench.tools(lease=LEASE, limits=LIMITS)
    return msgspec.structs.replace(made, locator=locator)


def main() -> None:
    url, folder, root = sys.argv[1:]
    bench = Bench(open_database(url), SystemClock(), Path(folder))
    worker = Worker(tools(bench, root))
    while os.getppid() != 1:
        if not worker.step():
            time.sleep(0.01)


if __name__ == "__main__":
    main()
