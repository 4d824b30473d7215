"""Everything on PostgreSQL; a worker with a data folder of its own takes over."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.blobs.clouds import BUCKET, moto, s3_environment
from tests.databases import new_database
from tests.journeys.jobs import ROLES, ROWS, Client, Tree
from tests.journeys.running import PATIENCE, alive, eventually, files_below
from tests.ports import free_ports

from bramka.blobs.object_store import open_address

ROWS_AT_ONCE = "40"
JOBS = 4


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.soak)])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """What both machines share besides the database."""
    if request.param == "folder":
        yield str(tmp_path / "shared")
        return
    with moto() as address, pytest.MonkeyPatch.context() as patch:
        for name, value in s3_environment(address).items():
            patch.setenv(name, value)
        yield f"s3://{BUCKET}/bramka"


@pytest.fixture
def tree(
    request: pytest.FixtureRequest, storage: str, tmp_path: Path
) -> Iterator[Tree]:
    with new_database("postgresql", tmp_path, request, "nothing") as url:
        tree = Tree(
            tmp_path / "first",
            free_ports(len(ROLES)),
            database=url,
            storage=storage,
            chunk_rows=ROWS_AT_ONCE,
            worker_processes="1",
        )
        yield tree
        assert tree.end() == 0, tree.output


@contextmanager
def second_machine(tree: Tree, data: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`bramka worker` as docs/guides/scale.md says: secrets copied, the rest named."""
    shutil.copytree(tree.data / "secrets", data / "secrets")
    words = [sys.executable, "-m", "bramka", "worker", "--data", str(data)]
    words += ["--database", tree.settings["BRAMKA_DATABASE"]]
    words += ["--storage", tree.settings["BRAMKA_STORAGE"]]
    words += ["--blobs-url", tree.run["blobs_url"], "--chunk-rows", ROWS_AT_ONCE]
    words += ["--worker-processes", "1"]
    environment = {**os.environ, "PYTHONPATH": "src"}
    worker = subprocess.Popen(words, env=environment)
    yield worker
    worker.send_signal(signal.SIGINT)
    assert worker.wait(PATIENCE) == 0


@contextmanager
def first_machine_dead(tree: Tree) -> Iterator[None]:
    """kill -9 of its worker and runners, and nobody to start them again."""
    tree.supervisor.send_signal(signal.SIGSTOP)
    victims = [*tree.pids("worker"), *tree.runners()]
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    # Runners that died between are nobody's; the worker is its stopped parent's.
    eventually(lambda: not any(map(alive, victims)))
    yield
    tree.supervisor.send_signal(signal.SIGCONT)


def staged(storage: str) -> list[str]:
    """Parts of jobs that lie in the storage."""
    if "://" in storage:
        return list(open_address(f"{storage}/staging").names(""))
    return [str(path) for path in files_below(Path(storage, "staging"))]


def finished(client: Client, job: str) -> None:
    status = eventually(lambda: client.ended(job), 2 * PATIENCE)
    assert status["StatusCode"] == "Finished", status
    assert status["Progress"]["Rows"] == ROWS


def test_a_second_machine_goes_on_where_the_first_died(
    tree: Tree, storage: str, tmp_path: Path
) -> None:
    answer = tree.execute(tree.demo["unlimited_key"])
    assert answer.status == 200, answer.body
    assert answer.json()["Results"]["output1"]["value"]["Values"]
    assert not (tree.data / "state.db").exists()
    client = Client(tree)
    calm = client.submit("0.csv", "calm.csv")
    finished(client, calm)
    wanted = client.output("calm.csv")

    jobs = [client.submit("0.csv", f"out{number}.csv") for number in range(JOBS)]
    eventually(lambda: client.ask("GET", f"/{jobs[0]}")["Progress"]["Chunks"] or 0)
    with first_machine_dead(tree):
        if all(map(client.ended, jobs)):
            # This machine stood still too long: what is left now is left to another.
            jobs.append(client.submit("0.csv", f"out{JOBS}.csv"))
        with second_machine(tree, tmp_path / "second"):
            for number, job in enumerate(jobs):
                finished(client, job)
                assert client.output(f"out{number}.csv") == wanted
    assert not (tmp_path / "second" / "state.db").exists()
    again = client.submit("0.csv", "again.csv")
    finished(client, again)
    assert client.output("again.csv") == wanted
    eventually(lambda: not staged(storage))
    client.blobs.close()
