"""A process tree on ports of its own, and a client that submits jobs to it."""

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from azure.storage.blob import BlobServiceClient
from tests.journeys.running import (
    PATIENCE,
    Running,
    alive,
    children_of,
    eventually,
)

from bramka.app.publishing.from_files import publish
from bramka.app.reading_settings import read_settings
from bramka.studio.model_package import Offer

ROLES = ("gateway", "console", "services", "blobs")
ROWS = 400
CHUNK_ROWS = "100"
INPUTS = 3
AWAY = (OSError, http.client.HTTPException, urllib.error.URLError)


class Tree(Running):
    """A process tree on ports of its own, that comes back on them."""

    def __init__(self, data: Path, ports: list[int], **settings: str) -> None:
        self.ports = ports
        self.settings = {f"BRAMKA_{name.upper()}": settings[name] for name in settings}
        super().__init__(data)

    def _start(self) -> subprocess.Popen[str]:
        words = [sys.executable, "-m", "bramka", "up", "--demo"]
        words += ["--data", str(self.data)]
        for role, port in zip(ROLES, self.ports, strict=True):
            words += [f"--{role}-port", str(port)]
        return subprocess.Popen(
            words,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, **self.settings, "PYTHONPATH": "src"},
        )

    def runners(self) -> list[int]:
        (worker,) = self.pids("worker")
        return children_of(worker, "bramka.app.worker.runner")

    def nurseries(self) -> list[int]:
        (worker,) = self.pids("worker")
        return children_of(worker, "bramka.app.worker.nursery")

    def scorers(self) -> list[int]:
        """Processes of own models that a nursery forked: they look like it."""
        return [
            pid
            for nursery in self.nurseries()
            for pid in children_of(nursery, "bramka.app.worker.nursery")
        ]

    def kill_supervisor(self) -> None:
        """kill -9 of the one that looks after the others; then a new start."""
        pids = [pid for role in self.run["pids"] for pid in self.pids(role)]
        self.supervisor.kill()
        self.supervisor.wait()
        self.reader.join(5)
        assert self.supervisor.stdout is not None
        self.supervisor.stdout.close()
        eventually(lambda: not any(map(alive, pids)))
        Running.__init__(self, self.data)


@dataclass(frozen=True)
class Service:
    """Where jobs are submitted."""

    place: str
    key: str


class Client:
    """Submits jobs however often the services are away."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        demo = tree.demo
        place = f"workspaces/{demo['workspace']}/services/{demo['service']}"
        self.services = [Service(place, demo["api_key"])]
        self.of_jobs: dict[str, Service] = {}
        self.string = tree.demo["blobs_connection_string"]
        self.blobs = BlobServiceClient.from_connection_string(self.string)
        self.blobs.create_container("chaos")
        for number in range(INPUTS):
            self.upload(f"{number}.csv", rows(number))

    def upload(self, name: str, content: bytes) -> None:
        self.blobs.get_blob_client("chaos", name).upload_blob(content)

    def publish(self, path: Path) -> None:
        """Have one more service, whose model is code of somebody's own."""
        settings = read_settings({"data": str(self.tree.data)}, self.tree.settings)
        offer = Offer(name=path.stem, allow_code=True)
        done = publish(path, settings, offer, workspace="Demo")
        place = f"workspaces/{done.service.workspace_id}/services/{done.endpoint.id}"
        self.services.append(Service(place, done.keys.primary))

    def ask(
        self, method: str, tail: str, body: object = None, *, service: int = 0
    ) -> Any:
        """What a service answers; `tail` begins with a job, if it is about one."""
        asked = self.of_jobs.get(tail[1:33], self.services[service])
        place = f"http://127.0.0.1:{self.tree.ports[2]}/{asked.place}/jobs{tail}"
        request = urllib.request.Request(
            f"{place}?api-version=2.0",
            json.dumps(body).encode() if body else b"" if method == "POST" else None,
            {"Authorization": f"Bearer {asked.key}"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            content = answer.read()
        return json.loads(content) if content else None

    def submit(self, given: str, wanted: str, *, service: int = 0) -> str:
        """The id of a job that is started, after as many tries as it takes."""
        names = {"Inputs": {"input1": given}, "Outputs": {"output1": wanted}}
        body = {
            part: {
                port: {
                    "ConnectionString": self.string,
                    "RelativeLocation": f"chaos/{name}",
                }
                for port, name in ports.items()
            }
            for part, ports in names.items()
        }
        job: str = insist(lambda: self.ask("POST", "", body, service=service))
        self.of_jobs[job] = self.services[service]
        insist(lambda: self.start(job))
        return job

    def start(self, job: str) -> None:
        try:
            self.ask("POST", f"/{job}/start")
        except urllib.error.HTTPError as error:
            # The answer to the try before was lost.
            if error.code != 400:
                raise

    def ended(self, job: str) -> Any:
        """The status of a job that has ended, else None."""
        with suppress(*AWAY):
            status = self.ask("GET", f"/{job}")
            return status if status["EndTime"] else None

    def output(self, name: str) -> bytes:
        return self.blobs.get_blob_client("chaos", name).download_blob().readall()

    def names(self) -> list[str]:
        """All blobs of inputs and outputs."""
        return sorted(self.blobs.get_container_client("chaos").list_blob_names())

    def loose_blocks(self, name: str) -> bool:
        """Whether a broken-off publication left blocks behind."""
        _, loose = self.blobs.get_blob_client("chaos", name).get_block_list("all")
        return bool(loose)


def insist(ask: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return ask()
        except AWAY:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def rows(seed: int) -> bytes:
    chance = random.Random(seed)
    words = ["good", "day", "łódź", "it's", "4.5", "a,b", "two\nlines"]
    texts = (" ".join(chance.choices(words, k=8)) for _ in range(ROWS))
    return "\n".join(
        ["Col2", *(f'"{row} {t}"' for row, t in enumerate(texts))]
    ).encode()


def stopped(pids: list[int], seconds: float) -> None:
    """SIGSTOP, and SIGCONT after a while."""
    for each in (signal.SIGSTOP, signal.SIGCONT):
        for pid in pids:
            with suppress(ProcessLookupError):  # Those that live must not stay so.
                os.kill(pid, each)
        time.sleep(seconds if each == signal.SIGSTOP else 0)
