"""Small jobs: `python -m benchmarks.batch_small [--jobs 1000] [--rounds 20]`.

A whole installation (`bramka up --demo`), as a caller sees it over HTTP: how long a job
of one row takes from its submission until its status says Finished, how fast a queue of
many such jobs is drained, and how long the job of a second subscription waits that
comes while the queue is full.
"""

import argparse
import http.client
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from azure.storage.blob import BlobServiceClient
from rich.console import Console
from rich.table import Table as Grid

from benchmarks.contender import Launch
from benchmarks.machine import machine
from benchmarks.process import last_words, running
from benchmarks.report import append_text
from bramka.app.keeping.secrets import open_secrets
from bramka.domain.learning.endpoint import gateway_proof

RESULTS = Path(__file__).parent / "results" / "batch_small.jsonl"
ROLES = ("gateway", "console", "services", "blobs")
STARTING_SECONDS = 120.0
LOOK_SECONDS = 0.005
QUEUE_LOOK_SECONDS = 0.1
WARMING = 3
AIM_SECONDS = 0.5


class Service:
    """The demo's service, called directly on one kept connection."""

    def __init__(self, data: Path) -> None:
        addresses = json.loads((data / "run.json").read_text())
        demo = json.loads((data / "demo.json").read_text())
        self.storage: str = demo["blobs_connection_string"]
        endpoint = demo["service"]
        self._path = f"/workspaces/{demo['workspace']}/services/{endpoint}/jobs"
        self._connection = http.client.HTTPConnection(
            urlsplit(addresses["services_url"]).netloc, timeout=60
        )
        self._fields = {
            "Authorization": f"Bearer {demo['api_key']}",
            "X-Bramka-Gateway": gateway_proof(open_secrets(data).pepper, endpoint),
        }

    def ask(
        self, caller: str, method: str, tail: str = "", query: str = "", body: Any = ""
    ) -> Any:
        """The answer to a call of this subscription."""
        self._connection.request(
            method,
            f"{self._path}{tail}?api-version=2.0{query}",
            json.dumps(body) if body else b"",
            {**self._fields, "X-Bramka-Subscription": caller},
        )
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status not in (200, 204):
            raise RuntimeError(f"{method} {tail}: {answer.status} {content!r}")
        return json.loads(content) if content else None

    def begin(self, caller: str) -> str:
        """A job of one row, submitted and started."""
        place = {
            "ConnectionString": self.storage,
            "RelativeLocation": "small/in.csv",
        }
        job: str = self.ask(caller, "POST", body={"Inputs": {"input1": place}})
        self.ask(caller, "POST", f"/{job}/start")
        return job

    def finish(self, caller: str, job: str) -> None:
        """Wait until the status of a job says Finished."""
        while (status := self.ask(caller, "GET", f"/{job}"))["Results"] is None:
            if status["Details"]:
                raise RuntimeError(f"the job failed: {status['Details']}")
            time.sleep(LOOK_SECONDS)

    def left(self, caller: str) -> int:
        """How many jobs of a subscription have not ended."""
        query = "&state=queued,planning,running,publishing&limit=1"
        found: int = self.ask(caller, "GET", query=query)["count"]
        return found


@contextmanager
def installation() -> Iterator[Service]:
    """A demo of its own, with one row to score in its storage."""
    with tempfile.TemporaryDirectory(prefix="bramka-small-") as folder:
        data, log = Path(folder) / "data", Path(folder) / "log"
        words = (sys.executable, "-m", "bramka", "up", "--demo", "--data", str(data))
        ports = [word for role in ROLES for word in (f"--{role}-port", "0")]
        cores = ",".join(map(str, sorted(os.sched_getaffinity(0))))
        # Pinned to all cores: `running` wants to know which.
        launch = Launch(("taskset", "-c", cores, *words, *ports), {"PYTHONPATH": "src"})
        with running(launch, log, 0):
            limit = time.monotonic() + STARTING_SECONDS
            while not ready(data, log):
                if time.monotonic() > limit:
                    raise RuntimeError(f"it does not start: {last_words(log)}")
                time.sleep(0.1)
            service = Service(data)
            account = BlobServiceClient.from_connection_string(service.storage)
            with account:
                container = account.create_container("small")
                container.upload_blob("in.csv", b"Col2\nThis is a good day\n")
            yield service


def ready(data: Path, log: Path) -> bool:
    """Whether everything of the demo answers."""
    told = "Ctrl-C" in log.read_text()
    return told and (data / "run.json").exists() and (data / "demo.json").exists()


def one_by_one(service: Service, rounds: int) -> list[float]:
    """Seconds that each of some jobs of one row takes, when nothing else is done."""
    seconds = []
    for _ in range(WARMING + rounds):
        begun = time.monotonic()
        service.finish("one", service.begin("one"))
        seconds.append(time.monotonic() - begun)
    return seconds[WARMING:]


def drained(service: Service, jobs: int) -> tuple[float, float]:
    """Seconds until a queue is empty, and until a late comer's only job was done."""
    for _ in range(jobs):
        service.begin("many")
    begun, queued = time.monotonic(), service.left("many")
    came = time.monotonic()
    service.finish("few", service.begin("few"))
    waited = time.monotonic() - came
    if not service.left("many"):
        raise RuntimeError("the queue was empty too soon: take more --jobs")
    while service.left("many"):
        time.sleep(QUEUE_LOOK_SECONDS)
    # Some were done while others were submitted: the rest is what was drained.
    return (time.monotonic() - begun) * jobs / queued, waited


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.batch_small")
    parser.add_argument("--jobs", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=20)
    given = parser.parse_args()
    with installation() as service:
        alone = one_by_one(service, given.rounds)
        empty, waited = drained(service, given.jobs)
    median = statistics.median(alone)
    grid = Grid(title="jobs of one row, over HTTP, two calls and a poll each")
    for column in ("", "seconds", "aim"):
        grid.add_column(column, justify="right" if column else "left")
    grid.add_row("a job alone, median", f"{median:.3f}", f"< {AIM_SECONDS}")
    grid.add_row("a job alone, the slowest", f"{max(alone):.3f}", "")
    grid.add_row(f"{given.jobs:,} jobs in the queue, drained", f"{empty:.1f}", "")
    grid.add_row("a second subscription's job meanwhile", f"{waited:.3f}", "")
    Console(width=100).print(grid)
    told = {"jobs": given.jobs, "rounds": given.rounds, "alone": alone}
    found = {"median": median, "drained": empty, "second_waits": waited}
    append_text(RESULTS, {**machine(), **told, **found})
    return 0


if __name__ == "__main__":
    sys.exit(main())
