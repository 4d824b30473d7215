"""Thirty jobs while everything is killed and stopped: same bytes, nothing left over."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.journeys.jobs import (
    CHUNK_ROWS,
    INPUTS,
    ROLES,
    ROWS,
    Client,
    Tree,
    stopped,
)
from tests.journeys.killable_postgres import KillablePostgres
from tests.journeys.running import eventually, files_below
from tests.ports import free_port, free_ports

MODEL = """
def said(Col2: str) -> str:
    return Col2.upper()[::-1]
"""


def blows(
    tree: Tree, postgres: KillablePostgres | None, chance: random.Random
) -> list[Callable[[], None]]:
    """Everything that is done to the tree, in the order of the seed."""

    def kill(role: str) -> None:
        for pid in tree.pids(role):
            os.kill(pid, signal.SIGKILL)

    def kill_runner() -> None:
        os.kill(chance.choice(tree.runners()), signal.SIGKILL)

    def kill_nursery() -> None:
        # Its scorers die with it, in the midst of a chunk or not.
        os.kill(eventually(tree.nurseries)[0], signal.SIGKILL)

    def kill_scorer() -> None:
        os.kill(chance.choice(tree.scorers()), signal.SIGKILL)

    def stop_runner() -> None:
        # Longer than its lease: another takes over what it holds.
        stopped(tree.runners()[:1], 5.5)

    def restart_postgres() -> None:
        assert postgres is not None
        postgres.kill()
        time.sleep(0.5)
        postgres.start()

    found: list[Callable[[], None]] = [kill_runner] * 6 + [stop_runner]
    found += [kill_nursery] * 2 + [kill_scorer] * 2
    found += [lambda role=role: kill(role) for role in ("worker", "services", "blobs")]  # type: ignore[misc]  # a lambda with a default
    found += [lambda: stopped(tree.pids("worker"), 1.0)]
    found += [lambda: stopped(tree.pids("services"), 0.5)]
    found += [lambda: stopped(tree.pids("blobs"), 0.5)]
    found += [lambda: stopped([tree.supervisor.pid], 0.5)]
    if postgres is not None:
        found += [postgres.kill_one_connection, restart_postgres]
        found += [lambda: stopped(postgres.processes(), 1.0)]
    chance.shuffle(found)
    found.insert(len(found) // 2, tree.kill_supervisor)
    return found


@pytest.fixture
def postgres(request: pytest.FixtureRequest) -> Iterator[KillablePostgres | None]:
    if request.param == "sqlite":
        yield None
        return
    cluster = KillablePostgres(free_port())
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
    tree: Tree,
    postgres: KillablePostgres | None,
    seed: int,
    jobs: int,
    *,
    own: bool = True,
) -> None:
    """Run the jobs while everything is done to them; then compare."""
    chance = random.Random(seed)
    client = Client(tree)
    kinds = INPUTS
    if own:
        model = tree.data.parent / "said.py"
        model.write_text(MODEL)
        client.publish(model)
        # Each input through feature hashing, and through a model of somebody's own.
        kinds = 2 * INPUTS
    names: dict[str, int] = {}

    def submit_all() -> None:
        for number in range(jobs):
            kind, given = number % kinds, f"{number % INPUTS}.csv"
            service = int(kind >= INPUTS)
            job = client.submit(given, f"out{number}.csv", service=service)
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
    statuses = {job: eventually(lambda: client.ended(job)) for job in names}  # noqa: B023
    wanted = []
    for kind in range(kinds):
        given, service = f"{kind % INPUTS}.csv", int(kind >= INPUTS)
        job = client.submit(given, f"calm{kind}.csv", service=service)
        assert eventually(lambda: client.ended(job))["StatusCode"] == "Finished"  # noqa: B023
        wanted.append(client.output(f"calm{kind}.csv"))
    for job, number in names.items():
        assert statuses[job]["StatusCode"] == "Finished", statuses[job]
        assert statuses[job]["Progress"]["Rows"] == ROWS
        assert client.output(f"out{number}.csv") == wanted[number % kinds]
        log = client.ask("GET", f"/{job}/log")["value"]
        assert [line["Text"] for line in log].count("published: finished") == 1
    outputs = [f"out{number}.csv" for number in range(jobs)]
    outputs += [f"calm{kind}.csv" for kind in range(kinds)]
    inputs = [f"{number}.csv" for number in range(INPUTS)]
    assert client.names() == sorted(inputs + outputs)
    assert not any(map(client.loose_blocks, outputs))
    staging = tree.data / "staging"
    eventually(lambda: not files_below(staging))
    client.blobs.close()


@pytest.mark.parametrize("postgres", ["sqlite", "postgresql"], indirect=True)
def test_thirty_jobs_outlive_everything(
    tree: Tree, postgres: KillablePostgres | None
) -> None:
    # Scorers know no database: their deaths are the same with either.
    disturbed(tree, postgres, seed=6, jobs=30, own=postgres is None)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("postgres", ["sqlite", "postgresql"], indirect=True)
def test_hundred_jobs_outlive_everything(
    tree: Tree, postgres: KillablePostgres | None, seed: int
) -> None:
    disturbed(tree, postgres, seed=seed, jobs=100)
