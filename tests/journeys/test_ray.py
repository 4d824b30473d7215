"""Batch jobs on a Ray cluster of two nodes whose parts are killed: nothing is lost."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from ray.cluster_utils import Cluster
from tests.journeys.jobs import CHUNK_ROWS, ROLES, ROWS, Client, Tree
from tests.journeys.running import eventually, files_below
from tests.ports import free_ports

JOBS = 8


@pytest.fixture
def cluster() -> Iterator[Any]:
    # A worker of Ray has to find the product as the tests do.
    os.environ["PYTHONPATH"] = str(Path("src").absolute())
    cluster = Cluster(
        initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False}
    )
    yield cluster
    cluster.shutdown()


@pytest.fixture
def tree(cluster: Any, tmp_path: Path) -> Iterator[Tree]:
    tree = Tree(
        tmp_path / "data",
        free_ports(len(ROLES)),
        chunk_rows=CHUNK_ROWS,
        runner="ray",
        ray_address=cluster.address,
        storage=str(tmp_path / "shared"),
    )
    yield tree
    assert tree.end() == 0, tree.output


def ray_workers() -> list[int]:
    """Processes of Ray that do our work just now."""
    found = []
    for place in Path("/proc").iterdir():
        with suppress(OSError):
            if place.name.isdecimal():
                words = (place / "cmdline").read_bytes()
                if words.startswith(b"ray::work"):
                    found.append(int(place.name))
    return found


def keep_busy(client: Client, jobs: list[str]) -> None:
    """Another job, where all have ended while this machine stood still."""
    while all(map(client.ended, jobs)):
        jobs.append(client.submit("0.csv", f"out{len(jobs)}.csv"))


def test_jobs_outlive_ray_workers_a_node_and_the_driver(
    cluster: Any, tree: Tree
) -> None:
    node = cluster.add_node(num_cpus=1)
    client = Client(tree)
    calm = client.submit("0.csv", "calm.csv")
    assert eventually(lambda: client.ended(calm))["StatusCode"] == "Finished"
    expected = client.output("calm.csv")
    jobs = [client.submit("0.csv", f"out{number}.csv") for number in range(JOBS)]
    for _ in range(3):
        victim = eventually(ray_workers)[0]
        with suppress(ProcessLookupError):  # Its work may be done just now.
            os.kill(victim, signal.SIGKILL)
    keep_busy(client, jobs)
    (driver,) = tree.pids("worker")
    os.kill(driver, signal.SIGKILL)
    eventually(lambda: tree.pids("worker") not in ([], [driver]))
    keep_busy(client, jobs)
    eventually(ray_workers)
    cluster.remove_node(node, allow_graceful=False)
    for number, job in enumerate(jobs):
        status = eventually(lambda: client.ended(job))  # noqa: B023
        assert status["StatusCode"] == "Finished", status
        assert status["Progress"]["Rows"] == ROWS
        assert client.output(f"out{number}.csv") == expected
        log = client.ask("GET", f"/{job}/log")["value"]
        assert [line["Text"] for line in log].count("published: finished") == 1
    staging = tree.data.parent / "shared" / "staging"
    eventually(lambda: not files_below(staging))
    client.blobs.close()
