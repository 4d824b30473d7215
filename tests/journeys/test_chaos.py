"""Thirty jobs while everything is killed and stopped: same bytes, nothing left over."""

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from azure.storage.blob import BlobServiceClient
from tests.journeys.killable_postgres import KillablePostgres
from tests.journeys.running import Running, alive, eventually

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
        children = Path(f"/proc/{worker}/task/{worker}/children").read_text()
        return [pid for pid in map(int, children.split()) if alive(pid)]

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


class Client:
    """Submits jobs however often the services are away."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.string = tree.demo["blobs_connection_string"]
        self.blobs = BlobServiceClient.from_connection_string(self.string)
        self.blobs.create_container("chaos")
        for number in range(INPUTS):
            self.upload(f"{number}.csv", rows(number))

    def upload(self, name: str, content: bytes) -> None:
        self.blobs.get_blob_client("chaos", name).upload_blob(content)

    def ask(self, method: str, tail: str, body: object = None) -> Any:
        demo = self.tree.demo
        place = f"workspaces/{demo['workspace']}/services/{demo['service']}/jobs"
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.tree.ports[2]}/{place}{tail}?api-version=2.0",
            json.dumps(body).encode() if body else b"" if method == "POST" else None,
            {"Authorization": f"Bearer {demo['api_key']}"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            content = answer.read()
        return json.loads(content) if content else None

    def submit(self, given: str, wanted: str) -> str:
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
        job: str = insist(lambda: self.ask("POST", "", body))
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


def insist(ask: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + 60
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
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    time.sleep(seconds)
    for pid in pids:
        os.kill(pid, signal.SIGCONT)


def blows(
    tree: Tree, postgres: KillablePostgres | None, chance: random.Random
) -> list[Callable[[], None]]:
    """Everything that is done to the tree, in the order of the seed."""

    def kill(role: str) -> None:
        for pid in tree.pids(role):
            os.kill(pid, signal.SIGKILL)

    def kill_runner() -> None:
        os.kill(chance.choice(tree.runners()), signal.SIGKILL)

    def stop_runner() -> None:
        # Longer than its lease: another takes over what it holds.
        stopped(tree.runners()[:1], 5.5)

    def restart_postgres() -> None:
        assert postgres is not None
        postgres.kill()
        time.sleep(0.5)
        postgres.start()

    found: list[Callable[[], None]] = [kill_runner] * 6 + [stop_runner]
    found += [lambda role=role: kill(role) for role in ("worker", "services", "blobs")]  # type: ignore[misc]  # a lambda with a default
    found += [lambda: stopped(tree.pids("worker"), 1.0)]
    found += [lambda: stopped(tree.pids("services"), 0.5)]
    found += [lambda: stopped(tree.pids("blobs"), 0.5)]
    if postgres is not None:
        found += [postgres.kill_one_connection, restart_postgres]
    chance.shuffle(found)
    found.insert(len(found) // 2, tree.kill_supervisor)
    return found


def free_ports(number: int) -> list[int]:
    with ExitStack() as opened:
        sockets = [opened.enter_context(socket.socket()) for _ in range(number)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


@pytest.fixture
def postgres(request: pytest.FixtureRequest) -> Iterator[KillablePostgres | None]:
    if request.param == "sqlite":
        yield None
        return
    cluster = KillablePostgres(free_ports(1)[0])
    yield cluster
    cluster.end()


@pytest.fixture
def tree(postgres: KillablePostgres | None, tmp_path: Path) -> Iterator[Tree]:
    settings = {"chunk_rows": CHUNK_ROWS, "worker_processes": "2"}
    if postgres is not None:
        settings["database"] = postgres.url
    tree = Tree(tmp_path / "data", free_ports(len(ROLES)), **settings)
    yield tree
    assert tree.end() == 0, tree.output


def disturbed(
    tree: Tree, postgres: KillablePostgres | None, seed: int, jobs: int
) -> None:
    """Run the jobs while everything is done to them; then compare."""
    chance = random.Random(seed)
    client = Client(tree)
    names: dict[str, int] = {}

    def submit_all() -> None:
        for number in range(jobs):
            job = client.submit(f"{number % INPUTS}.csv", f"out{number}.csv")
            names[job] = number

    submitting = threading.Thread(target=submit_all)
    submitting.start()
    eventually(lambda: names)
    struck = 0
    for blow in blows(tree, postgres, chance):
        time.sleep(chance.uniform(0.05, 0.4))
        with suppress(FileNotFoundError, ProcessLookupError, IndexError, KeyError):
            blow()  # What is to be killed may be dead just now.
            struck += 1
    assert struck > 8
    submitting.join()
    assert len(names) == jobs
    statuses = {job: eventually(lambda: client.ended(job), 90) for job in names}  # noqa: B023
    wanted = []
    for number in range(INPUTS):
        job = client.submit(f"{number}.csv", f"calm{number}.csv")
        assert eventually(lambda: client.ended(job))["StatusCode"] == "Finished"  # noqa: B023
        wanted.append(client.output(f"calm{number}.csv"))
    for job, number in names.items():
        assert statuses[job]["StatusCode"] == "Finished", statuses[job]
        assert statuses[job]["Progress"]["Rows"] == ROWS
        assert client.output(f"out{number}.csv") == wanted[number % INPUTS]
        log = client.ask("GET", f"/{job}/log")["value"]
        assert [line["Text"] for line in log].count("published: finished") == 1
    staging = tree.data / "staging"
    eventually(lambda: not [path for path in staging.rglob("*") if path.is_file()])
    client.blobs.close()


@pytest.mark.parametrize("postgres", ["sqlite", "postgresql"], indirect=True)
def test_thirty_jobs_outlive_everything(
    tree: Tree, postgres: KillablePostgres | None
) -> None:
    disturbed(tree, postgres, seed=6, jobs=30)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("postgres", ["sqlite", "postgresql"], indirect=True)
def test_hundred_jobs_outlive_everything(
    tree: Tree, postgres: KillablePostgres | None, seed: int
) -> None:
    disturbed(tree, postgres, seed=seed, jobs=100)
