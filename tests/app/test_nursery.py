"""Scorers that are forked: as shut in as others, and never left behind."""

import os
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest
from tests.journeys.running import alive, eventually

from bramka.app.clock import SystemClock
from bramka.app.shared import SCORER
from bramka.app.worker.forking import Door, start_nursery
from bramka.app.worker.nurse import Nurse
from bramka.domain.learning.model import Loaded
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.table import Table
from bramka.studio.model_source import model_of
from bramka.studio.scorer import Scorer

CODE = b"""
import ctypes
import os
import time
import numpy

def secret(name: str) -> str:
    if name == "dice":
        return str(numpy.random.random())
    if name == "files":
        return str(len(os.listdir("/proc/self/fd")))
    if name == "orphan":
        parent = open(f"/proc/{os.getppid()}/cmdline").read()
        if "bramka.app.worker.nursery" not in parent:
            return "alone"
        ctypes.CDLL(None).prctl(15, b"in a call")
        time.sleep(90)
    if name == "kill":
        os.kill(os.getpid(), 9)
    return os.environ.get(name, "nothing")
"""


class Nursery:
    """A nursery that runs, and who was forked in it."""

    def __init__(self) -> None:
        self.end, inside = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with inside:
            self.process = start_nursery(inside)
        self.door = Door(self.end)

    def scorer(self) -> Scorer:
        model, files = model_of({"secret.py": CODE})
        loaded = Loaded(model=model, files=files)
        return Scorer(SCORER, SystemClock(), loaded, "secret", nursery=self.door)

    def bore(self, scorer: Scorer) -> bool:
        stat = Path(f"/proc/{scorer.pid}/stat").read_text()
        return int(stat.rpartition(")")[2].split()[1]) == self.process.pid

    def close(self) -> None:
        self.end.close()
        self.process.wait(90)


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BRAMKA_SECRET", "told nobody")
        made = Nursery()
    yield made
    made.close()
    assert made.process.returncode == 0


def told(scorer: Scorer, name: str) -> str:
    rows = Table.of(pl.DataFrame({"name": [name]}))
    answer: str = scorer.score(rows).frame.item()
    return answer


def gone(pid: int) -> bool:
    """Whether it ends: dead it may stay, until whoever inherited it looks."""
    return eventually(lambda: not alive(pid))


def test_a_forked_scorer_is_as_shut_in_as_one_that_was_started(
    nursery: Nursery,
) -> None:
    model, files = model_of({"secret.py": CODE})
    loaded = Loaded(model=model, files=files)
    forked, started = nursery.scorer(), Scorer(SCORER, SystemClock(), loaded, "secret")
    assert told(forked, "BRAMKA_SECRET") == told(started, "BRAMKA_SECRET") == "nothing"
    assert nursery.bore(forked)
    assert forked.isolation == started.isolation
    # Its pipes, their end for answers, and the folder it is just reading.
    assert told(forked, "files") == told(started, "files")
    forked.close()
    started.close()


def test_forked_scorers_do_not_throw_the_same_dice(nursery: Nursery) -> None:
    asked = [nursery.scorer() for _ in range(2)]
    imported = nursery.door.fork(("numpy",))
    assert imported is not None
    imported.end()
    first, second = (told(each, "dice") for each in asked)
    assert first != second
    for each in asked:
        each.close()


def test_a_scorer_that_dies_is_forked_anew(nursery: Nursery) -> None:
    scorer = nursery.scorer()
    assert told(scorer, "PYTHONPATH_") == "nothing"
    dead = scorer.pid
    with pytest.raises(ModuleError, match="ended with status -9"):
        told(scorer, "kill")
    assert told(scorer, "PYTHONPATH_") == "nothing"
    assert scorer.pid != dead
    assert nursery.bore(scorer)
    scorer.close()


def test_a_scorer_that_is_closed_is_gone(nursery: Nursery) -> None:
    scorer = nursery.scorer()
    scorer.columns()
    pid = scorer.pid
    assert pid is not None
    scorer.close()
    assert gone(pid)


def test_nothing_is_forked_beside_threads() -> None:
    nursery = Nursery()
    # It brings threads of its own.
    assert nursery.door.fork(("polars",)) is None
    scorer = nursery.scorer()
    assert told(scorer, "HOME") == "nothing"
    assert not nursery.bore(scorer)
    scorer.close()
    nursery.close()


def test_without_its_nursery_a_scorer_is_started() -> None:
    nursery = Nursery()
    scorer = nursery.scorer()
    scorer.columns()
    first = scorer.pid
    assert first is not None
    assert nursery.bore(scorer)
    nursery.process.kill()
    nursery.close()
    assert told(scorer, "HOME") == "nothing"
    assert scorer.pid != first
    assert gone(first)
    scorer.close()


@pytest.fixture
def nurse() -> Iterator[Nurse]:
    nurse = Nurse(SystemClock(), lambda: False)
    nurse.start()
    yield nurse
    nurse.end()


def kill_nursery(nurse: Nurse) -> int:
    """Its process, once it is dead."""
    pid = eventually(lambda: nurse.pid)
    os.kill(pid, signal.SIGKILL)
    gone(pid)
    return pid


def test_a_nursery_that_dies_is_replaced(nurse: Nurse) -> None:
    door = Door(nurse.door)
    dead = kill_nursery(nurse)
    forked = eventually(lambda: door.fork(()))
    assert eventually(lambda: nurse.pid) != dead
    assert alive(forked.pid)
    forked.end()
    assert gone(forked.pid)


def test_nobody_waits_while_nurseries_die_at_once(nurse: Nurse) -> None:
    door = Door(nurse.door)
    while True:
        kill_nursery(nurse)
        # The pause before the next grows each time: then we come into one.
        if (forked := door.fork(())) is None:
            return
        forked.end()


def test_a_scorer_whose_nursery_dies_in_its_first_call_is_started_alone(
    nurse: Nurse,
) -> None:
    model, files = model_of({"secret.py": CODE})
    loaded = Loaded(model=model, files=files)
    scorer = Scorer(SCORER, SystemClock(), loaded, "x", nursery=Door(nurse.door))

    def called() -> bool:
        name = Path(f"/proc/{scorer.pid}/comm")
        return scorer.pid is not None and name.read_text() == "in a call\n"

    with ThreadPoolExecutor(1) as beside:
        answer = beside.submit(told, scorer, "orphan")
        assert eventually(called)
        kill_nursery(nurse)
        assert answer.result() == "alone"
    scorer.close()


def test_who_is_ended_as_soon_as_it_is_forked_is_gone(nursery: Nursery) -> None:
    for _ in range(20):
        forked = nursery.door.fork(())
        assert forked is not None
        forked.end()
        assert gone(forked.pid)
